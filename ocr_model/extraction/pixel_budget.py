"""How many pixels of decoded pages may be in memory at once."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager


class PixelBudget:
    """Lends pixels to pages in order of arrival, so that large pages are not starved."""

    def __init__(self, pixels: int) -> None:
        self._all = pixels
        self._left = pixels
        self._changed = threading.Condition()
        self._waiting: deque[object] = deque()

    @contextmanager
    def hold(self, pixels: int, longest_wait_s: float) -> Iterator[bool]:
        """Inside, the pixels are reserved; yields False if they were not free in time.

        A page larger than the budget reserves all of it.
        """
        wanted, turn = min(pixels, self._all), object()
        held = self._take(wanted, turn, longest_wait_s)
        try:
            yield held
        finally:
            if held:
                with self._changed:
                    self._left += wanted
                    self._changed.notify_all()

    def _take(self, wanted: int, turn: object, longest_wait_s: float) -> bool:
        with self._changed:
            self._waiting.append(turn)
            try:
                held = self._changed.wait_for(
                    lambda: self._waiting[0] is turn and self._left >= wanted, longest_wait_s
                )
                if held:
                    self._left -= wanted
                return held
            finally:
                self._waiting.remove(turn)
                self._changed.notify_all()
