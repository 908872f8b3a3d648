"""Drawn forms, read by the embedded engine and corrected by a script as a person would: what is
said goes back into the rows, into a folder that teaches and judges, and onto the traces.
"""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mlflow
import pytest
from mlflow.genai.datasets import get_dataset

from ocr_model.bulk import read_rows
from ocr_model.commands import run
from ocr_model.documents import decode_pages
from ocr_model.errors import DatasetError
from ocr_model.forms import Form, load_forms
from ocr_model.lifecycle import documents_learned_from, find_champion, find_version, uri_of
from ocr_model.ocr import WordReader
from ocr_model.review.expectations import log_to_trace
from ocr_model.review.export import export_rows
from ocr_model.review.folder import finish
from ocr_model.review.progress import what_is_known
from ocr_model.review.record import (
    Review,
    ReviewAnswer,
    ReviewPage,
    ReviewQuestion,
    ReviewState,
    ReviewWord,
    load_reviews,
    write_review,
)
from scripts.workshop.synthetic_forms.__main__ import main as draw_forms

pytestmark = [pytest.mark.integration, pytest.mark.slow]

FORMS = 12


@dataclass(frozen=True)
class Office:
    """Drawn forms and their truth; rows of the champion, not corrected yet; a folder of reviews."""

    drawn: list[Form]
    rows: Path
    reviewed: Path
    told: list[str]


