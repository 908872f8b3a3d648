"""A prompt is optimised by an LLM on loopback whose habits are known."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient

from ocr_model.commands import script
from ocr_model.forms import load_forms
from ocr_model.lifecycle import documents_shown_to
from tests.support.endpoint import Played, Seen, completion, error
from tests.support.optimizing import Bench, optimizing
from tests.support.reflecting_llm import RULE

pytestmark = pytest.mark.integration

# 20 forms to choose on, read with the start; then a round of three forms.
FIRST_CALLS = 20 + 3


@pytest.fixture
def bench(mlflow_store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with optimizing(tmp_path, monkeypatch) as bench:
        yield bench


def test_a_better_prompt_is_registered_and_says_where_it_comes_from(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.optimize() == 0
    prompt = mlflow.genai.load_prompt("prompts:/p/2")
    # The rule is found, the answer of a single form refused, the variable is still there.
    assert prompt.template == f"Read the form.\n{RULE}\n\n{{{{ additional_rules }}}}"
    run = mlflow.get_run(prompt.tags["optimize_run_id"])
    assert prompt.tags["parent_prompt_uri"] == "prompts:/p/1"
    assert prompt.tags["optimize_gain"] == "0.5000 [0.5000, 0.5000]"
    assert int(prompt.tags["optimize_calls"]) == bench.llm.pages + len(bench.llm.reflections)
    assert run.data.metrics["pair_f1_normalized_gain/low"] == 0.5
    assert run.data.tags["optimized_prompt_uri"] == "prompts:/p/2"

    parts = mlflow.artifacts.load_dict(f"{run.info.artifact_uri}/documents.json")
    assert {part: len(forms) for part, forms in parts.items()} == {
        "search": 10,
        "choosing": 20,
        "never_shown": 3,
    }
    shown = {*parts["search"].values(), *parts["choosing"].values()}
    assert documents_shown_to("prompts:/p/2") == shown
    table = mlflow.load_table("candidates.json", run_ids=[run.info.run_id])
    refused = table[table["verdict"].str.startswith("refused")]
    assert refused["instructions"].str.contains("The town is Bonn").any()
    steps = MlflowClient().get_metric_history(run.info.run_id, "best/pair_f1_normalized")
    assert [step.value for step in steps][-1] == 1.0
    assert RULE in mlflow.artifacts.load_text(f"{run.info.artifact_uri}/best_path.md")
    printed = capsys.readouterr().out
    assert "promote --prompt-uri prompts:/p/2 --engine llm --llm a" in printed

    # The same command pays for nothing, and takes the same steps.
    asked = len(bench.requests)
    assert bench.optimize() == 0
    assert len(bench.requests) == asked
    assert f"{prompt.tags['optimize_calls']} of the calls had been paid" in capsys.readouterr().out
    assert len(MlflowClient().search_prompt_versions("p")) == 2


@pytest.mark.slow
def test_the_gate_leaves_out_what_a_prompt_was_optimised_on(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    assert bench.optimize() == 0
    llm = ["--engine", "llm", "--llm", "a"]
    assert script("log_model", [*llm, "--prompt-uri", "prompts:/p/1"]) == 0
    asked = len(bench.requests)
    given = ["--prompt-uri", "prompts:/p/2", "--data", str(bench.data)]
    assert script("promote", [*given, "--min-pages", "4"]) == 4
    printed = capsys.readouterr()
    assert "Left out 30 of 33 forms that were learned from: prompt 30." in printed.err + printed.out
    assert "has 3 labelled forms" in printed.out
    assert "4 are needed" in printed.out
    assert len(bench.requests) == asked


@pytest.mark.slow
def test_an_interrupted_search_goes_on(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    """The endpoint takes no key in the midst of it: no candidate is scored by that."""
    answers = bench.llm

    def breaks_off(seen: Seen) -> Played:
        if answers.pages < 25:
            return answers(seen)
        return error(401, "Incorrect API key provided")

    bench.answers = breaks_off
    assert bench.optimize() == 2
    told = capsys.readouterr().err
    assert "Incorrect API key" in told
    assert "Run the same command again to resume" in told
    # The forms in flight, and one alone.
    assert len(bench.requests) <= 25 + len(answers.reflections) + 3 + 1
    assert not documents_shown_to("prompts:/p/2")
    bench.answers = answers
    assert bench.optimize() == 0
    prompt = mlflow.genai.load_prompt("prompts:/p/2")
    assert int(prompt.tags["optimize_calls"]) == answers.pages + len(answers.reflections)


@pytest.mark.slow
def test_a_fault_of_the_reflecting_llm_ends_the_search(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    def no_such_model(seen: Seen) -> Played:
        return bench.llm(seen) if seen.data_urls else error(404, "model not found")

    bench.answers = no_such_model
    assert bench.optimize("--reflection-llm", "b") == 2
    assert "reflection_llm 'b'" in capsys.readouterr().err
    assert len(bench.requests) == FIRST_CALLS + 1


@pytest.mark.slow
def test_an_llm_that_proposes_nothing_better_registers_nothing(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    bench.answers = lambda seen: (
        bench.llm(seen) if seen.data_urls else completion("```\nRead it all.\n{{ x }} {% y %}\n```")
    )
    assert bench.optimize() == 4
    assert "nothing better than the start" in capsys.readouterr().out
    assert len(MlflowClient().search_prompt_versions("p")) == 1


@pytest.mark.slow
def test_a_rule_that_helped_none_of_three_forms_may_help_on_others(bench: Bench) -> None:
    bench.llm.by_heart, bench.llm.helps_from = 0, 2
    assert bench.optimize() == 0
    prompt = mlflow.genai.load_prompt("prompts:/p/2")
    assert RULE in str(prompt.template)
    table = mlflow.load_table("candidates.json", run_ids=[prompt.tags["optimize_run_id"]])
    assert list(table["verdict"][1:3]) == [
        "refused: not better on the forms it was made from",
        "the best so far",
    ]


@pytest.mark.slow
def test_no_call_goes_beyond_the_limit(bench: Bench, capsys: pytest.CaptureFixture[str]) -> None:
    bench.llm.by_heart = 100
    assert bench.optimize("--max-calls", "60") == 4
    assert len(bench.requests) <= 60
    assert "the limit of 60 calls was reached" in capsys.readouterr().out
    assert bench.optimize("--max-tokens", "1000") == 2
    assert "got 1,000 tokens" in capsys.readouterr().err


@pytest.mark.slow
def test_what_was_shown_before_is_never_for_the_gate(
    bench: Bench, capsys: pytest.CaptureFixture[str]
) -> None:
    digests = sorted(form.image_sha256 for form in load_forms(bench.data))
    MlflowClient().set_prompt_version_tag("p", "1", "documents_sha256", ",".join(digests[:31]))
    assert bench.optimize() == 2
    assert "33, 2 of them never shown. Label 1 more" in capsys.readouterr().err
    MlflowClient().set_prompt_version_tag("p", "1", "documents_sha256", ",".join(digests[:30]))
    assert bench.optimize() == 0
    assert documents_shown_to("prompts:/p/2") == set(digests[:30])
