"""python -m scripts.bench fields [--data FOLDER] [--invoices FOLDER] [--receipts FOLDER]

What the embedded engine finds of fields that are given. Of labelled forms (`--data`, the bundled
ones unless others are named) the fields are the questions that have an answer; a question that
occurs twice is one field, its answers joined. Of invoices (the bundled ones, or any `images/` with
`fields/` and `fields.yaml`) they are those of the file; of receipts (`images/` and `keys/`)
company, date, address and total. Nothing is learned from either. `--kept FOLDER` keeps what was
read, `--show 20` lists misses.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from time import process_time

import numpy as np
from PIL import Image
from tqdm import tqdm

from ocr_model.commands.cli import SAMPLE, whole_number
from ocr_model.documents import decode_pages
from ocr_model.fields import (
    Field,
    PageContent,
    WantedFields,
    decide_fields,
    labels_among,
    load_fields,
    parse_fields,
)
from ocr_model.forms import FieldTruth, Form, load_field_truth, load_forms
from ocr_model.linker import Linker, PageView, answers_of, pinned_linker, view_of
from ocr_model.normalize import fold_text
from ocr_model.ocr import WordReader
from ocr_model.schema import Box, FieldStatus, FieldValue, Word
from ocr_model.scoring import FieldCounts, bootstrap_interval, overall, score_fields

# The file a user would write: in Malaysia the day comes first.
RECEIPT = parse_fields(
    """
fields:
  - {name: company}
  - {name: date, type: date, formats: ["%d/%m/%Y"]}
  - {name: address}
  - {name: total, type: currency}
