"""A cache of documents prepared for review: the latest ones, with bytes, words and images."""

from __future__ import annotations

import threading
from collections import OrderedDict

from ocr_model.errors import OcrModelError
from ocr_model.review.desk.prepared_document import Preparation, PreparedDocument, prepare
from ocr_model.review.desk.refusals import NotKeptError, page_of
from ocr_model.review.record import Review
from ocr_model.review.work_list import Item

_MOST_PREPARED = 12
_MOST_PICTURES = 24


class Shelf:
    """Thread-safe: if two tabs open a document, its words are read once."""

    def __init__(self, preparation: Preparation) -> None:
        self._preparation = preparation
        self._lock = threading.Lock()
        self._turns: dict[str, threading.Lock] = {}
        self._prepared: OrderedDict[str, PreparedDocument] = OrderedDict()
        self._pictures: OrderedDict[tuple[str, int], bytes] = OrderedDict()
        self._faults: dict[str, str] = {}

    def fault(self, name: str) -> str | None:
        """Why a document could not be opened, if it was tried."""
        return self._faults.get(name)

    def take(self, item: Item, earlier: Review | None, model_uri: str | None) -> PreparedDocument:
        """Raises:
        NotKeptError: it cannot be opened.
        """
        with self._lock:
            turn = self._turns.setdefault(item.name, threading.Lock())
        with turn:
            if (known := self._known(item.name)) is not None:
                return known
            try:
                made = prepare(item, model_uri, earlier, self._preparation)
            except (OcrModelError, OSError) as err:
                reason = (isinstance(err, OSError) and err.strerror) or str(err)
                self._faults[item.name] = reason
                raise NotKeptError(f"{item.document_id} cannot be taken: {reason}") from err
            self._faults.pop(item.name, None)
            self._keep(item.name, made)
            return made

    def picture(self, name: str, prepared: PreparedDocument, number: int) -> bytes:
        """A page as a JPEG.

        Raises:
            InvalidSaveError: there is no such page.
            DocumentError: it cannot be rendered.
        """
        page_of(prepared.review.pages, number)
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

    def _known(self, name: str) -> PreparedDocument | None:
        with self._lock:
            known = self._prepared.get(name)
            if known is not None:
                self._prepared.move_to_end(name)
            return known

    def _keep(self, name: str, made: PreparedDocument) -> None:
        with self._lock:
            self._prepared[name] = made
            while len(self._prepared) > _MOST_PREPARED:
                self._prepared.popitem(last=False)
