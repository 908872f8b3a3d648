"""A person at the review page, who knows what is true: looks at the list, and sets it right by keys
and mouse. Counts what is pressed, typed and clicked.

Sees the page as a person does, by what it shows; knows nothing of its code.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from ocr_model.forms import load_annotation_items
from scripts.workshop.chromium import Chromium

Box = tuple[float, float, float, float]

_LOOK = """
[...document.querySelectorAll('#list article')].map(card => ({
  question: card.querySelector('h3')?.textContent ?? '',
  lit: card.classList.contains('lit'),
  absent: card.classList.contains('absent'),
  answers: [...card.querySelectorAll('.answer')].map(line => ({
    text: line.querySelector('.text')?.textContent ?? '',
    none: line.querySelector('.text.none') !== null,
    lit: line.classList.contains('lit'), unsure: line.classList.contains('unsure'),
    place: line.querySelector('[data-place]')?.dataset.place ?? null,
  })),
}))
"""
_SAVED = "document.getElementById('save').textContent === 'All saved'"
_SIMILAR = 0.6


@dataclass(frozen=True, slots=True)
class TrueQuestion:
    """What a question of the page says in truth, and where; no answers: left blank."""

    text: str
    box: Box
    answers: tuple[tuple[str, Box], ...] = ()


def truth_of(folder: Path, name: str) -> list[TrueQuestion]:
    """Of the form `name` of one page in a folder with annotations, in FUNSD's format."""
    items = load_annotation_items(name, folder)
    by_id = {item["id"]: item for item in items}
    return [
        TrueQuestion(
            text,
            tuple(item["box"]),
            tuple(
                (said, tuple(by_id[end]["box"]))
                for start, end in item["linking"]
                if start == item["id"]
                and by_id[end]["label"] == "answer"
                and (said := _text(by_id[end]))
            ),
        )
        for item in items
        if item["label"] == "question" and (text := _text(item))
    ]


def _text(item: dict[str, Any]) -> str:
    return " ".join(word["text"] for word in item["words"]).strip()


@dataclass(slots=True)
class Effort:
    """What a person did: `keys` without the characters they typed."""

    keys: int = 0
    typed: int = 0
    clicks: int = 0
    drags: int = 0
    faults: list[str] = field(default_factory=list)

    @property
    def seconds(self) -> float:
        """What a person would take, by the keystroke-level model (Card, Moran and Newell, 1980).

        0.28 s a key, as of an average typist; 0.4 s to the mouse, 1.1 s to point and 0.1 s each to
        press and to let go, twice pointed for a drag; 1.35 s of thought before each act.
        """
        pressed = 0.28 * (self.keys + self.typed)
        pointed = 1.7 * self.clicks + 2.8 * self.drags
        return pressed + pointed + 1.35 * (self.keys + self.clicks + self.drags)


