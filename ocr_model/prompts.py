"""Prompts: registered, pinned by version, carried inside the model, rendered.

A text prompt becomes the system message; a chat prompt is used message by message.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib import resources
from typing import Any, TypedDict

import mlflow
from mlflow.entities.model_registry import PromptVersion
from mlflow.exceptions import MlflowException

from ocr_model.errors import PromptError, excerpt, said_by_mlflow

PROMPT_NAME = "ocr-question-answer"
PROMPT_TAGS = {"author": "ocr_model", "task": "form-question-answer", "language": "en"}

# The texts that come with the package, in the order they are registered.
_BUNDLED = (
    ("1.txt", "First pass: ask for the pairs and nothing else"),
    ("2.txt", "Ask for questions and answers as structure, and for an empty list on empty pages"),
    ("3.txt", "Define question and answer, keep the form's own words, take additional rules"),
)

# SHA-256 of the documents that a prompt was optimised on, separated by commas.
DOCUMENTS_TAG = "documents_sha256"

# The variable that the description of the wanted fields replaces.
_FIELDS = "fields"

# The same variables as MLflow's own prompts: {{ name }}, blanks optional.
_VARIABLE = re.compile(r"\{\{\s*([a-zA-Z_]\w*)\s*\}\}")
# `{{ x.y }}` and `{{ x | upper }}`; an example in JSON begins with a quote.
_BRACES = re.compile(r"\{\{\s*[a-zA-Z_][^{}\"']*\}\}")
# A variable of other template languages; the JSON of an example has quotes or blanks.
_SINGLE_BRACES = re.compile(r"(?<!\{)\{([a-zA-Z_]\w*)\}(?!\})")
_ROLES = ("system", "developer", "user", "assistant")


class Message(TypedDict):
    """One chat message before the page is attached."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class PinnedPrompt:
    """A prompt version that cannot change: its text travels with its URI.

    A text prompt has one message with role `system`. `documents_sha256` are the documents it was
    optimised on, according to its tag: they may not judge it.
    """

    uri: str
    messages: tuple[Message, ...]
    documents_sha256: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """prompts:/ocr-question-answer/3 -> ocr-question-answer"""
        return self.uri.removeprefix("prompts:/").rpartition("/")[0]

    @property
    def variables(self) -> frozenset[str]:
        texts = (message["content"] for message in self.messages)
        return frozenset(name for text in texts for name in _VARIABLE.findall(text))

    @property
    def has_place_for_fields(self) -> bool:
        return _FIELDS in self.variables

    @property
    def looks_like_variables(self) -> tuple[str, ...]:
        """Names in single braces, `{additional_rules}`, which reach the LLM unreplaced."""
        texts = (message["content"] for message in self.messages)
        return tuple(hit[0] for text in texts for hit in _SINGLE_BRACES.finditer(text))

    @property
    def sha256(self) -> str:
        """Digest of roles and unrendered texts."""
        return hashlib.sha256(json.dumps(self.messages, sort_keys=True).encode()).hexdigest()


def register_bundled_prompts(name: str = PROMPT_NAME) -> list[str]:
    """Register the texts that come with the package and return their pinned URIs, oldest first."""
    folder = resources.files("ocr_model") / "templates"
    return [
        register_prompt((folder / file_name).read_text(encoding="utf-8").strip(), message, name)
        for file_name, message in _BUNDLED
    ]


def register_prompt(
    template: str | list[dict[str, Any]],
    commit_message: str,
    name: str = PROMPT_NAME,
    tags: Mapping[str, str] | None = None,
) -> str:
    """Register a template and return its pinned URI; a text that is already registered is not
    registered again, and keeps its tags.

    Raises:
        PromptError: the name belongs to a registered model, or the registry refused it.
    """
    try:
        if (known := _oldest(name, template)) is not None:
            return _pinned_uri(known)
        created = mlflow.genai.register_prompt(
            name=name,
            template=template,
            commit_message=commit_message,
            tags={**PROMPT_TAGS, **(tags or {})},
        )
        # On a server, another process may have registered it meanwhile: of two the older stays.
        oldest = _oldest(name, template) or created
        if oldest.version < created.version:
            with contextlib.suppress(MlflowException):  # only MANAGE may delete
                mlflow.MlflowClient().delete_prompt_version(name, str(created.version))
    except MlflowException as err:
        raise PromptError(
            f"Prompt {name!r} could not be registered: {said_by_mlflow(err)}"
        ) from err
    return _pinned_uri(oldest)


