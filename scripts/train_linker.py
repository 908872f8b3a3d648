"""python -m scripts.train_linker: the bundled weights. A tool of scripts/workshop."""

from scripts.workshop.train_linker import main

if __name__ == "__main__":
    raise SystemExit(main())
