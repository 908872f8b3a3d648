"""python -m scripts.train: the same as `ocr-model train`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("train"))
