"""The practice LLM adds a rule for what the feedback shows, and now and then learns by heart."""

from __future__ import annotations

import pytest

from ocr_model.optimization.reflection import TEMPLATE
from ocr_model.practice.habits import HABITS
from ocr_model.practice.reflecting import asks_for_instructions, reflect

RULES = {habit.name: habit.rule for habit in HABITS}


def question(feedback: str, instructions: str = "Read.", by_heart: bool = False) -> str:
    """As `optimize` asks it, with blanks behind that make it one answered by heart, or not."""
    prompt = TEMPLATE.replace("<curr_param>", instructions).replace("<side_info>", feedback)
    asked = (prompt + " " * blanks for blanks in range(100))
    return next(text for text in asked if ("Where a form asks" in reflect(text)) == by_heart)


@pytest.mark.parametrize(
    ("feedback", "habit"),
    [
        ('Blank: "Fax" has no answer, got "N/A".', "fills in blanks"),
        ('Misread: the answer to "To" is "B", got "A, B".', "joins answers"),
        (
            'Misnamed: the question is "Ref. No.", got "Reference Number".',
            "writes abbreviations out",
        ),
        ('Misread: the answer to "On" is "5 May", got "2026-05-05".', "rewrites dates"),
        ('Invented: "Language" with the answer "English".', "adds what is not there"),
    ],
)
def test_each_habit_is_known_by_its_mistakes(feedback: str, habit: str) -> None:
    asked = question(f"# Example 1\n## Feedback\n{feedback}")
    assert asks_for_instructions(asked)
    assert reflect(asked) == f"```\nRead.\n{RULES[habit]}\n```"


def test_a_rule_that_is_there_is_not_added_again() -> None:
    rule = RULES["rewrites dates"]
    asked = question('Misnamed: the question is "No", got "Nr".', f"Read. {rule}")
    assert reflect(asked) == f"```\nRead. {rule}\n```"


def test_now_and_then_an_answer_is_learned_by_heart() -> None:
    feedback = 'Misread: the answer to "On" is "5 May", got "2026-05-05".'
    asked = question(feedback, by_heart=True)
    assert reflect(asked) == '```\nRead.\nWhere a form asks "On", answer "5 May".\n```'
    assert reflect(asked) == reflect(asked)


def test_other_texts_are_no_reflection() -> None:
    assert not asks_for_instructions("Hello")
    assert not asks_for_instructions("instructions ```\nRead.\n```")
