"""The desk at which documents are reviewed: who works on which, what is saved, what conflicts.

Every save is on the disk before it is answered. Versions are optimistic: who saves on top of a
version that is not the latest is told so and given the other; nothing is overwritten unseen.
"""

from __future__ import annotations

import fcntl
import threading
import time
from collections import OrderedDict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from ocr_model.errors import DatasetError, OcrModelError
from ocr_model.fields import WantedFields
from ocr_model.review.desk.background_reading import BackgroundReading
from ocr_model.review.desk.changes import changes_between, joined
from ocr_model.review.desk.outbox import Outbox
from ocr_model.review.desk.prepared_document import Preparation, PreparedDocument, prepare
from ocr_model.review.folder import finish, reopen
from ocr_model.review.record import (
    REVIEWS,
    Review,
    ReviewAnswer,
    ReviewPage,
    ReviewQuestion,
    ReviewState,
    read_review,
    write_review,
)
from ocr_model.review.work_list import Item, Order, in_order, with_readings

# A claim ends after so long without a change.
CLAIM_S = 30 * 60.0
# Documents with their bytes and words in memory, and those made ready before they are asked for.
_MOST_PREPARED = 12
_AHEAD = 2
_MOST_PICTURES = 24


@dataclass(frozen=True, slots=True)
class Editor:
    """A tab of a browser and the person before it: two tabs are two editors."""

    id: str
    user: str


@dataclass(frozen=True, slots=True)
class Claim:
    """Who works on a document; `at` is the last change, in seconds of the server's clock."""

    editor: Editor
    at: float


class NotFoundError(OcrModelError):
    """No document of the list has this name."""


class NotKeptError(OcrModelError):
    """The document cannot be taken: its pages are not there, or nothing has read it yet."""


class InvalidSaveError(OcrModelError):
    """What was sent is no version of this document."""


class ConflictError(OcrModelError):
    """Somebody saved in between; `other` is what they saved."""

    def __init__(self, other: Review) -> None:
        who = other.user or "somebody"
        super().__init__(f"{who} saved version {other.version} in between.")
        self.other = other


@dataclass(frozen=True, slots=True)
class WorkItem:
    """A line of the work list."""

    item: Item
    state: ReviewState
    user: str | None
    changed_at: str | None
    claimed_by: Editor | None


@dataclass(frozen=True, slots=True)
class DeskSettings:
    """`unsure_below` is the confidence below which an answer is marked."""

    order: Order = "least_sure"
    seed: int = 0
    n: int = 0
    unsure_below: float = 0.9
    preparation: Preparation = field(default_factory=Preparation)
    wanted: WantedFields | None = None


@dataclass(slots=True)
class _Kept:
    """A record on the disk, read again when its file is another."""

    stamp: tuple[int, int]
    review: Review = field(repr=False)


