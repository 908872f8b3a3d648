"""python -m scripts.fetch_funsd: the same as `ocr-model fetch-funsd`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("fetch_funsd"))
