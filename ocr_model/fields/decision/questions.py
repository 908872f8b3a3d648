"""Answers by question, and which question of a page is which field: one to one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linear_sum_assignment

from ocr_model.fields.decision.candidates import Candidate, of_answers
from ocr_model.fields.decision.likeness import likeness, skeleton
from ocr_model.fields.values import Habits
from ocr_model.fields.wanted import Column
from ocr_model.schema import Answer, FieldStatus

# Minimum similarity of a question to a field; in short labels hardly a letter may differ.
_ALIKE = 0.7
_ALIKE_SHORT = 0.8
_SHORT = 5
# Tie-breakers: having an answer, an answer of the type, and the order of the file.
_ANSWERED = 0.05
_READABLE = 0.1
_IN_ORDER = 0.01


@dataclass(frozen=True, slots=True)
class Question:
    """A question of one page with its answers in reading order; duplicates are merged."""

    text: str
    page: int
    answers: tuple[Answer, ...]

    @property
    def asks(self) -> bool:
        """Whether it looks like a question; the label of a check box does not."""
        return self.text.rstrip(" *.").endswith((":", "?"))


@dataclass(frozen=True, slots=True)
class Asked:
    """A question matched to a field, their similarity, and its answer."""

    question: int
    likeness: float
    candidate: Candidate | None


def questions_of(answers: Iterable[Answer], fields: Sequence[Column]) -> list[Question]:
    """[(Name, Ann), (Date, None), (Name, Bob)] -> Name: Ann, Bob; Date

    If several fields have the same label, each answer counts as a separate question.
    """
    labels = Counter(s for field in fields for s in {skeleton(label) for label in field.labels})
    grouped: dict[tuple[int, str], list[Answer]] = {}
    for answer in answers:
        grouped.setdefault((answer.page, skeleton(answer.question)), []).append(answer)
    found = []
    for (page, said), group in grouped.items():
        given = [answer for answer in group if answer.answer is not None]
        if labels[said] > 1 and len(given) > 1:
            found += [Question(answer.question, page, (answer,)) for answer in given]
        else:
            found.append(Question(group[0].question, page, tuple(given)))
    return found


def assign(
    fields: Sequence[Column], questions: Sequence[Question], habits: Habits
) -> dict[int, Asked]:
    """Match fields and questions one to one, with the highest total similarity.

    Ties are broken by having an answer, an answer of the type, and the order of the file; of
    several pages the first wins.
    """
    if not fields or not questions:
        return {}
    alike = np.array([[_alike(question, field) for question in questions] for field in fields])
    weights = np.zeros_like(alike)
    answered: dict[tuple[int, int], Candidate | None] = {}
    for i, j in np.argwhere(alike > 0):
        candidate = of_answers(questions[j].answers, fields[i], habits)
        answered[i, j] = candidate
        order = 1 - abs(i / len(fields) - j / len(questions))
        weights[i, j] = alike[i, j] + _worth(candidate, fields[i]) + _IN_ORDER * order
    rows, columns = linear_sum_assignment(weights, maximize=True)
    return {
        int(i): Asked(int(j), float(alike[i, j]), answered[i, j])
        for i, j in zip(rows, columns, strict=True)
        if alike[i, j] > 0
    }


def rivals(
    field: Column,
    asked: Asked,
    questions: Sequence[Question],
    others: Iterable[int],
    habits: Habits,
) -> list[Candidate]:
    """Answers to unmatched questions as similar as the chosen one, whose answer comes first."""
    if asked.candidate is None or not asked.candidate.found:
        return []
    page = questions[asked.question].page
    found = [asked.candidate]
    for j in others:
        equal = _alike(questions[j], field) >= asked.likeness and questions[j].page == page
        candidate = of_answers(questions[j].answers, field, habits) if equal else None
        if candidate is not None and candidate.found:
            found.append(candidate)
    return found if len({candidate.read.value for candidate in found}) > 1 else []


def _alike(question: Question, field: Column) -> float:
    """The similarity, or 0 below the threshold."""
    best = 0.0
    for label in field.labels:
        needed = _ALIKE if len(skeleton(label)) > _SHORT else _ALIKE_SHORT
        alike = likeness(question.text, (label,))
        best = max(best, alike if alike >= needed else 0.0)
    return best


def _worth(candidate: Candidate | None, field: Column) -> float:
    if candidate is None:
        return 0.0
    if field.type == "text" and field.pattern is None:
        return _ANSWERED
    readable = candidate.read.status in (FieldStatus.FOUND, FieldStatus.AMBIGUOUS)
    return _ANSWERED + (_READABLE if readable else -_READABLE)