class Desk:
    """The documents under review in one folder. Safe to use from several threads; several
    processes may work on one folder, each with claims of its own.
    """

    def __init__(
        self,
        folder: Path,
        items: Sequence[Item],
        settings: DeskSettings | None = None,
        reading: BackgroundReading | None = None,
    ) -> None:
        self.folder = folder
        self.settings = settings or DeskSettings()
        self.reading = reading
        drawn = self.settings.order == "random"
        # What a draw leaves out is not read either.
        chosen = in_order(items, "random", self.settings.seed, self.settings.n) if drawn else items
        self._items = {item.name: item for item in chosen}
        self._claims: dict[str, Claim] = {}
        self._lock = threading.Lock()
        self._prepared: OrderedDict[str, PreparedDocument] = OrderedDict()
        self._preparing: dict[str, threading.Lock] = {}
        self._pictures: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._records: dict[str, _Kept] = {}
        # Of documents that could not be opened: why.
        self._faults: dict[str, str] = {}
        (folder / REVIEWS).mkdir(parents=True, exist_ok=True)
        self.outbox = Outbox(folder, self.settings.wanted)

    def start(self) -> None:
        """Read on in the background, and hand on what an earlier server could not."""
        if self.reading is not None:
            self.reading.start(list(self._items.values()))
        self.outbox.start()

    def work(self) -> list[WorkItem]:
        """The list in its order, `n` documents at most; what is done comes last."""
        settings = self.settings
        items = in_order(self._current(), settings.order, settings.seed, settings.n)
        work = [self._work_item(item) for item in items]
        return sorted(work, key=lambda line: line.state is ReviewState.DONE)

    def open(self, name: str, editor: Editor) -> tuple[PreparedDocument, Review, Editor | None]:
        """A document, its latest version, and who else works on it; else it is the editor's now.

        Raises:
            NotFoundError, NotKeptError: it cannot be taken.
        """
        prepared = self._ready(name)
        review = self._latest(name, prepared)
        with self._lock:
            other = self._claimed_by_other(name, editor)
            if other is None:
                self._claims[name] = Claim(editor, time.monotonic())
        return prepared, review, other

    def release(self, name: str, editor: Editor) -> None:
        """The editor looks at something else."""
        with self._lock:
            claim = self._claims.get(name)
            if claim is not None and claim.editor.id == editor.id:
                del self._claims[name]

    def save(
        self,
        name: str,
        editor: Editor,
        version: int,
        questions: Sequence[ReviewQuestion],
        state: ReviewState = ReviewState.DRAFT,
    ) -> tuple[Review, list[str]]:
        """The version that is on the disk now, and the files written where it is done.

        Raises:
            ConflictError: `version` is not the latest.
            InvalidSaveError: the questions are none of this document.
            DatasetError, OSError: its labels cannot be written.
        """
        prepared = self._ready(name)
        with self._alone():
            latest = self._latest(name, prepared)
            if latest.version != version:
                raise ConflictError(latest)
            _refuse(questions, latest, prepared.review.pages)
            at = datetime.now(UTC).isoformat(timespec="milliseconds")
            changed = changes_between(latest.questions, questions, editor.user, at)
            review = latest.model_copy(
                update={
                    "state": state,
                    "version": version + 1,
                    "user": editor.user,
                    "changed_at": at,
                    "pages": prepared.review.pages,
                    "questions": tuple(questions),
                    "changes": joined(latest.changes, changed),
                }
            )
            review, written = self._write(review, latest, prepared)
        with self._lock:
            self._claims[name] = Claim(editor, time.monotonic())
        return review, written

    def words_in(
        self, name: str, page_number: int, box: tuple[float, float, float, float]
    ) -> tuple[str, tuple[float, float, float, float], str | None]:
        """What stands in a box of a page: its text, the box close around it, or why there is none.

        Raises:
            InvalidSaveError: the box is on no page of the document.
        """
        prepared = self._ready(name)
        page = _page_of(prepared.review.pages, page_number)
        _refuse_box(box, page)
        offer = prepared.words_in(page, box)
        return offer.text, offer.box, offer.note

    def picture(self, name: str, number: int) -> bytes:
        """A page as a JPEG.

        Raises:
            InvalidSaveError: there is no such page.
            DocumentError: it cannot be drawn.
        """
        prepared = self._ready(name)
        _page_of(prepared.review.pages, number)
        with self._lock:
            if (known := self._pictures.get((name, number))) is not None:
                self._pictures.move_to_end((name, number))
                return known
        drawn = prepared.picture(number)
        with self._lock:
            self._pictures[name, number] = drawn
            while len(self._pictures) > _MOST_PICTURES:
                self._pictures.popitem(last=False)
        return drawn

    def prepare_ahead(self, after: str) -> None:
        """Make the next documents ready while a person looks at this one."""
        names = [w.item.name for w in self.work() if w.state is not ReviewState.DONE]
        start = names.index(after) + 1 if after in names else 0
        for name in names[start : start + _AHEAD]:
            try:
                self._ready(name)
            except (OcrModelError, OSError):
                continue  # said to whoever opens it

    def _current(self) -> Iterator[Item]:
        readings = self.reading.readings() if self.reading is not None else {}
        return with_readings(self._items.values(), readings)

    def _item(self, name: str) -> Item:
        item = self._items.get(name)
        if item is None:
            raise NotFoundError(f"Expected a document of the list, got {name!r}.")
        if self.reading is None:
            return item
        reading = self.reading.readings().get(item.document_id)
        return item if reading is None else replace(item, reading=reading)

    def _ready(self, name: str) -> PreparedDocument:
        item = self._item(name)
        if item.absent is not None:
            raise NotKeptError(f"{item.document_id} cannot be taken: {item.absent}.")
        with self._lock:
            turn = self._preparing.setdefault(name, threading.Lock())
        with turn:  # two tabs that open a document read its words once
            if (known := self._prepared.get(name)) is not None:
                with self._lock:
                    self._prepared.move_to_end(name)
                return known
            earlier = self._on_disk(name)
            if item.reading is None and earlier is None:
                raise NotKeptError(f"{item.document_id} is not read yet: the model is at it.")
            model_uri = self.reading.model_uri if self.reading is not None else None
            try:
                made = prepare(item, model_uri, earlier, self.settings.preparation)
            except (OcrModelError, OSError) as err:
                reason = err.strerror or str(err) if isinstance(err, OSError) else str(err)
                self._faults[name] = reason
                raise NotKeptError(f"{item.document_id} cannot be taken: {reason}") from err
            self._faults.pop(name, None)
            with self._lock:
                self._prepared[name] = made
                while len(self._prepared) > _MOST_PREPARED:
                    self._prepared.popitem(last=False)
            return made

    def _latest(self, name: str, prepared: PreparedDocument) -> Review:
        return self._on_disk(name) or prepared.review

    def _on_disk(self, name: str) -> Review | None:
        """The record as it is; read again where another server wrote it."""
        path = self.folder / REVIEWS / f"{name}.json"
        try:
            about = path.stat()
        except FileNotFoundError:
            return None
        stamp = about.st_mtime_ns, about.st_ino
        known = self._records.get(name)
        if known is None or known.stamp != stamp:
            known = self._records[name] = _Kept(stamp, read_review(path))
        return known.review

    def _write(
        self, review: Review, latest: Review, prepared: PreparedDocument
    ) -> tuple[Review, list[str]]:
        """Labels first: a record that says it is done has them. Then, what goes to MLflow."""
        written: list[str] = []
        if review.state is ReviewState.DONE:
            written = finish(self.folder, review, prepared.data, self.settings.wanted)
            kept = next((name for name in written if name.startswith("images/")), review.file)
            review = review.model_copy(update={"file": kept})
            self.outbox.note(review.name)
        elif latest.state is ReviewState.DONE:
            reopen(self.folder, latest)
        write_review(self.folder, review)
        if review.state is ReviewState.DONE:
            self.outbox.send(review.name)
        return review, written

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Among the threads of this server, and other servers on the same folder."""
        with (self.folder / REVIEWS / ".lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _work_item(self, item: Item) -> WorkItem:
        try:
            review = self._on_disk(item.name)
        except DatasetError as err:
            damaged = replace(item, absent=str(err))
            return WorkItem(damaged, ReviewState.OPEN, None, None, None)
        if (fault := self._faults.get(item.name)) is not None:
            item = replace(item, absent=fault)
        with self._lock:
            claim = self._live_claim(item.name)
        editor = claim.editor if claim is not None else None
        if review is None:
            return WorkItem(item, ReviewState.OPEN, None, None, editor)
        return WorkItem(item, review.state, review.user, review.changed_at, editor)

    def _live_claim(self, name: str) -> Claim | None:
        claim = self._claims.get(name)
        if claim is not None and time.monotonic() - claim.at > CLAIM_S:
            del self._claims[name]
            return None
        return claim

    def _claimed_by_other(self, name: str, editor: Editor) -> Editor | None:
        claim = self._live_claim(name)
        return None if claim is None or claim.editor.id == editor.id else claim.editor


def _refuse(
    questions: Sequence[ReviewQuestion], latest: Review, pages: Sequence[ReviewPage]
) -> None:
    """Raises:
    InvalidSaveError: says what is wrong.
    """
    parts: list[ReviewQuestion | ReviewAnswer] = [*questions]
    parts += [answer for question in questions for answer in question.answers]
    ids = [part.id for part in parts]
    if len(set(ids)) != len(ids):
        raise InvalidSaveError("Expected an id of its own for every question and answer.")
    if latest.kind == "fields":
        expected, got = ([q.text for q in given] for given in (latest.before, questions))
        if sorted(expected) != sorted(got):
            raise InvalidSaveError("Expected the fields of the model, each once, got others.")
    for part in parts:
        if part.box is not None:
            _refuse_box(part.box, _page_of(pages, part.page))


def _page_of(pages: Sequence[ReviewPage], number: int | None) -> ReviewPage:
    page = next((page for page in pages if page.number == number), None)
    if page is None:
        raise InvalidSaveError(f"Expected a page of the document, got {number}.")
    return page


def _refuse_box(box: tuple[float, float, float, float], page: ReviewPage) -> None:
    left, top, right, bottom = box
    # A box of the model may stand out of the page by the width of a stroke.
    if not (-9 <= left < right <= page.width + 9 and -9 <= top < bottom <= page.height + 9):
        raise InvalidSaveError(
            f"Expected a box within page {page.number} ({page.width} x {page.height}), got {box}."
        )
