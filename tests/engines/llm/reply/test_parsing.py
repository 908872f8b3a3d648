"""Completions as LLMs write them: read without loss, or refused."""

from __future__ import annotations

import json
import time

import pytest

from ocr_model.engines.llm.reply.parsing import parse_pairs
from ocr_model.errors import ParseError

GOOD = '{"pairs": [{"key": "Name", "value": ["Ann"]}, {"key": "Date", "value": []}]}'
ALONE = '{"pairs": [{"key": "Name", "value": ["Ann"]}]}'
PAIRS = [("Name", ["Ann"]), ("Date", [])]


def read(text: str) -> tuple[list[tuple[str, list[str]]], list[str]]:
    parsed = parse_pairs(text)
    return [(pair.key, pair.value) for pair in parsed.pairs.pairs], list(parsed.notes)


def test_the_asked_for_shape_is_read_without_a_note() -> None:
    assert read(GOOD) == (PAIRS, [])


@pytest.mark.parametrize(
    ("text", "note"),
    [
        pytest.param("\ufeff" + GOOD, "byte order mark removed", id="byte_order_mark"),
        pytest.param(f"```json\n{GOOD}\n```", "code fence removed", id="code_fence"),
        pytest.param(f"```\n{GOOD}```\n", "code fence removed", id="bare_fence"),
        pytest.param(f"<think>Hm {{x}}</think>\n{GOOD}", "think tags removed", id="think"),
        pytest.param(f"A name.\n</think>{GOOD}", "think tags removed", id="think_unopened"),
        pytest.param(
            f'<think>[{{"key": "a"</think>{GOOD}', "think tags removed", id="draft_in_thoughts"
        ),
        pytest.param(f"Here you are [1]:\n{GOOD}", "text around the JSON removed", id="prose"),
        pytest.param(
            f"Sure!\n```json\n{GOOD}\n```\nBye.", "text around the JSON removed", id="prose_fence"
        ),
        pytest.param(
            GOOD.replace('{"pairs": ', "")[:-1],
            "list of pairs without an object around it",
            id="bare_list",
        ),
        pytest.param(
            '{"Name": ["Ann"], "Date": []}',
            "mapping of questions to answers read as pairs",
            id="mapping",
        ),
        pytest.param(
            GOOD.replace("[]", "null"), "null read as an empty list", id="null_instead_of_list"
        ),
        pytest.param(GOOD.replace('["Ann"]', '"Ann"'), "single answer read as a list", id="scalar"),
        pytest.param(GOOD.replace("[]", '[""]'), "blank answer dropped", id="blank_answer"),
        pytest.param(GOOD.replace("[]", "[NaN]"), "blank answer dropped", id="nan"),
        pytest.param(
            GOOD.replace(', "value": []', ""), "missing `value` read as an empty list", id="missing"
        ),
        pytest.param(
            GOOD.replace("Ann", "A\\u0000nn"), "characters that are no text removed", id="nul"
        ),
        pytest.param(
            GOOD.replace("Ann", "An\\ud83dn"), "characters that are no text removed", id="surrogate"
        ),
        pytest.param(
            GOOD.replace('"value": []', '"value": [], "box": [null, ""]'),
            "empty unknown member dropped",
            id="unknown_member",
        ),
        pytest.param(
            GOOD.replace(", {", '], "pairs": [{'),
            "lists of a repeated member joined",
            id="repeated_pairs",
        ),
        pytest.param(GOOD + "\n" + GOOD, "the same object written twice read once", id="twice"),
        pytest.param(json.dumps(GOOD), "JSON inside a JSON string read", id="in_a_string"),
        pytest.param(
            json.dumps({"pairs": json.dumps(json.loads(GOOD)["pairs"])}),
            "JSON inside a JSON string read",
            id="pairs_in_a_string",
        ),
        pytest.param(GOOD.replace("]}]", "],},]"), "trailing comma removed", id="trailing_comma"),
        pytest.param(str(json.loads(GOOD)), "Python literal read as JSON", id="python_literal"),
        pytest.param(
            f'{{"result": {GOOD}}}', "object around the pairs removed: 'result'", id="wrapper"
        ),
        pytest.param(GOOD.replace("pairs", "Pairs"), "`Pairs` read as `pairs`", id="other_case"),
        pytest.param(
            '{"pairs": {"Name": ["Ann"], "Date": []}}',
            "mapping of questions to answers read as pairs",
            id="mapping_in_pairs",
        ),
        pytest.param(
            GOOD.replace('"value": ["Ann"]', '"values": ["Ann"]'),
            "`values` read as `value`",
            id="values",
        ),
        pytest.param(
            GOOD.replace('"value": ["Ann"]', '"value:": ["Ann"]'),
            "`value:` read as `value`",
            id="value_with_colon",
        ),
    ],
)
def test_a_lossless_repair_is_made_and_noted(text: str, note: str) -> None:
    assert read(text) == (PAIRS, [note])


