"""Statistics of training documents: how often a word belonged to a field, and the lines of its
values.

Words are stored as hashes with counts, lines of values as texts: weights contain words of their
training documents.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import Levenshtein
from rapidfuzz.process import cdist

from ocr_model.fields import skeleton
from ocr_model.finder.describing import Document
from ocr_model.finder.pieces import PagePieces
from ocr_model.linker import Floats
from ocr_model.schema import Answer

Keys = NDArray[np.uint32]

_DIGIT = re.compile(r"\d")
_NOT_SIGN = re.compile(r"[\W_]+")
# Weight of the prior: an unseen word has the share of the field among all pieces.
_PRIOR = 1.0
# The words that identify a piece: itself, its neighbours, its line, its question.
PLACES = ("own", "before", "after", "two", "line", "first", "above", "below", "left", "asked")
_LEFT = 4


@lru_cache(maxsize=65536)
def word_key(text: str) -> str:
    """Numbers with equally many digits are one word; misread letters are tolerated.

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
    digest = hashlib.blake2b(f"{place}\0{said}".encode(), digest_size=4).digest()
    return int.from_bytes(digest, "little")


def keys_of(document: Document) -> Keys:
    """Shape (pieces, PLACES): hashes of the words at and around each piece."""
    parts = [
        _keys_of_page(page, content.answers)
        for page, content in zip(document.pages, document.contents, strict=True)
    ]
    return np.concatenate([np.zeros((0, len(PLACES)), dtype=np.uint32), *parts])


def _keys_of_page(page: PagePieces, answers: Sequence[Answer]) -> Keys:
    keys = [word_key(text) for text in page.texts]
    asked = _asked(page, answers)
    table = np.zeros((len(page), len(PLACES)), dtype=np.uint32)
    middles = (page.boxes[:, 0] + page.boxes[:, 2]) / 2
    for number, line in enumerate(page.lines):
        said = "".join(keys[i] for i in line)
        above = page.lines[number - 1] if number else []
        below = page.lines[number + 1] if number + 1 < len(page.lines) else []
        for at, i in enumerate(line):
            before = keys[line[at - 1]] if at else ""
            words = (
                keys[i],
                before,
                keys[line[at + 1]] if at + 1 < len(line) else "",
                f"{before} {keys[i]}",
                said,
                keys[line[0]],
                _nearest(above, middles, middles[i], keys),
                _nearest(below, middles, middles[i], keys),
                "".join(keys[j] for j in line[max(at - _LEFT, 0) : at]),
                asked[i],
            )
            table[i] = [_hash(place, word) for place, word in zip(PLACES, words, strict=True)]
    return table


def _nearest(line: Sequence[int], middles: Floats, middle: float, keys: Sequence[str]) -> str:
    return keys[min(line, key=lambda j: abs(middles[j] - middle))] if line else ""


def _asked(page: PagePieces, answers: Sequence[Answer]) -> list[str]:
    """The question that each piece answers, according to the linker."""
    asked = [""] * len(page)
    for answer in answers:
        if answer.box is not None and answer.page == page.page.number:
            for i in np.flatnonzero(page.within(answer.box)):
                asked[i] = skeleton(answer.question)
    return asked


@dataclass(frozen=True)
class Words:
    """For each word at a place: the number of documents with it, and the sum over these of the
    share of its pieces that belonged to each field. `hashes` ascend; `prior` is the share of each
    field among all pieces.
    """

    hashes: Keys
    documents: Floats
    shares: Floats
    prior: Floats

    def features(self, keys: Keys, own: Words | None = None) -> tuple[Floats, Floats]:
        """The share of each field, shape (pieces, PLACES, fields), and the number of documents,
        (pieces, PLACES). The document's `own` contribution is subtracted.
        """
        documents, shares = self._look_up(keys)
        if own is not None:
            mine, said = own._look_up(keys)
            documents, shares = np.maximum(documents - mine, 0), np.maximum(shares - said, 0)
        return (shares + _PRIOR * self.prior) / (documents + _PRIOR)[..., None], documents

    def _look_up(self, keys: Keys) -> tuple[Floats, Floats]:
        if not len(self.hashes):
            return np.zeros(keys.shape), np.zeros((*keys.shape, len(self.prior)))
        at = np.minimum(np.searchsorted(self.hashes, keys), len(self.hashes) - 1)
        known = self.hashes[at] == keys
        return self.documents[at] * known, self.shares[at] * known[..., None]

    def most_telling(self, count: int) -> Words:
        """At most this many words: first those of a field, then those of most documents."""
        if len(self.hashes) <= count:
            return self
        worth = self.documents + len(self.hashes) * (self.shares.sum(axis=1) > 0)
        kept = np.sort(np.argsort(-worth, kind="stable")[:count])
        return Words(self.hashes[kept], self.documents[kept], self.shares[kept], self.prior)


def words_of(keys: Keys, inside: NDArray[np.bool_]) -> Words:
    """The words of one document; `inside`, shape (pieces, fields): which pieces are in a field."""
    hashes, where = np.unique(keys, return_inverse=True)
    where = where.ravel()
    seen = np.bincount(where, minlength=len(hashes))
    shares = np.zeros((len(hashes), inside.shape[1]))
    for field in range(inside.shape[1]):
        own = np.repeat(inside[:, field].astype(np.float64), keys.shape[1])
        shares[:, field] = np.bincount(where, own, minlength=len(hashes)) / np.maximum(seen, 1)
    prior = inside.mean(axis=0) if len(inside) else np.zeros(inside.shape[1])
    return Words(hashes, np.ones(len(hashes)), shares, prior)


def together(each: Sequence[Words]) -> Words:
    """The sum over several documents, at least one."""
    hashes, where = np.unique(np.concatenate([one.hashes for one in each]), return_inverse=True)
    said = np.concatenate([one.shares for one in each])
    shares = [np.bincount(where, column, minlength=len(hashes)) for column in said.T]
    documents = np.bincount(where, minlength=len(hashes)).astype(np.float64)
    return Words(
        hashes,
        documents,
        np.column_stack([np.zeros((len(hashes), 0)), *shares]),
        np.mean([one.prior for one in each], axis=0),
    )


@dataclass(frozen=True)
class Values:
    """Values of a field, or their lines, as skeletons, each once. `documents` are the numbers of
    their documents, known only during training.
    """

    texts: tuple[str, ...]
    documents: tuple[frozenset[int], ...] = ()

    def likeness(self, texts: Sequence[str], without: int | None = None) -> Floats:
        """The similarity of each text to the nearest value, from 0 to 1; `without` the values that
        only that document has.
        """
        if not texts or not self.texts:
            return np.zeros(len(texts))
        alike = cdist(texts, self.texts, scorer=Levenshtein.normalized_similarity)
        if without is not None:
            alike[:, [not of - {without} for of in self.documents]] = 0
        return np.asarray(alike.max(axis=1), dtype=np.float64)


def values_of(said: Sequence[tuple[int, str]]) -> Values:
    """From texts, each with the number of its document."""
    found: dict[str, set[int]] = {}
    for number, text in said:
        if key := skeleton(text):
            found.setdefault(key, set()).add(number)
    return Values(tuple(found), tuple(map(frozenset, found.values())))
