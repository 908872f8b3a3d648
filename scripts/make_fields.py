"""python -m scripts.make_fields: the same as `ocr-model make-fields`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("make_fields"))
