from __future__ import annotations

import sqlite3
import threading
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient

from ocr_model.errors import ConfigError
from ocr_model.history.actor import Actor
from ocr_model.history.event import Change, Kind
from ocr_model.history.findings import findings_of
from ocr_model.history.log import append_event, open_history, read_history

ANN = Actor("ann", "stated")
SUBJECT = "model m"


def note(before: str, after: str, kind: Kind = Kind.PROMOTED, verdict: str = "promote") -> None:
    append_event(SUBJECT, Change(kind, after, before, after, verdict=verdict), ANN)


def told(champion: str) -> list[str]:
    return [f.text for f in findings_of(read_history(SUBJECT), champion) if not f.accepted]


def test_store_without_history_has_none(mlflow_store: str) -> None:
    assert read_history(SUBJECT) == []
    assert findings_of([], "3") == []


def test_each_event_names_the_digest_of_the_one_before(mlflow_store: str) -> None:
    note("", "1", Kind.FIRST)
    note("1", "2")
    first, second = read_history(SUBJECT)
    assert first.event is not None
    assert second.event is not None
    assert (first.event.number, first.event.previous) == (1, "")
    assert (second.event.number, second.event.previous) == (2, first.sha256)
    assert (second.event.actor, second.event.actor_kind) == ("ann", "stated")
    assert told("2") == []


def test_writers_at_once_on_a_new_store_write_one_history(mlflow_store: str) -> None:
    begin = threading.Barrier(4)

    def write() -> None:
        begin.wait()
        for _ in range(3):
            note("1", "1", Kind.JUDGED, "worse")

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    assert [recorded.number for recorded in read_history(SUBJECT)] == list(range(1, 13))
    assert told("1") == []
    names = [e.name for e in MlflowClient().search_experiments() if e.name.startswith("history")]
    assert names == [f"history of {SUBJECT}"]


def test_event_cannot_be_written_anew_through_mlflow(mlflow_store: str) -> None:
    note("", "1", Kind.FIRST)
    with pytest.raises(mlflow.exceptions.MlflowException, match="not allowed"):
        MlflowClient().log_param(open_history(SUBJECT), "event_000001", "{}")


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("delete from params where key = 'event_000002'", "Events 2 to 2 are missing."),
        (
            "update params set value = replace(value, 'ann', 'bob') where key = 'event_000002'",
            "Event 2 was changed after event 3 was written, or it.",
        ),
        (
            "update params set value = 'x' where key = 'event_000003'",
            "Event 3 was changed: it cannot be read as the event it was.",
        ),
    ],
    ids=["removed", "changed", "unreadable"],
)
def test_what_was_done_to_the_database_is_told(
    mlflow_store: str, tmp_path: Path, change: str, said: str
) -> None:
    note("", "1", Kind.FIRST)
    note("1", "1", Kind.JUDGED, "worse")
    note("1", "1", Kind.JUDGED, "worse")
    with sqlite3.connect(tmp_path / "mlflow.db") as database:
        database.execute(change)
    database.close()
    assert told("1") == [said]


@pytest.mark.parametrize(
    ("champion", "said"),
    [("2", []), ("3", ["moved by an unknown hand"]), ("1", ["announced and not done"])],
)
def test_alias_that_is_not_where_the_last_event_left_it_is_told(
    mlflow_store: str, champion: str, said: list[str]
) -> None:
    note("1", "2")
    assert len(told(champion)) == len(said)
    assert all(expected in text for expected, text in zip(said, told(champion), strict=True))


def test_move_between_events_is_told_until_it_is_accepted(mlflow_store: str) -> None:
    note("1", "2")
    note("3", "4")
    assert told("4") == [
        "Between events 1 and 2 the champion was moved from 2 to 3 by an unknown hand."
    ]
    append_event(SUBJECT, Change(Kind.ACCEPTED, "4", "4", "4", "trial of Monday"), ANN)
    assert told("4") == []


def test_rollback_to_what_never_passed_the_gate_is_told(mlflow_store: str) -> None:
    note("1", "2")
    note("2", "7", Kind.ROLLED_BACK, "worse")
    note("7", "1", Kind.ROLLED_BACK, "")
    assert told("1") == [
        "Event 2 made version 7 champion, which no gate let pass and which was not champion before."
    ]


def test_deleted_history_is_refused_and_says_how_to_restore_it(mlflow_store: str) -> None:
    note("1", "2")
    client = MlflowClient()
    client.delete_run(open_history(SUBJECT))
    with pytest.raises(ConfigError, match="Restore it"):
        note("2", "3")


def test_longest_reason_fits_into_one_event(mlflow_store: str) -> None:
    append_event(SUBJECT, Change(Kind.JUDGED, "2", "1", "1", reason="ü" * 9000), ANN)
    (recorded,) = read_history(SUBJECT)
    assert recorded.event is not None
    assert recorded.event.reason == "ü" * 1500
