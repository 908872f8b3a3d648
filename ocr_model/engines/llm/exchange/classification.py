"""Status and text of a failed request -> the kind of fault.

Pure. Depends on what servers say, never on the vendor: the same rules for all.
"""

from __future__ import annotations

import re

from ocr_model.engines.llm.exchange.faults import Kind
from ocr_model.engines.llm.exchange.provider_error import ProviderError


def _any_of(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE | re.DOTALL)


_QUOTA = _any_of(
    r"insufficient_quota|current quota|billing|credit balance|spending limit",
    r"insufficient (?:credits?|balance|funds)|out of credits",
)
_QUOTA_CODES = frozenset({"insufficient_quota", "billing_hard_limit_reached"})
_UNSUPPORTED = (
    r"(?:unsupported|not supported|unknown|unrecognized|unexpected|not permitted|cannot find"
    r"|instead)"
)
_LIMIT_NAME = r"max_(?:completion_)?tokens"

# In this order: more specific rules come first.
_BY_TEXT: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        Kind.CONTENT_FILTER,
        _any_of(
            r"content_filter|content_policy|content management policy|responsibleaipolicy",
            r"safety system|usage policies|content exists risk",
        ),
    ),
    (
        Kind.AUTH,
        _any_of(
            r"api[ _-]?key[^.]{0,40}(?:not valid|invalid|incorrect|missing|expired)",
            r"(?:invalid|incorrect|missing|no)[ _](?:\w+[ _])?api[ _-]?key",
        ),
    ),
    (
        Kind.CONTEXT_LENGTH,
        _any_of(
            r"context_length_exceeded|exceed_context_size|maximum context|too many input tokens",
            r"context (?:length|size|window)|prompt is too long|input token count",
        ),
    ),
    (
        Kind.TOKEN_LIMIT_NAME,
        _any_of(
            rf"{_LIMIT_NAME}[^.]{{0,60}}{_UNSUPPORTED}", rf"{_UNSUPPORTED}[^.]{{0,60}}{_LIMIT_NAME}"
        ),
    ),
    (
        Kind.RESPONSE_FORMAT,
        _any_of(
            r"response_?format|json_?schema|json_?object|json mode|structured output",
            r"'text' or 'json|failed to (?:parse|initialize) grammar",
        ),
    ),
    (
        Kind.REQUEST_TOO_LARGE,
        _any_of(
            r"image[^.]{0,60}(?:too large|too big|larger than|exceed)",
            r"(?:request|payload|body|entity)[^.]{0,30}too large|request_too_large",
            r"string_above_max_length",
        ),
    ),
    (
        Kind.BAD_IMAGE,
        _any_of(
            r"invalid[ _](?:base64[ _])?image|image_parse_error|unsupported image|image format",
            r"(?:could not|cannot|can't|failed to|unable to)[^.]{0,40}image|valid image",
        ),
    ),
    (
        Kind.NO_IMAGES,
        _any_of(
            r"(?:image|vision|multimodal)[^.]{0,60}(?:not supported|unsupported|only supported)",
            r"not support[^.]{0,20}(?:image|vision|multimodal)|support image input|mmproj",
            r"not a (?:multimodal|vision)|invalid content type[^.]*image_url",
            r"content[^.]{0,40}(?:must|should) be a (?:valid )?string",
        ),
    ),
    (
        Kind.NOT_FOUND,
        _any_of(
            r"model_not_found|(?:unknown|invalid|no such) model",
            r"model[^.]{0,80}(?:not found|not exist|not available|not a valid)",
        ),
    ),
    (
        Kind.PARAMETER,
        _any_of(
            r"(?:unsupported|unknown|invalid)_(?:parameter|value)|extra_forbidden|extra inputs",
            r"(?:unsupported|unknown|unrecognized|unexpected)[^.]{0,20}"
            r"(?:parameter|argument|field|value|name)",
            r"not supported with this model|not support parameters|input should be",
        ),
    ),
)
_KINDS_OF_A_500 = frozenset(
    {Kind.RESPONSE_FORMAT, Kind.NO_IMAGES, Kind.PARAMETER, Kind.CONTEXT_LENGTH, Kind.AUTH}
)


def kind_of(status: int, error: ProviderError) -> Kind:
    """The kind of fault for an HTTP status and its text.

    429, "Rate limit reached" -> RATE_LIMIT; 400, code context_length_exceeded -> CONTEXT_LENGTH
    """
    if status == 429:
        return Kind.QUOTA if _is_quota(error) else Kind.RATE_LIMIT
    if status in _BY_STATUS:
        return _BY_STATUS[status]
    if 300 <= status < 400:
        return Kind.REDIRECT
    for kind, pattern in _BY_TEXT:
        if pattern.search(error.words) and (status < 500 or kind in _KINDS_OF_A_500):
            return kind
    return Kind.SERVER if status >= 500 else Kind.REJECTED


_BY_STATUS = {
    401: Kind.AUTH,
    402: Kind.QUOTA,
    403: Kind.AUTH,
    404: Kind.NOT_FOUND,
    405: Kind.NOT_FOUND,
    408: Kind.SERVER,
    409: Kind.SERVER,
    410: Kind.NOT_FOUND,
    413: Kind.REQUEST_TOO_LARGE,
    425: Kind.SERVER,
}


def _is_quota(error: ProviderError) -> bool:
    """Per-minute limits also mention quota and billing, but say when to retry."""
    if error.code in _QUOTA_CODES or error.type in _QUOTA_CODES:
        return True
    return error.wait_s is None and _QUOTA.search(error.words) is not None


# For errors with HTTP 200: words in their code or type -> the status they mean.
_STATUS_OF_WORDS: tuple[tuple[int, re.Pattern[str]], ...] = (
    (429, _any_of(r"rate_?limit|insufficient_quota|throttl|too_many|resource_exhausted")),
    (401, _any_of(r"api_key|auth|permission|unauthenticated|forbidden")),
    (404, _any_of(r"not_found")),
    (400, _any_of(r"invalid|unsupported|context_length|content_filter|bad_request")),
)


def status_meant(error: ProviderError) -> int:
    """The HTTP status that an error inside a 200 means; 500 by default.

    code "429" -> 429; code rate_limit_exceeded -> 429; no code -> 500
    """
    for word in (error.code, error.type):
        if word is not None and re.fullmatch(r"[45]\d\d", word, re.ASCII):
            return int(word)
    named = f"{error.code or ''} {error.type or ''}"
    return next((status for status, words in _STATUS_OF_WORDS if words.search(named)), 500)
