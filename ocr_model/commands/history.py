"""Print who changed champion and prompts, and changes without an event."""

from __future__ import annotations

from mlflow.exceptions import MlflowException

from ocr_model.commands.cli import History, option
from ocr_model.console import printable, say
from ocr_model.errors import ConfigError
from ocr_model.history import (
    Change,
    Kind,
    Recorded,
    acting,
    append_event,
    findings_of,
    read_history,
)
from ocr_model.lifecycle import MODEL_NAME, find_champion, history_of, history_of_prompt
from ocr_model.prompts import PROMPT_NAME

ODD = 3


def history(given: History) -> int:
    models, prompts = ([given.name],) * 2 if given.name else ([MODEL_NAME], [PROMPT_NAME])
    if given.accept:
        _accept(given, models[0])
    odd = [_show(history_of(name), _champion(name)) for name in models]
    odd += [_show(history_of_prompt(name), None) for name in prompts]
    return ODD if any(odd) else 0


def _champion(name: str) -> str:
    try:
        return str(find_champion(name).version)
    except (ConfigError, MlflowException):  # none, or the name is a prompt's
        return ""


def _accept(given: History, name: str) -> None:
    champion = _champion(name)
    if not champion:
        raise ConfigError(f"Expected a champion of {name} to accept, got none.")
    change = Change(Kind.ACCEPTED, champion, champion, champion, given.accept)
    append_event(history_of(name), change, acting(given.user))


def _show(subject: str, champion: str | None) -> bool:
    """Print a subject's history; returns whether there are findings."""
    kept = read_history(subject)
    if not kept:
        say(f"{subject}: no history yet; it starts with the next change.\n")
        return False
    first = kept[0].event
    say(f"{subject}: kept since {'?' if first is None else first.at}")
    for recorded in kept:
        say(_line(recorded))
    findings = findings_of(kept, champion)
    for finding in findings:
        say(f"  {'accepted' if finding.accepted else 'ODD'}: {finding.text}")
    odd = any(not finding.accepted for finding in findings)
    if odd and champion is not None:
        say(f"  To accept moves, say why: {option('accept', 'REASON')}")
    say()
    return odd


def _line(recorded: Recorded) -> str:
    event = recorded.event
    if event is None:
        return f"  {recorded.number:>4}  not readable"
    moved = f"{event.before or 'none'} -> {event.after or 'none'}"
    told = [
        f"  {event.number:>4}  {event.at}  {event.kind} {event.version}  ({moved})",
        f"        by {event.actor} ({event.actor_kind.replace('_', ' ')})",
    ]
    about = {
        "verdict": event.verdict,
        "reason": event.reason,
        "run": event.run_id,
        "dataset": event.dataset_digest,
        "prompt sha256": event.prompt_sha256,
        "model sha256": event.model_sha256,
    }
    told += [
        f"        {name}: {printable(value, one_line=True)}"
        for name, value in about.items()
        if value
    ]
    return "\n".join(printable(line, one_line=True) for line in told)
