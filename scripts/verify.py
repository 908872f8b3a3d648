"""python -m scripts.verify: the same as `ocr-model verify`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("verify"))
