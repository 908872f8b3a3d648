"""Inconsistencies in a history: missing numbers, changed events, an alias moved by somebody else.

A change of the last event cannot be detected, because no later event has its digest, and anyone who
can write to the database can rewrite the whole history.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ocr_model.history.event import Event, Kind, Recorded

_MOVES = frozenset({Kind.FIRST, Kind.PROMOTED, Kind.ROLLED_BACK, Kind.ACCEPTED})


@dataclass(frozen=True, slots=True)
class Finding:
    """`accepted` if a person has given a reason; only for moves."""

    text: str
    accepted: bool = False


def findings_of(kept: Sequence[Recorded], champion: str | None) -> list[Finding]:
    """All findings, oldest first.

    Args:
        champion: the version that has the alias now, empty if none has; None if the subject has no
            such alias.
    """
    accepted = max((e.number for e in _readable(kept) if e.kind == Kind.ACCEPTED), default=0)
    moves = [] if champion is None else _moves(kept, champion)
    return [
        *map(Finding, _broken(kept)),
        *(Finding(text, number <= accepted) for number, text in moves),
    ]


def _readable(kept: Sequence[Recorded]) -> list[Event]:
    return [event for recorded in kept if (event := recorded.event) is not None]


def _broken(kept: Sequence[Recorded]) -> list[str]:
    said: list[str] = []
    expected, previous = 1, ""
    for recorded in kept:
        event, number = recorded.event, recorded.number
        if number > expected:
            said.append(f"Events {expected} to {number - 1} are missing.")
        if event is None or event.number != number:
            said.append(f"Event {number} was changed: it cannot be read as the event it was.")
        elif number == expected and event.previous != previous:
            said.append(f"Event {number - 1} was changed after event {number} was written, or it.")
        expected, previous = number + 1, recorded.sha256
    return said


def _moves(kept: Sequence[Recorded], champion: str) -> list[tuple[int, str]]:
    said: list[tuple[int, str]] = []
    known: set[str] = set()
    last: Event | None = None
    for event in _readable(kept):
        if event.kind not in _MOVES:
            continue
        if last is not None and event.before != last.after:
            said.append(
                (
                    event.number,
                    f"Between events {last.number} and {event.number} the champion was moved from "
                    f"{last.after} to {event.before or 'none'} by an unknown hand.",
                )
            )
        unjudged = event.after not in known and event.verdict != "promote"
        if event.kind == Kind.ROLLED_BACK and unjudged and last is not None:
            said.append(
                (
                    event.number,
                    f"Event {event.number} made version {event.after} champion, which no gate let "
                    "pass and which was not champion before.",
                )
            )
        known |= {event.before, event.after}
        last = event
    if last is not None and champion != last.after:
        now = f"The champion is {champion or 'none'}, event {last.number} left it at {last.after}: "
        if champion == last.before:
            now += "it was announced and not done, or moved back by an unknown hand."
        else:
            now += "it was moved by an unknown hand."
        said.append((last.number + 1, now))
    return said
