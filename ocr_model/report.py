"""Show an evaluation to a person. Knows nothing of models and MLflow."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

_WORST_PAGES = 5
_SHOWN_PAIRS = 3
_PAIR_CHARS = 60

# The order people read in: how good, how sure of it, how fast.
_HEADLINES = (
    "pair_f1_normalized",
    "pair_precision_normalized",
    "pair_recall_normalized",
    "pair_f1_strict",
    "pair_precision_strict",
    "pair_recall_strict",
    "key_value_accuracy/mean",
    "key_value_accuracy/p90",
    "seconds_per_page",
    "prompt_tokens",
    "completion_tokens",
)


def scores_table(metrics: Mapping[str, float]) -> str:
    """The headline metrics, one a line."""
    lines = [(name, _number(metrics[name])) for name in _HEADLINES if name in metrics]
    return _aligned([("metric", "value"), *lines])


def outcomes_line(pages: pd.DataFrame) -> str:
    """`16 forms: 15 ok, 1 empty`."""
    counts = pages["outcome"].value_counts()
    return f"{len(pages)} forms: " + ", ".join(f"{n} {name}" for name, n in counts.items())


def worst_pages_table(pages: pd.DataFrame) -> str:
    """The pages with the lowest normalized F1, and what each of them missed and invented."""
    worst = pages.sort_values(["pair_f1_normalized", "document_id"]).head(_WORST_PAGES)
    blocks = []
    for page in worst.to_dict("records"):
        blocks.append(f"  {page['document_id']}  F1 {page['pair_f1_normalized']:.2f}")
        if isinstance(page["error"], str):
            blocks.append(f"    {page['outcome']}: {page['error']}")
        blocks += _pair_lines("missed", page["missed"])
        blocks += _pair_lines("invented", page["invented"])
    return "\n".join(blocks)


def _pair_lines(label: str, pairs: Sequence[tuple[str, str]]) -> list[str]:
    if not pairs:
        return []
    shown = [_shortened(f"{question} -> {answer}") for question, answer in pairs[:_SHOWN_PAIRS]]
    rest = len(pairs) - len(shown)
    lines = [f"    {label:<8}  {shown[0]}", *(f"              {pair}" for pair in shown[1:])]
    return [*lines, f"              and {rest} more"] if rest else lines


def _shortened(text: str) -> str:
    plain = " ".join(text.split())
    return plain if len(plain) <= _PAIR_CHARS else f"{plain[: _PAIR_CHARS - 1]}…"


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.3f}"


def _aligned(rows: Sequence[tuple[str, str]]) -> str:
    names = max(len(name) for name, _ in rows)
    values = max(len(value) for _, value in rows)
    return "\n".join(f"  {name:<{names}}  {value:>{values}}" for name, value in rows)
