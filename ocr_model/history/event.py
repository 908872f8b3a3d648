"""One event, and its serialised text."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, fields
from enum import StrEnum

# MLflow truncates values of more than 6,000 characters.
_LONGEST_REASON = 1500
_LONGEST_NAME = 100


class Kind(StrEnum):
    """What happened."""

    FIRST = "first champion"
    JUDGED = "judged"
    PROMOTED = "promoted"
    ROLLED_BACK = "rolled back"
    REGISTERED = "prompt registered"
    ACCEPTED = "accepted"


@dataclass(frozen=True, slots=True)
class Change:
    """What changed: versions as numbers, empty if there is none."""

    kind: Kind
    version: str
    before: str = ""
    after: str = ""
    reason: str = ""
    verdict: str = ""
    run_id: str = ""
    dataset_digest: str = ""
    prompt_sha256: str = ""
    model_sha256: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """A change, its actor and time. `previous` is the SHA-256 of the previous event's text."""

    number: int
    previous: str
    # Makes texts unique, so that only one of two writers gets a number.
    writing: str
    actor: str
    actor_kind: str
    at: str
    kind: str
    version: str
    before: str
    after: str
    reason: str
    verdict: str
    run_id: str
    dataset_digest: str
    prompt_sha256: str
    model_sha256: str

    def as_text(self) -> str:
        shortened = {
            "actor": self.actor[:_LONGEST_NAME],
            "reason": " ".join(self.reason.split())[:_LONGEST_REASON],
        }
        return json.dumps(asdict(self) | shortened, sort_keys=True, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class Recorded:
    """The entry under a number; `event` is None if it cannot be parsed."""

    number: int
    text: str

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def event(self) -> Event | None:
        try:
            told = json.loads(self.text)
            # A later commit may write more keys.
            return Event(**{field.name: told[field.name] for field in fields(Event)})
        except (ValueError, KeyError, TypeError):
            return None
