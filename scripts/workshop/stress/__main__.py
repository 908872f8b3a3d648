"""python -m scripts.stress VERB [options]; each verb is a module here with a `main(argv)`."""

from __future__ import annotations

import importlib
import pkgutil
import sys

import scripts.workshop.stress


def main(argv: list[str] | None = None) -> int:
    argv = sys.argv[1:] if argv is None else argv
    verbs = sorted(
        module.name
        for module in pkgutil.iter_modules(scripts.workshop.stress.__path__)
        if not module.name.startswith("_")
    )
    if not argv or argv[0] not in verbs:
        print(f"usage: python -m scripts.stress {{{','.join(verbs)}}} [-h]", file=sys.stderr)
        return 2
    exit_code: int = importlib.import_module(f"scripts.workshop.stress.{argv[0]}").main(argv[1:])
    return exit_code


if __name__ == "__main__":
    sys.exit(main())
