"""Who works on which document. A claim is advisory, visible to others, and expires."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

# Time without a change.
CLAIM_S = 30 * 60.0


@dataclass(frozen=True, slots=True)
class Editor:
    """A browser tab and its user: two tabs are two editors."""

    id: str
    user: str


class Claims:
    """The claims of one server. Thread-safe."""

    def __init__(self) -> None:
        # By document name: the editor, and the time of the last change by the server's clock.
        self._claims: dict[str, tuple[Editor, float]] = {}
        self._lock = threading.Lock()

    def take(self, name: str, editor: Editor) -> Editor | None:
        """Claim it for the editor; if another has it, return that one."""
        with self._lock:
            holder = self._holder(name)
            if holder is not None and holder.id != editor.id:
                return holder
            self._claims[name] = editor, time.monotonic()
            return None

    def renew(self, name: str, editor: Editor) -> None:
        """The editor changed the document, and thereby claims it."""
        with self._lock:
            self._claims[name] = editor, time.monotonic()

    def release(self, name: str, editor: Editor) -> None:
        """The editor has moved on."""
        with self._lock:
            holder = self._holder(name)
            if holder is not None and holder.id == editor.id:
                del self._claims[name]

    def holder(self, name: str) -> Editor | None:
        with self._lock:
            return self._holder(name)

    def _holder(self, name: str) -> Editor | None:
        editor, at = self._claims.get(name, (None, 0.0))
        if editor is not None and time.monotonic() - at > CLAIM_S:
            del self._claims[name]
            return None
        return editor
