"""python -m scripts.stress: soaks and fuzz runs. A tool of scripts/workshop."""

from scripts.workshop.stress.__main__ import main

if __name__ == "__main__":
    raise SystemExit(main())
