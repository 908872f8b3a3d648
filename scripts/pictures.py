"""python -m scripts.pictures: draw the pictures of docs anew."""

from scripts.workshop.pictures import main

if __name__ == "__main__":
    raise SystemExit(main())
