"""An MLflow evaluation dataset -> labelled forms; documents are found by their SHA-256.

A record has `inputs` with `image_sha256` and `document_id`, and `expectations` with `pairs`,
`fields` or both, as evaluations and reviews write them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlflow.exceptions import MlflowException
from mlflow.genai.datasets import EvaluationDataset, get_dataset

from ocr_model.errors import DatasetError, excerpt
from ocr_model.forms import IMAGE_SUFFIXES, Form, QAPair, parse_field_truth
from ocr_model.lifecycle.store import find_datasets, shown_store

SCHEME = "datasets:/"
_SHOWN = 5


def dataset_named(data: str | Path) -> str | None:
    """'datasets:/claims' -> 'claims'; None for a folder."""
    text = str(data)
    return text.removeprefix(SCHEME).strip("/") if text.startswith(SCHEME) else None


def forms_of_dataset(name: str, documents: Path) -> list[Form]:
    """The forms of a dataset, given by name or id, sorted by name.

    `documents` is the folder with the documents, at any depth and under any name.

    Raises:
        DatasetError: there is no such dataset, it has no labelled documents, or one of them is not
            in the folder.
    """
    records = list(_records_of(name))
    if not records:
        raise DatasetError(
            f"Expected records with image_sha256 and expected pairs or fields in the dataset "
            f"{name!r}, got none. A review or an evaluation writes such."
        )
    files = _files_by_sha256(documents)
    absent = [inputs for inputs, _ in records if inputs["image_sha256"] not in files]
    if absent:
        shown = ", ".join(str(inputs.get("document_id")) for inputs in absent[:_SHOWN])
        more = f" and {len(absent) - _SHOWN} more" if len(absent) > _SHOWN else ""
        raise DatasetError(
            f"Expected the documents of {len(records)} records of the dataset {name!r} in "
            f"{str(documents)!r}, where their bytes are looked for; {len(absent)} are not there: "
            f"{shown}{more}. Name the folder that holds them all."
        )
    forms = [_form(inputs, said, files[inputs["image_sha256"]]) for inputs, said in records]
    return sorted(_with_own_names(forms), key=lambda form: form.name)


def _records_of(name: str) -> Iterator[tuple[dict[str, Any], Mapping[str, Any]]]:
    for record in _dataset(name).to_df().to_dict("records"):
        inputs, said = record.get("inputs"), record.get("expectations")
        if not isinstance(inputs, dict) or not isinstance(said, dict):
            continue
        if isinstance(inputs.get("image_sha256"), str) and {"pairs", "fields"} & said.keys():
            yield inputs, said


def _dataset(name: str) -> EvaluationDataset:
    try:
        quoted = name.replace("'", "''")
        known = find_datasets(f"name = '{quoted}'")
        return known[0] if known else get_dataset(dataset_id=name)
    except (MlflowException, NotImplementedError) as err:
        raise DatasetError(
            f"Expected an evaluation dataset of MLflow in {shown_store()}, got "
            f"{SCHEME}{name}: {getattr(err, 'message', 'this store keeps none')}"
        ) from err


def _files_by_sha256(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise DatasetError(f"Expected a folder with the documents, got {str(folder)!r}.")
    files = (path for path in sorted(folder.rglob("*")) if path.suffix.lower() in IMAGE_SUFFIXES)
    return {hashlib.sha256(path.read_bytes()).hexdigest(): path for path in files if path.is_file()}


def _form(inputs: Mapping[str, Any], said: Mapping[str, Any], path: Path) -> Form:
    name = str(inputs.get("document_id") or path.stem)
    pairs = said.get("pairs")
    if pairs is not None and not _is_pairs(pairs):
        raise DatasetError(
            f"{name}: expected pairs as {{question: [answers]}}, got {excerpt(pairs)}."
        )
    given: dict[str, list[str]] = pairs or {}
    return Form(
        name,
        path,
        tuple(QAPair(question, answer) for question, all_ in given.items() for answer in all_),
        tuple(question for question, answers in given.items() if not answers),
        fields=parse_field_truth(said["fields"], name) if said.get("fields") is not None else None,
        annotated=pairs is not None,
    )


def _is_pairs(pairs: object) -> bool:
    return isinstance(pairs, dict) and all(
        isinstance(answers, list) and all(isinstance(answer, str) for answer in answers)
        for answers in pairs.values()
    )


def _with_own_names(forms: list[Form]) -> Iterator[Form]:
    """Make names unique: two documents with the same name get the start of their digest."""
    names = [form.name for form in forms]
    for form in forms:
        twice = names.count(form.name) > 1
        yield replace(form, name=f"{form.name} {form.image_sha256[:8]}") if twice else form
