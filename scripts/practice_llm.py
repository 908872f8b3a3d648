"""python -m scripts.practice_llm: the same as `ocr-model practice-llm`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("practice_llm"))
