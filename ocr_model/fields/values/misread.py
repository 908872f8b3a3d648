"""Letters that OCR confuses with digits, replaced within numbers and dates only.

Conservative: O and o become 0, l, I and | become 1; only next to at least as many real digits, l
never as the last character ("25 l" is a volume), and only if the text is not a number or date
already.
"""

from __future__ import annotations

import re

_DIGITS = str.maketrans("OolI|", "00111")
_RUN = re.compile(r"[\dOolI|]+(?:[.,:/\-' ][\dOolI|]+)*")


def mended(text: str) -> str | None:
    """The text with digits for such letters; None if there is nothing to replace.

    "1O.5O" -> "10.50"; "l2/O5/2018" -> "12/05/2018"; "lO" -> None; "Oil 2" -> None
    """
    changed = _RUN.sub(lambda run: _mended_run(run.group()), text)
    return changed if changed != text else None


def _mended_run(run: str) -> str:
    digits = sum(sign.isdigit() for sign in run)
    letters = sum(sign in "OolI|" for sign in run)
    if not letters or digits < letters or run[-1] in "lI|":
        return run
    return run.translate(_DIGITS)
