"""Draft a fields file from the questions of several documents."""

from __future__ import annotations

import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from ocr_model.bulk import Batch, extract_batch, find_documents
from ocr_model.commands.cli import NewModel, ProposeFields, command, option
from ocr_model.commands.models import new_version, uri_to_evaluate
from ocr_model.console import printable, say
from ocr_model.errors import ConfigError, DatasetError
from ocr_model.fields import MIN_DOCUMENTS, Draft, draft_fields, refuse_fields_file, save_fields
from ocr_model.forms import Form, load_forms
from ocr_model.lifecycle import config_of_model, content_kept
from ocr_model.schema import READ, Answer, Box
from ocr_model.trace_content import holds_text, kept_here

_SHOWN = 10


def propose_fields(given: ProposeFields) -> int:
    if not given.data or not given.output.name:
        raise ConfigError(
            f"Expected data and output, like {option('data', 'scans')} "
            f"{option('output', 'fields.yaml')}, got {given.data!r} and {str(given.output)!r}."
        )
    refuse_fields_file(given.output)
    documents = list(_documents(given))
    draft = draft_fields(documents)
    save_fields(draft.text, given.output)
    _print(given, draft, len(documents))
    return 0


def _documents(given: ProposeFields) -> Iterator[list[Answer]]:
    """Questions of labelled forms from their labels, of other documents from a model's reading."""
    if any(Path(given.data).rglob("annotations")):
        return map(_labelled, load_forms(given.data))
    return _read(given)


def _labelled(form: Form) -> list[Answer]:
    asked = [
        Answer(place.question, place.answer, place.page, place.answer_box) for place in form.places
    ]
    return [*asked, *(Answer(question, None, 1) for question in form.blank_questions)]


def _read(given: ProposeFields) -> Iterator[list[Answer]]:
    images = Path(given.data) / "images"
    source = str(images) if images.is_dir() else given.data
    found = len(list(islice(find_documents(source), MIN_DOCUMENTS)))
    if found < MIN_DOCUMENTS:
        raise DatasetError(
            f"Expected at least {MIN_DOCUMENTS} documents in {source}, got {found}. Give more of "
            "the kind."
        )
    model_uri = given.model_uri or uri_to_evaluate(new_version(NewModel()))
    if config_of_model(model_uri).fields:
        raise ConfigError(
            f"Expected a model that reads whatever a page asks, got {model_uri}, which reads its "
            f"own fields. Leave {option('model_uri')} out, or name one without fields."
        )
    with tempfile.TemporaryDirectory() as folder:
        rows = Path(folder) / "rows.jsonl"
        result = extract_batch(Batch(model_uri, source, rows))
        if result.stopped is not None:
            raise DatasetError(f"Expected {model_uri} to read {source}, got: {result.stopped}")
        _print_unread(result.summary.outcomes)
        with rows.open(encoding="utf-8") as lines:
            for line in lines:
                yield [_answer(said) for said in json.loads(line)["answers"]]


def _answer(said: dict[str, Any]) -> Answer:
    box = said["box"]
    return Answer(
        said["question"], said["answer"], said["page"], None if box is None else Box(*box)
    )


def _print_unread(outcomes: Counter[str]) -> None:
    unread = {name: count for name, count in outcomes.items() if name not in READ}
    if unread:
        told = ", ".join(f"{count} {name}" for name, count in unread.items())
        say(f"Not read   {told}")


def _may_show(given: ProposeFields) -> bool:
    """Whether to print questions: they are in the file, and terminal output is often logged."""
    return holds_text(content_kept(given.model_uri) if given.model_uri else kept_here("text"))


def _print(given: ProposeFields, draft: Draft, documents: int) -> None:
    say(f"Fields     {given.output}, from {documents} documents")
    if not _may_show(given):
        say(
            f"           {len(draft.fields)} fields; {len(draft.left_out)} asked once were left out"
        )
        return
    width = max(len(name) for name, _, _ in draft.fields)
    for name, kind, asked in draft.fields:
        say(f"           {name:<{width}}  {kind:<8}  asked by {asked}")
    if draft.left_out:
        shown = ", ".join(printable(text, one_line=True) for text in draft.left_out[:_SHOWN])
        rest = len(draft.left_out) - _SHOWN
        more = f" and {rest} more" if rest > 0 else ""
        say(f"Left out   asked by one document alone: {shown}{more}")
    say(f"Next       edit it, then {command('log_model', fields=given.output)}")
