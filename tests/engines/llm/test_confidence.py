"""From the evidence on one answer to its confidence: hand-computed."""

from __future__ import annotations

from math import exp, log
from typing import Any

import pytest

from ocr_model.engines.confidence import Evidence, calibrated, confidence_of
from ocr_model.engines.llm.exchange.logprobs import Token, logprobs_of, read_tokens
from ocr_model.engines.llm.second_opinion import agreement, differently_framed
from ocr_model.schema import Answer


def logistic(log_odds: float) -> float:
    return 1 / (1 + exp(-log_odds))


@pytest.mark.parametrize(
    ("evidence", "log_odds"),
    [
        (Evidence(similarity=1.0), 1.5),
        (Evidence(similarity=0.8), 0.0),
        (Evidence(similarity=0.0), -1.5),
        (Evidence(similarity=1.0, nearness=0.5), 1.5),
        (Evidence(similarity=1.0, nearness=1.0), 2.0),
        (Evidence(agreement=1.0), 2.0),
        (Evidence(agreement=0.5), 0.0),
        (Evidence(agreement=0.0), -2.0),
        (Evidence(logprobs=(0.0, 0.0)), 1.5),
        # least token 0.25 -> -0.5; geometric mean 0.5 -> 0
        (Evidence(logprobs=(0.0, log(0.25))), -0.5),
        (Evidence(1.0, 1.0, (0.0,), 1.0), 5.5),
    ],
)
def test_evidence_adds_up_in_log_odds(evidence: Evidence, log_odds: float) -> None:
    assert confidence_of(evidence) == pytest.approx(logistic(log_odds))


def test_nothing_known_is_no_confidence() -> None:
    assert confidence_of(Evidence()) is None


POINTS = [(0.2, 0.1), (0.6, 0.5), (0.6, 0.7), (1.0, 0.9)]


@pytest.mark.parametrize(
    ("score", "expected"),
    [(0.0, 0.1), (0.2, 0.1), (0.4, 0.3), (0.6, 0.5), (0.8, 0.8), (1.0, 0.9)],
)
def test_calibration_runs_straight_between_points(score: float, expected: float) -> None:
    assert calibrated(score, POINTS) == pytest.approx(expected)


def test_without_points_the_score_stays() -> None:
    assert calibrated(0.37, ()) == 0.37


def answers(*pairs: tuple[str, str | None]) -> list[Answer]:
    return [Answer(question, answer, 1) for question, answer in pairs]


@pytest.mark.parametrize(
    ("others", "expected"),
    [
        ([("NAME", "ann"), ("Years", "7"), ("Date", None)], [1.0, 0.5, None]),
        ([], [0.0, 0.0, None]),
        ([("Name", "Ann"), ("Age", "7")], [1.0, 1.0, None]),
        ([("Name", "7"), ("Age", "Ann")], [0.5, 0.5, None]),
    ],
    ids=["agree, elsewhere, blank", "nothing read", "all", "swapped"],
)
def test_agreement(others: list[tuple[str, str | None]], expected: list[float | None]) -> None:
    given = answers(("Name:", "Ann"), ("Age", "7"), ("Date", None))
    assert agreement(given, answers(*others)) == expected


def test_an_answer_given_twice_has_to_be_there_twice() -> None:
    given = answers(("Name", "Ann"), ("Name", "Ann"))
    assert agreement(given, answers(("Name", "Ann"))) == [1.0, 0.0]


def test_the_other_request_keeps_the_rules_of_the_form() -> None:
    (message,) = differently_framed({"additional_rules": "Dates are ISO.", "none": " "})
    assert message["content"].endswith("\n\nDates are ISO.")
    assert differently_framed({})[0]["content"] in message["content"]


TEXT = '{"pairs":[{"key":"Name","value":["Ann","Zoë"]},{"key":"Age","value":[7]}]}'


def tokens(*pieces: tuple[str, float]) -> list[Token]:
    return [Token(piece.encode(), logprob) for piece, logprob in pieces]


def test_an_answer_has_the_tokens_that_write_it() -> None:
    start, _, end = TEXT.partition("Ann")
    middle, _, end = end.partition("Zoë")
    rest, _, end = end.partition("7")
    sound = "ë".encode()
    written = [
        *tokens((start[:-1], -9.0), ('"An', -0.1), ("n", -0.2), (middle, -9.0), ("Zo", -0.3)),
        Token(sound[:1], -0.4),
        Token(sound[1:], -0.5),
        *tokens((rest, -9.0), ("7", -0.6), (end, -9.0)),
    ]
    given = answers(("Name", "Ann"), ("Name", "Zoë"), ("Age", "7"))
    assert logprobs_of(given, TEXT, written) == ((-0.1, -0.2), (-0.3, -0.4, -0.5), (-0.6,))


@pytest.mark.parametrize(
    ("text", "answer"),
    [('{"k":["Zo\\u00eb"]}', "Zoë"), ('{"k":["a\\n\\"b\\""]}', 'a\n"b"')],
    ids=["escaped letter", "escaped signs"],
)
def test_escaped_answers_are_found(text: str, answer: str) -> None:
    (found,) = logprobs_of(answers(("k", answer)), text, tokens((text[:6], -9.0), (text[6:], -1.0)))
    assert found == (-1.0,)


def test_the_same_text_is_looked_for_behind_its_question() -> None:
    text = '{"pairs":[{"key":"A","value":["1"]},{"key":"B","value":["1"]}]}'
    cut = text.index('"B"')
    written = tokens((text[:cut], -1.0), (text[cut:], -2.0))
    assert logprobs_of(answers(("A", "1"), ("B", "1")), text, written) == ((-1.0,), (-2.0,))


def test_tokens_that_are_not_the_reply_tell_nothing() -> None:
    assert logprobs_of(answers(("Name", "Ann")), TEXT, tokens(("{", -1.0))) == ((),)


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        ({"logprobs": {"content": [{"token": "Hi", "logprob": -1}]}}, (Token(b"Hi", -1.0),)),
        (
            {"logprobs": {"content": [{"token": "?", "logprob": -1.0, "bytes": [195]}]}},
            (Token(b"\xc3", -1.0),),
        ),
        ({"logprobs": {"content": [{"token": "Hi", "logprob": None}]}}, ()),
        ({"logprobs": {"content": [{"token": "Hi", "logprob": 0.5}]}}, ()),
        ({"logprobs": {"content": ["Hi"]}}, ()),
        ({"logprobs": {"content": None}}, ()),
        ({"logprobs": None}, ()),
        ({}, ()),
        (None, ()),
    ],
)
def test_only_sensible_logprobs_are_read(choice: Any, expected: tuple[Token, ...]) -> None:
    assert read_tokens(choice) == expected
