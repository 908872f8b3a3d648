"""The state of a review folder: open documents, saves, conflicts.

Every save is on the disk before the response. Versions use optimistic locking: a save based on an
old version is rejected with the newer one; nothing is overwritten unseen.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from ocr_model.errors import DatasetError, OcrModelError
from ocr_model.fields import WantedFields
from ocr_model.review.desk.background_reading import BackgroundReading
from ocr_model.review.desk.changes import changes_between, joined
from ocr_model.review.desk.claims import Claims, Editor
from ocr_model.review.desk.outbox import Outbox
from ocr_model.review.desk.prepared_document import Offer, Preparation, PreparedDocument
from ocr_model.review.desk.refusals import (
    ConflictError,
    NotFoundError,
    NotKeptError,
    page_of,
    refuse_box,
    refuse_save,
)
from ocr_model.review.desk.shelf import Shelf
from ocr_model.review.folder import finish, reopen
from ocr_model.review.record import (
    REVIEWS,
    Review,
    ReviewQuestion,
    ReviewState,
    read_review,
    write_review,
)
from ocr_model.review.work_list import Item, Order, in_order, with_readings

# Documents prepared in advance.
_AHEAD = 2


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
    """`unsure_below` is the confidence below which an answer is marked.

    `learned_from` are the SHA-256 of documents the model has learned from: they do not judge it.
    Finished reviews go to MLflow if `tells_mlflow`.
    """

    order: Order = "least_sure"
    seed: int = 0
    n: int = 0
    unsure_below: float = 0.9
    preparation: Preparation = field(default_factory=Preparation)
    wanted: WantedFields | None = None
    learned_from: frozenset[str] = frozenset()
    tells_mlflow: bool = True


@dataclass(frozen=True, slots=True)
class _Kept:
    """A record on the disk, read again when its file was replaced."""

    stamp: tuple[int, int]
    review: Review = field(repr=False)


class Desk:
    """The documents under review in one folder. Thread-safe; several processes may work on one
    folder, each with its own claims.
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
        # Documents outside the draw are not read either.
        chosen = in_order(items, "random", self.settings.seed, self.settings.n) if drawn else items
        self._items = {item.name: item for item in chosen}
        self._claims = Claims()
        self._shelf = Shelf(self.settings.preparation)
        self._records: dict[str, _Kept] = {}
        (folder / REVIEWS).mkdir(parents=True, exist_ok=True)
        self.outbox = Outbox(folder, self.settings.wanted, hands_on=self.settings.tells_mlflow)

    def start(self) -> None:
        """Start reading in the background, and pass on what an earlier server could not."""
        if self.reading is not None:
            self.reading.start(list(self._items.values()))
        self.outbox.start()

    def work(self) -> list[WorkItem]:
        """The list in order, at most `n` documents; finished ones come last."""
        settings = self.settings
        readings = self.reading.readings() if self.reading is not None else {}
        items = with_readings(self._items.values(), readings)
        work = map(self._work_item, in_order(items, settings.order, settings.seed, settings.n))
        return sorted(work, key=lambda line: line.state is ReviewState.DONE)

    def open(self, name: str, editor: Editor) -> tuple[PreparedDocument, Review, Editor | None]:
        """A document, its latest version, and who else has claimed it; else the editor claims it.

        Raises:
            NotFoundError, NotKeptError: it cannot be opened.
        """
        prepared = self._ready(name)
        review = self._latest(name, prepared)
        return prepared, review, self._claims.take(name, editor)

    def release(self, name: str, editor: Editor) -> None:
        """The editor has moved on."""
        self._claims.release(name, editor)

    def save(
        self,
        name: str,
        editor: Editor,
        version: int,
        questions: Sequence[ReviewQuestion],
        state: ReviewState = ReviewState.DRAFT,
    ) -> tuple[Review, list[str]]:
        """Save, and return the new version and, if the review is done, the files written.

        Raises:
            ConflictError: `version` is not the latest.
            InvalidSaveError: the questions do not belong to this document.
            DatasetError, OSError: its labels cannot be written.
        """
        prepared = self._ready(name)
        with self._alone():
            latest = self._latest(name, prepared)
            if latest.version != version:
                raise ConflictError(latest)
            refuse_save(questions, latest, prepared.review.pages)
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
        self._claims.renew(name, editor)
        return review, written

    def words_in(
        self, name: str, page_number: int, box: tuple[float, float, float, float]
    ) -> Offer:
        """The text in a box of a page.

        Raises:
            InvalidSaveError: the box is not on a page of the document.
        """
        prepared = self._ready(name)
        page = page_of(prepared.review.pages, page_number)
        refuse_box(box, page)
        return prepared.words_in(page, box)

    def picture(self, name: str, number: int) -> bytes:
        """A page as a JPEG.

        Raises:
            InvalidSaveError: there is no such page.
            DocumentError: it cannot be rendered.
        """
        return self._shelf.picture(name, self._ready(name), number)

    def prepare_ahead(self, after: str) -> None:
        """Prepare the next documents while a person reviews this one."""
        names = [w.item.name for w in self.work() if w.state is not ReviewState.DONE]
        start = names.index(after) + 1 if after in names else 0
        for name in names[start : start + _AHEAD]:
            try:
                self._ready(name)
            except (OcrModelError, OSError):
                continue  # reported when it is opened

    def _ready(self, name: str) -> PreparedDocument:
        item = self._items.get(name)
        if item is None:
            raise NotFoundError(f"Expected a document of the list, got {name!r}.")
        if item.absent is not None:
            raise NotKeptError(f"{item.document_id} cannot be taken: {item.absent}.")
        model_uri = None
        if self.reading is not None:
            [item] = with_readings([item], self.reading.readings())
            model_uri = self.reading.model_uri
        earlier = self._on_disk(name)
        if item.reading is None and earlier is None:
            raise NotKeptError(f"{item.document_id} is not read yet: the model is at it.")
        return self._shelf.take(item, earlier, model_uri)

    def _latest(self, name: str, prepared: PreparedDocument) -> Review:
        return self._on_disk(name) or prepared.review

    def _on_disk(self, name: str) -> Review | None:
        """The current record; read again if another server wrote it."""
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
        """Write labels first, so that a finished record always has them; then queue for MLflow."""
        written: list[str] = []
        done = review.state is ReviewState.DONE
        if done:
            written = finish(self.folder, review, prepared.data, self.settings.wanted)
            kept = next((name for name in written if name.startswith("images/")), review.file)
            review = review.model_copy(update={"file": kept})
            self.outbox.note(review.name)
        elif latest.state is ReviewState.DONE:
            reopen(self.folder, latest)
        write_review(self.folder, review)
        if done:
            self.outbox.send(review.name)
        return review, written

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Exclude other threads of this server, and other servers on the same folder."""
        with (self.folder / REVIEWS / ".lock").open("ab") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            yield

    def _work_item(self, item: Item) -> WorkItem:
        if (fault := self._shelf.fault(item.name)) is not None:
            item = replace(item, absent=fault)
        editor = self._claims.holder(item.name)
        try:
            review = self._on_disk(item.name)
        except DatasetError as err:
            review, item = None, replace(item, absent=str(err))
        if review is None:
            return WorkItem(item, ReviewState.OPEN, None, None, editor)
        return WorkItem(item, review.state, review.user, review.changed_at, editor)
