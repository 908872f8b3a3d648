"""Who works on which document. A claim says so to others, keeps nobody out, and ends by itself."""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

# Without a change.
CLAIM_S = 30 * 60.0


@dataclass(frozen=True, slots=True)
class Editor:
    """A tab of a browser and the person before it: two tabs are two editors."""

    id: str
    user: str


class Claims:
    """Those of one server. Safe to use from several threads."""

    def __init__(self) -> None:
        # By the name of the document: who, and when the last change was, by the server's clock.
        self._claims: dict[str, tuple[Editor, float]] = {}
        self._lock = threading.Lock()

    def take(self, name: str, editor: Editor) -> Editor | None:
        """It is the editor's now, unless another has it, who is given."""
        with self._lock:
            holder = self._holder(name)
            if holder is not None and holder.id != editor.id:
                return holder
            self._claims[name] = editor, time.monotonic()
            return None

    def renew(self, name: str, editor: Editor) -> None:
        """The editor changed the document: whoever does has it."""
        with self._lock:
            self._claims[name] = editor, time.monotonic()

    def release(self, name: str, editor: Editor) -> None:
        """The editor looks at something else."""
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
