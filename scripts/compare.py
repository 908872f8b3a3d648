"""python -m scripts.compare: the same as `ocr-model compare`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("compare"))
