"""python -m scripts.bench review [--data FOLDER]

What it takes to review a page in the browser: keys, characters, clicks and seconds, for pages that
were read right, and for the same pages with five faults. Needs a browser (chromium).

The rows say what is true, with the confidence that the embedded engine has in each answer it reads
right; of the others it knows nothing, so that they are marked. The five faults: a letter misread,
an answer left out, a pair too many, an answer at another question, a question left out. A script
does what a person would; the seconds of a person are those of the keystroke-level model, with
1.35 s of thought before each act, and without the time to read the page.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import uvicorn

from ocr_model.commands.cli import SAMPLE
from ocr_model.forms import load_forms
from ocr_model.linker import pinned_linker
from ocr_model.review.desk import Desk, Editor
from ocr_model.review.work_list import items_of_rows
from ocr_model.schema import Answer
from ocr_model.training import load_training_set, predict
from ocr_model.web import Access, build_review_app
from scripts.workshop.chromium import Chromium, find_browser
from scripts.workshop.model_server import free_port
from scripts.workshop.person import Effort, Person, TrueQuestion, truth_of

_LIT = "document.querySelector('#list article')"
# Fewer answered questions have no room for five faults.
_FEWEST = 6

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Round:
    """What one page took; `page_s` is how long the browser and the server were busy."""

    name: str
    answers: int
    marked: int
    effort: Effort
    page_s: float


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SAMPLE, help="folder of labelled forms")
    args = parser.parse_args(argv)
    browser = find_browser()
    if browser is None:
        print("error: needs chromium, which is not installed.", file=sys.stderr)
        return 2
    names = [form.name for form in load_forms(args.data)]
    readings = predict(pinned_linker("", None), load_training_set(args.data))
    truths = {name: truth_of(args.data, name) for name in names}
    right = {
        name: right_row(name, truths[name], read)
        for name, read in zip(names, readings, strict=True)
        if sum(bool(question.answers) for question in truths[name]) >= _FEWEST
    }
    faulty = {name: with_five_faults(row) for name, row in right.items()}
    for title, rows in (("read right", right), ("five faults", faulty)):
        rounds = _rounds(browser, args.data, rows, truths)
        _print(title, rounds)
    return 0


def right_row(name: str, truth: Sequence[TrueQuestion], read: Sequence[Answer]) -> Row:
    """What is true, as sure as the engine is of what it reads right."""
    sure = {(answer.question, answer.answer): answer.confidence for answer in read}
    answers: list[Row] = []
    for question in truth:
        for text, box in question.answers:
            answers.append(_said(question.text, text, box, sure.get((question.text, text))))
        if not question.answers:
            answers.append(_said(question.text, None, None, None))
    return {
        "document_id": f"{name}.png",
        "outcome": "ok",
        "answers": answers,
        "fields": [],
        "pairs": {},
    }


def _said(question: str, text: str | None, box: object, confidence: float | None) -> Row:
    place = None if box is None else list(box)  # type: ignore[call-overload]
    return {
        "question": question,
        "answer": text,
        "page": 1,
        "box": place,
        "confidence": confidence,
    }


def with_five_faults(row: Row) -> Row:
    """Each in another answer; of those that are wrong, the engine is not sure."""
    answers: list[Row] = json.loads(json.dumps(row["answers"]))
    answered = [i for i, said in enumerate(answers) if said["answer"] is not None]
    once = [i for i in answered if _times(answers, i) == 1]
    misread, left_out, swapped, other, missing = (once + answered)[:5]
    text = answers[misread]["answer"]
    wrong = "o" if text[0] != "o" else "e"
    answers[misread] |= {"answer": wrong + text[1:], "confidence": 0.6}
    answers[left_out] |= {"answer": None, "box": None, "confidence": None}
    answers[swapped] |= {"question": answers[other]["question"], "confidence": 0.7}
    stamp = _said("RECEIVED", "by A. Clerk", [5, 5, 60, 20], 0.5)
    kept = [said for i, said in enumerate(answers) if i != missing]
    return {**row, "answers": [*kept, stamp]}


def _times(answers: Sequence[Row], index: int) -> int:
    return sum(said["question"] == answers[index]["question"] for said in answers)


def _rounds(
    browser: str, data: Path, rows: dict[str, Row], truths: dict[str, list[TrueQuestion]]
) -> list[Round]:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        file = folder / "rows.jsonl"
        images = {path.stem: path.name for path in (data / "images").iterdir()}
        lines = [row | {"document_id": images[form]} for form, row in rows.items()]
        file.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
        desk = Desk(folder, items_of_rows(file, data / "images", [], folder))
        with served(desk) as url, Chromium(browser, folder / "profile") as page:
            page.resize(1280, 800)
            return [_round(page, desk, url, form, truths[form]) for form in rows]


def _round(page: Chromium, desk: Desk, url: str, name: str, truth: Sequence[TrueQuestion]) -> Round:
    # Its words are read before, as while a person looks at the document before it.
    tab = Editor("measuring", "nobody")
    desk.open(name, tab)
    desk.release(name, tab)
    page.open("about:blank")
    page.open(f"{url}/#{name}")
    page.wait(_LIT)
    person = Person(page)
    marked = sum(answer["unsure"] for card in person.look() for answer in card["answers"])
    answers = sum(len(question.answers) for question in truth)
    started = time.perf_counter()
    person.go_through(truth)
    person.finish()
    return Round(name, answers, marked, person.effort, time.perf_counter() - started)


@contextmanager
def served(desk: Desk) -> Iterator[str]:
    """The review page of a desk, in a thread."""
    port = free_port()
    settings = uvicorn.Config(
        build_review_app(desk, Access("Ann")), port=port, log_level="error", ws="none"
    )
    server = uvicorn.Server(settings)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        thread.join(timeout=10)


def _print(title: str, rounds: Sequence[Round]) -> None:
    head = ("answers", "marked", "keys", "typed", "clicks", "drags", "person s", "page s")
    print(f"\n{title:<22}" + "".join(f"{name:>9}" for name in head))
    lines = [(one.name, _figures(one)) for one in rounds]
    for name, figures in lines:
        print(f"{name:<22}" + "".join(f"{figure:>9.4g}" for figure in figures))
    medians = [statistics.median(column) for column in zip(*(f for _, f in lines), strict=True)]
    print(f"{'median':<22}" + "".join(f"{figure:>9.4g}" for figure in medians))


def _figures(one: Round) -> tuple[float, ...]:
    effort = one.effort
    return (
        *(one.answers, one.marked, effort.keys, effort.typed, effort.clicks, effort.drags),
        *(round(effort.seconds, 1), round(one.page_s, 2)),
    )


if __name__ == "__main__":
    raise SystemExit(main())
