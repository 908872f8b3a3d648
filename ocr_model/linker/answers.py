"""Words and picture of a page -> answers with box and confidence."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from PIL import Image

from ocr_model.linker.boxes import Floats, Indices
from ocr_model.linker.page import PageView, view_of
from ocr_model.linker.stages import ANSWER, QUESTION, Link, Linked, link_page
from ocr_model.linker.ticked_options import with_ticked_options
from ocr_model.linker.weights import Linker
from ocr_model.schema import Answer, Box, Word

# From this score on, a question and an answer are taken for a pair.
_LINKED = 0.5
# A second question for one answer has to be this sure: two-level headings of tables.
_SECOND_QUESTION = 0.7


def link_words(
    words: Iterable[Word], image: Image.Image, page: int, linker: Linker
) -> tuple[Answer, ...]:
    """Questions in reading order with their answers; `page` is the number to write on them.

    "Name:" "Ann Lee"   "Date" -> (Name:, Ann Lee), (Date, None)

    Each answer of a question is an Answer of its own with the box around it and the probability
    that question and answer are right to the letter; a question left blank has `answer=None`,
    no box and no confidence.
    """
    return answers_of(view_of(words, image), page, linker)


def answers_of(view: PageView, page: int, linker: Linker) -> tuple[Answer, ...]:
    """The same of a page that is prepared already."""
    linked = link_page(view, linker.forests)
    links = choose_links(linked)
    raw = linker.confidence.probabilities(confidence_features(view, linked, links))[:, 1]
    chosen = with_ticked_options(linked, links) if linker.ticks_choose else links
    confidences = np.interp(raw, *linker.calibration).tolist()
    return _answers(linked, dict(zip(chosen, confidences, strict=True)), page)


def choose_links(linked: Linked) -> list[Link]:
    """The likely pairs, in reading order of question and answer."""
    taken: set[int] = set()
    links = []
    for row in np.argsort(-linked.scores, kind="stable"):
        question, answer = (int(i) for i in linked.pairs[row])
        needed = _SECOND_QUESTION if answer in taken else _LINKED
        if linked.scores[row] >= needed:
            taken.add(answer)
            links.append(Link(int(row), question, answer))
    return sorted(links, key=lambda link: (link.question, link.answer))


def confidence_features(view: PageView, linked: Linked, links: Sequence[Link]) -> Floats:
    """Features of the confidence of a chosen pair; shape (links, 18).

    Its link, grouping, labels and reading, and the same of the page: an odd page, a bad scan.
    """
    rows = np.array([link.row for link in links], dtype=np.int64)
    question = np.array([link.question for link in links], dtype=np.int64)
    answer = np.array([link.answer for link in links], dtype=np.int64)
    read = np.array(
        [
            (
                min(view.words[i].confidence for i in members),
                float(np.mean([view.words[i].confidence for i in members])),
                float(len(members)),
            )
            for members in linked.groups.members
        ]
    ).reshape(-1, 3)
    labels = linked.groups.labels
    return np.column_stack(
        [
            linked.scores[rows],
            _rival(linked.pairs, linked.scores, rows, 1),
            _rival(linked.pairs, linked.scores, rows, 0),
            linked.certainties[question],
            linked.certainties[answer],
            labels[question, QUESTION],
            labels[answer, ANSWER],
            read[question],
            read[answer],
            np.full(len(links), float(len(links))),
            np.repeat(_page_doubts(view, linked, rows), len(links), axis=0),
        ]
    )


def _page_doubts(view: PageView, linked: Linked, rows: Indices) -> Floats:
    """Means over the page: reading of words, labels and certainty of groups, scores of links."""
    read = [word.confidence for word in view.words] or [1.0]
    groups = linked.groups
    return np.array(
        [
            [
                float(np.mean(read)),
                float(groups.labels.max(axis=1).mean()) if len(groups) else 1.0,
                float(linked.certainties.mean()) if len(groups) else 1.0,
                float(linked.scores[rows].mean()) if len(rows) else 1.0,
            ]
        ]
    )


def _rival(pairs: Indices, scores: Floats, rows: Indices, end: int) -> Floats:
    """The best score of another pair with the same question (0), the same answer (1)."""
    found = []
    for row in rows:
        same = pairs[:, end] == pairs[row, end]
        same[row] = False
        found.append(float(scores[same].max()) if same.any() else 0.0)
    return np.array(found)


def _answers(linked: Linked, confidences: Mapping[Link, float], page: int) -> tuple[Answer, ...]:
    groups = linked.groups
    # An option that a tick chose is no blank question; another answer may be a question, too.
    chosen = {link.answer for link in confidences if linked.pairs[link.row, 1] != link.answer}
    by_question: dict[int, list[Answer]] = {
        i: []
        for i, label in enumerate(groups.labels.argmax(axis=1))
        if label == QUESTION and i not in chosen
    }
    for link in sorted(confidences, key=lambda link: (link.question, link.answer)):
        box = Box(*(float(side) for side in groups.boxes[link.answer]))
        texts = groups.texts[link.question], groups.texts[link.answer]
        answer = Answer(*texts, page, box, round(confidences[link], 4))
        by_question.setdefault(link.question, []).append(answer)
    return tuple(
        answer
        for question in sorted(by_question)
        for answer in by_question[question] or [Answer(groups.texts[question], None, page)]
    )
