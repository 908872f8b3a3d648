"""The parameter `data` -> labelled forms, without those that a model has learned from."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path

from ocr_model.commands.cli import SAMPLE, option
from ocr_model.console import say
from ocr_model.errors import ConfigError
from ocr_model.forms import Form, choose_random_annotation_names, load_forms
from ocr_model.lifecycle import (
    NewVersion,
    Unseen,
    dataset_named,
    forms_of_dataset,
    refuse_too_few,
    unseen_forms,
)


def forms_in(data: Path | None, n: int, seed: int, documents: Path | None = None) -> list[Form]:
    """The labelled forms of a folder or of an MLflow dataset, or `n` of them, read once.

    The documents of `datasets:/<name>` are in `documents`.

    Raises:
        ConfigError: neither was given, and the bundled forms are missing; or a dataset without the
            folder of its documents.
        DatasetError: there are no labelled forms, or fewer than requested.
    """
    if data is None or (data == SAMPLE and not SAMPLE.is_dir()):
        raise ConfigError(
            "Expected a folder of labelled forms, got none, and the bundled ones come with the "
            f"repository only. Give {option('data', 'FOLDER')}."
        )
    name = dataset_named(data)
    if name is None:
        return load_forms(data, choose_random_annotation_names(data, n, seed))
    if documents is None:
        raise ConfigError(
            f"Expected the folder with the documents of {data}, which has their SHA-256 only. "
            f"Give {option('documents', 'FOLDER')} beside it."
        )
    forms = forms_of_dataset(name, documents)
    return random.Random(seed).sample(forms, n) if 0 < n < len(forms) else forms  # noqa: S311


def forms_unseen_by(
    models: Iterable[str | NewVersion], forms: Sequence[Form], *, refuse: bool = True
) -> Unseen:
    """The forms that may judge these models; prints how many were left out.

    Raises:
        DatasetError: too few remain, unless `refuse` is off.
    """
    unseen = unseen_forms(forms, models)
    if refuse:
        refuse_too_few(unseen)
    if unseen.left_out:
        say(f"note: {unseen}")
    return unseen
