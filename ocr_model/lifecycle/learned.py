"""The documents a model has learned from: they may not judge it.

Everything that learns stores the SHA-256 of its documents with the result: trained weights in their
file, a calibration and an optimised prompt in the snapshot of the model. A model of an earlier
commit has no such list, and is judged on all documents.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from ocr_model.config import ExtractorConfig
from ocr_model.errors import DatasetError
from ocr_model.finder import documents_of
from ocr_model.forms import Form
from ocr_model.lifecycle.fields_of_model import snapshot_of_model
from ocr_model.lifecycle.registry import CALIBRATED_ON, NewVersion, config_of_model
from ocr_model.lifecycle.shown_documents import documents_shown_to
from ocr_model.lifecycle.weights import finder_of_model, linker_of_model
from ocr_model.linker import documents_in
from ocr_model.prompts import DOCUMENTS_TAG

# With fewer unseen forms, a model is not judged.
FEWEST_UNSEEN = 5

# Component that learned -> the SHA-256 of its documents.
Learned = Mapping[str, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Unseen:
    """The forms that may judge, and how many were left out, by the component that learned from
    them.
    """

    forms: list[Form]
    left_out: int
    by: Mapping[str, int]

    def __str__(self) -> str:
        """Left out 3 of 20 forms that were learned from: linker 3."""
        told = ", ".join(f"{what} {count}" for what, count in self.by.items())
        given = len(self.forms) + self.left_out
        return f"Left out {self.left_out} of {given} forms that were learned from: {told}."


def documents_learned_from(model: str | NewVersion) -> Learned:
    """The documents of a logged model, given by URI, or of one to be registered, by component.

    Raises:
        ConfigError: there is no such model.
    """
    found = _of_planned(model) if isinstance(model, NewVersion) else _of_logged(model)
    return {what: frozenset(digests) for what, digests in found.items() if digests}


def unseen_forms(forms: Sequence[Form], models: Iterable[str | NewVersion]) -> Unseen:
    """The forms that none of the models has learned from."""
    learned: dict[str, frozenset[str]] = {}
    for model in models:
        for what, digests in documents_learned_from(model).items():
            learned[what] = learned.get(what, frozenset()) | digests
    if not learned:
        return Unseen(list(forms), 0, {})
    digest_of = [form.image_sha256 for form in forms]
    known = frozenset().union(*learned.values())
    left = [form for form, digest in zip(forms, digest_of, strict=True) if digest not in known]
    by = {what: sum(digest in digests for digest in digest_of) for what, digests in learned.items()}
    return Unseen(
        left, len(forms) - len(left), {what: count for what, count in by.items() if count}
    )


def refuse_too_few(unseen: Unseen) -> None:
    """Raises:
    DatasetError: forms were left out, and too few remain.
    """
    if unseen.left_out and len(unseen.forms) < FEWEST_UNSEEN:
        raise DatasetError(
            f"{unseen} {len(unseen.forms) or 'None'} remain, and at least {FEWEST_UNSEEN} are "
            "needed: a model is not judged by what it was taught with. Name other labelled forms."
        )


def _of_planned(planned: NewVersion) -> dict[str, Iterable[str]]:
    weights = planned.linker if planned.config.linker else None
    return {
        "linker": documents_in(weights) if weights is not None else (),
        "finder": documents_of(planned.finder) if planned.finder is not None else (),
        "calibration": planned.calibrated_on,
        "prompt": planned.prompt.documents_sha256,
    }


def _of_logged(model_uri: str) -> dict[str, Iterable[str]]:
    config = config_of_model(model_uri)
    return {what: say(model_uri, config) for what, say in _SOURCES.items()}


def _of_linker(model_uri: str, config: ExtractorConfig) -> Iterable[str]:
    return documents_in(linker_of_model(model_uri)) if config.linker else ()


def _of_finder(model_uri: str, config: ExtractorConfig) -> Iterable[str]:
    return documents_of(finder_of_model(model_uri)) if config.finder else ()


def _of_calibration(model_uri: str, config: ExtractorConfig) -> Iterable[str]:
    if not config.confidence_calibration:
        return ()
    digests: Iterable[str] = snapshot_of_model(model_uri).get(CALIBRATED_ON, ())
    return digests


def _of_prompt(model_uri: str, config: ExtractorConfig) -> Iterable[str]:
    if config.engine != "llm":  # it reads none
        return ()
    pinned: Iterable[str] = snapshot_of_model(model_uri)["prompt"].get(DOCUMENTS_TAG, ())
    # The same text may have been found on documents since the model was logged.
    return {*pinned, *documents_shown_to(config.prompt_uri)}


_SOURCES: Mapping[str, Callable[[str, ExtractorConfig], Iterable[str]]] = {
    "linker": _of_linker,
    "finder": _of_finder,
    "calibration": _of_calibration,
    "prompt": _of_prompt,
}
