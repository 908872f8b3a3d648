"""Names that LLMs use for the members of a pair, and for objects around the pairs."""

from __future__ import annotations

from ocr_model.engines.llm.reply.values import Members, is_array, is_empty

PAIRS = frozenset({"pairs"})
KEYS = frozenset({"key", "question"})
VALUES = frozenset({"value", "values", "answer", "answers"})
PAIR = KEYS | VALUES

# Next to a value these are keys, but only where a pair is expected: a form may have such a field.
_KEYS_IN_PAIRS = frozenset({"label", "field", "name"})
# Next to a key, without a value, these are values.
_VALUES_IN_PAIRS = frozenset({"text", "content", "response"})
# Names of containers, which are not headings of the page: nothing is lost by dropping them.
WRAPPERS = frozenset(
    {
        *("result", "results", "data", "output", "response", "answer", "answers", "json"),
        *("form", "fields", "items", "content", "document", "page", "key_value_pairs"),
        *("extraction", "extracted", "extracted_data", "key_values", "form_fields", "entries"),
    }
)
# A reply about the page instead of its pairs, in the shape of a mapping.
_NOT_QUESTIONS = frozenset({"error", "message", "detail", "refusal", "status"})
_SCHEMA = frozenset(
    {"$schema", "type", "properties", "required", "additionalproperties", "title", "description"}
)


def folded(name: str) -> str:
    """ " Value: " -> "value" """
    return name.strip().rstrip(":").strip().casefold()


def roles(item: Members) -> dict[int, str] | None:
    """The positions of an item's key and value; None if it is not a pair.

    {"Key": "Name", "values": []} -> {0: "key", 1: "value"}; {"Name": "Ann"} -> None
    """
    names = [folded(name) for name in item.names]
    found = {i: "key" for i, name in enumerate(names) if name in KEYS}
    values = {i: "value" for i, name in enumerate(names) if name in VALUES}
    if not found and values:
        found = {i: "key" for i, name in enumerate(names) if name in _KEYS_IN_PAIRS}
    if found and not values and len(item) == 2:
        values = {i: "value" for i, name in enumerate(names) if name in _VALUES_IN_PAIRS}
    if not found and not values:
        return None
    return found | values


def is_bare_pair(members: Members) -> bool:
    """Whether an object is one pair and nothing else."""
    names = {folded(name) for name, value in members if not is_empty(value)}
    return names <= PAIR and any(folded(name) in KEYS for name in members.names)


def is_message(members: Members) -> bool:
    """Whether an object is a message or a schema, not a form.

    {"error": "no form on the page"} -> True; {"error": ["E-17"]}, {"error": "", "Name": ""} -> not
    """
    names = {folded(name) for name in members.names}
    if names <= _NOT_QUESTIONS:
        return not all(is_array(value) for _, value in members)
    return "properties" in names and names <= _SCHEMA
