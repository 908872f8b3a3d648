"""python -m scripts.register_prompts

Register the prompts that come with the package; texts that are already there are left alone.
"""

from __future__ import annotations

import argparse

from ocr_model.prompts import load_prompt, register_bundled_prompts


def main(argv: list[str] | None = None) -> int:
    argparse.ArgumentParser(description=__doc__).parse_args(argv)
    for uri in register_bundled_prompts():
        variables = ", ".join(sorted(load_prompt(uri).variables))
        print(f"{uri}{f'  takes {variables}' if variables else ''}")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
