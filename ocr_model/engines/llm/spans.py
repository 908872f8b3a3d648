"""The parts of a request and its reply that are shown in MLflow's traces.

The engine has its own CHAT_MODEL span instead of `mlflow.openai.autolog`'s, which stores the image
whatever `trace_content` says, stores all parameters twice, and exists only if the host turned it
on. Images are never in a span: they are attachments, or a digest and a size. Nothing long is stored
twice: a database of traces grows with every page read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Any

from mlflow.entities import LiveSpan, SpanStatusCode
from mlflow.tracing.attachments import Attachment
from mlflow.tracing.constant import SpanAttributeKey

from ocr_model.config import without_secrets
from ocr_model.documents import EncodedPage
from ocr_model.engines.llm.exchange import Completion, Fault
from ocr_model.engines.llm.page_content import SentPage
from ocr_model.engines.steps import show_usage
from ocr_model.errors import ParseError
from ocr_model.schema import Outcome
from ocr_model.trace_content import TraceContent, keeps_text

# The prompt is the same in every trace, and the model pins it: enough text to recognise it.
_SHOWN_PROMPT_CHARS = 80
# The trace has the pairs of a reply anyway; the parsing step keeps a reply whole if it was repaired
# or unreadable.
_SHOWN_REPLY_CHARS = 120
_SHOWN_DIGEST_CHARS = 16


def show_request(span: LiveSpan, request: dict[str, Any], shown_images: Sequence[object]) -> None:
    """Set a request as inputs, with `shown_images` in place of the data URLs."""
    shown = iter(shown_images)
    left_out = ("response_format", "messages")
    inputs = {name: value for name, value in request.items() if name not in left_out}
    inputs = without_secrets(inputs)
    if keeps_text():
        inputs["messages"] = [_shown(message, shown) for message in request["messages"]]
    span.set_inputs(inputs)
    span.set_attributes(
        {
            SpanAttributeKey.MESSAGE_FORMAT: "openai",
            SpanAttributeKey.MODEL: request["model"],
        }
    )


def measures(page: SentPage) -> dict[str, object]:
    """Sizes and digests of the page content that is sent."""
    shown: dict[str, object] = {}
    if page.images:
        first, *others = page.images
        shown["image"] = [first.width, first.height]
        shown |= {"bytes": sum(len(image.data) for image in page.images), "sha256": first.sha256}
        shown |= {"strips": len(page.images)} if others else {}
    if page.text is not None:
        digest = hashlib.sha256(page.text.encode()).hexdigest()
        shown |= {"text_chars": len(page.text), "text_sha256": digest}
    return shown


def image_to_show(page: EncodedPage, content: TraceContent) -> object:
    """The placeholder for an image in a span: an attachment, or the start of its digest."""
    if content == "full":
        return Attachment(content_type=page.content_type, content_bytes=page.data)
    return f"sha256:{page.sha256[:_SHOWN_DIGEST_CHARS]}"


def _shown(message: dict[str, Any], shown_images: Iterator[object]) -> dict[str, Any]:
    content = message["content"]
    if isinstance(content, str):
        return {**message, "content": _start_of(content, _SHOWN_PROMPT_CHARS)}
    return {**message, "content": [_shown_part(part, shown_images) for part in content]}


def _shown_part(part: dict[str, Any], shown_images: Iterator[object]) -> dict[str, Any]:
    if part["type"] == "text":
        return {**part, "text": _start_of(part["text"], _SHOWN_PROMPT_CHARS)}
    return {**part, "image_url": {**part["image_url"], "url": next(shown_images, None)}}


def _start_of(text: str, chars: int) -> str:
    return text if len(text) <= chars else f"{text[:chars]}... ({len(text)} chars)"


def show_reply(span: LiveSpan, reply: Completion | Fault, attempts: int) -> None:
    """Set a completion or fault as outputs, and its tokens if known."""
    if attempts != 1:
        span.set_attribute("attempts", attempts)
    if isinstance(reply, Completion):
        span.set_outputs({"choices": [_choice(reply)]})
        show_usage(span, reply.usage, reply.cached_tokens)
        return
    shown: dict[str, Any] = {"fault": reply.kind.value}
    shown |= {"status": reply.status} if reply.status is not None else {}
    if keeps_text():
        shown |= {"message": reply.message}
        shown |= {"text": reply.text} if reply.text is not None else {}
    span.set_outputs(shown)
    span.set_status(SpanStatusCode.ERROR)
    show_usage(span, reply.usage, None)


def _choice(completion: Completion) -> dict[str, Any]:
    if not keeps_text():
        return {"chars": len(completion.text), "finish_reason": completion.finish_reason}
    message = {"role": "assistant", "content": _start_of(completion.text, _SHOWN_REPLY_CHARS)}
    if completion.reasoning:
        message["reasoning_content"] = _start_of(completion.reasoning, _SHOWN_REPLY_CHARS)
    return {"message": message, "finish_reason": completion.finish_reason}


def show_cached(span: LiveSpan, completion: Completion) -> None:
    """Set a completion from the cache as outputs; without tokens, as it cost none."""
    span.set_attribute("cached", True)
    span.set_outputs({"choices": [_choice(completion)]})


def parsed_facts(completion: Completion, pairs: int, notes: Sequence[str]) -> dict[str, object]:
    """The number of pairs, or of fields and rows; with the original reply if it was repaired."""
    outcome = Outcome.OK if pairs else Outcome.EMPTY
    facts: dict[str, object] = {"outcome": outcome.value, "pairs": pairs}
    if not keeps_text():
        return facts | ({"notes": len(notes)} if notes else {})
    return facts | ({"notes": list(notes)} | _raw(completion) if notes else {})


def unparsed_facts(completion: Completion, err: ParseError) -> dict[str, object]:
    """Everything that was received, because the completion's span shows only its start."""
    if not keeps_text():
        return {"outcome": err.outcome.value, "chars": len(completion.text)}
    return {"outcome": err.outcome.value, "error": str(err)} | _raw(completion)


def _raw(completion: Completion) -> dict[str, Any]:
    reasoning = {"reasoning": completion.reasoning} if completion.reasoning else {}
    return {"text": completion.text} | reasoning
