"""python -m scripts.lineage: the same as `ocr-model lineage`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("lineage"))
