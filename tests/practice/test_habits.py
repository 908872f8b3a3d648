"""Each habit spoils what was read in its own way, and goes where the prompt says so."""

from __future__ import annotations

from importlib import resources

import pytest

from ocr_model.engines.llm import Dialect, SentPage, build_request
from ocr_model.engines.llm.request import Rung, texts_of
from ocr_model.practice.habits import HABITS, Habit, Pair, as_told
from tests.support.llm import SYSTEM, config_of

READ: list[Pair] = [("Ref. No.", ["7"]), ("Date", ["5 May 2026"]), ("Fax", []), ("To", ["A", "B"])]
EVERY_RULE = " ".join(habit.rule for habit in HABITS)
SPOILT = {
    "fills in blanks": ("Fax", ["N/A"]),
    "joins answers": ("To", ["A, B"]),
    "writes abbreviations out": ("Reference Number", ["7"]),
    "rewrites dates": ("Date", ["2026-05-05"]),
    "adds what is not there": ("Language", ["English"]),
}


def test_a_prompt_with_every_rule_gets_what_was_read() -> None:
    assert as_told(READ, EVERY_RULE) == READ


@pytest.mark.parametrize("habit", HABITS, ids=lambda habit: habit.name)
def test_a_habit_shows_where_its_rule_alone_is_left_out(habit: Habit) -> None:
    others = " ".join(other.rule for other in HABITS if other is not habit)
    spoilt = as_told(READ, others)
    assert SPOILT[habit.name] in spoilt
    assert sum(pair not in READ for pair in spoilt) == (2 if len(spoilt) > len(READ) else 1)


@pytest.mark.parametrize(
    ("version", "shown"),
    [(1, set(SPOILT)), (2, set(SPOILT) - {"fills in blanks"}), (3, set())],
)
def test_bundled_prompts_cure_more_from_version_to_version(version: int, shown: set[str]) -> None:
    template = resources.files("ocr_model") / "templates" / f"{version}.txt"
    said = as_told(READ, template.read_text("utf-8"))
    assert {name for name, pair in SPOILT.items() if pair in said} == shown


@pytest.mark.parametrize("rung", ["json_schema", "json_object", "text"])
def test_what_every_request_says_cures_nothing(rung: Rung) -> None:
    request = build_request(config_of(), SYSTEM, SentPage(()), Dialect(rung))
    said = as_told(READ, texts_of(request))
    assert [name for name, pair in SPOILT.items() if pair not in said] == []


def test_what_was_learned_by_heart_is_said_on_every_form() -> None:
    said = as_told(READ, EVERY_RULE + ' Where a form asks "Date", answer "1 April".')
    assert ("Date", ["1 April"]) in said