"""
)
Truth = dict[str, str | None]
_Reading = tuple[list[Word], Image.Image]


@dataclass(frozen=True, slots=True)
class Seen:
    """One page that was read, and what links its words."""

    number: int
    view: PageView
    linker: Linker

    def content(self, wanted: WantedFields | None = None) -> PageContent:
        """Its answers, found as an engine does that is given these fields, or none."""
        fields = wanted.fields if wanted is not None else ()
        answers = answers_of(
            self.view, self.number, self.linker, lambda words: labels_among(words, fields)
        )
        return PageContent(self.number, answers, self.view.words)


Pages = Sequence[Seen]


def _decided(wanted: WantedFields, pages: Pages) -> Sequence[FieldValue]:
    return decide_fields(wanted, [page.content(wanted) for page in pages]).values


@dataclass(frozen=True, slots=True)
class Tried:
    """Counts of one document, for all its fields together."""

    counts: FieldCounts
    cpu_s: float = 0.0


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=SAMPLE, help="folder of labelled forms")
    parser.add_argument("--invoices", type=Path, default=SAMPLE.with_name("invoices"))
    parser.add_argument("--receipts", type=Path, help="folder with images/ and keys/")
    parser.add_argument("--kept", type=Path, help="folder that keeps what was read")
    parser.add_argument("--show", type=whole_number, default=0, help="list so many misses")
    args = parser.parse_args(argv)
    reader = _KeptReader(args.kept)
    forms = load_forms(args.data)
    read = [reader.read(form.image_path) for form in tqdm(forms, desc="Reading", unit="form")]
    _forms(args.data, forms, read, args.show)
    _documents("invoices", _invoices(args.invoices), reader, args.show)
    if args.receipts is not None:
        _documents("receipts", _receipts(args.receipts), reader, args.show)
    return 0


def _forms(folder: Path, forms: Sequence[Form], read: Sequence[Pages], show: int) -> None:
    known = [_answered(form) for form in forms]
    blank = [_blank(form, truth) for form, truth in zip(forms, known, strict=True)]
    misses: list[str] = []
    arms: dict[str, Callable[[int], Tried]] = {
        "keys given": lambda i: _try_form(read[i], known[i], misses),
        "the same, blank questions among them": lambda i: _try_form(read[i], known[i] | blank[i]),
        "pairs whose question is equal": lambda i: _equal_pairs(read[i], known[i]),
        "ceiling: the words in the true boxes": lambda i: _ceiling(forms[i], read[i], known[i]),
    }
    print(f"{len(forms)} forms of {folder}, {sum(map(len, known))} fields; normalized equality\n")
    for name, arm in arms.items():
        print(f"{name:<38} {_line([arm(i) for i in range(len(forms)) if known[i]])}")
    _list(misses, show)


def _invoices(folder: Path) -> tuple[WantedFields, list[tuple[Path, FieldTruth]]]:
    images = sorted((folder / "images").iterdir())
    read = [(image, load_field_truth(folder, image.stem) or {}) for image in images]
    return load_fields(folder / "fields.yaml"), read


def _receipts(folder: Path) -> tuple[WantedFields, list[tuple[Path, FieldTruth]]]:
    images = sorted((folder / "images").glob("*.jpg"))
    keys = [folder / "keys" / f"{image.stem}.json" for image in images]
    return RECEIPT, [
        (image, json.loads(key.read_text("utf-8"))) for image, key in zip(images, keys, strict=True)
    ]


def _documents(
    kind: str,
    given: tuple[WantedFields, list[tuple[Path, FieldTruth]]],
    reader: _KeptReader,
    show: int,
) -> None:
    wanted, documents = given
    misses: list[str] = []
    scores: list[Mapping[str, FieldCounts]] = []
    for image, truth in tqdm(documents, desc="Reading", unit="document"):
        values = _decided(wanted, reader.read(image))
        scores.append(score_fields(values, truth, wanted).fields)
        one = [(value, truth.get(value.name)) for value in values]
        misses += filter(None, (_miss(image.stem, v, t) for v, t in one if isinstance(t, str)))
    print(f"\n{len(documents)} {kind}, typed equality; of a table its cells\n")
    for field in wanted.fields:
        own = [score.get(field.name, FieldCounts()) for score in scores]
        print(f"{field.name:<15} {_typed_line(own)}")
    print(f"{'together':<15} {_typed_line([overall(score) for score in scores])}")
    _list(misses, show)


def _typed_line(counts: Sequence[FieldCounts]) -> str:
    """The share that is right of what is there, and that is wrong of what was found."""
    rows = np.array([[c.typed, c.reference, c.predicted] for c in counts], dtype=np.float64)
    right, there, found = rows.sum(axis=0)
    low, high = bootstrap_interval(rows[:, :2])
    wrong = (found - right) / found if found else 0.0
    return f"right {right / there:.3f} [{low:.3f}, {high:.3f}], wrong {wrong:.3f} of {found:.0f}"


def _answered(form: Form) -> Truth:
    """Questions with an answer, by their folded text; the first spelling names the field."""
    spelt: dict[str, str] = {}
    given: dict[str, list[str]] = {}
    for question, answers in form.references.items():
        if fold_text(question):
            spelt.setdefault(fold_text(question), question)
            given.setdefault(fold_text(question), []).extend(answers)
    return {spelt[folded]: " ".join(answers) for folded, answers in given.items()}


def _blank(form: Form, known: Truth) -> Truth:
    taken = {fold_text(question) for question in known}
    free = {fold_text(q): q for q in form.blank_questions if fold_text(q) not in {"", *taken}}
    return dict.fromkeys(free.values())


def _wanted(truth: Truth) -> WantedFields:
    return WantedFields(fields=tuple(Field(name=name, labels=(name,)) for name in truth))


def _try_form(pages: Pages, truth: Truth, misses: list[str] | None = None) -> Tried:
    wanted = _wanted(truth)
    started = process_time()
    values = _decided(wanted, pages)
    took = process_time() - started
    if misses is not None:
        misses += filter(None, (_miss("", value, truth[value.name]) for value in values))
    return Tried(_counts(values, truth, wanted), took)


def _counts(values: Sequence[FieldValue], truth: Truth, wanted: WantedFields) -> FieldCounts:
    return sum(score_fields(values, truth, wanted).fields.values(), FieldCounts())


def _equal_pairs(pages: Pages, truth: Truth) -> Tried:
    given: dict[str, list[str]] = {}
    for answer in (answer for page in pages for answer in page.content().answers):
        if answer.answer is not None:
            given.setdefault(fold_text(answer.question), []).append(answer.answer)
    texts = {name: " ".join(given.get(fold_text(name), [])) for name in truth}
    return Tried(_counts(_as_values(texts), truth, _wanted(truth)))


def _ceiling(form: Form, pages: Pages, truth: Truth) -> Tried:
    texts: dict[str, str] = {}
    for name in truth:
        boxes = [
            place.answer_box
            for place in form.places
            if fold_text(place.question) == fold_text(name) and place.answer_box is not None
        ]
        words = [_words_in(box, pages[0].view.words) for box in boxes]
        texts[name] = " ".join(word.text for box in words for word in box)
    return Tried(_counts(_as_values(texts), truth, _wanted(truth)))


def _words_in(box: Box, words: Sequence[Word]) -> list[Word]:
    inside = [
        word
        for word in words
        if box.left <= (word.box.left + word.box.right) / 2 <= box.right
        and box.top <= (word.box.top + word.box.bottom) / 2 <= box.bottom
    ]
    lines: list[list[Word]] = []
    for word in sorted(inside, key=lambda word: word.box.top):
        if lines and word.box.top < (lines[-1][0].box.top + lines[-1][0].box.bottom) / 2:
            lines[-1].append(word)
        else:
            lines.append([word])
    return [word for line in lines for word in sorted(line, key=lambda word: word.box.left)]


def _as_values(texts: dict[str, str]) -> list[FieldValue]:
    return [FieldValue(name, FieldStatus.FOUND, text, text) for name, text in texts.items() if text]


def _line(tried: Sequence[Tried]) -> str:
    rows = np.array(
        [[t.counts.normalized, t.counts.predicted, t.counts.reference, t.cpu_s] for t in tried],
        dtype=np.float64,
    )
    right, found, there, cpu_s = rows.sum(axis=0)
    both = np.column_stack([2 * rows[:, 0], rows[:, 1] + rows[:, 2]])
    low, high = bootstrap_interval(both)
    return (
        f"F1 {2 * right / (found + there):.3f} [{low:.3f}, {high:.3f}], precision "
        f"{right / found:.3f}, recall {right / there:.3f}, {cpu_s / len(tried):.3f} CPU s/form"
    )


def _miss(name: str, value: FieldValue, true: str | None) -> str | None:
    if true is None or (value.value and fold_text(value.value) == fold_text(true)):
        return None
    return f"{name} {value.name!r}: {true!r}, {value.status} {value.text!r} {value.reason or ''}"


def _list(misses: Sequence[str], show: int) -> None:
    for miss in misses[:show]:
        print(f"  {miss}")


class _KeptReader:
    """Reads pages; where there is a folder, words and upright picture of each are kept in it."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = folder
        self._linker = pinned_linker("", None)
        self._reader: WordReader | None = None

    def read(self, image: Path) -> Pages:
        data = image.read_bytes()
        kept = self._folder and self._folder / hashlib.sha256(data).hexdigest()
        if kept is None:
            readings = self._readings(data)
        else:
            if not kept.is_dir():
                _keep(self._readings(data), kept)
            readings = _kept(kept)
        return [
            Seen(number, view_of(words, picture), self._linker)
            for number, (words, picture) in enumerate(readings, 1)
        ]

    def _readings(self, data: bytes) -> list[_Reading]:
        reader = self._reader = self._reader or WordReader()
        pages = decode_pages(data, max_bytes=len(data), max_page_pixels=50_000_000)
        readings = [reader.read(page.image) for page in pages]
        return [(reading.words, reading.image) for reading in readings]


def _keep(readings: Sequence[_Reading], folder: Path) -> None:
    """Under its name once it is whole."""
    partial = folder.with_suffix(f".{os.getpid()}")
    partial.mkdir(parents=True)
    for number, (words, picture) in enumerate(readings, 1):
        plain = [[word.text, word.box, word.confidence] for word in words]
        (partial / f"{number}.json").write_text(json.dumps(plain), "utf-8")
        picture.save(partial / f"{number}.png")
    partial.replace(folder)


def _kept(folder: Path) -> list[_Reading]:
    readings = []
    for number in range(1, len(list(folder.glob("*.json"))) + 1):
        plain = json.loads((folder / f"{number}.json").read_text("utf-8"))
        words = [Word(text, Box(*box), sure) for text, box, sure in plain]
        readings.append((words, Image.open(folder / f"{number}.png").convert("RGB")))
    return readings


if __name__ == "__main__":
    raise SystemExit(main())
