from __future__ import annotations

from typing import Any

import mlflow
import pytest

from ocr_model.errors import PromptError
from ocr_model.prompts import (
    PROMPT_NAME,
    Message,
    PinnedPrompt,
    _messages_of,
    from_snapshot,
    load_prompt,
    register_bundled_prompts,
    register_prompt,
    render,
    to_snapshot,
)


def prompt_of(*contents: str) -> PinnedPrompt:
    return PinnedPrompt("prompts:/p/1", tuple(Message(role="system", content=c) for c in contents))


def test_bundled_prompts_are_three_versions_with_message_and_tags(mlflow_store: str) -> None:
    uris = register_bundled_prompts()
    assert uris == [f"prompts:/{PROMPT_NAME}/{number}" for number in (1, 2, 3)]
    for uri in uris:
        version = mlflow.genai.load_prompt(uri)
        assert version.commit_message
        assert {"author", "task", "language"} <= version.tags.keys()


def test_registering_again_makes_no_new_version(mlflow_store: str) -> None:
    first = register_bundled_prompts()
    assert register_bundled_prompts() == first
    assert load_prompt(f"prompts:/{PROMPT_NAME}@latest").uri == first[-1]


def test_of_two_processes_that_register_the_same_text_the_older_version_stays(
    mlflow_store: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    register = mlflow.genai.register_prompt

    def after_another(**given: Any) -> Any:
        register(**given)
        return register(**given)

    monkeypatch.setattr(mlflow.genai, "register_prompt", after_another)
    assert register_prompt("Read the form.", "first", "forms") == "prompts:/forms/1"
    assert register_prompt("Read the form.", "again", "forms") == "prompts:/forms/1"
    assert [v.version for v in mlflow.MlflowClient().search_prompt_versions("forms")] == [1]


def test_bundled_text_is_found_behind_newer_versions(mlflow_store: str) -> None:
    first = register_bundled_prompts()
    edited = register_prompt("Read the form, dear.", "Edited in the UI")
    assert edited == f"prompts:/{PROMPT_NAME}/4"
    assert register_bundled_prompts() == first


def test_newest_bundled_prompt_takes_additional_rules(mlflow_store: str) -> None:
    *older, newest = [load_prompt(uri) for uri in register_bundled_prompts()]
    assert newest.variables == {"additional_rules"}
    assert all(not prompt.variables for prompt in older)
    [message] = render(newest, {"additional_rules": "Dates as written."})
    assert message["content"].endswith("Dates as written.")


def test_alias_and_name_with_version_load_the_pinned_integer(mlflow_store: str) -> None:
    register_bundled_prompts()
    mlflow.genai.set_prompt_alias(PROMPT_NAME, alias="production", version=2)
    assert load_prompt(f"prompts:/{PROMPT_NAME}@production").uri == f"prompts:/{PROMPT_NAME}/2"
    assert load_prompt(PROMPT_NAME, 2) == load_prompt(f"prompts:/{PROMPT_NAME}/2")


def test_moved_alias_is_seen_at_once(mlflow_store: str) -> None:
    register_bundled_prompts()
    for version in (1, 3):
        mlflow.genai.set_prompt_alias(PROMPT_NAME, alias="production", version=version)
        loaded = load_prompt(f"prompts:/{PROMPT_NAME}@production")
        assert loaded.uri == f"prompts:/{PROMPT_NAME}/{version}"


@pytest.mark.parametrize("uri", [f"prompts:/{PROMPT_NAME}/99", "prompts:/nobody/1"])
def test_missing_prompt_says_how_to_get_one(mlflow_store: str, uri: str) -> None:
    register_bundled_prompts()
    with pytest.raises(PromptError, match=r"scripts\.register_prompts"):
        load_prompt(uri)


def test_chat_prompt_is_used_message_by_message(mlflow_store: str) -> None:
    uri = register_prompt(
        [
            {"role": "system", "content": "You read {{ kind }} forms."},
            {"role": "user", "content": "Here is one."},
        ],
        "chat",
    )
    assert render(load_prompt(uri), {"kind": "tax"}) == (
        {"role": "system", "content": "You read tax forms."},
        {"role": "user", "content": "Here is one."},
    )


@pytest.mark.parametrize(
    ("template", "message"),
    [
        ("{% if x %}hello{% endif %}", "Jinja control blocks"),
        ([{"role": "tool", "content": "hello"}], "expected chat messages with a role of"),
        ("   ", "is empty"),
        ("Read {{ form.kind }}.", r"got \{\{ form.kind \}\}, which would reach the LLM"),
        ("Read {{ kind | upper }}.", r"got \{\{ kind \| upper \}\}"),
    ],
    ids=["jinja", "role", "empty", "attribute", "filter"],
)
def test_prompt_of_another_kind_is_refused_by_name(
    mlflow_store: str, template: Any, message: str
) -> None:
    uri = f"prompts:/{PROMPT_NAME}/1"
    mlflow.genai.register_prompt(name=PROMPT_NAME, template=template)
    with pytest.raises(PromptError, match=message) as caught:
        load_prompt(uri)
    assert uri in str(caught.value)


@pytest.mark.parametrize(
    ("text", "values", "expected"),
    [
        ("plain", {}, "plain"),
        ("a {{x}} b", {"x": "1"}, "a 1 b"),
        ("{{ x }}{{x}}", {"x": "1"}, "11"),
        ("{{x}} {{y}}", {"x": "{{y}}", "y": "2"}, "{{y}} 2"),
        ("rules: {{x}}", {"x": r"\1 \g<0>"}, r"rules: \1 \g<0>"),
        ('keep {"json": {}}', {}, 'keep {"json": {}}'),
        ("end\n\n{{x}}\n", {"x": ""}, "end"),
    ],
    ids=["none", "one", "twice", "value is no template", "backslashes", "braces", "empty value"],
)
def test_render(text: str, values: dict[str, str], expected: str) -> None:
    assert render(prompt_of(text), values)[0]["content"] == expected


def test_render_lists_every_missing_and_unknown_variable_in_one_error() -> None:
    with pytest.raises(PromptError, match="missing variables: a, b; unknown variables: y, z"):
        render(prompt_of("{{a}} {{b}} {{c}}"), {"c": "", "z": "", "y": ""})


def test_snapshot_round_trips() -> None:
    prompt = prompt_of("one", "two {{ x }}")
    assert from_snapshot(to_snapshot(prompt)) == prompt


def test_changed_snapshot_is_refused() -> None:
    snapshot = to_snapshot(prompt_of("one"))
    snapshot["messages"][0] = Message(role="system", content="two")
    with pytest.raises(PromptError, match="were changed after it was logged"):
        from_snapshot(snapshot)


def test_unreadable_snapshot_is_refused() -> None:
    with pytest.raises(PromptError, match="not readable"):
        from_snapshot({"uri": "prompts:/p/1"})


def test_an_example_in_json_is_no_variable_and_single_braces_are_named() -> None:
    text = 'Answer {"pairs": [{"key": {"a": {}}}]} or {{"x": 1}}. {additional_rules} {{ rules }}'
    prompt = PinnedPrompt("prompts:/p/1", _messages_of("prompts:/p/1", text))
    assert prompt.looks_like_variables == ("{additional_rules}",)
    assert prompt.variables == {"rules"}


def test_description_of_fields_goes_to_its_place() -> None:
    assert render(prompt_of("Read. {{ fields }}"), {}, "- total") == (
        {"role": "system", "content": "Read. - total"},
    )


@pytest.mark.parametrize(
    ("roles", "expected"),
    [
        (["system"], [("system", "one"), ("user", "- total")]),
        (["system", "user"], [("system", "one"), ("user", "one\n\n- total")]),
    ],
    ids=["message of its own", "no two messages of the user"],
)
def test_without_a_place_it_goes_behind_the_prompt(
    roles: list[str], expected: list[tuple[str, str]]
) -> None:
    messages = tuple(Message(role=role, content="one") for role in roles)
    rendered = render(PinnedPrompt("prompts:/p/1", messages), {}, "- total")
    assert [(message["role"], message["content"]) for message in rendered] == expected


def test_place_for_fields_without_fields_is_refused_with_the_remedy() -> None:
    with pytest.raises(PromptError, match=r"^Expected fields where .* got none\. .*--fields FILE"):
        render(prompt_of("{{ fields }}"), {})


def test_variable_of_that_name_goes_on_working_where_no_fields_are_wanted() -> None:
    [message] = render(prompt_of("{{ fields }}"), {"fields": "Name and date"})
    assert message["content"] == "Name and date"
    with pytest.raises(PromptError, match="got a value for it in `prompt_values`, too"):
        render(prompt_of("{{ fields }}"), {"fields": "Name and date"}, "- total")
