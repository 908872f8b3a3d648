"""Read labelled forms in FUNSD's format: annotation -> reference pairs, dataset folder -> forms.

One annotation file (boxes left out): questions and answers are found by `linking` alone.

    {"form": [
      {"id": 0, "label": "question", "text": "Date:",
       "words": [{"text": "Date:"}], "linking": [[0, 1]]},
      {"id": 1, "label": "answer", "text": "5 May 1998",
       "words": [{"text": "5"}, {"text": "May"}, {"text": "1998"}], "linking": [[0, 1]]}
    ]}

`form` may also be a list of pages, each a list of items, and the list may stand alone in the file.
Labels are taken as they are: nothing is corrected, deduplicated or re-ordered. Images are found,
not opened.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeGuard

from ocr_model.errors import ConfigError, DatasetError, excerpt

DEFAULT_DIRECTORY = Path("data/sample")

# Where forms may lie below the folder that was named; the first that exists wins, so that the root
# of FUNSD means its testing half. `dataset` is the folder inside the official archive.
_HALVES = (".", "testing_data", "training_data", "dataset/testing_data", "dataset/training_data")
# The first kind wins where a form has an image of each.
_IMAGE_SUFFIXES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")
_FIELD_TYPES: dict[str, type] = {"label": str, "text": str, "words": list, "linking": list}

Item = Mapping[str, Any]
StrPath = str | Path


@dataclass(frozen=True, slots=True)
class QAPair:
    """One question of a form and one answer to it, as annotated."""

    question: str
    answer: str


@dataclass(frozen=True, slots=True)
class Form:
    """One labelled page image. `blank_questions` have no answer; they are not in `pairs`."""

    name: str
    image_path: Path
    pairs: tuple[QAPair, ...]
    blank_questions: tuple[str, ...] = ()

    @property
    def references(self) -> dict[str, list[str]]:
        """Answers by question: a repeated question keeps all of them, a blank one is absent."""
        return _grouped((pair.question, [pair.answer]) for pair in self.pairs)


def load_forms(directory: StrPath, names: Sequence[str] | None = None) -> list[Form]:
    """Load the named forms in the order given, or all forms sorted by name.

    `directory` holds `annotations/` and `images/`, or is FUNSD's root (with or without the
    archive's `dataset/` folder): of a root the testing half is read if it exists, else the training
    half. Name the half's own folder to choose.

    Raises:
        DatasetError: no forms there, a broken annotation, or an annotation without an image.
    """
    annotations = _annotation_folder(Path(directory))
    chosen = _annotation_names(annotations) if names is None else list(names)
    images = _images_by_name(annotations.parent / "images")
    return [_load_form(name.removesuffix(".json"), annotations, images) for name in chosen]


def _load_form(name: str, annotations: Path, images: Mapping[str, Path]) -> Form:
    read = list(_read(load_annotation_file(name, annotations)))
    if name not in images:
        wanted = f"{annotations.parent / 'images' / name}.*"
        raise DatasetError(f"Expected an image {wanted} ({', '.join(_IMAGE_SUFFIXES)}), got none.")
    pairs = tuple(QAPair(question, answer) for question, answers in read for answer in answers)
    return Form(name, images[name], pairs, tuple(question for question, given in read if not given))


def load_annotation_file(file_name: StrPath, directory: StrPath = DEFAULT_DIRECTORY) -> list[Any]:
    """Read one annotation: a list of items, or a list of pages of items where the file has pages.

    `.json` may be left out. A name is looked up in `directory` (any folder that `load_forms`
    takes, or the one with the JSON files); a Path may also be relative to the working folder.

    Raises:
        DatasetError: names the file and what is wrong with it.
    """
    name = Path(f"{str(file_name).removesuffix('.json')}.json")
    path = _annotation_folder(Path(directory)) / name
    if isinstance(file_name, Path) and name.is_file() and not path.is_file():
        path = name
    try:
        content = json.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as err:
        raise DatasetError(f"Expected an annotation in {path}, got {err.strerror or err}.") from err
    except (ValueError, RecursionError) as err:
        raise DatasetError(f"{path} is not JSON in UTF-8: {err}.") from err
    items = content.get("form") if isinstance(content, dict) else content
    if not isinstance(items, list):
        wanted = '{"form": [items]}, a list of items or a list of pages of items'
        raise DatasetError(f"{path}: expected {wanted}, got {excerpt(content)}.")
    try:
        extract_qa_pairs(items)
    except DatasetError as err:
        raise DatasetError(f"{path}: {err}") from err
    return items


def choose_random_annotation_names(
    directory: StrPath, n: int, seed: int | None = None
) -> list[str]:
    """Draw `n` names (without `.json`) from the sorted folder, the same ones for the same seed.

    The names come in the order drawn. `n` = 0, or at least as many as there are: all, sorted.

    Raises:
        DatasetError: the folder is missing or holds no annotation.
        ConfigError: `n` is negative.
    """
    if n < 0:
        raise ConfigError(f"Expected a number of forms of 0 (all) or more, got {n!r}.")
    names = _annotation_names(_annotation_folder(Path(directory)))
    if n == 0 or n >= len(names):
        return names
    return random.Random(seed).sample(names, n)  # noqa: S311 - a sample of forms, not a secret


def _annotation_folder(directory: Path) -> Path:
    candidates = (directory / half / "annotations" for half in _HALVES)
    return next((folder for folder in candidates if folder.is_dir()), directory)


def _annotation_names(folder: Path) -> list[str]:
    if not folder.is_dir():
        fetch = "Fetch FUNSD with `python -m scripts.fetch_funsd`."
        raise DatasetError(f"Expected a folder with annotations, got {str(folder)!r}. {fetch}")
    # macOS leaves `._name.json` beside files it has copied to other file systems.
    names = sorted(path.stem for path in folder.glob("*.json") if not path.name.startswith("."))
    if not names:
        raise DatasetError(f"Expected annotations (*.json) in {folder}, got none.")
    return names


def _images_by_name(folder: Path) -> dict[str, Path]:
    found = [path for path in folder.glob("*") if path.suffix.lower() in _IMAGE_SUFFIXES]
    found.sort(key=lambda path: _IMAGE_SUFFIXES.index(path.suffix.lower()), reverse=True)
    return {path.stem: path for path in found}


def extract_qa_pairs(items: Sequence[Any]) -> list[QAPair]:
    """Pair every question with every answer it links to, in the order of items and links.

    `items`: one page's items, or a list of such pages; ids are resolved page by page. Links that
    are foreign, dangling or malformed give nothing; a link listed twice gives two pairs.

    Raises:
        DatasetError: something in the list is not an item; says which and why.
    """
    return [QAPair(question, answer) for question, answers in _read(items) for answer in answers]


def reference_pairs(
    items: Sequence[Any], *, include_blank_questions: bool = False
) -> dict[str, list[str]]:
    """Group answers by question; with `include_blank_questions`, an unanswered one keeps `[]`."""
    return _grouped(read for read in _read(items) if read[1] or include_blank_questions)


def _grouped(read: Iterable[tuple[str, list[str]]]) -> dict[str, list[str]]:
    grouped: dict[str, list[str]] = {}
    for question, answers in read:
        grouped.setdefault(question, []).extend(answers)
    return grouped


def _read(items: Sequence[Any]) -> Iterator[tuple[str, list[str]]]:
    """Every question item with text, with the texts of its answers."""
    for page in _pages(items):
        by_id = _items_by_id(page)
        for item in page:
            question = _text(item)
            if item.get("label") == "question" and question:
                yield question, [text for text in _linked_answers(item, by_id) if text]


def _pages(items: Sequence[Any]) -> list[list[Item]]:
    paged = bool(items) and isinstance(items[0], list)
    pages = list(items) if paged else [list(items)]
    for number, page in enumerate(pages, start=1):
        place = f"page {number}, " if paged else ""
        if not isinstance(page, list):
            raise DatasetError(f"page {number}: expected a list of items, got {excerpt(page)}.")
        for index, item in enumerate(page):
            _check_item(item, f"{place}item {index}")
    return pages


def _check_item(item: Any, place: str) -> None:
    if not isinstance(item, Mapping):
        raise DatasetError(f"{place}: expected an object, got {excerpt(item)}.")
    for name, expected in _FIELD_TYPES.items():
        value = item.get(name)
        if value is not None and not isinstance(value, expected):
            wanted = expected.__name__
            raise DatasetError(f"{place}: expected `{name}` as {wanted}, got {excerpt(value)}.")
    for word in item.get("words") or ():
        if not isinstance(word, Mapping) or not isinstance(word.get("text", ""), str):
            raise DatasetError(f"{place}: expected words with a text, got {excerpt(word)}.")


def _items_by_id(page: Sequence[Item]) -> dict[int | str, Item]:
    by_id: dict[int | str, Item] = {}
    for item in page:
        number = item.get("id")
        if _is_id(number) and by_id.setdefault(number, item) is not item:
            raise DatasetError(f"expected ids unique within a page, got {number!r} twice.")
    return by_id


def _linked_answers(item: Item, by_id: Mapping[int | str, Item]) -> Iterator[str]:
    # Links are listed at both ends, and lead from headers to questions too.
    for link in item.get("linking") or ():
        if isinstance(link, list | tuple) and len(link) == 2 and all(map(_is_id, link)):
            source, target = link
            if source == item.get("id") and by_id.get(target, {}).get("label") == "answer":
                yield _text(by_id[target])


def _is_id(value: object) -> TypeGuard[int | str]:
    return isinstance(value, int | str) and not isinstance(value, bool)


def _text(item: Item) -> str:
    # Not collapsed: 334 items of FUNSD's training half hold an empty word, and the published
    # references keep the double blank it leaves.
    words = item.get("words")
    if words:
        return " ".join(word.get("text", "") for word in words).strip()
    return (item.get("text") or "").strip()
