"""python -m scripts.calibrate: the same as `ocr-model calibrate`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("calibrate"))