@pytest.fixture(scope="module")
def office(_empty_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    folder = tmp_path_factory.mktemp("office")
    shutil.copy(_empty_store, folder / "mlflow.db")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("MLFLOW_TRACKING_URI", f"sqlite:///{folder}/mlflow.db")
        patched.setenv("XDG_CACHE_HOME", str(folder / "cache"))
        mlflow.set_tracking_uri(f"sqlite:///{folder}/mlflow.db")
        experiment = mlflow.create_experiment("office", artifact_location=str(folder / "artifacts"))
        mlflow.set_experiment(experiment_id=experiment)
        draw_forms(["--out", str(folder / "drawn"), "--n", str(FORMS), "--style", "held-out"])
        drawn = load_forms(folder / "drawn")
        images, rows = folder / "drawn" / "images", folder / "rows.parquet"
        assert run("extract", input=str(images), output=rows, traces="on") == 0
        told = _review_all(list(read_rows(rows)), drawn, folder / "reviewed")
        yield Office(drawn, rows, folder / "reviewed", told)
        mlflow.set_tracking_uri(None)


def _review_all(rows: list[dict[str, Any]], drawn: list[Form], folder: Path) -> list[str]:
    reader, told = WordReader(), []
    for row in rows:
        form = next(form for form in drawn if form.name == Path(row["document_id"]).stem)
        document = form.image_path.read_bytes()
        image = decode_pages(document, 10**8, 10**8)[0].image
        words = [
            ReviewWord(text=word.text, box=word.box, confidence=word.confidence)
            for word in reader.read_words(image)
        ]
        review = Review(
            document_id=row["document_id"],
            name=form.name,
            sha256=hashlib.sha256(document).hexdigest(),
            model_uri=row["model_uri"],
            trace_id=row["trace_id"],
            outcome=row["outcome"],
            state=ReviewState.DONE,
            version=1,
            user="ann",
            changed_at="2026-11-29T12:00:00+00:00",
            pages=(
                ReviewPage(number=1, width=image.width, height=image.height, words=tuple(words)),
            ),
            before=_as_read(row),
            questions=_as_it_is(form),
        )
        write_review(folder, review)
        finish(folder, review, document)
        told.append(log_to_trace(review))
    return told


def _as_read(row: dict[str, Any]) -> tuple[ReviewQuestion, ...]:
    questions: dict[str, ReviewQuestion] = {}
    for number, said in enumerate(row["answers"]):
        text = said["question"]
        known = questions.setdefault(text, ReviewQuestion(id=f"q{number}", text=text, page=1))
        if said["answer"] is not None:
            box = None if said["box"] is None else tuple(said["box"])
            answer = ReviewAnswer(id=f"a{number}", text=said["answer"], page=1, box=box)
            questions[text] = known.model_copy(update={"answers": (*known.answers, answer)})
    return tuple(questions.values())


def _as_it_is(form: Form) -> tuple[ReviewQuestion, ...]:
    places = enumerate(form.places)
    return (
        *(
            ReviewQuestion(
                id=f"t{number}",
                text=place.question,
                page=1,
                box=place.question_box,
                answers=(
                    ReviewAnswer(id=f"u{number}", text=place.answer, page=1, box=place.answer_box),
                ),
            )
            for number, place in places
        ),
        *(
            ReviewQuestion(id=f"b{number}", text=blank, page=1)
            for number, blank in enumerate(form.blank_questions)
        ),
    )


def test_the_folder_says_what_the_forms_say(office: Office) -> None:
    for drawn, reviewed in zip(office.drawn, load_forms(office.reviewed), strict=True):
        assert reviewed.image_path.read_bytes() == drawn.image_path.read_bytes()
        assert reviewed.references == drawn.references
        assert set(reviewed.blank_questions) == set(drawn.blank_questions)


def test_corrected_rows_come_out(office: Office, tmp_path: Path) -> None:
    counts = export_rows(office.rows, office.reviewed, tmp_path / "corrected.parquet")
    assert (counts.rows, counts.reviewed, counts.elsewhere) == (FORMS, FORMS, [])
    truth = {form.name: form.references for form in office.drawn}
    for row in read_rows(tmp_path / "corrected.parquet"):
        given = {question: said for question, said in row["pairs"].items() if said}
        assert given == truth[Path(row["document_id"]).stem]
        assert (row["reviewed"], row["reviewed_by"]) == (True, "ann")
        assert len(row["sha256"]) == 64


def test_traces_and_dataset_hold_the_truth(office: Office) -> None:
    assert all(told.startswith("Written to MLflow") for told in office.told)
    [review, *_] = load_reviews(office.reviewed)
    trace = mlflow.get_trace(review.trace_id or "")
    assert trace is not None
    said = {one.name: one.value for one in trace.info.assessments or []}
    assert {q: a for q, a in said["pairs"].items() if a} == office.drawn[0].references
    experiment = trace.info.experiment_id
    assert len(get_dataset(name=f"reviewed-{experiment}").to_df()) == FORMS


def test_folder_and_dataset_evaluate_alike_and_as_the_page_says(office: Office) -> None:
    [review, *_] = load_reviews(office.reviewed)
    trace = mlflow.get_trace(review.trace_id or "")
    assert trace is not None
    found = []
    dataset = Path(f"datasets:/reviewed-{trace.info.experiment_id}")
    champion = uri_of(find_champion())
    for data in (office.reviewed, dataset):
        documents = office.reviewed / "images"
        assert run("evaluate", model_uri=champion, data=data, documents=documents) == 0
        found.append(mlflow.search_runs(max_results=1, output_format="list")[0].data.metrics)
    folder, recorded = (metrics["pair_f1_normalized"] for metrics in found)
    known = what_is_known(office.reviewed)
    assert folder == recorded == pytest.approx(known.estimate)
    assert known.low == pytest.approx(found[0]["pair_f1_normalized/ci_low"])
    assert (known.forms, known.enough_to_promote) == (FORMS, False)


def test_what_is_calibrated_on_the_folder_is_not_judged_by_it(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    base = find_champion()
    assert run("calibrate", model_uri=uri_of(base), data=office.reviewed) == 0
    printed = capsys.readouterr().out
    assert "calibrated on 12 forms" in printed
    version = str(int(base.version) + 1)
    calibrated = uri_of(find_version(f"models:/{base.name}/{version}"))
    digests = {form.image_sha256 for form in office.drawn}
    assert documents_learned_from(calibrated) == {"calibration": digests}
    with pytest.raises(DatasetError, match="Left out 12 of 12 forms"):
        run("evaluate", model_uri=calibrated, data=office.reviewed)
    assert run("promote", model_uri=calibrated, data=office.reviewed) == 4
    printed = capsys.readouterr().out
    assert "note: Left out 12 of 12 forms that were learned from: calibration 12." in printed
    assert "has 0 labelled forms that neither has learned from; 30 are needed" in printed
    # What the champion is calibrated on counts for what is derived from it, too.
    with pytest.raises(DatasetError, match="at least 5 are needed"):
        run("compare", model_uris=f"{calibrated},{uri_of(base)}", data=office.reviewed)


def test_what_is_trained_on_the_folder_is_not_judged_by_it(
    office: Office, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("train", data=office.reviewed, folds=2, curve="") == 0
    trained = mlflow.search_runs(max_results=1, output_format="list")[0].info.run_id
    linker = f"runs:/{trained}/linker.npz"
    with pytest.raises(DatasetError, match="learned from: linker 12"):
        run("evaluate", linker=linker, data=office.reviewed)
    assert run("evaluate", linker=linker, data="data/sample", n=6) == 0
    assert "Left out" not in capsys.readouterr().out
