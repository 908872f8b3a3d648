from __future__ import annotations

import random

import pytest

from ocr_model.report.pair_matching import Match, match_pairs
from ocr_model.scoring.metrics import Pair, pair_counts

TABLE: dict[str, tuple[list[Pair], list[Pair], list[tuple[str, int | None, int | None]]]] = {
    "nothing": ([], [], []),
    "found": ([("Name:", "Ann")], [("NAME", "ann.")], [("found", 0, 0)]),
    "missed": ([("Name", "Ann")], [], [("missed", 0, None)]),
    "invented": ([], [("Name", "Ann")], [("invented", None, 0)]),
    "wrong answer": ([("Date", "5 May")], [("Date", "Zurich")], [("wrong_answer", 0, 0)]),
    "wrong key": ([("Date", "5 May")], [("City", "5 May")], [("wrong_key", 0, 0)]),
    "nothing in common": (
        [("Date", "5 May")],
        [("City", "Zurich")],
        [("missed", 0, None), ("invented", None, 0)],
    ),
    # Key 9/10 alike, answer 4/5: the answer is what is further off.
    "both misread, the answer more": (
        [("Order Date", "5 May")], [("Order Bate", "6 May")], [("wrong_answer", 0, 0)],
    ),
    "both misread, the key more": (
        [("Date", "1180 Tannery Road")], [("Bate", "1180 Tannery Roads")], [("wrong_key", 0, 0)],
    ),
    "predicted twice, labelled once": (
        [("Name", "Ann")],
        [("Name", "Ann"), ("Name", "Ann")],
        [("found", 0, 0), ("invented", None, 1)],
    ),
    "equal pairs go before similar ones": (
        [("Name", "Anna"), ("Name", "Anne")],
        [("Name", "Anne"), ("Name", "Ann")],
        [("wrong_answer", 0, 1), ("found", 1, 0)],
    ),
    "the more similar candidate wins": (
        [("Name", "Ann Berg")],
        [("Name", "Zoe"), ("Name", "Ann Bery")],
        [("wrong_answer", 0, 1), ("invented", None, 0)],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("references", "predictions", "expected"), TABLE.values(), ids=TABLE)
def test_every_pair_has_one_fate(
    references: list[Pair],
    predictions: list[Pair],
    expected: list[tuple[str, int | None, int | None]],
) -> None:
    matches = match_pairs(references, predictions)
    assert [(m.fate.value, m.reference, m.prediction) for m in matches] == expected


@pytest.mark.parametrize("seed", range(20))
def test_found_pairs_are_those_the_normalized_score_counts(seed: int) -> None:
    chance = random.Random(seed)

    def pairs() -> list[Pair]:
        return [(chance.choice("aAbc"), chance.choice("xX.yz")) for _ in range(8)]

    def grouped(pairs: list[Pair]) -> dict[str, list[str]]:
        return {key: [a for question, a in pairs if question == key] for key, _ in pairs}

    references, predictions = pairs(), pairs()
    matches = match_pairs(references, predictions)
    found = sum(match.fate == "found" for match in matches)
    # An answer that is punctuation alone folds to nothing, for both.
    assert found == pair_counts(grouped(predictions), grouped(references), "normalized").tp
    assert sorted(used(matches, "reference")) == list(range(8))
    assert sorted(used(matches, "prediction")) == list(range(8))


def used(matches: list[Match], side: str) -> list[int]:
    return [index for match in matches if (index := getattr(match, side)) is not None]
