"""Labelled forms -> one part to search on, one to choose on, and one that is never shown.

Split by document: two copies of a scan are one document, and go into the same part.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence, Set
from dataclasses import dataclass

from ocr_model.errors import ConfigError
from ocr_model.forms import Form

LEAST_SEARCH = 10
LEAST_CHOOSING = 20
# More forms cost calls and add little; the rest goes to the gate.
_MOST_SHOWN = 600


@dataclass(frozen=True, slots=True)
class Parts:
    """The forms by purpose; `sha256` has the digest of each file."""

    search: list[Form]
    choosing: list[Form]
    gate: list[Form]
    sha256: dict[str, str]

    @property
    def shown(self) -> list[str]:
        """The SHA-256 of every document used for searching or choosing, sorted."""
        return sorted({self.sha256[form.name] for form in (*self.search, *self.choosing)})


def split_forms(
    forms: Sequence[Form],
    labelled: Sequence[bool],
    shown_before: Set[str],
    gate_pages: int,
    seed: int = 0,
) -> Parts:
    """Split by content and seed, independent of order and names.

    The gate gets a third, and at least `gate_pages`, of documents that were not `shown_before` to
    an ancestor of the prompt; half of the rest is for choosing. 90 forms -> 30, 30, 30.

    Raises:
        ConfigError: there are too few; says how many are missing.
    """
    sha256 = {form.name: form.image_sha256 for form in forms}
    by_document: dict[str, list[Form]] = {}
    for form, has_truth in zip(forms, labelled, strict=True):
        if has_truth:
            by_document.setdefault(sha256[form.name], []).append(form)
    drawn = sorted(by_document, key=lambda digest: _order(digest, seed))
    unseen = [digest for digest in drawn if digest not in shown_before]
    _refuse_too_few(len(drawn), len(unseen), gate_pages)
    wanted = max(gate_pages, len(drawn) // 3, len(drawn) - _MOST_SHOWN)
    gate = unseen[: min(wanted, len(drawn) - LEAST_CHOOSING - LEAST_SEARCH)]
    shown = [digest for digest in drawn if digest not in set(gate)][:_MOST_SHOWN]
    choosing = max(LEAST_CHOOSING, len(shown) // 2)

    def forms_of(digests: Sequence[str]) -> list[Form]:
        return [form for digest in digests for form in by_document[digest]]

    searched, chosen = shown[choosing:], shown[:choosing]
    return Parts(forms_of(searched), forms_of(chosen), forms_of(gate), sha256)


def _refuse_too_few(documents: int, unseen: int, gate_pages: int) -> None:
    least = gate_pages + LEAST_CHOOSING + LEAST_SEARCH
    missing = max(least - documents, gate_pages - unseen)
    if missing <= 0:
        return
    told = f"{documents}" if unseen == documents else f"{documents}, {unseen} of them never shown"
    raise ConfigError(
        f"Expected at least {least} labelled documents: {LEAST_SEARCH} to search on, "
        f"{LEAST_CHOOSING} to choose on, and {gate_pages} that no prompt was optimised on, for the "
        f"gate to judge on; got {told}. Label {missing} more. Nothing was sent to an LLM."
    )


def _order(digest: str, seed: int) -> str:
    return hashlib.sha256(f"{seed} {digest}".encode()).hexdigest()
