"""Options printed next to a label, "Paid ☒ Yes ☐ No": the ticked one.

A box belongs to the option after it if the row starts with a box, to the option before it if the
row ends with one, else to the one that is clearly closer: empty boxes are often not read.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from ocr_model.fields.decision.beside import value_beside
from ocr_model.fields.decision.candidates import Candidate, one_of
from ocr_model.fields.decision.label_places import LabelFinder
from ocr_model.fields.decision.lines import PageWords, overlap_x, same_line
from ocr_model.fields.values import ReadValue
from ocr_model.schema import FieldStatus

YES_NO = {
    **dict.fromkeys(("Yes", "Ja", "Oui", "Sí", "True", "Y"), "true"),
    **dict.fromkeys(("No", "Nein", "Non", "Nee", "False", "N"), "false"),
}
TICKS = frozenset("\u2611\u2612\u2713\u2714\u2717\u2718\u221a")
# Among options, these are not bullets of a list, as they may be elsewhere.
_FILLED = TICKS | frozenset("\u25a0\u25a3\u22a0")
_EMPTY = frozenset("\u2610\u25a1")
# Written as letters, "[x] Yes [ ] No", or read as letters.
_TICK_WORDS = frozenset({"[x]", "(x)", "x"})
_EMPTY_WORDS = frozenset({"[", "]", "[]", "(", ")", "()", "o", "0"})
# In text heights: the largest distance between options.
_WIDEST_GAP = 18.0
# A box between two options belongs to the one whose distance is at most this share of the other's.
_CLEARLY_NEARER = 0.5
SURE_OF_TICK = 0.8


@dataclass(frozen=True, slots=True)
class _Option:
    words: tuple[int, ...]
    value: str


def ticked_beside(
    page: PageWords, finder: LabelFinder, label: tuple[int, ...], options: Mapping[str, str]
) -> Candidate | None:
    """The value of the ticked option; `options` maps printed texts to values.

    Blank if all options are there and none is ticked, ambiguous if several are. None if there is no
    tick and not all options were found.
    """
    known = [option for option in _printed(finder, options) if set(label).isdisjoint(option.words)]
    texts = [word.text for word in page.words]
    boxes = {i for i, text in enumerate(texts) if _is_box(text)}
    strokes = {i for i, text in enumerate(texts) if not any(map(str.isalnum, text))}
    of_row = boxes.union(*(option.words for option in known))
    others = set(range(len(texts))) - of_row - strokes
    at, row = label, list[int]()
    beside: list[_Option] = []
    complete = False
    # The rest of them may be in the lines below.
    while not complete and (at := value_beside(page, at, others, _WIDEST_GAP)):
        first, asking = page.words[at[0]].box, page.words[label[-1]].box
        lead = [page.words[i].box for i in others if page.words[i].box.right <= first.left]
        if not same_line(first, asking) and any(same_line(first, box) for box in lead):
            break  # the line below has a label of its own
        row += [i for i in at if i in of_row]
        beside = [option for option in known if set(option.words) <= set(row)]
        complete = {option.value for option in beside} == set(options.values())
    marked = [
        _candidate(page, option, tick)
        for tick in row
        if _is_tick(texts[tick])
        for option in _options_of(page, tick, row, boxes, beside)
    ]
    if not marked and not complete:
        return None
    if not marked:
        reason = "none of its options is ticked"
        read = ReadValue(FieldStatus.BLANK, reason=reason)
        return Candidate(page.text(row), page.number, page.around(row), None, read)
    return one_of(marked)


def ticked_below(
    page: PageWords, finder: LabelFinder, label: tuple[int, ...], options: Mapping[str, str]
) -> Candidate | None:
    """The same if the options are column headers, and a tick is on the label's line."""
    box = page.around(label)
    marked = []
    for tick, word in enumerate(page.words):
        if _is_tick(word.text) and same_line(word.box, box) and word.box.left >= box.right:
            above = [
                option
                for option in _printed(finder, options)
                if page.around(option.words).bottom <= word.box.top
            ]
            own = [o for o in above if overlap_x(page.around(o.words), word.box) > 0]
            head = max(own, key=lambda option: page.around(option.words).bottom, default=None)
            if head is not None and {
                option.value
                for option in above
                if same_line(page.around(option.words), page.around(head.words))
            } == set(options.values()):
                marked.append(_candidate(page, _Option((), head.value), tick))
    return one_of(marked)


def _printed(finder: LabelFinder, options: Mapping[str, str]) -> list[_Option]:
    return [
        _Option(place.words, value)
        for printed, value in options.items()
        for place in finder.places(printed)
    ]


def _options_of(
    page: PageWords,
    tick: int,
    row: Sequence[int],
    boxes: Collection[int],
    options: Sequence[_Option],
) -> list[_Option]:
    """The option of a tick; two if it may be either."""
    box = page.words[tick].box
    own = [option for option in options if tick in option.words]
    level = [option for option in options if same_line(page.around(option.words), box)]
    before = [option for option in level if page.around(option.words).right <= box.left]
    behind = [option for option in level if page.around(option.words).left >= box.right]
    near = [
        *sorted(before, key=lambda option: -page.around(option.words).right)[:1],
        *sorted(behind, key=lambda option: page.around(option.words).left)[:1],
    ]
    boxes_lead, boxes_trail = row[0] in boxes, row[-1] in boxes
    if own or len(near) < 2:
        return own or near
    if boxes_lead != boxes_trail:
        return near[1:] if boxes_lead else near[:1]
    near.sort(key=lambda option: -overlap_x(page.around(option.words), box))
    first, second = (-overlap_x(page.around(option.words), box) for option in near)
    return near[:1] if first <= _CLEARLY_NEARER * second else near


def _candidate(page: PageWords, option: _Option, tick: int) -> Candidate:
    words = sorted({*option.words, tick}, key=lambda i: page.words[i].box.left)
    sure = round(SURE_OF_TICK * page.confidence(words), 4)
    read = ReadValue(FieldStatus.FOUND, option.value)
    return Candidate(page.text(words), page.number, page.around(words), sure, read)


def _is_box(text: str) -> bool:
    return _is_tick(text) or not _EMPTY.isdisjoint(text) or text.casefold() in _EMPTY_WORDS


def _is_tick(text: str) -> bool:
    return not _FILLED.isdisjoint(text) or text.casefold() in _TICK_WORDS