def _oldest(name: str, template: str | list[dict[str, Any]]) -> PromptVersion | None:
    return next((known for known in prompt_versions(name) if known.template == template), None)


def prompt_versions(name: str) -> list[PromptVersion]:
    """All versions of a prompt, oldest first; none if there is no such prompt."""
    client = mlflow.MlflowClient()
    if mlflow.genai.load_prompt(f"prompts:/{name}@latest", allow_missing=True) is None:
        return []
    found: list[PromptVersion] = []
    token: str | None = None
    while True:
        batch = client.search_prompt_versions(name, page_token=token)
        found.extend(batch)
        token = batch.token
        if not token:
            return sorted(found, key=lambda version: int(version.version))


def _pinned_uri(version: PromptVersion) -> str:
    return f"prompts:/{version.name}/{version.version}"


def load_prompt(name_or_uri: str, version: int | None = None) -> PinnedPrompt:
    """Load by URI (`prompts:/name/3`, `prompts:/name@alias`) or by name and version, and pin it.

    Raises:
        PromptError: there is no such prompt, or this package cannot send its kind.
    """
    try:
        found = mlflow.genai.load_prompt(
            name_or_uri, version=version, link_to_model=False, cache_ttl_seconds=0
        )
    except MlflowException as err:
        raise PromptError(
            f"Expected a registered prompt, got {name_or_uri!r}"
            f"{'' if version is None else f' version {version}'}: {said_by_mlflow(err)} "
            "Register the bundled prompts with `python -m scripts.register_prompts`, or look the "
            "version up in the Prompts tab of the MLflow UI."
        ) from err
    uri = _pinned_uri(found)
    return PinnedPrompt(uri, _messages_of(uri, found.template), documents_in_tags(found.tags))


def documents_in_tags(tags: Mapping[str, str]) -> tuple[str, ...]:
    """SHA-256 of the documents that a version was optimised on, if its tags name any."""
    return tuple(filter(None, map(str.strip, tags.get(DOCUMENTS_TAG, "").split(","))))


def prompt_of_text(uri: str, text: str) -> PinnedPrompt:
    """A text that is in no registry, under a URI that says so.

    Raises:
        PromptError: it is empty, or has variables that would reach the LLM unreplaced.
    """
    return PinnedPrompt(uri, _messages_of(uri, text))


def _messages_of(uri: str, template: str | Sequence[Mapping[str, Any]]) -> tuple[Message, ...]:
    if isinstance(template, str):
        messages: tuple[Message, ...] = (Message(role="system", content=template),)
    else:
        messages = tuple(_chat_message(uri, item) for item in template)
    if any("{%" in message["content"] for message in messages):
        raise PromptError(
            f"{uri} contains Jinja control blocks ({{% … %}}), which are not rendered here. "
            "Use plain variables like {{ additional_rules }}."
        )
    unfilled = [hit for text in messages for hit in _BRACES.findall(text["content"])]
    odd = [hit for hit in unfilled if not _VARIABLE.fullmatch(hit)]
    if odd:
        raise PromptError(
            f"{uri}: expected variables like {{{{ additional_rules }}}}, got {', '.join(odd)}, "
            "which would reach the LLM as it stands. Use a plain name."
        )
    if not any(message["content"].strip() for message in messages):
        raise PromptError(f"{uri} is empty; write what the LLM should do and register it again.")
    return messages


