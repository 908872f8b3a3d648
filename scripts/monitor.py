"""python -m scripts.monitor: the same as `ocr-model monitor`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("monitor"))
