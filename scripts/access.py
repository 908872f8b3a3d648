"""python -m scripts.access: the same as `ocr-model access`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("access"))
