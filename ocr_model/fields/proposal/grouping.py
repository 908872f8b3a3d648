"""The questions of several documents -> groups of labels that differ only by misread letters or
abbreviations."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from ocr_model.fields.decision import label_likeness, skeleton
from ocr_model.normalize import fold_text
from ocr_model.schema import Answer

# One letter of seven may be misread, if no document has both.
_SAME_LABEL = 0.85
_SHORT = {
    "number": "no",
    "nummer": "nr",
    "telephone": "tel",
    "phone": "tel",
    "quantity": "qty",
    "amount": "amt",
    "account": "acct",
    "address": "addr",
    "department": "dept",
    "reference": "ref",
}
# After another word; "Number" alone stays, because "No" may be the opposite of yes.
_SHORTENED = re.compile(rf"(?:(?<=\s|-)|(?<=\w)(?=nummer))({'|'.join(_SHORT)})\b", re.IGNORECASE)


@dataclass(slots=True)
class Group:
    """One label: its spellings with their number of documents, and its answers by document."""

    spellings: Counter[str] = field(default_factory=Counter)
    documents: dict[int, list[Answer]] = field(default_factory=dict)

    @property
    def label(self) -> str:
        """The most frequent spelling."""
        return self.spellings.most_common(1)[0][0]

    @property
    def texts(self) -> list[str]:
        return [a.answer for answers in self.documents.values() for a in answers if a.answer]

    @property
    def answered(self) -> int:
        """The number of documents with an answer."""
        return sum(any(a.answer for a in answers) for answers in self.documents.values())


def groups_of(documents: Sequence[Sequence[Answer]]) -> list[Group]:
    """The groups in the order of their first question.

    [[Invoice No: 1], [lnvoice No.: 2, Date: x]] -> Invoice No (2 documents), Date (1 document)
    """
    known: dict[str, Group] = {}
    for number, answers in enumerate(documents):
        spelt: dict[str, str] = {}
        for answer in answers:
            if fold_text(answer.question):
                said = skeleton(shortened(answer.question))
                spelt.setdefault(said, answer.question.strip(" :*"))
                group = known.setdefault(said, Group())
                group.documents.setdefault(number, []).append(answer)
        for said, spelling in spelt.items():
            known[said].spellings[spelling] += 1
    return _joined(known)


def shortened(label: str) -> str:
    """ "Invoice number" -> "Invoice no", "Kundennummer" -> "Kundennr" """
    return _SHORTENED.sub(lambda hit: _SHORT[hit[0].casefold()], label)


def _joined(known: dict[str, Group]) -> list[Group]:
    """Merge rare labels into frequent ones."""
    joined: dict[str, Group] = {}
    for said in sorted(known, key=lambda said: -len(known[said].documents)):
        group = known[said]
        alike = process.extract(
            said, list(joined), scorer=Levenshtein.normalized_similarity, score_cutoff=_SAME_LABEL
        )
        for other, _, _ in alike:
            same = joined[other]
            apart = same.documents.keys().isdisjoint(group.documents)
            labels = shortened(group.label), (shortened(same.label),)
            if apart and label_likeness(*labels) >= _SAME_LABEL:
                same.documents |= group.documents
                same.spellings += group.spellings
                break
        else:
            joined[said] = group
    return [joined[said] for said in known if said in joined]
