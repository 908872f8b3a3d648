"""python -m scripts.history: the same as `ocr-model history`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("history"))
