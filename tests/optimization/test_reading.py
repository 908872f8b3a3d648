"""Forms are read with a candidate by the engine, each once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from ocr_model.errors import OcrModelError
from ocr_model.fields import WantedFields, fields_setting, parse_fields
from ocr_model.forms import Form, load_forms
from ocr_model.optimization import CandidateReader, Limits, Spending
from ocr_model.prompts import Message, PinnedPrompt
from tests.support.endpoint import Endpoint, Played, Seen, completion, error
from tests.support.forms import read_as_told, write_forms
from tests.support.llm import config_of


def told(text: str) -> PinnedPrompt:
    return PinnedPrompt("prompts:/p/1", (Message(role="system", content=text),))


SLOPPY, CAREFUL = told("You are SLOPPY."), told("You are CAREFUL.")


@pytest.fixture
def forms(tmp_path: Path) -> list[Form]:
    return load_forms(write_forms(tmp_path / "claims", 4))


@pytest.fixture
def endpoint(monkeypatch: pytest.MonkeyPatch) -> Iterator[Endpoint]:
    with Endpoint(read_as_told) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        yield endpoint


def reader_of(
    folder: Path, spending: Spending, wanted: WantedFields | None = None
) -> CandidateReader:
    metric = "pair_f1_normalized" if wanted is None else "field_f1_normalized"
    config = config_of(fields=fields_setting(wanted))
    return CandidateReader(config, wanted, metric, spending, str(folder / "replies.sqlite"))


def test_every_form_is_scored_told_about_and_paid_for_once(
    tmp_path: Path, forms: list[Form], endpoint: Endpoint
) -> None:
    spending = Spending(Limits(calls=99))
    reader = reader_of(tmp_path, spending)
    read = reader.read(SLOPPY, forms)
    assert [one.score for one in read] == [0.5, 1.0, 1.0, 0.5]
    assert read[0].feedback == 'Misread: the answer to "Town:" is "Bonn 0", got "Rome".'
    # Right pairs twice over those read and those labelled, of each form.
    assert reader.counts(read).tolist() == [[2, 4], [4, 4], [4, 4], [2, 4]]
    assert reader.read(SLOPPY, forms[1:2])[0] is read[1]
    assert [one.score for one in reader.read(CAREFUL, forms)] == [1.0] * 4
    assert (len(endpoint.requests), spending.calls, spending.reused) == (8, 8, 0)

    again = Spending(Limits(calls=99))
    assert reader_of(tmp_path, again).read(SLOPPY, forms) == read
    assert (len(endpoint.requests), again.calls, again.reused) == (8, 4, 4)
    assert again.tokens == 4 * 1230


def test_fields_are_scored_where_they_are_wanted(
    tmp_path: Path, forms: list[Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = parse_fields("fields: [{name: name}, {name: town}]")
    said = completion('{"name": "Ann 0", "town": "Rome"}')
    with Endpoint(lambda _: said) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        [read] = reader_of(tmp_path, Spending(Limits(9)), wanted).read(CAREFUL, forms[:1])
    assert read.score == 0.5
    assert read.feedback == 'Misread: the answer to "town" is "Bonn 0", got "Rome".'


def test_a_form_that_is_not_answered_is_no_bad_score(
    tmp_path: Path, forms: list[Form], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen_requests: list[Seen] = []

    def refuses(seen: Seen) -> Played:
        seen_requests.append(seen)
        return error(401, "Incorrect API key provided")

    with Endpoint(refuses) as endpoint:
        for name, value in endpoint.environment.items():
            monkeypatch.setenv(name, value)
        reader = reader_of(tmp_path, Spending(Limits(calls=99)))
        with pytest.raises(OcrModelError, match=r"got for form-00: .*Incorrect API key"):
            reader.read(SLOPPY, forms)
    assert len(seen_requests) == 2
