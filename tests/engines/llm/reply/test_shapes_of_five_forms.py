"""Every shape in which LLMs are known to write pairs, each with the pairs of five forms."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from ocr_model.engines.llm.exchange.completion import Completion, read_completion
from ocr_model.engines.llm.reply.loops import loop_among, loop_in
from ocr_model.engines.llm.reply.parsing import parse_completion, parse_pairs
from ocr_model.errors import ParseError
from tests.support.endpoint import Reply, completion

Form = list[tuple[str, list[str]]]

FORMS: dict[str, Form] = {
    "claim": [("Policy no.:", ["KV-20917"]), ("Größe (cm)", ["1,82"]), ("Signed", [])],
    "order": [("Article", ["Bolt M6", "Nut M6", "Washer"]), ("Total:", ["1.240,50 EUR"])],
    "brackets": [("a {b}", ["[1]", '"x"']), ("Remarks:", ["O'Brien said: {no}"])],
    "members": [("key", ["K-7"]), ("value", ["12 EUR"]), ("error", ["E-17"]), ("pairs", ["2"])],
    "scripts": [("Фамилия", ["Щербакова"]), ("名前", ["田中"]), ("Notes", ["two\nlines 😀"])],
}


def listed(form: Form) -> list[dict[str, Any]]:
    return [{"key": key, "value": value} for key, value in form]


def dumped(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def renamed(form: Form, key: str, value: str) -> str:
    return dumped({"pairs": [{key: question, value: answers} for question, answers in form]})


SHAPES: dict[str, Callable[[Form], str]] = {
    "as asked": lambda form: dumped({"pairs": listed(form)}),
    "values": lambda form: renamed(form, "key", "values"),
    "answer": lambda form: renamed(form, "key", "answer"),
    "Value": lambda form: renamed(form, "Key", "Value"),
    "value:": lambda form: renamed(form, "key", "value:"),
    "question, answer": lambda form: renamed(form, "question", "answer"),
    "mapping in pairs": lambda form: dumped({"pairs": dict(form)}),
    "wrapper": lambda form: dumped({"result": {"pairs": listed(form)}}),
    "two wrappers": lambda form: dumped({"data": {"output": {"pairs": listed(form)}}}),
    "Pairs": lambda form: dumped({"Pairs": listed(form)}),
    "bare list": lambda form: dumped(listed(form)),
    "single mappings": lambda form: dumped([{key: value} for key, value in form]),
    "mapping": lambda form: dumped(dict(form)),
    "in a string": lambda form: dumped(dumped({"pairs": listed(form)})),
    "pairs in a string": lambda form: dumped({"pairs": dumped(listed(form))}),
    "twice": lambda form: dumped({"pairs": listed(form)}) * 2,
    "twice, apart": lambda form: "\n\n".join([dumped({"pairs": listed(form)})] * 2),
    "trailing commas": lambda form: dumped({"pairs": listed(form)}).replace("}]}", "},],}"),
    "Python": lambda form: str({"pairs": listed(form)}),
    "fence": lambda form: f"```json\n{json.dumps({'pairs': listed(form)}, indent=2)}\n```",
    "thoughts": lambda form: f"<think>A {{form}} [x].</think>{dumped({'pairs': listed(form)})}",
    "prose": lambda form: f"Here it is:\n\n{dumped({'pairs': listed(form)})}\n\nAnything else?",
    "empty members": lambda form: dumped(
        {"pairs": [{**pair, "box": None} for pair in listed(form)], "notes": ""}
    ),
}
# A mapping of questions that are called as members are says something else.
ANOTHER_MEANING = {("mapping", "members"), ("single mappings", "members")}
PLAIN = [
    (shape, name) for shape in SHAPES for name in FORMS if (shape, name) not in ANOTHER_MEANING
]


@pytest.mark.parametrize(("shape", "name"), PLAIN)
def test_pairs_of_a_form_are_read_from_every_shape(shape: str, name: str) -> None:
    parsed = parse_pairs(SHAPES[shape](FORMS[name]))
    assert [(pair.key, pair.value) for pair in parsed.pairs.pairs] == FORMS[name]
    assert (parsed.unread, parsed.left_out) == ((), 0)
    assert bool(parsed.notes) is (shape != "as asked")


@pytest.mark.parametrize(("shape", "name"), sorted(ANOTHER_MEANING))
def test_where_questions_are_called_as_members_are_what_is_not_read_is_told(
    shape: str, name: str
) -> None:
    try:
        parsed = parse_pairs(SHAPES[shape](FORMS[name]))
    except ParseError as err:
        told = str(err)
    else:
        told = f"{parsed.pairs} {parsed.notes} {parsed.unread}"
    assert all(answer in told for _, answers in FORMS[name] for answer in answers)


def called(arguments: Any) -> list[Any]:
    return [{"id": "1", "type": "function", "function": {"name": "pairs", "arguments": arguments}}]


PLACES: dict[str, Callable[[str], Reply]] = {
    "tool call": lambda text: completion(None, tool_calls=called(text)),
    "tool call of an object": lambda text: completion("", tool_calls=called(json.loads(text))),
    "function call": lambda text: completion(None, function_call={"name": "x", "arguments": text}),
    "part": lambda text: completion([{"type": "text", "text": text}]),
    "parts": lambda text: completion([{"type": "text", "text": t} for t in (text[:30], text[30:])]),
    "thoughts and a part": lambda text: completion(
        [{"type": "thinking", "thinking": "{Hm"}, {"type": "output_text", "text": text}]
    ),
    "object": lambda text: completion(json.loads(text)),
}


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("place", PLACES)
def test_pairs_of_a_form_are_read_wherever_the_reply_stands(place: str, name: str) -> None:
    reply = PLACES[place](dumped({"pairs": listed(FORMS[name])}))
    received = read_completion(reply.payload.decode(), "application/json")
    assert isinstance(received, Completion)
    parsed = parse_completion(received)
    assert [(pair.key, pair.value) for pair in parsed.pairs.pairs] == FORMS[name]


@pytest.mark.parametrize(
    ("beside", "told"),
    [
        ({"line_items": [{"qty": 1, "item": "Bolt"}]}, "'line_items': [{'qty': '1'"),
        ({"table": [["Bolt", "2"], ["Nut", "4"]]}, "'table': [['Bolt', '2']"),
        ({"signature": "present"}, "'signature': 'present'"),
        ({"confidence": 0.93}, "'confidence': '0.93'"),
        ({"metadata": {"language": "de", "pages": 1}}, "'metadata': {'language': 'de'"),
    ],
)
def test_what_stands_beside_the_pairs_of_a_form_is_told_and_the_pairs_stay(
    beside: dict[str, Any], told: str
) -> None:
    for form in FORMS.values():
        parsed = parse_pairs(dumped({"pairs": listed(form), **beside}))
        assert [(pair.key, pair.value) for pair in parsed.pairs.pairs] == form
        (said,) = parsed.unread
        assert said.startswith(told)


@pytest.mark.parametrize(
    "bad",
    [
        {"key": "Address", "value": {"street": "Elm 1", "city": "Ulm"}},
        {"key": "Rows", "value": [["1", "2"]]},
        {"key": None, "value": ["x"]},
        {"value": ["nobody asked"]},
        "Total: 5",
    ],
    ids=["object", "list of lists", "no question", "no key", "text"],
)
@pytest.mark.parametrize("name", FORMS)
def test_one_pair_among_good_ones_costs_that_pair(bad: Any, name: str) -> None:
    good = listed(FORMS[name])
    parsed = parse_pairs(dumped({"pairs": [*good[:1], bad, *good[1:]]}))
    assert [(pair.key, pair.value) for pair in parsed.pairs.pairs] == FORMS[name]
    assert parsed.left_out == 1
    assert "pair left out: " in " ".join(parsed.notes)


@pytest.mark.parametrize("name", FORMS)
def test_no_beginning_of_a_reply_passes_for_all_of_it(name: str) -> None:
    for shape in ("as asked", "Python", "in a string", "mapping in pairs"):
        text = SHAPES[shape](FORMS[name])
        for end in range(1, len(text)):
            with pytest.raises(ParseError):
                parse_pairs(text[:end])


@pytest.mark.parametrize(
    "unit",
    [
        '"0,00 EUR", ',
        '{"key": "Größe", "value": ["1,82"]},',
        '{\n      "key": "Row",\n      "value": [\n        "Bolt"\n      ]\n    },\n    ',
        "{'question': 'Row', 'answer': 'Bolt'}, ",
        '{"key": "A", "value": ["1", "2"]}, {"key": "B", "value": []}, ',
    ],
)
def test_reply_that_never_ends_is_a_loop_in_every_writing(unit: str) -> None:
    text = '{"pairs": [{"key": "Name", "value": ["Ann"]}, ' + unit * 60
    for cut in (0, 1, len(unit) // 2, len(unit) - 1):
        loop = loop_in(text[: len(text) - cut], at_limit=True)
        assert loop is not None
        assert loop.times >= 58


@pytest.mark.parametrize("name", ["claim", "order", "brackets", "scripts"])
def test_pairs_of_a_form_again_and_again_are_a_loop(name: str) -> None:
    once = FORMS[name]
    assert loop_among(parse_pairs(dumped({"pairs": listed(once)})).pairs) is None
    for repeated in (once[:1] * 400, [*once, *once[-1:] * 50], once * 40):
        loop = loop_among(parse_pairs(dumped({"pairs": listed(repeated)})).pairs)
        assert loop is not None
        assert loop.times >= 40
    values = [(once[0][0], once[0][1] * 300)]
    assert loop_among(parse_pairs(dumped({"pairs": listed(values)})).pairs) is not None
