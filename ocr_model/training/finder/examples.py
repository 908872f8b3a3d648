"""Documents that were read, with the truth of their fields, as a finder is fitted to them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from ocr_model.fields import Column, PageContent, WantedFields, decide_fields, skeleton
from ocr_model.finder import Looked, Words, look_at, teachable, words_of
from ocr_model.forms import FieldTruth
from ocr_model.schema import FieldValue
from ocr_model.scoring import score_fields
from ocr_model.training.finder.locating import Place, locate

# What a piece may be of a field, as columns.
INSIDE, BEGINS, ENDS = 0, 1, 2


@dataclass(frozen=True)
class Example:
    """One document. `values` are its fields without a finder; `places` where the true value of each
    learnable field stands, `known` whether that is known: found on its pages, or said to be absent.
    `targets`, shape (fields, pieces, 3), say what each piece is. `others` are the confidences of
    what was found of all other fields, and whether it is right.
    """

    name: str
    sha256: str
    truth: FieldTruth
    values: tuple[FieldValue, ...]
    looked: Looked
    places: tuple[tuple[Place, ...], ...]
    known: tuple[bool, ...]
    targets: NDArray[np.bool_]
    words: Words
    others: tuple[tuple[float | None, bool], ...]

    def texts(self, field: int) -> list[str]:
        """The value of a field as it stands on the page, at its most alike place."""
        return [
            self.looked.document.pages[place.page].text(place.path)
            for place in self.places[field][:1]
        ]

    def lines(self, field: int) -> list[str]:
        """The same line by line."""
        found = []
        for place in self.places[field][:1]:
            page = self.looked.document.pages[place.page]
            by_line: dict[int, list[int]] = {}
            for i in place.path:
                by_line.setdefault(int(page.line_of[i]), []).append(i)
            found += [page.text(own) for own in by_line.values()]
        return found

    def longest(self, field: int) -> int:
        return max((len(place.path) for place in self.places[field]), default=1)

    def is_right(self, field: int, text: str) -> bool:
        """Whether a text is the value, letter by letter as it stands on the page."""
        pages = self.looked.document.pages
        true = {skeleton(pages[place.page].text(place.path)) for place in self.places[field]}
        return skeleton(text) in true

    def unfound(self) -> list[str]:
        """The fields whose value is told and stands nowhere."""
        return [
            field.name
            for field, places in zip(self.looked.fields, self.places, strict=True)
            if not places and self.truth.get(field.name) is not None
        ]


def example_of(
    name: str,
    sha256: str,
    contents: Sequence[PageContent],
    truth: FieldTruth,
    wanted: WantedFields,
) -> Example:
    values = decide_fields(wanted, contents).values
    fields = teachable(wanted)
    looked = look_at(contents, fields, values)
    places = tuple(_places(looked, truth, field) for field in fields)
    known = tuple(
        field.name in truth and (bool(found) or truth[field.name] is None)
        for field, found in zip(fields, places, strict=True)
    )
    targets = _targets(looked, places)
    words = words_of(looked.keys, targets[:, :, INSIDE].T)
    names = {field.name for field in fields}
    others = tuple(
        (one.value.confidence, bool(one.equal & {"normalized", "typed"}))
        for one in score_fields(values, truth, wanted).compared
        if one.name not in names and one.value is not None and one.found
    )
    return Example(name, sha256, truth, values, looked, places, known, targets, words, others)


def _places(looked: Looked, truth: FieldTruth, field: Column) -> tuple[Place, ...]:
    said = truth.get(field.name)
    if not isinstance(said, str):
        return ()
    return tuple(locate(looked.document, said, field, looked.habits))


def _targets(looked: Looked, places: Sequence[Sequence[Place]]) -> NDArray[np.bool_]:
    targets = np.zeros((len(places), len(looked.document), 3), dtype=np.bool_)
    for field, found in enumerate(places):
        for place in found:
            own = [looked.document.starts[place.page] + i for i in place.path]
            targets[field, own, INSIDE] = True
            targets[field, own[0], BEGINS] = True
            targets[field, own[-1], ENDS] = True
    return targets
