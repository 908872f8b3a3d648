"""python -m scripts.bench boxes [--data FOLDER] [--n 40]

How well true answers are found on their pages: the share whose box overlaps the annotated one with
IoU >= 0.5, looked for among the words of the OCR, and among the annotated words for comparison.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import zip_longest
from time import perf_counter

import numpy as np
from tqdm import tqdm

from ocr_model.forms import Form
from ocr_model.grounding import Ink, place_pairs
from ocr_model.ocr import WordReader
from ocr_model.schema import Answer, Page, Word
from ocr_model.scoring import bootstrap_interval, right_and_placed
from scripts.workshop.bench.common import forms_in, forms_parser, pages_of

Words = Sequence[Sequence[Word]]


def main(argv: list[str] | None = None) -> int:
    args = forms_parser(__doc__).parse_args(argv)
    forms, reader = forms_in(args.data, args.n), WordReader()
    words = {
        form.name: [reader.read_words(page.image) for page in _pages(form)]
        for form in tqdm(forms, desc="Reading", unit="form")
    }
    arms: dict[str, Callable[[Form], list[Answer]]] = {
        "words of the OCR": lambda form: _place(form, words[form.name], _inks(form)),
        "the same, as detected": lambda form: _place(form, words[form.name], []),
        "annotated words": lambda form: _place(form, form.words, []),
    }
    print(f"{len(forms)} forms of {args.data}; share of true answers found with IoU >= 0.5\n")
    for name, arm in arms.items():
        started = perf_counter()
        placed = [arm(form) for form in forms]
        took_s = (perf_counter() - started) / len(forms)
        counts = [
            right_and_placed(answers, form.places)
            for form, answers in zip(forms, placed, strict=True)
        ]
        print(f"{name:<22} {_line(counts)}, {took_s:.3f} s/form")
    return 0


def _pages(form: Form) -> list[Page]:
    return pages_of(form.image_path.read_bytes())


def _inks(form: Form) -> list[Ink]:
    return [Ink(page.image) for page in _pages(form)]


def _place(form: Form, words: Words, inks: Sequence[Ink]) -> list[Answer]:
    """The true answers of a form, where they were found."""
    placed = []
    for number, (on_page, ink) in enumerate(zip_longest(words, inks), start=1):
        pairs = [(pair.question, pair.answer) for pair in form.places if pair.page == number]
        for pair, found in zip(pairs, place_pairs(pairs, on_page, ink), strict=True):
            placed.append(Answer(*pair, number, found.answer))
    return placed


def _line(counts: Sequence[tuple[int, int]]) -> str:
    found, whole = np.sum(counts, axis=0)
    low, high = bootstrap_interval(np.array(counts, dtype=np.float64))
    return f"{found / whole:.3f} [{low:.3f}, {high:.3f}] of {whole}"
