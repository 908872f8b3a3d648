"""What there is to review, where its page is, and in which order."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow.tracing.attachments import Attachment

from ocr_model.errors import ConfigError
from ocr_model.review.record import Review
from ocr_model.review.work_list import (
    Item,
    Order,
    in_order,
    items_of_folder,
    items_of_rows,
    items_of_traces,
    reading_of,
)


def write(path: Path, content: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def rows_file(path: Path, *ids: str) -> Path:
    row: dict[str, Any] = {"outcome": "ok", "answers": [], "fields": [], "pairs": {}}
    path.write_text("".join(json.dumps({"document_id": i, **row}) + "\n" for i in ids), "utf-8")
    return path


def test_a_folder_of_scans_lists_each_document_once_without_its_labels(tmp_path: Path) -> None:
    write(tmp_path / "a.png", b"one")
    write(tmp_path / "copy of a.png", b"one")
    write(tmp_path / "sub" / "a.png", b"two")
    for folder in ("annotations", "fields", "reviews"):
        write(tmp_path / folder / "a.json", b"{}")
    items = items_of_folder(tmp_path, [], tmp_path)
    assert [item.document_id for item in items] == ["a.png", "sub/a.png"]
    first, second = (item.name for item in items)
    assert first == "a"
    assert second.startswith("a-")


def test_a_document_that_was_kept_when_it_was_done_is_the_same_one(tmp_path: Path) -> None:
    write(tmp_path / "a.png", b"one")
    [before] = items_of_folder(tmp_path, [], tmp_path)
    write(tmp_path / "images" / "a.png", b"one")
    review = Review(document_id="a.png", name="a", sha256=before.sha256)
    [after] = items_of_folder(tmp_path, [review], tmp_path)
    assert (after.name, after.document_id) == (before.name, before.document_id)
    assert (before.file, after.file) == (None, "images/a.png")


def test_a_folder_with_labels_alone_is_refused(tmp_path: Path) -> None:
    write(tmp_path / "annotations" / "a.json", b"{}")
    with pytest.raises(ConfigError, match="labels alone"):
        items_of_folder(tmp_path, [], tmp_path)


@pytest.mark.parametrize(
    ("document_id", "found"),
    [
        ("in/scans/sub/b.png", "sub/b.png"),
        ("sub/b.png", "sub/b.png"),
        ("only.png", "only.png"),
        ("b.png", None),  # there are two
        ("/etc/passwd", None),
        ("../only.png", "only.png"),  # by its name; nothing outside is looked at
        ("7692c3ad3540bb80", "only.png"),  # the start of its SHA-256
        ("none.png", None),
    ],
)
def test_pages_of_rows_are_found_in_the_folder_or_not_kept(
    tmp_path: Path, document_id: str, found: str | None
) -> None:
    documents = tmp_path / "documents"
    write(documents / "only.png", b"one")
    write(documents / "sub" / "b.png", b"two")
    write(documents / "other" / "b.png", b"three")
    write(tmp_path / "outside.png", b"four")
    rows = rows_file(tmp_path / "rows.jsonl", document_id)
    [item] = items_of_rows(rows, documents, [], tmp_path / "into")
    assert item.path == (None if found is None else documents / found)
    assert item.absent == (None if found else "page not kept")


def test_a_row_that_says_its_digest_gets_no_other_file_of_its_name(tmp_path: Path) -> None:
    documents = tmp_path / "documents"
    write(documents / "a.png", b"changed since")
    moved = write(documents / "elsewhere" / "b.png", b"one")
    digest = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
    rows = tmp_path / "rows.jsonl"
    row = {"document_id": "a.png", "outcome": "ok", "answers": [], "fields": [], "sha256": digest}
    rows.write_text(json.dumps(row) + "\n", "utf-8")
    [found] = items_of_rows(rows, documents, [], tmp_path / "into")
    assert (found.path, found.sha256) == (moved, digest)
    moved.unlink()
    [gone] = items_of_rows(rows, documents, [], tmp_path / "into")
    assert gone.absent == "page not kept"


def test_without_a_folder_no_page_of_a_row_is_kept(tmp_path: Path) -> None:
    scan = write(tmp_path / "a.png", b"one")
    rows = rows_file(tmp_path / "rows.jsonl", str(scan))
    [item] = items_of_rows(rows, None, [], tmp_path / "into")
    assert item.absent == "page not kept"


def traced(document_id: str, sha256: str, picture: bytes | None) -> None:
    with mlflow.start_span("extract") as span:
        span.set_inputs({"document_id": document_id, "bytes": 3, "sha256": sha256})
        with mlflow.start_span("page 1") as page:
            kept = Attachment(content_type="image/jpeg", content_bytes=picture) if picture else None
            page.set_inputs({"width": 40, "height": 30, **({"image": kept} if kept else {})})
        span.set_outputs({"outcome": "ok", "pairs": {"Name": [document_id]}})


def test_traces_give_the_page_where_they_keep_it(mlflow_store: str, tmp_path: Path) -> None:
    del mlflow_store
    traced("kept.png", "1" * 64, b"picture")
    traced("gone.png", "2" * 64, None)
    traced("kept.png", "1" * 64, b"picture of later")
    by_id = {i.document_id: i for i in items_of_traces("test", None, [], tmp_path)}
    assert by_id.keys() == {"kept.png", "gone.png"}
    assert by_id["gone.png"].absent == "page not kept"
    kept = by_id["kept.png"].document()
    assert (kept.data, kept.sizes) == (b"picture of later", ((40, 30),))
    assert by_id["kept.png"].reading is not None
    assert by_id["kept.png"].reading.trace_id == by_id["kept.png"].kept_in


def test_traces_find_their_document_by_its_digest(mlflow_store: str, tmp_path: Path) -> None:
    del mlflow_store
    digest = "7692c3ad3540bb803c020b3aee66cd8887123234ea0c6e7143c0add73ff431ed"
    traced("named otherwise", digest, None)
    scan = write(tmp_path / "documents" / "any.png", b"one")
    [item] = items_of_traces("test", tmp_path / "documents", [], tmp_path / "into")
    assert item.path == scan
    assert item.sha256 == digest


def test_no_experiment_and_no_traces_are_refused(mlflow_store: str, tmp_path: Path) -> None:
    del mlflow_store
    with pytest.raises(ConfigError, match="there is none"):
        items_of_traces("nowhere", None, [], tmp_path)
    with pytest.raises(ConfigError, match="got none in 'test'"):
        items_of_traces("test", None, [], tmp_path)


def item(name: str, confidence: float | None = 0.5, *, doubtful: bool = False) -> Item:
    said = {"question": "q", "answer": "a", "confidence": confidence}
    row = {"answers": [said], "outcome": "ok", "needs_review": doubtful, "fields": []}
    return Item(name, name, sha256=name, reading=reading_of(row))


def unread(one: Item) -> Item:
    return replace(one, reading=None)


@pytest.mark.parametrize("order", ["least_sure", "random"])
def test_the_least_sure_come_first_and_a_draw_knows_no_reading(order: Order) -> None:
    items = [
        unread(item("unread")),
        item("sure", 0.99),
        item("unsure", 0.3),
        item("unknown", None),
        item("doubtful", 0.95, doubtful=True),
    ]
    ordered = [one.name for one in in_order(items, order, seed=3)]
    if order == "least_sure":
        assert ordered == ["doubtful", "unknown", "unsure", "sure", "unread"]
    else:
        assert ordered == [one.name for one in in_order(map(unread, items), order, seed=3)]
    assert [one.name for one in in_order(items[::-1], order, seed=3)] == ordered
    assert [one.name for one in in_order(items, order, seed=3, n=2)] == ordered[:2]


def test_one_more_document_moves_no_other_in_a_draw() -> None:
    items = [item(str(number)) for number in range(20)]
    before = [one.name for one in in_order(items, "random", seed=1)]
    after = [one.name for one in in_order([*items, item("new")], "random", seed=1)]
    assert [name for name in after if name != "new"] == before
    assert [one.name for one in in_order(items, "random", seed=2)] != before
