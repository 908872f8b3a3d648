"""python -m scripts.synthetic_forms: forms to train on. A tool of scripts/workshop."""

from scripts.workshop.synthetic_forms.__main__ import main

if __name__ == "__main__":
    raise SystemExit(main())
