"""A finder is fitted to slips, judged on those it had not seen, and the same each time."""

from __future__ import annotations

from dataclasses import replace

from ocr_model.finder import to_bytes
from ocr_model.training.finder import count_fits, fit_finder
from tests.finder.slips import example, fitted


def test_slips_that_were_not_seen_are_read() -> None:
    examples = [example(seed) for seed in range(8)]
    found = [values[0].value for values in fitted().unseen]
    right = sum(a == e.truth["shop"] for a, e in zip(found, examples, strict=True))
    assert right >= 7


def test_the_same_documents_give_the_same_weights() -> None:
    again = fit_finder([example(seed) for seed in range(8)], folds=3, seed=0)
    assert to_bytes(again.finder) == to_bytes(fitted().finder)


def test_a_field_that_stands_nowhere_is_not_learned_and_not_found() -> None:
    nowhere = [replace(example(seed), places=((),), known=(False,)) for seed in range(6)]
    found = fit_finder(nowhere, folds=3, seed=0)
    assert [values[0].status for values in found.unseen] == ["missing"] * 6


def test_every_two_folds_are_left_out_once() -> None:
    assert count_fits(5) == 1 + 5 + 10
