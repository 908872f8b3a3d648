"""python -m scripts.make_sample: the forms of data/sample. A tool of scripts/workshop."""

from scripts.workshop.make_sample import main

if __name__ == "__main__":
    raise SystemExit(main())
