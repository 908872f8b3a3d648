"""What training documents said: how often a word belonged to a field, and the lines of its values.

Words are kept as hashes and counts, lines of values as texts: these weights hold words of the
documents they were taught with.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from ocr_model.fields import skeleton
from ocr_model.finder.describing import Document, Floats
from ocr_model.finder.pieces import PagePieces

_DIGIT = re.compile(r"\d")
_NOT_SIGN = re.compile(r"[\W_]+")
# A word that was never seen has the share of the field among all pieces, as if seen that often.
_PRIOR = 1.0
PLACES = ("own", "before", "after", "two", "line", "first", "above", "below", "left", "asked")


@lru_cache(maxsize=65536)
def word_key(text: str) -> str:
    """Numbers are alike that have as many digits; misread letters count little.

    "81100" -> "00000"; "JALAN," -> "jalan"
    """
    signs = _NOT_SIGN.sub("", text)
    if not signs:
        return text[:3]
    if sum(map(str.isdigit, signs)) * 2 > len(signs):
        return _DIGIT.sub("0", text.casefold())
    return skeleton(text)


@lru_cache(maxsize=262144)
def _hash(place: str, said: str) -> int:
    digest = hashlib.blake2b(f"{place}\0{said}".encode(), digest_size=8).digest()
    return int.from_bytes(digest, "little")


def keys_of(document: Document) -> NDArray[np.uint64]:
    """Shape (pieces, places): hashes of the words at and around each piece."""
    parts = [
        _keys_of_page(page, content.answers)
        for page, content in zip(document.pages, document.contents, strict=True)
    ]
    return np.concatenate(parts) if parts else np.zeros((0, len(PLACES)), dtype=np.uint64)


def _keys_of_page(page: PagePieces, answers) -> NDArray[np.uint64]:
    keys = [word_key(text) for text in page.texts]
    asked = _asked(page, answers)
    table = np.zeros((len(page), len(PLACES)), dtype=np.uint64)
    middles = (page.boxes[:, 0] + page.boxes[:, 2]) / 2
    for number, line in enumerate(page.lines):
        said = "".join(keys[i] for i in line)
        up = page.lines[number - 1] if number else []
        down = page.lines[number + 1] if number + 1 < len(page.lines) else []
        for at, i in enumerate(line):
            before = keys[line[at - 1]] if at else "^" 
            after = keys[line[at + 1]] if at + 1 < len(line) else "$"
            words = (
                keys[i],
                before,
                after,
                before + " " + keys[i],
                said,
                keys[line[0]],
                _nearest(up, middles, middles[i], keys),
                _nearest(down, middles, middles[i], keys),
                "".join(keys[j] for j in line[max(at - 4, 0) : at]),
                asked[i],
            )
            table[i] = [_hash(place, word) for place, word in zip(PLACES, words, strict=True)]
    return table


def _nearest(line: Sequence[int], middles: Floats, middle: float, keys: Sequence[str]) -> str:
    return keys[min(line, key=lambda j: abs(middles[j] - middle))] if line else "^"


def _asked(page: PagePieces, answers) -> list[str]:
    """The question that each piece answers, as the linker has it."""
    asked = [""] * len(page)
    boxes = page.boxes
    x, y = (boxes[:, 0] + boxes[:, 2]) / 2, (boxes[:, 1] + boxes[:, 3]) / 2
    for answer in answers:
        if answer.box is None or answer.page != page.page.number:
            continue
        left, top, right, bottom = answer.box
        for i in np.flatnonzero((x >= left) & (x <= right) & (y >= top) & (y <= bottom)):
            asked[i] = skeleton(answer.question)
    return asked


@dataclass(frozen=True)
class Words:
    """For each word at a place: in how many documents it was seen, and the sum over these of the
    share of its pieces that belonged to each field. `hashes` ascend.
    """

    hashes: NDArray[np.uint64]
    documents: Floats
    shares: Floats  # (words, fields)
    prior: Floats  # (fields,)

    def features(
        self, keys: NDArray[np.uint64], own: Words | None = None
    ) -> Floats:
        """Shape (pieces, places, fields + 1): share of each field, and number of documents.

        `own` is what a document that was counted said itself, which is then taken out.
        """
        documents, shares = self._look_up(keys)
        if own is not None:
            mine, said = own._look_up(keys)
            documents, shares = documents - mine, shares - said
        smoothed = (shares + _PRIOR * self.prior) / (documents + _PRIOR)[..., None]
        return np.concatenate([smoothed, documents[..., None]], axis=-1)

    def _look_up(self, keys: NDArray[np.uint64]) -> tuple[Floats, Floats]:
        if not len(self.hashes):
            return np.zeros(keys.shape), np.zeros((*keys.shape, len(self.prior)))
        at = np.minimum(np.searchsorted(self.hashes, keys), len(self.hashes) - 1)
        known = self.hashes[at] == keys
        return self.documents[at] * known, self.shares[at] * known[..., None]


def words_of(keys: NDArray[np.uint64], inside: NDArray[np.bool_]) -> Words:
    """What one document says; `inside`, shape (pieces, fields), is which pieces are which field's."""
    hashes, where = np.unique(keys, return_inverse=True)
    where = where.reshape(keys.shape)
    counts = np.bincount(where.ravel(), minlength=len(hashes)).astype(np.float64)
    shares = np.zeros((len(hashes), inside.shape[1]))
    for f in range(inside.shape[1]):
        weights = np.repeat(inside[:, f].astype(np.float64), keys.shape[1])
        shares[:, f] = np.bincount(where.ravel(), weights, minlength=len(hashes)) / counts
    prior = inside.mean(axis=0) if len(inside) else np.zeros(inside.shape[1])
    return Words(hashes, np.ones(len(hashes)), shares, prior)


def together(each: Sequence[Words]) -> Words:
    hashes, where = np.unique(np.concatenate([w.hashes for w in each]), return_inverse=True)
    documents = np.bincount(where, minlength=len(hashes)).astype(np.float64)
    said = np.concatenate([w.shares for w in each])
    shares = np.column_stack(
        [np.bincount(where, said[:, f], minlength=len(hashes)) for f in range(said.shape[1])]
    )
    return Words(hashes, documents, shares, np.mean([w.prior for w in each], axis=0))


@dataclass(frozen=True)
class Values:
    """Values of one field, or their lines, each once, and in which documents each was."""

    texts: tuple[str, ...]
    documents: tuple[frozenset[int], ...]

    def likeness(self, texts: Sequence[str], without: int | None = None) -> Floats:
        """How alike the most alike one is to each text, from 0 to 1; shape (texts, 2): the second
        is by the most alike beginning or end.
        """
        if not texts or not self.texts:
            return np.zeros(len(texts))
        alike = cdist(
            list(texts), list(self.texts), scorer=Levenshtein.normalized_similarity, workers=1
        )
        if without is not None:
            gone = [not (of - {without}) for of in self.documents]
            alike[:, gone] = 0
        return alike.max(axis=1)


def values_of(said: Sequence[tuple[int, str]]) -> Values:
    """Texts with the numbers of their documents."""
    found: dict[str, set[int]] = {}
    for number, text in said:
        if key := skeleton(text):
            found.setdefault(key, set()).add(number)
    return Values(tuple(found), tuple(map(frozenset, found.values())))
