"""python -m scripts.log_model [--engine llm --llm NAME] [--prompt-uri prompts:/…/3]

Log and register a model that pins its prompt, without evaluating it. The same content is
registered once; the first version becomes `champion`.
"""

from __future__ import annotations

import argparse
import sys

from ocr_model.errors import OcrModelError
from scripts.settings import add_model_arguments, pinned_prompt, quiet_mlflow, registered_model


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    add_model_arguments(parser)
    args = parser.parse_args(argv)
    quiet_mlflow()
    try:
        prompt = pinned_prompt(args.prompt_uri)
        version = registered_model(args, prompt)
    except OcrModelError as err:
        print(f"error: {err}", file=sys.stderr)
        return 2
    print(f"models:/{version.name}/{version.version} pins {prompt.uri}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
