"""python -m scripts.register_prompts: the same as `ocr-model register-prompts`."""

from ocr_model.commands import script

if __name__ == "__main__":
    raise SystemExit(script("register_prompts"))
