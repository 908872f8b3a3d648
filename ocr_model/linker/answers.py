"""Words and picture of a page -> answers with box and confidence."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

import numpy as np
from PIL import Image

from ocr_model.linker.boxes import Floats, Indices, array_of, heights
from ocr_model.linker.page import PageView, view_of
from ocr_model.linker.page_parts import MOST_WORDS, Part, parts_of
from ocr_model.linker.stages import ANSWER, QUESTION, Link, Linked, line_by_line, link_page
from ocr_model.linker.ticked_options import unticked_options, with_ticked_options
from ocr_model.linker.weights import Linker
from ocr_model.schema import Answer, Box, Word

# Least score of a pair.
_LINKED = 0.5
# Least score of a second question for one answer, as under two-level headings of tables.
_SECOND_QUESTION = 0.7
# The same of a question that is known to be one; what is known to be one hardly answers another.
_KNOWN_LINKED = 0.2
_KNOWN_SECOND = 0.4
_KNOWN_AS_ANSWER = 0.9

# Which of some words are questions that are known, each by the indices of its words.
FindQuestions = Callable[[Sequence[Word]], Sequence[Sequence[int]]]


def _none_known(words: Sequence[Word]) -> Sequence[Sequence[int]]:  # noqa: ARG001 - as others
    return ()


# The first word of a question, and its answers.
_Found = tuple[Box, list[Answer]]


def link_words(
    words: Iterable[Word],
    image: Image.Image,
    page: int,
    linker: Linker,
    between_parts: Callable[[], None] = lambda: None,
    find_questions: FindQuestions = _none_known,
) -> tuple[tuple[Answer, ...], tuple[Word, ...]]:
    """Questions in reading order with their answers; `page` is the number to write on them.

    "Name:" "Ann Lee"   "Date" -> (Name:, Ann Lee), (Date, None)

    Each answer of a question is an Answer of its own with the box around it and the probability
    that question and answer are right to the letter; a question left blank has `answer=None`,
    no box and no confidence. A page of very many words is linked in parts; `between_parts` is
    called before each and may raise to end it.

    Also returns the words as they were linked: cut at colons, with the ticks that were seen; for a
    page that is linked in parts, the words as they were given.
    """
    given = list(words)
    if len(given) <= MOST_WORDS:
        view = view_of(given, image)
        return answers_of(view, page, linker, find_questions), view.words
    found: list[_Found] = []
    for part in parts_of(array_of(word.box for word in given)):
        between_parts()
        inside = [given[i] for i in part.words]
        found += _found_in_part(part, inside, image, page, linker, find_questions)
    order = line_by_line(array_of(place for place, _ in found), range(len(found)))
    return tuple(answer for i in order for answer in found[i][1]), tuple(given)


def answers_of(
    view: PageView, page: int, linker: Linker, find_questions: FindQuestions = _none_known
) -> tuple[Answer, ...]:
    """The same for a page that is already prepared."""
    found = _found(view, page, linker, find_questions)
    return tuple(answer for _, answers in found for answer in answers)


def _found(
    view: PageView, page: int, linker: Linker, find_questions: FindQuestions
) -> list[_Found]:
    linked = link_page(view, linker.forests, find_questions(view.words))
    links = choose_links(linked)
    raw = linker.confidence.probabilities(confidence_features(view, linked, links))[:, 1]
    chosen = with_ticked_options(linked, links) if linker.ticks_choose else links
    confidences = np.interp(raw, *linker.calibration).tolist()
    unticked = unticked_options(view, linked.groups) if linker.ticks_choose else frozenset()
    by_question = _answers(linked, dict(zip(chosen, confidences, strict=True)), page, unticked)
    firsts = {question: linked.groups.members[question][0] for question in by_question}
    return [
        (Box(*view.boxes[firsts[question]].tolist()), by_question[question])
        for question in sorted(by_question)
    ]


def _found_in_part(
    part: Part,
    words: Sequence[Word],
    image: Image.Image,
    page: int,
    linker: Linker,
    find_questions: FindQuestions,
) -> Iterator[_Found]:
    """The questions that begin in the core of a part, which is linked as a page of its own."""
    boxes = array_of(word.box for word in words)
    room = float(np.median(heights(boxes)))
    left, top = np.floor(boxes[:, :2].min(axis=0) - room).clip(0).astype(int).tolist()
    right, bottom = np.ceil(boxes[:, 2:].max(axis=0) + room).astype(int).tolist()
    seen = left, top, min(right, image.width), min(bottom, image.height)
    moved = [replace(word, box=_moved(word.box, -left, -top)) for word in words]
    view = view_of(moved, image.crop(seen))
    for place, answers in _found(view, page, linker, find_questions):
        place = _moved(place, left, top)
        if part.has(place):
            yield (
                place,
                [
                    answer
                    if answer.box is None
                    else replace(answer, box=_moved(answer.box, left, top))
                    for answer in answers
                ],
            )


def _moved(box: Box, across: float, down: float) -> Box:
    return Box(box.left + across, box.top + down, box.right + across, box.bottom + down)


def choose_links(linked: Linked) -> list[Link]:
    """The likely pairs, in reading order of question and answer."""
    taken: set[int] = set()
    links = []
    for row in np.argsort(-linked.scores, kind="stable"):
        question, answer = (int(i) for i in linked.pairs[row])
        if linked.scores[row] >= _needed(linked, question, answer, answer in taken):
            taken.add(answer)
            links.append(Link(int(row), question, answer))
    return sorted(links, key=lambda link: (link.question, link.answer))


def _needed(linked: Linked, question: int, answer: int, is_taken: bool) -> float:
    """The score from which a pair is likely; `is_taken` is an answer that has a question."""
    if question in linked.known:
        needed = _KNOWN_SECOND if is_taken else _KNOWN_LINKED
    else:
        needed = _SECOND_QUESTION if is_taken else _LINKED
    return max(needed, _KNOWN_AS_ANSWER) if answer in linked.known else needed


def confidence_features(view: PageView, linked: Linked, links: Sequence[Link]) -> Floats:
    """Features of the confidence of a chosen pair; shape (links, 18).

    Scores of its link, grouping, labels and OCR, and the same of the page, which may be a bad scan.
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
    """Means over the page: OCR confidence, labels and certainty of groups, scores of links."""
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


def _answers(
    linked: Linked, confidences: Mapping[Link, float], page: int, unticked: frozenset[int]
) -> dict[int, list[Answer]]:
    """The answers of each question; a blank one where there is none, unless it is unticked."""
    groups = linked.groups
    # An option that a tick chose is not a blank question; other answers may be questions, too.
    chosen = {link.answer for link in confidences if linked.pairs[link.row, 1] != link.answer}
    by_question: dict[int, list[Answer]] = {
        i: []
        for i, label in enumerate(groups.labels.argmax(axis=1))
        if label == QUESTION and i not in chosen and (i not in unticked or i in linked.known)
    }
    for link in sorted(confidences, key=lambda link: (link.question, link.answer)):
        box = Box(*(float(side) for side in groups.boxes[link.answer]))
        texts = groups.texts[link.question], groups.texts[link.answer]
        answer = Answer(*texts, page, box, round(confidences[link], 4))
        by_question.setdefault(link.question, []).append(answer)
    return {
        question: answers or [Answer(groups.texts[question], None, page)]
        for question, answers in by_question.items()
    }
