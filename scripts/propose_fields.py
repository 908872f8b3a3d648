"""python -m scripts.propose_fields: the same as `ocr-model propose-fields`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("propose_fields"))
