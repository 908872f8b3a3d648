"""With `trace_content` none, no verb leaves text or picture of a page in store, cache or log."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr_model.commands import run
from ocr_model.commands.cli import Review
from ocr_model.commands.review import _desk
from ocr_model.config import parse_config
from ocr_model.errors import ConfigError
from ocr_model.prompts import load_prompt, register_bundled_prompts
from ocr_model.web.prompt_trial import GateNeeds, PromptTrial
from tests.integration.conftest import Workplace
from tests.support.canaries import ALL, found_in

pytestmark = pytest.mark.integration


def hide_reports(place: Workplace) -> list[str]:
    """The reports that are to be here, and are no part of what is looked at afterwards."""
    reports = sorted(Path("reports").rglob("report.html"))
    assert found_in(Path("reports"))
    for number, report in enumerate(reports):
        report.rename(place.made / f"{number}.html")
    return [report.parent.name for report in reports]


def test_no_verb_keeps_anything_of_a_page(
    workplace: Workplace,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    forms, made = workplace.given, workplace.made
    llm = {"engine": "llm", "llm": "test-llm", "settings": '{"trace_content": "none"}'}
    assert run("evaluate", data=forms, **llm) == 0
    assert "reports" in capfd.readouterr().out
    # The model says it; a command may, too.
    local = {"engine": "local", "prompt_uri": "prompts:/ocr-question-answer/1"}
    assert run("evaluate", data=forms, **local, trace_content="none", grounding="off") == 0
    assert (
        run(
            "compare",
            model_uris="models:/ocr-extractor/1, models:/ocr-extractor/2",
            data=forms,
            trace_content="none",
        )
        == 0
    )
    [*_, newest] = hide_reports(workplace)
    assert newest
    rows = made / "rows.jsonl"
    asked = {"input": str(forms / "images"), "output": rows, "traces": "on"}
    assert run("extract", **asked, model_uri="models:/ocr-extractor/1") == 0
    assert found_in(made)
    assert run("monitor", rows=rows, model_uri="models:/ocr-extractor/1") == 4
    config = parse_config(
        {
            **{name: llm[name] for name in ("engine", "llm")},
            "prompt_uri": "prompts:/p/1",
            "trace_content": "none",
            "cache": "read-write",
        }
    )
    uri = load_prompt(register_bundled_prompts()[0]).uri
    trial = PromptTrial(config, GateNeeds(30, "promote"))
    said = trial.read(workplace.images[0], "form-0", uri, None)
    assert said["pairs"]
    capfd.readouterr()
    assert any(seen.data_urls for seen in workplace.endpoint.requests)
    assert workplace.found() == {}
    text = {"model_uri": "models:/ocr-extractor/1", "trace_content": "text"}
    assert not [word for word in ALL if word in caplog.text]
    # What is kept otherwise would have been found.
    assert run("evaluate", data=forms, **text) == 0
    assert "mlflow.db" in workplace.found()


def test_a_machine_that_keeps_no_text_refuses_what_is_made_of_it(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    run("log_model", engine="llm", llm="test-llm")
    run("extract", input=str(workplace.given / "images"), output=workplace.made / "rows.jsonl")
    monkeypatch.setenv("OCR_MODEL_TRACE_CONTENT", "none")
    fields = workplace.given / "fields.yaml"
    fields.write_text("fields: [{name: town}]")
    with pytest.raises(ConfigError, match="Nothing was done"):
        run("train", data=workplace.given, fields=str(fields))
    with pytest.raises(ConfigError, match="Nothing was done"):
        run("optimize", data=workplace.given, llm="test-llm")
    given = Review(rows=str(workplace.made / "rows.jsonl"), documents=workplace.given / "images")
    assert _desk(given, workplace.made / "reviewed").settings.tells_mlflow is False
