"""A search -> an MLflow run with every candidate, and a version of the prompt."""

from __future__ import annotations

import difflib

import mlflow
import pandas as pd
from mlflow import MlflowClient

from ocr_model.lifecycle import (
    documents_shown_to,
    register_noted_prompt,
    shown_documents_tag,
)
from ocr_model.optimization.candidates import Candidate, Searched
from ocr_model.optimization.instructions import Instructions, template_of
from ocr_model.optimization.spending import Spending
from ocr_model.optimization.split import Parts
from ocr_model.scoring import Difference, paired_difference


def record_search(searched: Searched, parts: Parts, spending: Spending, metric: str) -> None:
    """Log to the active run: the table `candidates.json`, `best_path.md`, the parts by SHA-256 in
    `documents.json`, and the gain with its 95 % interval.
    """
    mlflow.log_table(
        pd.DataFrame([_line(one, searched) for one in searched.candidates]), "candidates.json"
    )
    mlflow.log_text(path_text(searched), "best_path.md")
    documents = {
        part: {form.name: parts.sha256[form.name] for form in forms}
        for part, forms in (
            ("search", parts.search),
            ("choosing", parts.choosing),
            ("never_shown", parts.gate),
        )
    }
    mlflow.log_dict(documents, "documents.json")
    gain = searched.gain._asdict()
    mlflow.log_metrics({f"{metric}_gain/{name}": value for name, value in gain.items()})
    mlflow.log_metric("spent/calls_reused", spending.reused)
    mlflow.set_tag("search_ended", searched.ended)


def record_candidate(one: Candidate, searched: Searched, spending: Spending, metric: str) -> None:
    """Log a judged candidate by step, so that the run's charts show a search in progress."""
    scores = {
        f"choosing/{metric}": one.score,
        f"best/{metric}": searched.best.score,
        "spent/calls": spending.calls,
        "spent/tokens": spending.tokens,
        "spent/usd": spending.usd,
        "search/before": one.before,
        "search/after": one.after,
    }
    mlflow.log_metrics(
        {name: value for name, value in scores.items() if value is not None}, step=one.number
    )


def _line(one: Candidate, searched: Searched) -> dict[str, object]:
    start = searched.start.counts
    gain = None
    if one.counts is not None and start is not None:
        gain = paired_difference(start, one.counts)
    return {
        "candidate": one.number,
        "round": one.round,
        "parent": one.parent,
        "verdict": one.verdict,
        "on_path_of_best": one in searched.path,
        "score_on_choosing": one.score,
        "gain_on_choosing": None if gain is None else gain_text(gain),
        "parent_on_search": one.before,
        "score_on_search": one.after,
        "instructions": one.text,
    }


def gain_text(gain: Difference) -> str:
    """0.1042 [0.0713, 0.1391]"""
    return f"{gain.estimate:.4f} [{gain.low:.4f}, {gain.high:.4f}]"


def path_text(searched: Searched) -> str:
    """The path to the best candidate, each step as a change of the previous one."""
    start, *steps = searched.path
    sections = [
        f"# Candidate {start.number}, {start.score:.3f}: the start\n\n```\n{start.text}\n```"
    ]
    before = start
    for one in steps:
        lines = difflib.unified_diff(before.text.splitlines(), one.text.splitlines(), lineterm="")
        changed = "\n".join([line for line in lines if not line.startswith(("---", "+++", "@@"))])
        head = f"# Candidate {one.number}, {one.score:.3f}: made in round {one.round}"
        sections.append(f"{head}\n\n```diff\n{changed}\n```")
        before = one
    return "\n\n".join(sections)


def register_winner(
    searched: Searched,
    instructions: Instructions,
    parts: Parts,
    spending: Spending,
    described: dict[str, str],
) -> str:
    """Register the best as a version of the original prompt; return its pinned URI.

    Tags record its origin: `parent_prompt_uri`, `optimize_run_id`, `optimize_gain` with its 95 %
    interval, `optimize_calls`, `optimize_tokens`, `optimize_usd`, the tags in `described`, and
    `documents_sha256`.
    """
    parent = instructions.prompt.uri
    gain = gain_text(searched.gain)
    run = mlflow.active_run()
    assert run is not None
    name = instructions.prompt.name
    shown = documents_shown_to(parent) | set(parts.shown)
    tags = {
        "parent_prompt_uri": parent,
        "optimize_run_id": run.info.run_id,
        "optimize_gain": gain,
        "optimize_choosing_forms": str(len(parts.choosing)),
        "optimize_calls": str(spending.calls),
        "optimize_tokens": str(spending.tokens),
        "optimize_usd": "unknown" if spending.usd is None else f"{spending.usd:.4f}",
        **described,
    }
    template = template_of(instructions.rewritten(searched.best.text))
    # All at once: a version without its documents could be judged on its own training forms.
    uri = register_noted_prompt(
        template, f"Optimised from {parent}: {gain}", name, tags | shown_documents_tag(shown)
    )
    client, version = MlflowClient(), uri.rpartition("/")[2]
    # The same text may have been registered before.
    for key, value in (tags | shown_documents_tag(shown | documents_shown_to(uri))).items():
        client.set_prompt_version_tag(name, version, key, value)
    mlflow.set_tag("optimized_prompt_uri", uri)
    prompt = mlflow.genai.load_prompt(uri, link_to_model=False)
    client.link_prompt_version_to_run(run.info.run_id, prompt)
    return uri
