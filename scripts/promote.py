"""python -m scripts.promote: the same as `ocr-model promote`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("promote"))
