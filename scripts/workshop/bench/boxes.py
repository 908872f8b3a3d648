"""python -m scripts.bench boxes [--data FOLDER] [--n 40] [--show 20]

How well true answers are found on their pages: the share whose box overlaps the annotated one with
IoU >= 0.5, looked for among the words of the OCR, and among the annotated words for comparison.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from time import perf_counter

import numpy as np
from scipy.optimize import linear_sum_assignment
from tqdm import tqdm

from ocr_model.commands.cli import whole_number
from ocr_model.forms import Form, LabelledPair
from ocr_model.grounding import Grounding, Ink, place_pairs
from ocr_model.normalize import fold_text
from ocr_model.ocr import WordReader
from ocr_model.schema import Box, Page, Word
from ocr_model.scoring import SAME_PLACE, bootstrap_interval, iou
from scripts.workshop.bench.common import forms_in, forms_parser, pages_of

Words = Sequence[Sequence[Word]]


@dataclass(frozen=True, slots=True)
class Placed:
    """One annotated answer and the box that was found for it."""

    form: str
    pair: LabelledPair
    standing: Grounding

    @property
    def overlap(self) -> float:
        box, true = self.standing.answer, self.pair.answer_box
        return 0.0 if box is None or true is None else iou(box, true)


def main(argv: list[str] | None = None) -> int:
    parser = forms_parser(__doc__)
    parser.add_argument("--show", type=whole_number, default=0, help="list so many misses")
    args = parser.parse_args(argv)
    forms, reader = forms_in(args.data, args.n), WordReader()
    words = {
        form.name: [reader.read_words(page.image) for page in _pages(form)]
        for form in tqdm(forms, desc="Reading", unit="form")
    }
    arms: dict[str, Callable[[Form], list[Placed]]] = {
        "words of the OCR": lambda form: _place(form, words[form.name], _inks(form)),
        "the same, as detected": lambda form: _place(form, words[form.name], []),
        "annotated words": lambda form: _place(form, form.words, []),
    }
    print(f"{len(forms)} forms of {args.data}; share of true answers found with IoU >= 0.5\n")
    for name, arm in arms.items():
        started = perf_counter()
        placed = [arm(form) for form in forms]
        print(f"{name:<22} {_line(placed)}, {(perf_counter() - started) / len(forms):.3f} s/form")
        for miss in [t for of in placed for t in of if t.overlap < SAME_PLACE][: args.show]:
            print(f"  {_described(miss)}")
    return 0


def _inks(form: Form) -> list[Ink]:
    return [Ink(page.image) for page in _pages(form)]


def _place(form: Form, words: Words, inks: Sequence[Ink]) -> list[Placed]:
    placed = []
    for number, (on_page, ink) in enumerate(zip_longest(words, inks), start=1):
        pairs = [place for place in form.places if place.page == number]
        standings = place_pairs([(pair.question, pair.answer) for pair in pairs], on_page, ink)
        placed += _matched_among_equals(
            [Placed(form.name, *both) for both in zip(pairs, standings, strict=True)]
        )
    return [one for one in placed if one.pair.answer_box is not None]


def _matched_among_equals(placed: list[Placed]) -> list[Placed]:
    """Of equal pairs those places belong together that overlap most, as in `box_iou50`.

    Nothing in two equal pairs says which of the two is meant.
    """
    equals: dict[tuple[str, str], list[Placed]] = defaultdict(list)
    for one in placed:
        equals[fold_text(one.pair.question), fold_text(one.pair.answer)].append(one)
    return [one for group in equals.values() for one in _matched(group)]


def _matched(equal: list[Placed]) -> list[Placed]:
    overlaps = [[replace(one, standing=other.standing).overlap for other in equal] for one in equal]
    _, best = linear_sum_assignment(overlaps, maximize=True)
    return [replace(one, standing=equal[i].standing) for one, i in zip(equal, best, strict=True)]


def _line(placed: list[list[Placed]]) -> str:
    counts = [[sum(t.overlap >= SAME_PLACE for t in of), len(of)] for of in placed]
    found, whole = np.sum(counts, axis=0)
    low, high = bootstrap_interval(np.array(counts, dtype=np.float64))
    nowhere = sum(t.standing.answer is None for of in placed for t in of)
    return f"{found / whole:.3f} [{low:.3f}, {high:.3f}] of {whole}, {nowhere} found nowhere"


def _described(miss: Placed) -> str:
    box, true = miss.standing.answer, miss.pair.answer_box
    return (
        f"{miss.form} {miss.overlap:.2f} {miss.pair.question!r} -> {miss.pair.answer!r}: "
        f"{_rounded(true)}, found {_rounded(box)} like {miss.standing.similarity}"
    )


def _rounded(box: Box | None) -> list[int] | None:
    return None if box is None else [round(side) for side in box]


def _pages(form: Form) -> list[Page]:
    return pages_of(form.image_path.read_bytes())
