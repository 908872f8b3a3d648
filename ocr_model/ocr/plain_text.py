"""Words with boxes -> the text of a page with its columns aligned. Pure.

Leaves out no word and pairs no question with an answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from statistics import median

from ocr_model.ocr.layout import JOIN_GAP, Segment, is_upright, join, rows_of, text_height
from ocr_model.schema import Word

# Least number of blanks between columns: words have one between them.
_COLUMN_GAP = 2
# Distance of two lines, in text heights, above which a blank line is written.
_BLANK_LINE = 1.0


@dataclass(frozen=True, slots=True)
class _Phrase:
    row: int
    left: float
    text: str


def page_text(words: Sequence[Word]) -> str:
    """Lay the words out on a grid of characters.

    "Name:" at x 0, "Ann" "Lee" at x 80; below "Date:" at x 0, "May" at x 80; 10 px a character ->

        Name:   Ann Lee
        Date:   May

    Text that runs up or down the margin comes last, a line each.
    """
    rows = rows_of(Segment(word.text, word.box) for word in words if is_upright(word))
    turned = [word.text for word in words if not is_upright(word)]
    return "\n".join([*_with_blank_lines(rows, _in_columns(rows)), *turned])


def _in_columns(rows: Sequence[Sequence[Segment]]) -> list[str]:
    """The text of each row; phrases with the same left edge begin at the same character.

    A line in small print may need more characters than the grid gives it: everything to its right
    then moves on all rows, so that columns stay aligned.
    """
    width = _character_width([segment for row in rows for segment in row])
    lines = [""] * len(rows)
    first, column = None, -1
    for group in _beginning_together(_phrases(rows), width):
        first = group[0].left if first is None else first
        ends = [len(lines[phrase.row]) + _COLUMN_GAP for phrase in group if lines[phrase.row]]
        column = max(round((group[0].left - first) / width), column + 1, *ends)
        for phrase in group:
            lines[phrase.row] = lines[phrase.row].ljust(column) + phrase.text
    return lines


def _phrases(rows: Sequence[Sequence[Segment]]) -> list[_Phrase]:
    """Join the words of a row that are close together; from left to right."""
    phrases: list[_Phrase] = []
    for number, row in enumerate(rows):
        runs: list[list[Segment]] = []
        for word in row:
            if runs and _is_close(runs[-1][-1], word):
                runs[-1].append(word)
            else:
                runs.append([word])
        joined = [join(run) for run in runs]
        phrases += [_Phrase(number, phrase.box.left, phrase.text) for phrase in joined]
    return sorted(phrases, key=lambda phrase: (phrase.left, phrase.row))


def _is_close(left: Segment, right: Segment) -> bool:
    height = min(left.box.bottom - left.box.top, right.box.bottom - right.box.top)
    return right.box.left - left.box.right < JOIN_GAP * height


def _beginning_together(phrases: Sequence[_Phrase], width: float) -> Iterator[list[_Phrase]]:
    """Phrases of different rows whose left edges are at most a character apart."""
    group: list[_Phrase] = []
    for phrase in phrases:
        rows = {other.row for other in group}
        if group and (phrase.left - group[0].left > width or phrase.row in rows):
            yield group
            group = []
        group.append(phrase)
    if group:
        yield group


def _character_width(segments: Sequence[Segment]) -> float:
    """In pixels; 1 where there is no text to measure."""
    widths = [(s.box.right - s.box.left) / len(s.text) for s in segments if s.text]
    return max(median(widths), 1.0) if widths else 1.0


def _with_blank_lines(rows: Sequence[Sequence[Segment]], lines: Sequence[str]) -> Iterator[str]:
    if not rows:
        return
    height = text_height([segment for row in rows for segment in row])
    bottom = None
    for row, line in zip(rows, lines, strict=True):
        top = min(segment.box.top for segment in row)
        if bottom is not None and top - bottom > _BLANK_LINE * height:
            yield ""
        bottom = max(segment.box.bottom for segment in row)
        yield line
