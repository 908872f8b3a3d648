"""python -m scripts.demo: the same as `ocr-model demo`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("demo"))
