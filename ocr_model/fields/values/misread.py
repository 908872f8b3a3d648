"""Letters that OCR takes for digits, mended within numbers and dates only.

Careful: O and o for 0, l, I and | for 1; only beside as many true digits, l never as the last sign
("25 l" is a volume), and only where the text is no number or date as it stands.
"""

from __future__ import annotations

import re

_DIGITS = str.maketrans("OolI|", "00111")
_RUN = re.compile(r"[\dOolI|]+(?:[.,:/\-' ][\dOolI|]+)*")


def mended(text: str) -> str | None:
    """The text with digits for such letters; None where there is nothing to mend.

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
