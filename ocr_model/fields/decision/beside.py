"""The value next to a label: to its right on the line, else below it. By geometry only."""

from __future__ import annotations

from collections.abc import Collection

from ocr_model.fields.decision.lines import PageWords, overlap_x, same_line

# In heights of the text.
_FARTHEST_RIGHT = 18.0
_WIDEST_GAP = 3.0
_FARTHEST_BELOW = 2.0
_LINE_PITCH = 1.2
_OUTDENT = 1.5
_MOST_LINES = 6


def value_beside(
    page: PageWords,
    label: tuple[int, ...],
    taken: Collection[int],
    widest_gap: float = _WIDEST_GAP,
) -> tuple[int, ...]:
    """The words that answer a label, in reading order; words that are `taken` end a value.

    On the label's line, gaps are at most `widest_gap` text heights.

    "Name" "Ann Lee" "Age" with Age taken -> Ann Lee
    """
    return _to_the_right(page, label, taken, widest_gap) or _below(page, label, taken)


def _to_the_right(
    page: PageWords, label: tuple[int, ...], taken: Collection[int], widest_gap: float
) -> tuple[int, ...]:
    end = page.words[label[-1]].box
    unit = page.unit
    on_line = sorted(
        (
            i
            for i, word in enumerate(page.words)
            if i not in label
            and same_line(word.box, end)
            and (word.box.left + word.box.right) / 2 > end.right
        ),
        key=lambda i: page.words[i].box.left,
    )
    value: list[int] = []
    for i in on_line:
        before = page.words[value[-1]].box if value else end
        gap = page.words[i].box.left - before.right
        if i in taken or gap > (widest_gap if value else _FARTHEST_RIGHT) * unit:
            break
        value.append(i)
    return tuple(value)


def _below(page: PageWords, label: tuple[int, ...], taken: Collection[int]) -> tuple[int, ...]:
    box, unit = page.around(label), page.unit
    value: list[int] = []
    for run in page.runs:
        gap = run.box.top - box.bottom
        if gap < -0.4 * unit or set(run.words) & set(label):
            continue
        if gap > (_LINE_PITCH if value else _FARTHEST_BELOW) * unit:
            break
        aligned = run.box.left > box.left - _OUTDENT * unit and overlap_x(run.box, box) > 0
        if not aligned:
            continue
        if any(i in taken for i in run.words):
            break
        value += run.words
        box = page.around((*label, *value))
        if len(value) > _MOST_LINES * 12:
            break
    return tuple(value)
