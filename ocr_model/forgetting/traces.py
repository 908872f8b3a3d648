"""Traces of a document, with their files, which MLflow's own deletion leaves behind."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import mlflow
from mlflow import MlflowClient
from mlflow.entities import Trace, TraceInfo, ViewType
from mlflow.exceptions import MlflowException
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from ocr_model.forgetting.receipt import Receipt, State
from ocr_model.forgetting.stores import scheme_of, versions_behind
from ocr_model.forgetting.subject import SHA256, Subject

_LOCATION = "mlflow.artifactLocation"
_SOURCE_RUN = "mlflow.sourceRun"
_SPAN, _TAGS = "extract", frozenset({"document_id", "outcome"})
_PAGE = 100


@dataclass(frozen=True, slots=True)
class FoundTrace:
    trace_id: str
    experiment_id: str
    document_id: str
    digests: frozenset[str]
    run_id: str | None
    files: str | None


def subject_of(identifiers: Sequence[str]) -> tuple[Subject, list[FoundTrace]]:
    """The documents with these ids and SHA-256, extended by traces; and their traces."""
    digests = frozenset(one for one in identifiers if SHA256.fullmatch(one))
    ids = frozenset(identifiers) - digests
    by_id = [one for name in sorted(ids) for one in _of_id(name)]
    digests |= {digest for one in by_id for digest in one.digests}
    by_digest = [one for digest in sorted(digests) for one in _of_digest(digest)]
    # Without an id from the caller, the first digits of the digest are the id.
    known_as = {one.document_id for one in by_digest} | {digest[:16] for digest in digests}
    subject = Subject(ids, digests, frozenset(known_as) - ids - {""})
    # If only outcomes are stored, there is no digest.
    nameless = [one for name in sorted(subject.known_as) for one in _of_id(name)]
    found = {
        one.trace_id: one
        for one in [*by_id, *by_digest, *nameless]
        if one.digests & subject.digests
        or subject.names(one.document_id, next(iter(one.digests), None))
    }
    return subject, list(found.values())


def find_traces(subject: Subject) -> list[FoundTrace]:
    """Traces of documents from before the time."""
    assert subject.before is not None
    until = int(subject.before.timestamp() * 1000)
    return list(_found(f"trace.timestamp_ms < {until}"))


def forget_traces(traces: Sequence[FoundTrace], receipt: Receipt) -> None:
    """Erase files first, then rows: if it fails in between, the trace is found again."""
    client, places = MlflowClient(), set[str]()
    erased = 0
    for one in traces:
        with receipt.at("MLflow", "a trace"):
            if one.files is not None:
                places.add(scheme_of(one.files))
                if receipt.erases:
                    _erase_files(one.files)
            if receipt.erases:
                client.delete_traces(one.experiment_id, trace_ids=[one.trace_id])
                _refuse_remains(client, one)
            erased += 1
    receipt.done("MLflow", "traces, with pictures and files", erased)
    if erased and (remote := sorted(places - {"file"})):
        reason = versions_behind(*remote)
        receipt.add("artefact store", "files of traces", erased, State.LEFT_TO_OTHERS, reason)


def _erase_files(uri: str) -> None:
    repository = get_artifact_repository(uri)
    repository.delete_artifacts()  # type: ignore[no-untyped-call]
    if repository.list_artifacts():
        raise OSError(f"{uri} still holds files")


def _refuse_remains(client: MlflowClient, one: FoundTrace) -> None:
    try:
        client.get_trace(one.trace_id, display=False)
    except MlflowException:
        return
    raise OSError(f"trace {one.trace_id} is still there")


def _of_id(document_id: str) -> Iterator[FoundTrace]:
    if "'" not in document_id:
        yield from _found(f"tags.document_id = '{document_id}'")
        return
    quoted = document_id.replace("'", "_")  # a wildcard for any character, then checked
    for one in _found(f"tags.document_id LIKE '{quoted}'"):
        if one.document_id == document_id:
            yield one


def _of_digest(digest: str) -> Iterator[FoundTrace]:
    """Traces with the digest of the document; spans also have digests of images."""
    for one in _found(f"trace.text LIKE '%{digest}%'"):
        if digest in one.digests:
            yield one


def _found(condition: str) -> Iterator[FoundTrace]:
    mlflow.flush_trace_async_logging()
    client, token = MlflowClient(), None
    experiments = [one.experiment_id for one in client.search_experiments(ViewType.ALL)]
    while experiments:
        page = client.search_traces(
            locations=experiments, filter_string=condition, max_results=_PAGE, page_token=token
        )
        for trace in page:
            if (one := _of_document(trace)) is not None:
                yield one
        token = page.token
        if not token:
            return


def _of_document(trace: Trace) -> FoundTrace | None:
    """None if the trace is not ours."""
    info: TraceInfo = trace.info
    documents = [span for span in trace.data.spans if span.name == _SPAN]
    if not info.tags.keys() >= _TAGS or (trace.data.spans and not documents):
        return None
    # A trace opened by the caller may contain several documents.
    inputs = [span.inputs for span in documents if isinstance(span.inputs, dict)]
    digests = frozenset(one["sha256"] for one in inputs if one.get("sha256"))
    return FoundTrace(
        info.trace_id,
        info.experiment_id or "",
        info.tags.get("document_id", ""),
        digests,
        info.trace_metadata.get(_SOURCE_RUN),
        info.tags.get(_LOCATION),
    )
