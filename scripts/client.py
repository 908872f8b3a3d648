"""python -m scripts.client: the same as `ocr-model client`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("client"))
