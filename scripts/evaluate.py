"""python -m scripts.evaluate: the same as `ocr-model evaluate`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("evaluate"))
