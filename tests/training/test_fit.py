"""A linker fitted to small drawn forms: reproducible, and it learns them."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr_model.errors import DatasetError
from ocr_model.linker.weights import Linker, from_bytes, to_bytes
from ocr_model.training.boosting import Growth
from ocr_model.training.fit import fit_linker
from ocr_model.training.fitting import GROWTHS
from ocr_model.training.scores import predict, scores_of_answers
from ocr_model.training.training_set import TrainingSet, load_training_set
from ocr_model.training.validation import cross_validate, curve_sizes
from tests.support.drawn_pages import write_forms

SMALL = {stage: Growth(15, leaf_rows=5) for stage in GROWTHS}


@pytest.fixture(scope="module")
def forms(tmp_path_factory: pytest.TempPathFactory) -> TrainingSet:
    folder = tmp_path_factory.mktemp("drawn")
    return load_training_set(write_forms(folder, folder / "cache", 14), cache=folder / "cache")


@pytest.fixture(scope="module")
def fitted(forms: TrainingSet) -> Linker:
    return fit_linker(forms.part(range(10)), growths=SMALL)


@pytest.mark.slow
def test_the_same_forms_give_the_same_bytes(forms: TrainingSet) -> None:
    ten = forms.part(range(10))
    first, second = (to_bytes(fit_linker(ten, growths=SMALL)) for _ in range(2))
    assert first == second
    assert to_bytes(from_bytes(first)) == first


def test_forms_it_has_not_seen_are_read(forms: TrainingSet, fitted: Linker) -> None:
    unseen = forms.part(range(10, 14))
    answers = predict(fitted, unseen)
    scores, _ = scores_of_answers(answers, unseen.references)
    assert scores["pair_f1_normalized"] > 0.9
    assert all(0 <= (a.confidence or 0) <= 1 and a.box for page in answers for a in page)


def test_held_out_forms_calibrate_the_confidence(forms: TrainingSet, fitted: Linker) -> None:
    ten, other = forms.part(range(10)), forms.part(range(10, 14))
    held = fit_linker(ten, other, growths=SMALL)
    assert held.calibration.shape[0] == 2
    assert fitted.forests["word"].number.tolist() == held.forests["word"].number.tolist()


def test_a_fit_on_top_of_another_keeps_its_trees(forms: TrainingSet, fitted: Linker) -> None:
    further = fit_linker(forms.part(range(4, 14)), growths=SMALL, start=fitted)
    for stage, forest in further.forests.items():
        kept = fitted.forests[stage]
        assert forest.rounds >= kept.rounds
        assert forest.cut(kept.rounds).number.tolist() == kept.number.tolist()
    assert further.confidence.rounds > fitted.confidence.rounds


def test_every_form_is_read_by_a_linker_that_was_fitted_without_it(forms: TrainingSet) -> None:
    told: list[str] = []
    found = cross_validate(
        forms.part(range(10)), 2, 0, growths=SMALL, tell=lambda: told.append("fit")
    )
    assert told == ["fit", "fit"]
    assert len(found) == 10
    assert all(found)


@pytest.mark.parametrize(
    ("forms", "folds", "wanted", "expected"),
    [(149, 5, [10, 50, 200], [10, 50]), (17, 5, [10, 25, 50], [10]), (12, 2, [3], [])],
)
def test_sizes_of_a_learning_curve(
    forms: int, folds: int, wanted: list[int], expected: list[int]
) -> None:
    assert curve_sizes(forms, folds, wanted) == expected


def test_too_few_forms_are_refused(tmp_path: Path) -> None:
    folder = write_forms(tmp_path, tmp_path / "cache", 3)
    with pytest.raises(DatasetError, match="at least 10 forms with text"):
        load_training_set(folder, cache=tmp_path / "cache")
