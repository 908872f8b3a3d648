"""python -m scripts.check_endpoint: the same as `ocr-model check-endpoint`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("check_endpoint"))
