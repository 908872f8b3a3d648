"""The body of a reply -> a completion or a fault.

Pure; has its own decoder because the client's models raise untyped exceptions for replies that are
not chat completions. Knows nothing of pairs.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from ocr_model.engines.llm.exchange.classification import kind_of, status_meant
from ocr_model.engines.llm.exchange.faults import Fault, Kind
from ocr_model.engines.llm.exchange.logprobs import Token, read_tokens
from ocr_model.engines.llm.exchange.provider_error import error_of_200
from ocr_model.errors import excerpt
from ocr_model.schema import Usage


@dataclass(frozen=True, slots=True)
class Completion:
    """What the LLM wrote. Some servers return `reasoning` separately from the text.

    `tokens` exist if `llm_parameters` request `logprobs` and the endpoint returns them.
    """

    text: str
    finish_reason: str | None = None
    usage: Usage = field(default_factory=Usage)
    cached_tokens: int | None = None
    reasoning: str = ""
    tokens: tuple[Token, ...] = ()
    # The arguments of tool calls, if an LLM answers with one.
    tool_arguments: str = ""

    @property
    def is_cut_off(self) -> bool:
        return self.finish_reason == "length"

    @property
    def written(self) -> str:
        """What the LLM wrote, wherever the server put it."""
        places = (self.text, self.tool_arguments, self.reasoning)
        return next((text for text in places if text.strip()), self.text)


def read_completion(body: str, content_type: str = "") -> Completion | Fault:
    """Decode the body of a 200.

    An empty list of choices is a completion without text: a retry may help.
    """
    try:
        value = json.loads(body.removeprefix("\ufeff"))
    except (ValueError, RecursionError) as err:
        return _not_json(body, content_type, err)
    if not isinstance(value, dict):
        return Fault(
            Kind.GARBLED, f"expected a chat completion, got {excerpt(value)}", 200, text=body
        )
    if (error := error_of_200(value)) is not None:
        status = status_meant(error)
        message = f"error inside a reply with status 200: {excerpt(error.message)}"
        return Fault(kind_of(status, error), message, status, error.wait_s, _usage(value))
    return _read_choice(_choice_of(value), value, lambda: _choice_of(_as_written(body)))


def _choice_of(value: Any) -> Any:
    choices = _member(value, "choices")
    return choices[0] if isinstance(choices, list) and choices else None


def _not_json(body: str, content_type: str, err: Exception) -> Fault:
    if "html" in content_type.lower() or body.lstrip()[:1] == "<":
        return Fault(Kind.NOT_THE_API, f"expected JSON, got a web page: {excerpt(body)}", 200)
    return Fault(Kind.GARBLED, f"expected JSON, got {excerpt(body)}: {excerpt(err)}", 200)


def _read_choice(
    choice: Any, value: dict[str, Any], as_written: Callable[[], Any]
) -> Completion | Fault:
    message = _member(choice, "message")
    if _has_objects(message):
        message = _member(as_written(), "message")
    finish_reason = _member(choice, "finish_reason")
    usage, text = _usage(value), _text(_member(message, "content"))
    # LiteLLM moves the refusal.
    moved = _member(_member(message, "provider_specific_fields"), "refusal")
    for refusal in (_member(message, "refusal"), moved, _refusal_in(_member(message, "content"))):
        if isinstance(refusal, str) and refusal.strip():
            reason = f"the LLM refused: {excerpt(refusal)}"
            return Fault(Kind.REFUSAL, reason, 200, usage=usage, text=refusal)
    if finish_reason == "content_filter":
        reason = f"the provider's content filter cut the completion off after {excerpt(text)}"
        return Fault(Kind.CONTENT_FILTER, reason, 200, usage=usage, text=text)
    cached = _member(_member(_member(value, "usage"), "prompt_tokens_details"), "cached_tokens")
    return Completion(
        text=text,
        finish_reason=finish_reason if isinstance(finish_reason, str) else None,
        usage=usage,
        cached_tokens=_count(cached),
        reasoning=_text(_member(message, "reasoning_content") or _member(message, "reasoning")),
        tokens=read_tokens(choice),
        tool_arguments=_tool_arguments(message),
    )


def _has_objects(message: Any) -> bool:
    """Whether something that should be text was sent as an object."""
    return any(isinstance(item, dict) for item in (_member(message, "content"), *_calls(message)))


def _calls(message: Any) -> list[Any]:
    """The arguments of the tools that were called."""
    calls = _member(message, "tool_calls")
    calls = calls if isinstance(calls, list) else []
    called = [_member(call, "function") for call in calls] + [_member(message, "function_call")]
    return [_member(function, "arguments") for function in called if function is not None]


def _tool_arguments(message: Any) -> str:
    return "\n".join(filter(None, (_text(arguments) for arguments in _calls(message))))


def _as_written(body: str) -> Any:
    """The body with numbers as written; None if it has duplicate names.

    Otherwise 2.50 would become 2.5, and one of two equal questions would be lost.
    """
    try:
        return json.loads(
            body.removeprefix("\ufeff"),
            object_pairs_hook=_unique,
            parse_float=str,
            parse_int=str,
        )
    except ValueError:
        return None


def _unique(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) < len(members):
        raise ValueError("a name stands twice")
    return found


def _member(value: Any, name: str) -> Any:
    return value.get(name) if isinstance(value, dict) else None


# Parts of a message that are not the answer.
_NO_ANSWER = frozenset({"reasoning", "thinking", "redacted_thinking", "refusal"})


def _text(content: Any) -> str:
    """The text of a message: a string, an object, or the parts that have text."""
    if isinstance(content, list):
        return "".join(_text_of_part(part) for part in content)
    if isinstance(content, dict):
        return json.dumps(content, ensure_ascii=False)
    return content if isinstance(content, str) else ""


def _text_of_part(part: Any) -> str:
    if isinstance(part, str):
        return part
    if not isinstance(part, dict) or part.get("type") in _NO_ANSWER:
        return ""
    text = part.get("text")
    # {"text": {"value": "..."}}, as assistants write it
    text = text.get("value") if isinstance(text, dict) else text
    return text if isinstance(text, str) else _text(part.get("content") or part.get("json"))


def _refusal_in(content: Any) -> str | None:
    parts = content if isinstance(content, list) else []
    refusals = [_member(part, "refusal") for part in parts]
    return next((text for text in refusals if isinstance(text, str) and text.strip()), None)


def _usage(value: dict[str, Any]) -> Usage:
    usage = _member(value, "usage")
    return Usage(
        _count(_member(usage, "prompt_tokens")), _count(_member(usage, "completion_tokens"))
    )


def _count(tokens: Any) -> int | None:
    """None for 0: proxies write 0 for unknown, and no exchange has zero tokens."""
    if isinstance(tokens, bool) or not isinstance(tokens, int):
        return None
    return tokens if 0 < tokens < 2**53 else None