class Person:
    """At one tab that shows a document."""

    def __init__(self, page: Chromium) -> None:
        self.page = page
        self.effort = Effort()

    def press(self, *keys: str) -> None:
        self.effort.keys += len(keys)
        self.page.keys(*keys)

    def write(self, text: str) -> None:
        """In the field that is open, whose text is chosen."""
        self.page.wait("document.querySelector('[data-edit]')")
        self.page.call("Input.insertText", text=text) if text else self.page.keys("Delete")
        self.effort.typed += max(1, len(text))
        self.press("Enter")

    def click(self, selector: str) -> None:
        self.effort.clicks += 1
        self.page.click(selector)

    def draw(self, box: Box) -> None:
        """Drag around a place of the page, which is brought into view."""
        self.effort.drags += 1
        self.page.wait("document.querySelector('.desk.drawing')")
        start, end = self._on_screen(box)
        self.page.drag(start, end)
        self.page.wait("document.querySelector('[data-edit]')")

    def _on_screen(self, box: Box) -> tuple[tuple[float, float], tuple[float, float]]:
        code = """
        (([left, top, right, bottom]) => {
          const group = document.querySelector('#sheet > g > g');
          const desk = document.getElementById('desk');
          const at = (x, y) => new DOMPoint(x, y).matrixTransform(group.getScreenCTM());
          const frame = desk.getBoundingClientRect();
          desk.scrollTop += at(left, top).y - frame.top - frame.height / 2;
          desk.scrollLeft += at(left, top).x - frame.left - frame.width / 3;
          const [one, two] = [at(left, top), at(right, bottom)];
          return [one.x, one.y, two.x, two.y];
        })(%s)
        """
        x1, y1, x2, y2 = self.page.run(code % list(box))
        return (x1, y1), (x2, y2)

    def look(self) -> list[dict[str, Any]]:
        shown: list[dict[str, Any]] = self.page.run(_LOOK)
        return shown

    def go_through(self, truth: Sequence[TrueQuestion]) -> None:
        """Accept what is right of the unsure answers, then set right whatever differs."""
        self._accept_unsure(truth)
        for _ in range(400):
            if not self._set_right(truth):
                break
        else:
            raise AssertionError("the page never became what the person wants")
        self.page.wait(_SAVED)

    def finish(self) -> None:
        name = self.page.run("location.hash")
        self.press("f")
        gone = f"location.hash !== {name!r}"
        asks = "document.querySelector('#ask[open]')"
        self.page.wait(f"{gone} || {asks}")
        if self.page.run(f"Boolean({asks})"):
            self.press("Enter")
        self.page.wait(gone)

    def _accept_unsure(self, truth: Sequence[TrueQuestion]) -> None:
        wanted, left_alone = _wanted(truth), set[str]()
        for _ in range(400):
            lit = [(c, a) for c in self.look() for a in c["answers"] if a["lit"] and a["unsure"]]
            if not lit or lit[0][1]["place"] in left_alone:
                return
            card, answer = lit[0]
            given = "" if answer["none"] else answer["text"]
            if given in wanted.get(card["question"], []):
                self.press("Enter")
            elif (text := self._nearest(card, given, wanted)) is not None:
                self.effort.faults.append(f"{given!r} -> {text!r}")
                self.press("e")
                self.write(text)
            else:
                self.press("n")
                left_alone.add(answer["place"])

    def _nearest(
        self, card: dict[str, Any], given: str, wanted: dict[str, list[str]]
    ) -> str | None:
        """The true answer that was misread here."""
        there = [a["text"] for a in card["answers"] if not a["none"]]
        missing = [text for text in wanted.get(card["question"], []) if text not in there]
        alike = [(SequenceMatcher(None, given, text).ratio(), text) for text in missing]
        best = max(alike, default=(0.0, ""))
        return best[1] if best[0] > _SIMILAR else None

    def _set_right(self, truth: Sequence[TrueQuestion]) -> bool:
        """One difference, if there is any."""
        shown, wanted = self.look(), _wanted(truth)
        cards = [card for card in shown if not card["absent"]]
        for card in cards:
            if card["question"] not in wanted:
                self._foreign_question(card, cards, wanted)
                return True
        for card in cards:
            for answer in card["answers"]:
                if not answer["none"] and self._wrong_answer(card, answer, cards, wanted):
                    return True
        return any(self._missing(question, cards) for question in truth)

    def _foreign_question(
        self, card: dict[str, Any], cards: list[dict[str, Any]], wanted: dict[str, list[str]]
    ) -> None:
        """A question that was misread, or is none."""
        known = {other["question"] for other in cards}
        alike = [
            (SequenceMatcher(None, card["question"], text).ratio(), text)
            for text in wanted
            if text not in known
        ]
        best = max(alike, default=(0.0, ""))
        self.effort.faults.append(f"question {card['question']!r}")
        self._go_to(card["answers"][0])
        if best[0] > _SIMILAR:
            self.press("q")
            self.write(best[1])
        else:
            self.press("x")

    def _wrong_answer(
        self,
        card: dict[str, Any],
        answer: dict[str, Any],
        cards: list[dict[str, Any]],
        wanted: dict[str, list[str]],
    ) -> bool:
        own = [a["text"] for c in cards for a in c["answers"] if c["question"] == card["question"]]
        right = wanted[card["question"]]
        if own.count(answer["text"]) <= right.count(answer["text"]):
            return False
        self.effort.faults.append(f"{card['question']!r}: {answer['text']!r}")
        self._go_to(answer)
        if (text := self._nearest(card, answer["text"], wanted)) is not None:
            self.press("e")
            self.write(text)
        elif (question := _asking(answer["text"], card, cards, wanted)) is not None:
            self.press("m")
            self.page.wait("document.querySelector('#choose[open]')")
            self.page.call("Input.insertText", text=question)
            self.effort.typed += len(question)
            self.press("Enter")
        else:
            self.press("Delete")
        return True

    def _missing(self, question: TrueQuestion, cards: list[dict[str, Any]]) -> bool:
        own = [card for card in cards if card["question"] == question.text]
        if not own:
            self.effort.faults.append(f"missing {question.text!r}")
            self.click("[data-do=new-question]")
            self.draw(question.box)
            self.write(question.text)
            return True
        there = [a["text"] for card in own for a in card["answers"] if not a["none"]]
        for text, box in question.answers:
            if text not in there:
                self.effort.faults.append(f"missing answer {question.text!r}: {text!r}")
                self._go_to(own[0]["answers"][0])
                self.press("a")
                self.draw(box)
                if self.page.run("document.querySelector('[data-edit]').value") == text:
                    self.press("Enter")
                else:
                    self.write(text)
                return True
        return False

    def _go_to(self, answer: dict[str, Any]) -> None:
        if not answer["lit"]:
            place = answer["place"].replace('"', '\\"')
            self.click(f'[data-place="{place}"]')


def _wanted(truth: Sequence[TrueQuestion]) -> dict[str, list[str]]:
    wanted: dict[str, list[str]] = {}
    for question in truth:
        wanted.setdefault(question.text, []).extend(text for text, _ in question.answers)
    return wanted


def _asking(
    text: str, card: dict[str, Any], cards: list[dict[str, Any]], wanted: dict[str, list[str]]
) -> str | None:
    """Another question of the page that has this answer in truth, and has it not yet."""
    for other in cards:
        there = [a["text"] for a in other["answers"] if not a["none"]]
        if other is not card and text in wanted[other["question"]] and text not in there:
            return str(other["question"])
    return None
