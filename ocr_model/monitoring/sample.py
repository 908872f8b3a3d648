"""A random sample of documents for review, independent of the model's answers."""

from __future__ import annotations

from hashlib import sha256

_RANGE = 2**64


def is_sampled(document_id: str, share: float, seed: int = 0) -> bool:
    """Whether a document is in the random share; the result is the same in every batch and on every
    machine, so nothing has to be stored.
    """
    digest = sha256(f"{seed} {document_id}".encode()).digest()
    return int.from_bytes(digest[:8]) < share * _RANGE
