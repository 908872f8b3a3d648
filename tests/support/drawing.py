"""Random pages for property tests: few words, so that hits, repetitions and blanks are frequent."""

from __future__ import annotations

import random

Pairs = dict[str, list[str]]

SEEDS = range(60)

_QUESTIONS = ["Name", "name:", "Date", "Dates", "I/O", "Total", "Totals", ""]
_ANSWERS = ["1", "2", "Ann", "ann.", "5-0", "12345", "12346", "12355", " "]


def draw_pairs(draw: random.Random) -> Pairs:
    questions = draw.sample(_QUESTIONS, draw.randint(0, 5))
    return {question: draw.choices(_ANSWERS, k=draw.randint(0, 3)) for question in questions}


def draw_pages(draw: random.Random) -> tuple[list[Pairs], list[Pairs]]:
    count = draw.randint(1, 6)
    return [draw_pairs(draw) for _ in range(count)], [draw_pairs(draw) for _ in range(count)]


def shuffled(draw: random.Random, pairs: Pairs) -> Pairs:
    questions = draw.sample(list(pairs), len(pairs))
    return {question: draw.sample(pairs[question], len(pairs[question])) for question in questions}