def _chat_message(uri: str, item: Mapping[str, Any]) -> Message:
    role, content = item.get("role"), item.get("content")
    if role not in _ROLES or not isinstance(content, str):
        raise PromptError(
            f"{uri}: expected chat messages with a role of {', '.join(_ROLES)} and text content, "
            f"got {excerpt(dict(item))}. The page is attached by the engine, not by the prompt."
        )
    return Message(role=str(role), content=content)


def render(
    prompt: PinnedPrompt, values: Mapping[str, str], fields: str | None = None
) -> tuple[Message, ...]:
    """Fill every variable, in one pass: text inside a value is never taken for a variable.

    `fields` describes the wanted fields, if any: it replaces `{{ fields }}`, or follows the prompt
    as a separate message.

    Raises:
        PromptError: names every variable without a value and every value without a variable.
    """
    if fields is None and prompt.has_place_for_fields and _FIELDS not in values:
        raise PromptError(
            f"Expected fields where {prompt.uri} has a place for them, {{{{ fields }}}}, got none. "
            "Give a file that names them, as `--fields FILE`, or take a prompt without the place."
        )
    if fields is None:
        return _filled(prompt, values)
    if not prompt.has_place_for_fields:
        return _followed(_filled(prompt, values), fields)
    if _FIELDS in values:
        raise PromptError(
            f"Expected {{{{ fields }}}} in {prompt.uri} to be filled with the fields that are "
            "wanted, got a value for it in `prompt_values`, too. Leave one of them out."
        )
    return _filled(prompt, {**values, _FIELDS: fields})


def _followed(messages: tuple[Message, ...], text: str) -> tuple[Message, ...]:
    """Append a user message. If the last message is the user's, it is extended: the templates of
    many servers accept one system message and no two user messages in a row.
    """
    *before, last = messages
    if last["role"] != "user":
        return (*messages, Message(role="user", content=text))
    return (*before, Message(role="user", content=f"{last['content']}\n\n{text}"))


def _filled(prompt: PinnedPrompt, values: Mapping[str, str]) -> tuple[Message, ...]:
    missing = sorted(prompt.variables - values.keys())
    unknown = sorted(values.keys() - prompt.variables)
    faults = [
        f"{label}: {', '.join(names)}"
        for label, names in (("missing variables", missing), ("unknown variables", unknown))
        if names
    ]
    if faults:
        raise PromptError(
            f"{prompt.uri} takes {sorted(prompt.variables) or 'no variables'}, got values for "
            f"{sorted(values) or 'none'}; {'; '.join(faults)}."
        )
    return tuple(
        Message(
            role=message["role"],
            content=_VARIABLE.sub(lambda hit: values[hit[1]], message["content"]).strip(),
        )
        for message in prompt.messages
    )


def to_snapshot(prompt: PinnedPrompt) -> dict[str, Any]:
    """The form in which a prompt travels inside a logged model."""
    content = {"uri": prompt.uri, "messages": list(prompt.messages), "sha256": prompt.sha256}
    learned = list(prompt.documents_sha256)
    return content | ({DOCUMENTS_TAG: learned} if learned else {})


def from_snapshot(snapshot: Mapping[str, Any]) -> PinnedPrompt:
    """Read a snapshot back.

    Raises:
        PromptError: the text does not have the digest it was logged with.
    """
    try:
        prompt = PinnedPrompt(
            str(snapshot["uri"]),
            tuple(Message(role=m["role"], content=m["content"]) for m in snapshot["messages"]),
            tuple(snapshot.get(DOCUMENTS_TAG, ())),
        )
        pinned = snapshot["sha256"]
    except (KeyError, TypeError) as err:
        raise PromptError(
            "Expected the prompt that was logged with the model, got a snapshot that is not "
            "readable: the model's files were changed. Log the model again."
        ) from err
    if prompt.sha256 != pinned:
        raise PromptError(
            f"The text of {prompt.uri} inside this model has sha256 {prompt.sha256}, expected "
            f"{pinned}: the model's files were changed after it was logged. Log the model again."
        )
    return prompt
