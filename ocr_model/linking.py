"""Words with boxes -> questions and their answers, by rules on text and place.

Distances are in text heights of the page. Rules and constants were compared by hand on the
training half of FUNSD, so scores on that half flatter them. Ruling lines are not seen.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from ocr_model.labels import Kind, kind_of
from ocr_model.layout import (
    INDENT,
    LINE_GAP,
    Segment,
    join,
    join_wrapped,
    neighbours_of,
    segments_of,
    text_height,
)
from ocr_model.schema import Answer, Box, Word

# From a label to its answer on the same line: further away is another part of the page.
FIELD_GAP = 15.0
# Between pieces of one answer, as in "84   mm".
PIECE_GAP = 1.2
# Between rows of a table.
ROW_GAP = 3.0
# Left edges that differ by less are aligned.
ALIGNED = 1.0
# An answer of several lines is one answer if they reach this far across the text, else a list.
WRAPPING_SHARE = 0.75
# Fields of a column that make a further line of the same shape a field.
COLUMN_SUPPORT = 2


def link_words(words: Iterable[Word], page: int) -> tuple[Answer, ...]:
    """Questions in reading order with their answers; `page` is the number to write on them.

    "Name:" "Ann Lee"   "Date" -> (Name:, Ann Lee), (Date, None)

    Each answer of a question is an Answer of its own, a blank one has `answer=None`, and a
    question that is printed twice occurs twice. Boxes are those of the answers.
    """
    segments = join_wrapped(segments_of(words))
    if not segments:
        return ()
    form = _Form(segments)
    form.link_fields()
    form.link_label_columns()
    form.link_tables()
    return form.answers(page)


class _Form:
    """The segments of one page while they are linked; all links are indices of segments."""

    def __init__(self, segments: list[Segment]) -> None:
        self.segments = segments
        self.kinds = [kind_of(segment.text) for segment in segments]
        self.near = neighbours_of(segments)
        self.height = text_height(segments)
        self.right_edge = max(segment.box.right for segment in segments)
        self.questions = {i for i, kind in enumerate(self.kinds) if kind >= Kind.LIKELY}
        self.question_of: dict[int, int] = {}
        self.continues: dict[int, int] = {}

    def link_fields(self) -> None:
        """Answers to the right of their label, or else below it."""
        for i, left in enumerate(self.near.left):
            if i in self.questions:
                if not self._is_answer_in_label_words(i):
                    continue
                self.questions.discard(i)
            if left is None or not self._link_left(i, left):
                self._link_above(i)

    def _is_answer_in_label_words(self, i: int) -> bool:
        """In "Subject:  Progress report" the second part is no label, in "From:  To:" it is."""
        left, right = self.near.left[i], self.near.right[i]
        return (
            self.kinds[i] == Kind.LIKELY
            and i not in self.question_of.values()
            and left is not None
            and self.kinds[left] == Kind.LABEL
            and self._gap_x(left, i) < FIELD_GAP
            and (right is None or self.kinds[right] >= Kind.LIKELY)
        )

    def _link_left(self, i: int, left: int) -> bool:
        gap = self._gap_x(left, i)
        if gap >= FIELD_GAP:
            return False
        if left in self.questions:
            self.question_of[i] = left
        elif self.kinds[i] == Kind.TICK and self.kinds[left] > Kind.VALUE:
            # "Sex:  Male  X": the tick turns an answer into a question.
            self._ask(left)
            self.question_of[i] = left
        elif self._is_taken(left):
            if gap >= PIECE_GAP:
                return False
            self.continues[i] = self.continues.get(left, left)
        elif self.kinds[i] <= Kind.VALUE and self.kinds[left] == Kind.OPEN:
            self._ask(left)
            self.question_of[i] = left
        else:
            return False
        return True

    def _link_above(self, i: int) -> None:
        above, right = self.near.above[i], self.near.right[i]
        if above is None or self._gap_y(above, i) >= LINE_GAP:
            return
        if above in self.questions:
            # "Item" / "Travel   $ 250": the second line is a field of its own.
            names_value = (
                self.kinds[i] == Kind.OPEN and right is not None and self.kinds[right] <= Kind.VALUE
            )
            if self.near.right[above] not in self.question_of and not names_value:
                self.question_of[i] = above
        elif self._is_taken(above) and self.near.left[i] is None:
            first = self.continues.get(above, above)
            if self._wraps(above) and self._aligned(first, i, INDENT):
                self.continues[i] = first
            else:
                self.question_of[i] = self.question_of[first]

    def link_label_columns(self) -> None:
        """A line shaped like fields that are already linked is a field: "Color   White"."""
        fields = [
            (question, answer)
            for answer, question in self.question_of.items()
            if self.near.left[answer] == question
        ]
        for i, right in enumerate(self.near.right):
            if right is None or max(self.kinds[i], self.kinds[right]) > Kind.OPEN:
                continue
            if self.kinds[i] != Kind.OPEN or not self._is_free(i) or not self._is_free(right):
                continue
            support = sum(
                self._aligned(question, i, ALIGNED) and self._aligned(answer, right, ALIGNED)
                for question, answer in fields
            )
            if support >= COLUMN_SUPPORT:
                self._ask(i)
                self.question_of[right] = i

    def link_tables(self) -> None:
        """Values under a heading that has another such heading beside it."""
        loose = [i for i, kind in enumerate(self.kinds) if kind <= Kind.VALUE]
        heading_of = {i: self._heading(i) for i in loose if i not in self.continues}
        headings = {heading for heading in heading_of.values() if heading is not None}
        for i, heading in heading_of.items():
            if heading is None or i in self.question_of or self.kinds[heading] == Kind.LABEL:
                continue
            row = {self.near.left[heading], self.near.right[heading]}
            if row & headings and heading not in self.continues:
                self._ask(heading)
                self.question_of[i] = heading

    def _heading(self, i: int) -> int | None:
        """The first segment upwards that is no value, over rows that stand close."""
        lower, above = i, self.near.above[i]
        while above is not None and self._gap_y(above, lower) < ROW_GAP:
            if self.kinds[above] > Kind.VALUE:
                return above
            lower, above = above, self.near.above[above]
        return None

    def answers(self, page: int) -> tuple[Answer, ...]:
        pieces: dict[int, list[int]] = defaultdict(list)
        for i, first in self.continues.items():
            pieces[first].append(i)
        by_question: dict[int, list[int]] = {i: [] for i in self.questions}
        for answer, question in self.question_of.items():
            by_question[question].append(answer)
        found: list[Answer] = []
        for question, firsts in sorted(by_question.items()):
            text = self.segments[question].text
            whole = [
                join([self.segments[i] for i in sorted([f, *pieces[f]])]) for f in sorted(firsts)
            ]
            found.extend(Answer(text, answer.text, page, answer.box) for answer in whole)
            if not whole:
                found.append(Answer(text, None, page))
        return tuple(found)

    def _ask(self, i: int) -> None:
        self.questions.add(i)
        self.question_of.pop(i, None)
        self.continues.pop(i, None)

    def _is_taken(self, i: int) -> bool:
        return i in self.question_of or i in self.continues

    def _is_free(self, i: int) -> bool:
        return i not in self.questions and not self._is_taken(i)

    def _box(self, i: int) -> Box:
        return self.segments[i].box

    def _gap_x(self, left: int, right: int) -> float:
        return (self._box(right).left - self._box(left).right) / self.height

    def _gap_y(self, upper: int, lower: int) -> float:
        return (self._box(lower).top - self._box(upper).bottom) / self.height

    def _aligned(self, i: int, j: int, tolerance: float) -> bool:
        return abs(self._box(i).left - self._box(j).left) < tolerance * self.height

    def _wraps(self, i: int) -> bool:
        return self._box(i).right > WRAPPING_SHARE * self.right_edge
