"""Rows come while they are written, and a restart reads what has none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from ocr_model.review.desk import BackgroundReading, Reader
from ocr_model.review.work_list import Item

READER = Reader("models:/m/1")


def line(document_id: str, outcome: str = "ok", **more: Any) -> str:
    row = {"row": 0, "document_id": document_id, "outcome": outcome, "answers": [], "fields": []}
    return json.dumps(row | more) + "\n"


def rows_of(folder: Path, reading: BackgroundReading) -> Path:
    (folder / "reviews").mkdir(exist_ok=True)
    return reading._rows


def test_rows_come_as_they_are_written_and_a_torn_one_when_it_is_whole(tmp_path: Path) -> None:
    reading = BackgroundReading(tmp_path, READER)
    rows = rows_of(tmp_path, reading)
    assert reading.readings() == {}
    whole = line("b.png")
    rows.write_text(line("a.png") + whole[:20], "utf-8")
    assert reading.readings().keys() == {"a.png"}
    rows.write_text(line("a.png") + whole, "utf-8")
    assert reading.readings().keys() == {"a.png", "b.png"}


def test_what_the_endpoint_broke_off_and_what_a_kill_tore_is_read_again(tmp_path: Path) -> None:
    reading = BackgroundReading(tmp_path, READER)
    torn = line("c.png")[:25] + "\n"
    rows = rows_of(tmp_path, reading)
    rows.write_text(line("a.png") + line("b.png", "timeout") + torn, "utf-8")
    assert reading.readings().keys() == {"a.png"}


def test_nothing_is_started_where_all_is_read(tmp_path: Path) -> None:
    reading = BackgroundReading(tmp_path, READER)
    rows_of(tmp_path, reading).write_text(line("a.png"), "utf-8")
    reading.start([Item("a", "a.png", tmp_path / "a.png")])
    assert not reading.is_running
    assert reading.fault is None


def test_another_model_reads_for_itself(tmp_path: Path) -> None:
    rows_of(tmp_path, BackgroundReading(tmp_path, READER)).write_text(line("a.png"), "utf-8")
    assert BackgroundReading(tmp_path, Reader("models:/m/2")).readings() == {}
