"""python -m scripts.rollback: the same as `ocr-model rollback`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("rollback"))
