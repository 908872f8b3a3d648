"""A folder of labelled forms -> pages as the linker sees them, each with its truth."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from tqdm import tqdm

from ocr_model.documents import box_before
from ocr_model.errors import DatasetError
from ocr_model.forms import Form, QAPair, load_annotation_items, load_forms
from ocr_model.linker import view_of
from ocr_model.schema import Word
from ocr_model.training.group_truth import LabelledPage
from ocr_model.training.read_words import default_cache, first_page, read_first_pages
from ocr_model.training.truth import truth_of

# Three folds within five folds need this many forms.
_FEWEST = 10


@dataclass(frozen=True, slots=True)
class TrainingSet:
    """Forms and their first pages, in the same order; every page has words.

    `references` are those of the first pages: nothing else is read of a form.
    """

    forms: tuple[Form, ...]
    pages: tuple[LabelledPage, ...]
    references: tuple[dict[str, list[str]], ...]

    def part(self, indices: Sequence[int]) -> TrainingSet:
        return TrainingSet(
            tuple(self.forms[i] for i in indices),
            tuple(self.pages[i] for i in indices),
            tuple(self.references[i] for i in indices),
        )


def load_training_set(
    data: Path, names: Sequence[str] | None = None, cache: Path | None = None
) -> TrainingSet:
    """Read a folder in FUNSD's format; pages on which the OCR finds nothing are left out.

    Raises:
        DatasetError: the folder is not in FUNSD's format, or has too few forms to learn from.
        ConfigError: the packages of the extra `local` are not installed.
    """
    forms = load_forms(data, names)
    if not all(form.annotated for form in forms):
        raise DatasetError(
            f"Expected annotations to learn from in {str(data)!r}, got fields/ only."
        )
    words = read_first_pages(forms, cache or default_cache())
    progress = tqdm(
        zip(forms, words, strict=True),
        total=len(forms),
        unit="page",
        desc="Preparing pages",
        file=sys.stderr,
        disable=len(forms) < 50,
    )
    prepared = [(form, _labelled(form, read)) for form, read in progress]
    usable = [(form, page) for form, page in prepared if page.page.words]
    if len(usable) < _FEWEST:
        raise DatasetError(
            f"Expected at least {_FEWEST} forms with text to train on, got {len(usable)} in "
            f"{str(data)!r}."
        )
    return TrainingSet(
        tuple(form for form, _ in usable),
        tuple(page for _, page in usable),
        tuple(_on_first_page(form) for form, _ in usable),
    )


def _on_first_page(form: Form) -> dict[str, list[str]]:
    first = tuple(QAPair(place.question, place.answer) for place in form.places if place.page == 1)
    return replace(form, pairs=first).references


def _labelled(form: Form, words: Sequence[Word]) -> LabelledPage:
    given, seen = first_page(form)
    view = view_of(words, seen.image)
    # Boxes in the pixels of the file, which are not square in a fax.
    placed = [replace(word, box=box_before(word.box, seen, given)) for word in view.words]
    folder = form.image_path.parent.parent
    return LabelledPage(view, truth_of(placed, _items_of(form.name, folder)))


def _items_of(name: str, folder: Path) -> Sequence[Mapping[str, Any]]:
    items = load_annotation_items(name, folder)
    return items[0] if items and isinstance(items[0], list) else items