@pytest.mark.parametrize(
    ("literal", "kept"),
    [
        ("2.50", "2.50"),
        ("1e400", "1e400"),
        ("007", None),
        ("-0", "-0"),
        ("9" * 5000, "9" * 5000),
        ("true", "true"),
        ("false", "false"),
    ],
    ids=["decimals", "overflow", "leading_zeros", "minus_zero", "huge", "true", "false"],
)
def test_numbers_keep_their_literal(literal: str, kept: str | None) -> None:
    text = f'{{"pairs": [{{"key": "Amount", "value": [{literal}]}}]}}'
    if kept is None:
        with pytest.raises(ParseError, match="Expecting ',' delimiter"):
            parse_pairs(text)
    else:
        assert read(text) == ([("Amount", [kept])], ["number or truth value kept as written"])


def test_counted_notes_say_how_often() -> None:
    text = '{"pairs": [{"key": "A", "value": [1, 2]}, {"key": "B", "value": [3]}]}'
    assert read(text)[1] == ["number or truth value kept as written: 3"]


def test_equal_keys_of_a_pair_join_their_values() -> None:
    text = '{"pairs": [{"key": "A", "value": ["x"], "value": ["y"]}]}'
    assert read(text) == ([("A", ["x", "y"])], ["lists of a repeated member joined"])


def test_equal_questions_of_a_mapping_are_all_kept() -> None:
    assert read('{"A": "x", "B": null, "A": ["y", "z"]}')[0] == [
        ("A", ["x"]),
        ("B", []),
        ("A", ["y", "z"]),
    ]


def test_surrogate_pairs_stay_one_character() -> None:
    assert read('{"pairs": [{"key": "A", "value": ["\\ud83d\\ude00"]}]}') == ([("A", ["😀"])], [])


def test_line_breaks_inside_strings_are_kept() -> None:
    assert read('{"pairs": [{"key": "A", "value": ["x\ny"]}]}') == ([("A", ["x\ny"])], [])


def test_brackets_and_quotes_inside_strings_are_text() -> None:
    text = 'Result: {"pairs": [{"key": "A [x", "value": ["} \\" {"]}]} done'
    assert read(text)[0] == [("A [x", ['} " {'])]


def test_think_tags_inside_an_answer_are_text() -> None:
    assert read('{"pairs": [{"key": "A", "value": ["</think>"]}]}') == ([("A", ["</think>"])], [])


