"""Erase a document from runs: its lines in tables, its name in texts, reports that show it."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping
from html import unescape
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.entities import Run
from mlflow.store.artifact.artifact_repo import ArtifactRepository
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository
from mlflow.utils.mlflow_tags import MLFLOW_RUN_NOTE

from ocr_model.forgetting.receipt import Receipt, State
from ocr_model.forgetting.stores import all_runs, read_artifact, scheme_of, versions_behind
from ocr_model.forgetting.subject import Subject

# Our own artifacts; other people's are theirs, whatever they contain.
_SEARCHED = "documents.json"
_TABLES = ("pages.json", "shares.json", _SEARCHED)
_TEXTS = ("comparison.txt", "monitor.txt", "optimization.txt")
_REPORT = "report.html"
_WRITTEN_FROM = "written from documents, it among them; delete the run where they quote it"
_OLD = (*_TABLES, *_TEXTS, _REPORT, "differences.json", "new_questions.json")
# A run with one of these is ours.
_MARKS = ("shares.json", "documents.json", *_TEXTS)
_PARENT = "mlflow.parentRunId"
_ID, _DIGESTS = "document_id", ("sha256", "image_sha256")


def forget_in_runs(subject: Subject, with_traces: set[str], receipt: Receipt) -> None:
    """Erase it in runs whose tables name it, in their parents, and in the runs `with_traces`.

    By age, everything made from pages is erased completely in all runs from before the time.
    """
    client = MlflowClient()
    runs = {run.info.run_id: run for run in all_runs(client)}
    named = {run_id for run_id in with_traces if run_id in runs}
    for run_id, run in runs.items():
        with receipt.at(f"run {run_id}", "tables"):
            if subject.before is not None:
                if run.info.start_time < subject.before.timestamp() * 1000:
                    _forget_old(run, receipt)
            elif _forget_in_tables(run, subject, receipt):
                named.add(run_id)
    named |= {parent for run_id in named if (parent := runs[run_id].data.tags.get(_PARENT))}
    for run_id in sorted(named & runs.keys()) if subject.before is None else ():
        with receipt.at(f"run {run_id}", "reports and texts"):
            _forget_in_texts(client, runs[run_id], subject, receipt)


def _forget_in_tables(run: Run, subject: Subject, receipt: Receipt) -> int:
    repository = get_artifact_repository(run.info.artifact_uri)
    changed = 0
    for path in _files(repository, _TABLES):
        content = json.loads(read_artifact(repository, path))
        left, removed = without(content, subject)
        if removed:
            changed += 1
            if receipt.erases:
                _write(repository, path, json.dumps(left))
            if path == _SEARCHED:
                what = "prompts in candidates.json and best_path.md"
                receipt.add(f"run {run.info.run_id}", what, 1, State.KEPT, _WRITTEN_FROM)
    receipt.done(f"run {run.info.run_id}", "tables that had lines of it", changed)
    _left_behind(run, changed, receipt)
    return changed


def _forget_in_texts(client: MlflowClient, run: Run, subject: Subject, receipt: Receipt) -> None:
    run_id = run.info.run_id
    repository = get_artifact_repository(run.info.artifact_uri)
    texts = reports = 0
    for path in _files(repository, (*_TEXTS, _REPORT)):
        text = read_artifact(repository, path).decode("utf-8", "replace")
        if path == _REPORT and subject.in_text(unescape(text)):
            reports += 1
            if receipt.erases:
                _delete(repository, path)
        elif path != _REPORT and subject.in_text(text):
            texts += 1
            if receipt.erases:
                _write(repository, path, subject.out_of(text))
    note = run.data.tags.get(MLFLOW_RUN_NOTE, "")
    # In Markdown, characters of a name are escaped with backslashes.
    if subject.in_text(note.replace("\\", "")):
        texts += 1
        if receipt.erases:
            client.set_tag(run_id, MLFLOW_RUN_NOTE, subject.out_of(note.replace("\\", "")))
    receipt.done(f"run {run_id}", "texts that named it", texts)
    receipt.done(f"run {run_id}", "reports that showed it, whole", reports)
    _left_behind(run, texts + reports, receipt)


def _forget_old(run: Run, receipt: Receipt) -> None:
    """Erase reports, tables and texts of an old run completely: they name documents."""
    repository = get_artifact_repository(run.info.artifact_uri)
    names = _files(repository, _OLD)
    for path in names if receipt.erases else ():
        _delete(repository, path)
    receipt.done(f"run {run.info.run_id}", "reports, tables and texts, whole", len(names))
    _left_behind(run, len(names), receipt)


def _left_behind(run: Run, count: int, receipt: Receipt) -> None:
    scheme = scheme_of(run.info.artifact_uri)
    if count and scheme != "file":
        reason = versions_behind(scheme)
        receipt.add(f"run {run.info.run_id}", "files", count, State.LEFT_TO_OTHERS, reason)


def without(content: Any, subject: Subject) -> tuple[Any, int]:
    """JSON content without entries of the document, and their number.

    {"a.png": 1, "b.png": 2} -> {"b.png": 2}; a table of MLflow loses its rows
    """
    if isinstance(content, dict) and content.keys() >= {"columns", "data"}:
        return _table_without(content, subject)
    if isinstance(content, dict):
        kept, removed = {}, 0
        for key, value in content.items():
            if subject.names(key) or (isinstance(value, str) and value in subject.digests):
                removed += 1
                continue
            kept[key], more = without(value, subject)
            removed += more
        return kept, removed
    if isinstance(content, list):
        items = [item for item in content if not _is_named(item, subject)]
        inner = [without(item, subject) for item in items]
        removed = len(content) - len(items) + sum(count for _, count in inner)
        return [item for item, _ in inner], removed
    return content, 0


def _table_without(table: Mapping[str, Any], subject: Subject) -> tuple[dict[str, Any], int]:
    columns = table["columns"]
    rows = [
        row
        for row in table["data"]
        if not _is_named(dict(zip(columns, row, strict=False)), subject)
    ]
    return {**table, "data": rows}, len(table["data"]) - len(rows)


def _is_named(item: object, subject: Subject) -> bool:
    if isinstance(item, str):
        return item in subject.digests
    if not isinstance(item, dict):
        return False
    digest = next((item[name] for name in _DIGESTS if item.get(name)), None)
    return (_ID in item or digest is not None) and subject.names(item.get(_ID), digest)


def _files(repository: ArtifactRepository, names: tuple[str, ...]) -> list[str]:
    """Which of these files a run of ours has."""
    there = [one.path for one in repository.list_artifacts() if not one.is_dir]
    is_ours = any(name in there for name in _MARKS) or {"pages.json", _REPORT} <= set(there)
    return [name for name in names if name in there] if is_ours else []


def _write(repository: ArtifactRepository, path: str, text: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / path
        file.write_text(text, encoding="utf-8")
        repository.log_artifact(str(file))  # type: ignore[no-untyped-call]
    if read_artifact(repository, path) != text.encode():
        raise OSError(f"{path} was not written over")


def _delete(repository: ArtifactRepository, path: str) -> None:
    repository.delete_artifacts(path)  # type: ignore[no-untyped-call]
    if any(one.path == path for one in repository.list_artifacts()):
        raise OSError(f"{path} is still there")
