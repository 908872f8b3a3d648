"""All printed text passes here: nothing in it can move a cursor or rename a window.

Tables and messages contain text of LLMs and file names, which a terminal would interpret.
"""

from __future__ import annotations

import re
import sys
from typing import TextIO

# Strings with their own terminator (window titles, links, palettes), then sequences, then the rest.
# An unterminated string extends to the end of its line.
_SEQUENCES = re.compile(
    r"(?:\x1b[\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c\n]*(?:\x07|\x9c|\x1b\\)?"
    r"|(?:\x1b\[|\x9b)[0-?]*[ -/]*[@-~]?"
    r"|\x1b[ -/]*[0-~]?"
)
# Control characters except tab and line feed; bidirectional controls; lone surrogates, which cannot
# be sent to a terminal.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069"
    "\ufff9-\ufffb\U000e0000-\U000e007f\ud800-\udfff]"
)


def printable(text: object, *, one_line: bool = False) -> str:
    """The text without control sequences.

    "\\x1b[31mred\\x1b[0m" -> "red"; "\\x1b]0;title\\x07Ann" -> "Ann"; "50 %\\rdone" -> "50 %done"

    Args:
        one_line: for names and cells, which must not look like separate lines.
    """
    plain = _CONTROLS.sub("", _SEQUENCES.sub("", str(text)))
    return re.sub(r"[\n\t]+", " ", plain) if one_line else plain


def say(text: object = "", *, file: TextIO | None = None, end: str = "\n") -> None:
    """Print to `file`, else to standard output; characters missing in its encoding are replaced."""
    stream = sys.stdout if file is None else file
    encoding = getattr(stream, "encoding", None) or "utf-8"
    stream.write(printable(text).encode(encoding, "replace").decode(encoding) + end)
    stream.flush()