def test_an_empty_object_has_no_pairs() -> None:
    assert read("{}") == ([], ["object without `pairs` read as none"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "empty completion"),
        (" \n\t", "empty completion"),
        ("\ufeff", "empty completion"),
        ("I'm sorry, I can't help with that.", "got none in"),
        ("null", "an object with pairs, got None"),
        ('"Name: Ann"', "an object with pairs, got 'Name: Ann'"),
        ("42", "an object with pairs"),
        (GOOD + GOOD.replace("Ann", "Bob"), "got several in"),
        (GOOD * 20, "the same again and again in"),
        (f'```json\n{GOOD}\n```\nor\n```json\n{{"A": 1}}\n```', "got several in"),
        (f'{{"pairs": []}} is wrong, this is right: {GOOD[:-2]}}}]', "Expecting ',' delimiter"),
        (GOOD[:-1], "breaks off"),
        (GOOD[:40], "breaks off"),
        (f"Here: {GOOD[:60]}", "breaks off"),
        (f"<think>Let me see. {GOOD}", "after the thoughts"),
        (GOOD.replace('"Ann"', '"A"n"n"'), "breaks off|delimiter"),
        (ALONE.replace('["Ann"]', '{"text": "Ann"}'), "answers of text for 'Name', got {'text'"),
        (ALONE.replace('["Ann"]', '[["Ann"]]'), r"answers of text for 'Name', got \[\['Ann'"),
        (ALONE.replace('["Ann"]', '[{"a": 1}]'), "answers of text"),
        (ALONE.replace('"Name"', "null"), "one `key` of text"),
        ('{"pairs": [{"value": ["Ann"]}]}', "one `key` of text"),
        ('{"pairs": [{"key": "A", "key": "B", "value": []}]}', "one `key` of text"),
        ('{"pairs": ["Name"]}', "a pair with `key` and `value`"),
        ('{"pairs": "Name: Ann"}', "a list in `pairs`, got 'Name: Ann'"),
        ('["Name", "Ann"]', "a pair with `key` and `value`"),
        ('{"error": "the image is blank"}', "an object with pairs"),
        ('{"type": "object", "properties": {"pairs": {"type": "array"}}}', "an object with pairs"),
        ("{'key': 'O'Brien', 'value': []}", "Expecting property name"),
        ("{'key': 'A', 'value': ['x' 'y']}", "Expecting property name"),
        ("{'key': 'A', 'value': ['x'", "breaks off"),
        ('{"Applicant": {"Name": "Ann"}}', "answers of text for 'Applicant'"),
        ("[" * 200_000, "breaks off"),
        ("[" * 50_000 + "]" * 50_000, "nested too deeply|got none"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, "nested too deeply"),
    ],
    ids=[
        *("empty", "blank", "only_byte_order_mark", "refusal_in_prose", "null", "string", "number"),
        *(
            "two_objects",
            "one_object_20_times",
            "two_fenced_blocks",
            "broken_beside_whole",
            "unclosed",
            "truncated",
        ),
        *("truncated_in_prose", "unclosed_think", "unescaped_quote", "object_as_value"),
        *("nested_list", "object_in_list", "null_key", "no_key", "two_keys", "text_as_pair"),
        *("text_as_pairs", "list_of_texts", "error_object", "schema_echoed"),
        *("apostrophe", "strings_side_by_side", "python_unclosed", "section"),
        *("deep_unclosed", "deep_list", "deep_object"),
    ],
)
def test_what_would_need_a_guess_is_refused(text: str, message: str) -> None:
    with pytest.raises(ParseError, match=message) as caught:
        parse_pairs(text)
    assert caught.value.text == text
    assert len(str(caught.value)) < 600


@pytest.mark.parametrize("end", range(1, len(GOOD)))
def test_no_part_of_a_completion_passes_for_the_whole(end: int) -> None:
    with pytest.raises(ParseError):
        parse_pairs(GOOD[:end])


def test_alone_only_pure_json_is_read() -> None:
    assert parse_pairs(GOOD, alone=True).notes == ()
    with pytest.raises(ParseError, match="Expecting value"):
        parse_pairs(f"Draft: {GOOD}", alone=True)


def test_every_pair_survives_json_and_utf_8() -> None:
    text = json.dumps({"pairs": [{"key": "Grüße \ud800\x00", "value": ["ß\udfff", "\x01"]}]})
    parsed = parse_pairs(text)
    assert parsed.pairs.model_dump_json().encode("utf-8")
    assert parsed.pairs.pairs[0].key == "Grüße "


@pytest.mark.parametrize(
    "text", ["{" * 1_000_000, '{"' * 500_000, "[{}" * 300_000, '"' * 1_000_000, "{}" * 300_000]
)
def test_hostile_text_costs_linear_time(text: str) -> None:
    started = time.perf_counter()
    with pytest.raises(ParseError, match="Expected"):
        parse_pairs(text)
    assert time.perf_counter() - started < 3


