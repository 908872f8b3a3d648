"""python -m scripts.bench boxes [--data FOLDER] [--n 40] [--show 20]

How well true answers are found on their pages: the share whose box overlaps the annotated one with
IoU >= 0.5, looked for among the words of the OCR, and among the annotated words for comparison.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from time import perf_counter

import numpy as np
from scipy.optimize import linear_sum_assignment
from tqdm import tqdm

from ocr_model.commands.cli import SAMPLE, whole_number
from ocr_model.documents import decode_pages
from ocr_model.forms import Form, LabelledPair, choose_random_annotation_names, load_forms
from ocr_model.grounding import Grounding, Ink, place_pairs
from ocr_model.normalize import fold_text
from ocr_model.ocr import WordReader
from ocr_model.schema import Box, Word
from ocr_model.scoring import SAME_PLACE, bootstrap_interval, iou

Words = Sequence[Sequence[Word]]


@dataclass(frozen=True, slots=True)
class Tried:
    """One annotated answer and the box that was found for it."""

    form: str
    pair: LabelledPair
    standing: Grounding

    @property
    def overlap(self) -> float:
        box, true = self.standing.answer, self.pair.answer_box
        return 0.0 if box is None or true is None else iou(box, true)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SAMPLE, help="folder of labelled forms")
    parser.add_argument("--n", type=whole_number, default=0, help="how many forms; 0 = all")
    parser.add_argument("--show", type=whole_number, default=0, help="list so many misses")
    parser.add_argument("--words", type=Path, help="file that keeps the words of the OCR")
    args = parser.parse_args(argv)
    forms = load_forms(args.data, choose_random_annotation_names(args.data, args.n, seed=0))
    reader = _KeptReader(args.words)
    read = {form.name: reader.read(form) for form in tqdm(forms, desc="Reading", unit="form")}
    arms: dict[str, Callable[[Form], list[Tried]]] = {
        "words of the OCR": lambda form: _try(form, read[form.name], _inks(form)),
        "the same, as detected": lambda form: _try(form, read[form.name], []),
        "annotated words": lambda form: _try(form, form.words, []),
    }
    print(f"{len(forms)} forms of {args.data}; share of true answers found with IoU >= 0.5\n")
    for name, arm in arms.items():
        started = perf_counter()
        tried = [arm(form) for form in forms]
        print(f"{name:<22} {_line(tried)}, {(perf_counter() - started) / len(forms):.3f} s/form")
        for miss in [t for of in tried for t in of if t.overlap < SAME_PLACE][: args.show]:
            print(f"  {_described(miss)}")
    return 0


def _inks(form: Form) -> list[Ink]:
    data = form.image_path.read_bytes()
    pages = decode_pages(data, max_bytes=len(data), max_page_pixels=50_000_000)
    return [Ink(page.image) for page in pages]


def _try(form: Form, words: Words, inks: Sequence[Ink]) -> list[Tried]:
    tried = []
    for number, (on_page, ink) in enumerate(zip_longest(words, inks), start=1):
        pairs = [place for place in form.places if place.page == number]
        standings = place_pairs([(pair.question, pair.answer) for pair in pairs], on_page, ink)
        tried += _as_equals(
            [Tried(form.name, *both) for both in zip(pairs, standings, strict=True)]
        )
    return [one for one in tried if one.pair.answer_box is not None]


def _as_equals(tried: list[Tried]) -> list[Tried]:
    """Of equal pairs those places belong together that overlap most, as in `box_iou50`.

    Nothing in two equal pairs says which of the two is meant.
    """
    equals: dict[tuple[str, str], list[Tried]] = defaultdict(list)
    for one in tried:
        equals[fold_text(one.pair.question), fold_text(one.pair.answer)].append(one)
    return [one for group in equals.values() for one in _matched(group)]


def _matched(equal: list[Tried]) -> list[Tried]:
    overlaps = [[replace(one, standing=other.standing).overlap for other in equal] for one in equal]
    _, best = linear_sum_assignment(overlaps, maximize=True)
    return [replace(one, standing=equal[i].standing) for one, i in zip(equal, best, strict=True)]


def _line(tried: list[list[Tried]]) -> str:
    counts = [[sum(t.overlap >= SAME_PLACE for t in of), len(of)] for of in tried]
    found, whole = np.sum(counts, axis=0)
    low, high = bootstrap_interval(np.array(counts, dtype=np.float64))
    nowhere = sum(t.standing.answer is None for of in tried for t in of)
    return f"{found / whole:.3f} [{low:.3f}, {high:.3f}] of {whole}, {nowhere} found nowhere"


def _described(miss: Tried) -> str:
    box, true = miss.standing.answer, miss.pair.answer_box
    return (
        f"{miss.form} {miss.overlap:.2f} {miss.pair.question!r} -> {miss.pair.answer!r}: "
        f"{_rounded(true)}, found {_rounded(box)} like {miss.standing.similarity}"
    )


def _rounded(box: Box | None) -> list[int] | None:
    return None if box is None else [round(side) for side in box]


class _KeptReader:
    """Reads forms, and keeps their words by the digest of the image, if there is a file to."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._known: dict[str, list[list[list[float | str]]]] = {}
        self._reader: WordReader | None = None
        if path is not None and path.is_file():
            for line in path.read_text("utf-8").splitlines():
                self._known |= json.loads(line)

    def read(self, form: Form) -> Words:
        data = form.image_path.read_bytes()
        digest = hashlib.sha256(data).hexdigest()
        if digest not in self._known:
            self._known[digest] = self._read(data)
            if self._path is not None:
                with self._path.open("a", encoding="utf-8") as file:
                    file.write(json.dumps({digest: self._known[digest]}) + "\n")
        return [
            [Word(str(text), Box(*map(float, box)), float(sure)) for text, *box, sure in words]
            for words in self._known[digest]
        ]

    def _read(self, data: bytes) -> list[list[list[float | str]]]:
        self._reader = self._reader or WordReader()
        pages = decode_pages(data, max_bytes=len(data), max_page_pixels=50_000_000)
        return [
            [
                [word.text, *word.box, word.confidence]
                for word in self._reader.read_words(page.image)
            ]
            for page in pages
        ]


if __name__ == "__main__":
    raise SystemExit(main())
