"""Which documents a person looks at, whatever the model says of them."""

from __future__ import annotations

from hashlib import sha256

_RANGE = 2**64


def is_sampled(document_id: str, share: float, seed: int = 0) -> bool:
    """Whether a document is of the random share; the same one is, in every batch and on every
    machine, so that nothing has to be kept to know which were.
    """
    digest = sha256(f"{seed} {document_id}".encode()).digest()
    return int.from_bytes(digest[:8]) < share * _RANGE
