"""python -m scripts.cache: the same as `ocr-model cache`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("cache"))
