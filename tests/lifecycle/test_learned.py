"""What taught a model is left out of its judgement, wherever the lesson travels."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import mlflow
import pytest

from ocr_model.commands.cli import Candidate
from ocr_model.commands.models import plan_candidate
from ocr_model.config import parse_config
from ocr_model.errors import DatasetError
from ocr_model.forms import Form, load_forms
from ocr_model.lifecycle import NewVersion, find_version, plan_version, uri_of
from ocr_model.lifecycle.learned import documents_learned_from, refuse_too_few, unseen_forms
from ocr_model.linker import from_bytes, setting_of, to_bytes
from ocr_model.linker.weights import bundled_bytes
from ocr_model.prompts import (
    DOCUMENTS_TAG,
    from_snapshot,
    load_prompt,
    register_prompt,
    to_snapshot,
)
from tests.support.forms import write_forms

POINTS = ((0.2, 0.1), (0.9, 0.8))


@pytest.fixture
def forms(tmp_path: Path) -> list[Form]:
    return load_forms(write_forms(tmp_path / "claims", 8))


def _planned(**settings: object) -> NewVersion:
    prompt = load_prompt(register_prompt("Read.", "first", "p"))
    return plan_version(parse_config({"prompt_uri": prompt.uri, **settings}), prompt)


def _with_linker(documents: tuple[str, ...]) -> NewVersion:
    weights = to_bytes(replace(from_bytes(bundled_bytes()), documents_sha256=documents))
    prompt = load_prompt(register_prompt("Read.", "first", "p"))
    config = parse_config({"prompt_uri": prompt.uri, "linker": setting_of(weights)})
    return plan_version(config, prompt, linker=weights)


def test_a_model_that_has_learned_nothing_is_judged_by_all(
    mlflow_store: str, forms: list[Form]
) -> None:
    planned = _planned()
    assert documents_learned_from(planned) == {}
    unseen = unseen_forms(forms, [planned, uri_of(planned.register())])
    assert (unseen.forms, unseen.left_out) == (forms, 0)
    refuse_too_few(replace(unseen, forms=[]))


def test_weights_and_calibration_say_it_before_and_after_they_are_logged(
    mlflow_store: str, forms: list[Form]
) -> None:
    digests = [form.image_sha256 for form in forms]
    trained = _with_linker(tuple(digests[:2]))
    calibrated = replace(_planned(confidence_calibration=POINTS), calibrated_on=tuple(digests[1:4]))
    told = {"linker": frozenset(digests[:2])}, {"calibration": frozenset(digests[1:4])}
    for planned, learned in zip((trained, calibrated), told, strict=True):
        assert documents_learned_from(planned) == learned
        assert documents_learned_from(uri_of(planned.register())) == learned
    unseen = unseen_forms(forms, [trained, calibrated])
    assert [form.name for form in unseen.forms] == [form.name for form in forms[4:]]
    assert str(unseen) == ("Left out 4 of 8 forms that were learned from: linker 2, calibration 3.")
    with pytest.raises(DatasetError, match=r"calibration 3\. 4 remain, and at least 5 are needed"):
        refuse_too_few(unseen)


def test_another_calibration_set_is_another_version(mlflow_store: str) -> None:
    pasted = _planned(confidence_calibration=POINTS)
    first, second = (replace(pasted, calibrated_on=(digit * 64,)) for digit in "ab")
    assert len({planned.digest for planned in (pasted, first, second)}) == 3
    assert first.register().version == first.register().version


def test_what_is_derived_from_a_calibrated_model_has_its_documents(mlflow_store: str) -> None:
    settings = {"engine": "llm", "confidence_calibration": POINTS}
    base = replace(_planned(**settings), calibrated_on=("a" * 64,)).register()
    derived = plan_candidate(Candidate(llm="another"), base)
    assert isinstance(derived, NewVersion)
    assert documents_learned_from(derived) == {"calibration": {"a" * 64}}
    fresh = plan_candidate(Candidate(settings='{"confidence_calibration": []}'), base)
    assert isinstance(fresh, NewVersion)
    assert documents_learned_from(fresh) == {}


def test_an_optimised_prompt_says_it_in_a_tag_and_in_the_model(mlflow_store: str) -> None:
    register_prompt("Read.", "first", "p")
    mlflow.MlflowClient().set_prompt_version_tag("p", "1", DOCUMENTS_TAG, f"{'a' * 64}, {'b' * 64}")
    prompt = load_prompt("prompts:/p/1")
    assert prompt.documents_sha256 == ("a" * 64, "b" * 64)
    assert from_snapshot(to_snapshot(prompt)) == prompt
    planned = _planned(engine="llm")
    learned = {"prompt": {"a" * 64, "b" * 64}}
    assert documents_learned_from(planned) == learned
    version = planned.register()
    mlflow.MlflowClient().delete_prompt_version_tag("p", "1", DOCUMENTS_TAG)
    assert documents_learned_from(uri_of(version)) == learned
    assert find_version(uri_of(version)).version == version.version
    # The embedded engine reads no prompt.
    assert documents_learned_from(_planned()) == {}
