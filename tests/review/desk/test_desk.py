"""Who works on what, what is saved, what conflicts, what is written when a document is done."""

from __future__ import annotations

import io
import json
import time
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from ocr_model.errors import OcrModelError
from ocr_model.review.desk import (
    CLAIM_S,
    ConflictError,
    Desk,
    DeskSettings,
    Editor,
    InvalidSaveError,
    NotFoundError,
    NotKeptError,
    Preparation,
)
from ocr_model.review.record import ReviewQuestion, ReviewState, read_review
from ocr_model.review.work_list import Item, reading_of
from ocr_model.schema import Box, Word

ANN, BOB = Editor("tab-of-ann", "Ann"), Editor("tab-of-bob", "Bob")
SIZE = (200, 100)


class ReadsTwoWords:
    """In the place of the OCR, which takes a second to load."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []

    def read_words(self, image: Image.Image) -> list[Word]:
        self.asked.append(image.size)
        if image.size != SIZE:
            return [Word("cut", Box(0, 0, 5, 5), 0.9)]
        return [Word("Name:", Box(10, 10, 50, 20), 0.9), Word("Ann", Box(60, 10, 90, 20), 0.9)]


def png() -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", SIZE, "white").save(buffer, "PNG")
    return buffer.getvalue()


@pytest.fixture
def scan(tmp_path: Path) -> Path:
    path = tmp_path / "scan.png"
    path.write_bytes(png())
    return path


@pytest.fixture
def reader() -> ReadsTwoWords:
    return ReadsTwoWords()


@pytest.fixture
def desk(tmp_path: Path, scan: Path, reader: ReadsTwoWords) -> Desk:
    return a_desk(tmp_path / "into", scan, reader)


def a_desk(folder: Path, scan: Path, reader: ReadsTwoWords) -> Desk:
    said = [
        {"question": "Name:", "answer": "Ann", "page": 1, "confidence": 0.4},
        {"question": "Off", "answer": "x", "page": 1, "box": [190, 90, 260, 130]},
    ]
    read = reading_of({"answers": said, "outcome": "ok", "fields": []})
    other = replace(read, questions=())
    items = [
        Item("scan", "scan.png", scan, sha256="1", reading=read),
        Item("gone", "gone.png", absent="page not kept", reading=other),
        Item("text", "text.txt", scan.with_name("text.txt"), reading=other),
    ]
    return Desk(folder, items, DeskSettings(preparation=Preparation(reader=lambda: reader)))


def questions(desk: Desk, editor: Editor = ANN) -> tuple[ReviewQuestion, ...]:
    _, review, _ = desk.open("scan", editor)
    return review.questions


def with_text(given: tuple[ReviewQuestion, ...], text: str) -> tuple[ReviewQuestion, ...]:
    first = given[0]
    answer = first.answers[0].model_copy(update={"text": text})
    return (first.model_copy(update={"answers": (answer,)}), *given[1:])


def test_opening_finds_answers_on_the_page_and_keeps_boxes_within_it(desk: Desk) -> None:
    prepared, review, other = desk.open("scan", ANN)
    name, off = review.questions
    assert name.box == (10, 10, 50, 20)
    assert name.answers[0].box == (60, 10, 90, 20)
    assert off.answers[0].box == (190, 90, 200, 100)
    assert (review.version, review.state, other) == (0, ReviewState.OPEN, None)
    assert [word.text for word in prepared.review.pages[0].words] == ["Name:", "Ann"]
    assert not list((desk.folder / "reviews").glob("*.json"))


def test_every_save_is_on_the_disk_and_outlives_the_server(
    desk: Desk, scan: Path, reader: ReadsTwoWords
) -> None:
    review, written = desk.save("scan", ANN, 0, with_text(questions(desk), "Anna"))
    assert (review.version, review.user, written) == (1, "Ann", [])
    assert read_review(desk.folder / "reviews" / "scan.json") == review
    again = a_desk(desk.folder, scan, reader)
    assert questions(again, BOB)[0].answers[0].text == "Anna"
    assert [work.state for work in again.work() if work.item.name == "scan"] == ["draft"]
    # Its words are in the record: nothing was read again.
    assert reader.asked == [SIZE]


def test_who_saves_second_is_given_the_other_version(desk: Desk) -> None:
    before = questions(desk)
    desk.save("scan", ANN, 0, with_text(before, "Anna"))
    with pytest.raises(ConflictError, match="Ann saved version 1") as caught:
        desk.save("scan", BOB, 0, with_text(before, "Bobby"))
    assert caught.value.other.questions[0].answers[0].text == "Anna"
    review, _ = desk.save("scan", BOB, 1, with_text(before, "Bobby"))
    assert [(c.by, c.before, c.after) for c in review.changes] == [
        ("Ann", "Ann", "Anna"),
        ("Bob", "Anna", "Bobby"),
    ]


def test_two_servers_on_one_folder_conflict_as_two_tabs_do(
    desk: Desk, scan: Path, reader: ReadsTwoWords
) -> None:
    other = a_desk(desk.folder, scan, reader)
    before = questions(desk)
    questions(other, BOB)
    desk.save("scan", ANN, 0, with_text(before, "Anna"))
    with pytest.raises(ConflictError):
        other.save("scan", BOB, 0, with_text(before, "Bobby"))


def test_a_claim_ends_after_half_an_hour_without_a_change(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = questions(desk)
    assert desk.open("scan", BOB)[2] == ANN
    clock = time.monotonic()
    monkeypatch.setattr(time, "monotonic", lambda: clock + CLAIM_S - 1)
    desk.save("scan", ANN, 0, with_text(before, "Anna"))
    monkeypatch.setattr(time, "monotonic", lambda: clock + 2 * CLAIM_S - 2)
    assert desk.open("scan", BOB)[2] == ANN
    monkeypatch.setattr(time, "monotonic", lambda: clock + 2 * CLAIM_S)
    assert desk.open("scan", BOB)[2] is None
    assert desk.open("scan", ANN)[2] == BOB


def test_who_leaves_gives_the_claim_back(desk: Desk) -> None:
    questions(desk)
    desk.release("scan", BOB)
    assert desk.open("scan", BOB)[2] == ANN
    desk.release("scan", ANN)
    assert desk.open("scan", BOB)[2] is None


def test_done_writes_labels_and_open_again_takes_them_back(desk: Desk, scan: Path) -> None:
    review, written = desk.save("scan", ANN, 0, questions(desk), ReviewState.DONE)
    assert written == ["images/scan.png", "annotations/scan.json"]
    assert review.file == "images/scan.png"
    assert (desk.folder / "images" / "scan.png").read_bytes() == scan.read_bytes()
    labels = desk.folder / "annotations" / "scan.json"
    texts = {item["text"] for item in json.loads(labels.read_text())["form"]}
    assert {"Name:", "Ann"} <= texts
    assert desk.outbox.is_under_way("scan")
    review, _ = desk.save("scan", ANN, 1, review.questions)
    assert review.state is ReviewState.DRAFT
    assert not labels.is_file()


def test_what_an_earlier_server_could_not_hand_on_is_handed_on_at_the_next_start(
    desk: Desk, scan: Path, reader: ReadsTwoWords
) -> None:
    desk.save("scan", ANN, 0, questions(desk), ReviewState.DONE)
    again = a_desk(desk.folder, scan, reader)
    assert again.outbox.told("scan") is None
    again.start()
    ends_at = time.monotonic() + 5
    while again.outbox.is_under_way("scan"):
        assert time.monotonic() < ends_at
        time.sleep(0.01)
    told = again.outbox.told("scan")
    assert told == "The folder alone holds this review: the document was read without a trace."


def test_words_of_a_drawn_box_are_those_of_the_page_else_it_is_read(
    desk: Desk, reader: ReadsTwoWords
) -> None:
    questions(desk)
    found = desk.words_in("scan", 1, (55, 5, 100, 25))
    assert (found.text, found.box, found.note) == ("Ann", (60, 10, 90, 20), None)
    assert reader.asked == [SIZE]
    found = desk.words_in("scan", 1, (100, 50, 150, 70))
    assert (found.text, found.box) == ("cut", (100, 50, 150, 70))
    assert reader.asked[1:] == [(62, 32)]


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("gone", "page not kept"),
        ("text", "cannot be taken: No such file"),
        ("../scan", "Expected a document of the list"),
    ],
)
def test_what_cannot_be_taken_is_said(desk: Desk, name: str, says: str) -> None:
    kind = NotFoundError if name == "../scan" else NotKeptError
    with pytest.raises(kind, match=says):
        desk.open(name, ANN)
    absent = {work.item.name: work.item.absent for work in desk.work()}
    assert absent["gone"] == "page not kept"
    if name == "text":
        assert absent["text"] == "No such file or directory"


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ({"id": "q2"}, "an id of its own"),
        ({"page": 2, "box": (1, 1, 2, 2)}, "a page of the document, got 2"),
        ({"page": 1, "box": (1, 1, 300, 2)}, "within page 1"),
        ({"page": 1, "box": (5, 1, 2, 2)}, "within page 1"),
    ],
    ids=["id", "page", "outside", "turned"],
)
def test_a_save_that_is_no_version_of_the_document_is_refused(
    desk: Desk, broken: dict[str, object], says: str
) -> None:
    first, *others = questions(desk)
    with pytest.raises(InvalidSaveError, match=says):
        desk.save("scan", ANN, 0, (first.model_copy(update=broken), *others))
    assert not list((desk.folder / "reviews").glob("*.json"))


def test_fields_are_those_of_the_model(tmp_path: Path, scan: Path, reader: ReadsTwoWords) -> None:
    fields = [{"name": "total", "status": "missing"}, {"name": "due", "status": "missing"}]
    read = reading_of({"answers": [], "fields": fields, "outcome": "ok"})
    item = Item("scan", "scan.png", scan, reading=read)
    settings = DeskSettings(preparation=Preparation(reader=lambda: reader))
    desk = Desk(tmp_path / "into", [item], settings)
    total, due = questions(desk)
    with pytest.raises(InvalidSaveError, match="the fields of the model"):
        desk.save("scan", ANN, 0, (total, due.model_copy(update={"text": "other"})))
    desk.save("scan", ANN, 0, (due, total))


def test_a_page_without_the_ocr_is_reviewed_all_the_same(tmp_path: Path, scan: Path) -> None:
    item = Item("scan", "scan.png", scan, reading=reading_of({"answers": [], "outcome": "ok"}))
    settings = DeskSettings(preparation=Preparation(reader=lambda: None))
    desk = Desk(tmp_path / "into", [item], settings)
    prepared, _, _ = desk.open("scan", ANN)
    assert prepared.note is not None
    assert "not installed" in prepared.note
    found = desk.words_in("scan", 1, (1, 1, 9, 9))
    assert (found.text, found.note) == ("", prepared.note)


def test_a_damaged_record_is_named_and_the_others_go_on(desk: Desk) -> None:
    (desk.folder / "reviews" / "gone.json").write_text("{")
    absent = {work.item.name: work.item.absent for work in desk.work()}
    assert "is no review" in str(absent["gone"])
    assert questions(desk)
    assert issubclass(ConflictError, OcrModelError)
