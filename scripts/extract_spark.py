"""python -m scripts.extract_spark: the same as `ocr-model extract-spark`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("extract_spark"))
