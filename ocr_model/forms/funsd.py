"""Read folders of labelled forms in FUNSD's format: annotation files, and an image for each; or
of documents with known fields, which need no annotations.

One annotation file; `annotation` describes its items.

    {"form": [{"id": 0, "label": "question", "text": "Date:", "linking": [[0, 1]], ...}, ...]}

`form` may also be a list of pages, each a list of items, and the file may contain only the list.
Images are found, not opened.
"""

from __future__ import annotations

import hashlib
import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ocr_model.errors import ConfigError, DatasetError, excerpt, where_looked
from ocr_model.forms.annotation import (
    LabelledPair,
    QAPair,
    extract_qa_pairs,
    grouped,
    read_questions,
    words_by_page,
)
from ocr_model.forms.field_truth import FIELDS, FieldTruth, load_field_truth
from ocr_model.schema import Word

DEFAULT_DIRECTORY = Path("data/sample")

# Where forms may be below the given folder; the first that exists wins, so that the root of FUNSD
# means its testing half. `dataset` is the folder inside the official archive.
_HALVES = (".", "testing_data", "training_data", "dataset/testing_data", "dataset/training_data")
# The first kind wins if a form has an image of each.
IMAGE_SUFFIXES = (
    *(".png", ".jpg", ".jpeg", ".tif", ".tiff", ".webp", ".pdf"),
    *(".gif", ".bmp"),
)

StrPath = str | Path


@dataclass(frozen=True, slots=True)
class Form:
    """One labelled image. `blank_questions` have no answer; they are not in `pairs`.

    `places` are the pairs with their boxes, `words` the words of each page, for drawing. `fields`
    are the true fields, if the folder has them. Without an annotation its pairs are unknown.
    """

    name: str
    image_path: Path
    pairs: tuple[QAPair, ...]
    blank_questions: tuple[str, ...] = ()
    places: tuple[LabelledPair, ...] = field(default=(), compare=False, repr=False)
    words: tuple[tuple[Word, ...], ...] = field(default=(), compare=False, repr=False)
    fields: FieldTruth | None = field(default=None, hash=False)
    annotated: bool = True

    @property
    def references(self) -> dict[str, list[str]]:
        """Answers by question: a repeated question keeps all of them, a blank one is absent."""
        return grouped((pair.question, [pair.answer]) for pair in self.pairs)

    @property
    def image_sha256(self) -> str:
        """SHA-256 of the current file."""
        return hashlib.sha256(self.image_path.read_bytes()).hexdigest()


def load_forms(directory: StrPath, names: Sequence[str] | None = None) -> list[Form]:
    """Load the named forms in the order given, or all forms sorted by name.

    `directory` has `annotations/` and `images/`, or is FUNSD's root (with or without the archive's
    `dataset/` folder): for a root the testing half is read if it exists, else the training half. To
    choose, name the folder of a half. Instead of annotations, `fields/` is enough.

    Raises:
        DatasetError: no forms there, broken labels, or labels without an image.
    """
    labels = _label_folder(Path(directory))
    chosen = _annotation_names(labels) if names is None else list(names)
    images = _images_by_name(labels.parent / "images")
    return [_load_form(name.removesuffix(".json"), labels, images) for name in chosen]


def _load_form(name: str, labels: Path, images: Mapping[str, Path]) -> Form:
    annotated = labels.name != FIELDS
    items = load_annotation_items(name, labels) if annotated else []
    if name not in images:
        wanted = f"{labels.parent / 'images' / name}.*"
        raise DatasetError(f"Expected an image {wanted} ({', '.join(IMAGE_SUFFIXES)}), got none.")
    truth = load_field_truth(labels.parent, name)
    if truth is None and not annotated:
        raise DatasetError(f"Expected the true fields in {labels / name}.json, got no such file.")
    read = list(read_questions(items))
    places = tuple(pair for question in read for pair in question.answers)
    return Form(
        name,
        images[name],
        tuple(QAPair(place.question, place.answer) for place in places),
        tuple(question.question for question in read if not question.answers),
        places,
        words_by_page(items),
        truth,
        annotated,
    )


def load_annotation_file(
    file_name: StrPath, directory: StrPath = DEFAULT_DIRECTORY
) -> list[QAPair]:
    """The pairs of one annotation, of all its pages in order; an empty list if it has none.

    The file is found as in `load_annotation_items`.

    Raises:
        DatasetError: names the file and its fault.
    """
    return extract_qa_pairs(load_annotation_items(file_name, directory))


def load_annotation_items(file_name: StrPath, directory: StrPath = DEFAULT_DIRECTORY) -> list[Any]:
    """The raw items of one annotation, or the list of its pages of items if it has pages.

    `.json` may be omitted. A name is searched in `directory` (any folder that `load_forms` accepts,
    or the one with the JSON files); a Path may also be relative to the working folder.

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


def holds_labels(directory: StrPath) -> bool:
    """Whether there are annotations, or true fields, in the places that `load_forms` searches."""
    folder = _label_folder(Path(directory))
    return folder != Path(directory) and folder.is_dir()


def choose_random_annotation_names(
    directory: StrPath = DEFAULT_DIRECTORY, n: int = 1, seed: int | None = None
) -> list[str]:
    """Draw `n` names (without `.json`) from the sorted folder, the same ones for the same seed.

    The names come in the order drawn. `n` = 0, or at least as many as there are: all, sorted.

    Raises:
        DatasetError: the folder is missing or has no annotation.
        ConfigError: `n` is negative.
    """
    if n < 0:
        raise ConfigError(f"Expected a number of forms of 0 (all) or more, got {n!r}.")
    names = _annotation_names(_label_folder(Path(directory)))
    if n == 0 or n >= len(names):
        return names
    return random.Random(seed).sample(names, n)  # noqa: S311 - a sample of forms, not a secret


def _annotation_folder(directory: Path) -> Path:
    candidates = (directory / half / "annotations" for half in _HALVES)
    return next((folder for folder in candidates if folder.is_dir()), directory)


def _label_folder(directory: Path) -> Path:
    """The folder of the annotations; if there is none, that of the true fields."""
    annotations = _annotation_folder(directory)
    fields = directory / FIELDS
    return fields if annotations == directory and fields.is_dir() else annotations


def _annotation_names(folder: Path) -> list[str]:
    if not folder.is_dir():
        fetch = "Fetch FUNSD with `python -m scripts.fetch_funsd`."
        raise DatasetError(
            f"Expected a folder with annotations, got {str(folder)!r}. {fetch}"
            f"{where_looked(folder)}"
        )
    # macOS leaves `._name.json` next to files it has copied to other file systems.
    names = sorted(path.stem for path in folder.glob("*.json") if not path.name.startswith("."))
    if not names:
        raise DatasetError(
            f"Expected annotations (*.json) in {folder}, got none.{where_looked(folder)}"
        )
    return names


def _images_by_name(folder: Path) -> dict[str, Path]:
    found = [path for path in folder.glob("*") if path.suffix.lower() in IMAGE_SUFFIXES]
    found.sort(key=lambda path: IMAGE_SUFFIXES.index(path.suffix.lower()), reverse=True)
    return {path.stem: path for path in found}
