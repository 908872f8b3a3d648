"""Finished reviews waiting to be sent to MLflow in the background; a restart sends the rest."""

from __future__ import annotations

import logging
import queue
import threading
from pathlib import Path

from ocr_model.errors import DatasetError
from ocr_model.fields import WantedFields
from ocr_model.review.expectations import log_to_trace
from ocr_model.review.record import REVIEWS, ReviewState, read_review
from ocr_model.trace_content import log_defect, while_reading

_log = logging.getLogger(__name__)
_SUFFIX = ".to-send"
_FOLDER_ALONE = "The folder alone holds this review: `trace_content` keeps no text in MLflow."


class Outbox:
    """Entries survive the server: an empty file per review, removed once it was sent."""

    def __init__(
        self, folder: Path, wanted: WantedFields | None = None, *, hands_on: bool = True
    ) -> None:
        """If text may not be stored, nothing is sent."""
        self._hands_on = hands_on
        self._folder = folder / REVIEWS
        self._wanted = wanted
        self._names: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._told: dict[str, str] = {}

    def start(self) -> None:
        for note in sorted(self._folder.glob(f".*{_SUFFIX}")):
            self._names.put(note.name[1 : -len(_SUFFIX)])
        threading.Thread(target=self._work, name="outbox", daemon=True).start()

    def note(self, name: str) -> None:
        """Queue a review, before it is reported as done."""
        self._note_of(name).touch()

    def send(self, name: str) -> None:
        self._told.pop(name, None)
        self._names.put(name)

    def told(self, name: str) -> str | None:
        """The result for a review that was sent; None while it is under way."""
        return self._told.get(name)

    def is_under_way(self, name: str) -> bool:
        return self._note_of(name).exists()

    def _work(self) -> None:
        while True:
            name = self._names.get()
            try:
                self._hand_on(name)
            except Exception as err:  # noqa: BLE001 - one review must not end the others
                with while_reading("text" if self._hands_on else "none"):
                    log_defect(_log, err, "The review of %s was not handed on", name)
                self._told[name] = (
                    "MLflow was not told, because of a defect; the log has the whole of it. The "
                    "folder holds everything."
                )

    def _hand_on(self, name: str) -> None:
        try:
            review = read_review(self._folder / f"{name}.json")
        except DatasetError:
            review = None
        # Reopened, or never written: the server was killed in between.
        if review is not None and review.state is ReviewState.DONE:
            self._told[name] = (
                log_to_trace(review, self._wanted) if self._hands_on else _FOLDER_ALONE
            )
        self._note_of(name).unlink(missing_ok=True)

    def _note_of(self, name: str) -> Path:
        return self._folder / f".{name}{_SUFFIX}"
