"""List models, weights and prompts that learned from a document, without changing them."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mlflow import MlflowClient
from mlflow.store.artifact.artifact_repository_registry import get_artifact_repository

from ocr_model.errors import ConfigError
from ocr_model.finder import documents_of
from ocr_model.forgetting.receipt import NO_DIGEST, Receipt, State
from ocr_model.forgetting.stores import all_runs, read_artifact
from ocr_model.forgetting.subject import Subject
from ocr_model.lifecycle import documents_learned_from, uri_of
from ocr_model.linker import documents_in
from ocr_model.prompts import PROMPT_NAME, documents_in_tags, prompt_versions

_READERS: dict[str, Callable[[bytes], Iterable[str]]] = {
    "linker": documents_in,
    "finder": documents_of,
}
_WRITTEN = "read it, and write a new version where it quotes the document"
_REASON = "learned from it; train without the document, and delete this version or run"


def list_learned(subject: Subject, receipt: Receipt) -> None:
    if subject.before is not None:
        reason = "they say by SHA-256 what they learned from, and not when; name documents"
        receipt.add("MLflow", "models and weights", 0, State.NOT_REACHABLE, reason)
        return
    if not subject.digests:
        receipt.add("MLflow", "models and weights", 0, State.NOT_REACHABLE, NO_DIGEST)
        return
    client = MlflowClient()
    for version in client.search_model_versions():
        uri = uri_of(version)
        try:
            learned = documents_learned_from(uri)
        except ConfigError:  # none of ours
            continue
        if by := [what for what, digests in learned.items() if digests & subject.digests]:
            digest = version.tags.get("content_sha256", "unknown")
            receipt.add(
                uri, f"model, sha256 {digest}, by its {', '.join(by)}", 1, State.KEPT, _REASON
            )
    for prompt in prompt_versions(PROMPT_NAME):
        if subject.digests.intersection(documents_in_tags(prompt.tags)):
            uri = f"prompts:/{prompt.name}/{prompt.version}"
            receipt.add(uri, "prompt that was optimised on it", 1, State.KEPT, _WRITTEN)
    for what, documents in _READERS.items():
        _list_weights(client, what, documents, subject, receipt)


def _list_weights(
    client: MlflowClient,
    what: str,
    documents: Callable[[bytes], Iterable[str]],
    subject: Subject,
    receipt: Receipt,
) -> None:
    tag = f"{what}_sha256"
    for run in all_runs(client):
        if tag not in run.data.tags:
            continue
        uri = f"runs:/{run.info.run_id}/{what}.npz"
        with receipt.at(uri, "weights"):
            repository = get_artifact_repository(run.info.artifact_uri)
            learned = set(documents(read_artifact(repository, f"{what}.npz")))
            if learned & subject.digests:
                digest = run.data.tags[tag]
                receipt.add(uri, f"weights, sha256 {digest}", 1, State.KEPT, _REASON)
