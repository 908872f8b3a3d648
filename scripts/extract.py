"""python -m scripts.extract: the same as `ocr-model extract`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("extract"))
