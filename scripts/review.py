"""python -m scripts.review: the same as `ocr-model review`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("review"))
