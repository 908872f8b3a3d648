"""python -m scripts.log_model: the same as `ocr-model log-model`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("log_model"))
