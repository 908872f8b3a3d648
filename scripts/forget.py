"""python -m scripts.forget: the same as `ocr-model forget`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("forget"))
