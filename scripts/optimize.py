"""python -m scripts.optimize: the same as `ocr-model optimize`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("optimize"))