@pytest.mark.parametrize(
    "text",
    [
        '{"pairs": [{"key": "Name", "answer": "Ann"}]}',
        '{"pairs": [{"Key": "Name", "Value": ["Ann"]}]}',
        '{"pairs": [{"question": "Name", "answer": "Ann"}]}',
        '{"pairs": [{"label": "Name", "value": "Ann"}]}',
        '{"pairs": [{"key": "Name", "text": "Ann"}]}',
        '{"pairs": [{"Name": "Ann"}]}',
        '{"pairs": {"key": "Name", "value": ["Ann"]}}',
        '{"pairs": [{"key": "Name", "value": [], "values": ["Ann"]}]}',
        '{"pairs": [{"key": "Name", "value": ["Ann"], "answer": ["Ann"]}]}',
        '[{"Name": "Ann"}]',
        '[{"pairs": [{"key": "Name", "value": "Ann"}]}]',
        '{"question": "Name", "answer": "Ann"}',
        '{"data": {"result": {"pairs": [{"key": "Name", "value": "Ann"}]}}}',
        '{"result": {"Name": "Ann"}, "error": null}',
        '{"form_fields": [{"question": "Name", "answer": "Ann"}]}',
        '{"items": [{"Name": "Ann"}]}',
        '{"result": "{\\"Name\\": \\"Ann\\"}"}',
        "```python\n{'pairs': [{'key': 'Name', 'value': ('Ann',)}]}\n```",
        '```json\n"{\\"Name\\": \\"Ann\\"}"\n```',
    ],
)
def test_a_shape_with_one_meaning_is_read_and_noted(text: str) -> None:
    pairs, notes = read(text)
    assert pairs == [("Name", ["Ann"])]
    assert notes


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"error": "E-17", "Name": "Ann"}', [("error", ["E-17"]), ("Name", ["Ann"])]),
        ('{"error": ["E-17"]}', [("error", ["E-17"])]),
        ('{"pairs": "2", "Name": "Ann"}', [("pairs", ["2"]), ("Name", ["Ann"])]),
        ('{"pairs": ["2"], "Name": ["Ann"]}', [("pairs", ["2"]), ("Name", ["Ann"])]),
        ('{"pairs": [], "Name": ["Ann"]}', [("pairs", []), ("Name", ["Ann"])]),
        ('{"pairs": {"error": "E-17"}}', [("error", ["E-17"])]),
        ('{"pairs": [{"key": "pairs", "value": ["2"]}]}', [("pairs", ["2"])]),
    ],
)
def test_a_form_with_fields_called_error_or_pairs_is_a_form(
    text: str, expected: list[tuple[str, list[str]]]
) -> None:
    assert read(text)[0] == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (f'{ALONE[:-1]}, "line_items": [{{"qty": 1}}]}}', "'line_items': [{'qty': '1'}]"),
        (f'{ALONE[:-1]}, "Notes": "see back"}}', "'Notes': 'see back'"),
        (ALONE.replace("]}]", '], "confidence": 0.9}]'), "'confidence': '0.9' in {'key': 'Name'"),
        ('{"pairs": [], "note": "The page is blank."}', "'note': 'The page is blank.'"),
    ],
)
def test_what_stands_beside_the_pairs_is_told(text: str, told: str) -> None:
    (said,) = parse_pairs(text).unread
    assert said.startswith(told)


def test_a_pair_that_cannot_be_read_costs_that_pair_and_is_told() -> None:
    address = {"key": "Address", "value": {"street": "Elm 1", "city": "Ulm"}}
    text = json.dumps({"pairs": [*json.loads(GOOD)["pairs"], address, "Total: 5"]})
    parsed = parse_pairs(text)
    assert [(pair.key, pair.value) for pair in parsed.pairs.pairs] == PAIRS
    assert parsed.left_out == 2
    assert parsed.notes == (
        "pair left out: Expected answers of text for 'Address', "
        "got {'street': 'Elm 1', 'city': 'Ulm'}.",
        "pair left out: Expected a pair with `key` and `value`, got 'Total: 5'.",
    )


def test_python_strings_are_read_as_python_writes_them() -> None:
    answers = ["O'Brien", 'say "x"', "a\\b", "é\x07", "😀", "line\nbreak"]
    text = str({"Name": answers, "Member": True, "Age": None})
    assert read(text)[0] == [("Name", answers), ("Member", ["true"]), ("Age", [])]


def test_numbers_and_equal_keys_are_kept_in_python_literals_too() -> None:
    assert read("{'A': 2.50, 'A': [1e3, -0],}")[0] == [("A", ["2.50"]), ("A", ["1e3", "-0"])]
