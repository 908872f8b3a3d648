"""The kinds of fault of an endpoint, and the policy for each."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

from ocr_model.schema import Outcome, Usage


class Kind(StrEnum):
    """Faults that are handled differently."""

    RATE_LIMIT = "rate_limit"
    QUOTA = "quota"
    SERVER = "server"
    CONNECTION = "connection"
    TIMEOUT = "timeout"
    GARBLED = "garbled"
    NOT_THE_API = "not_the_api"
    AUTH = "auth"
    NOT_FOUND = "not_found"
    NO_IMAGES = "no_images"
    PARAMETER = "parameter"
    RESPONSE_FORMAT = "response_format"
    TOKEN_LIMIT_NAME = "token_limit_name"  # noqa: S105 - the name of a parameter
    CONTEXT_LENGTH = "context_length"
    REQUEST_TOO_LARGE = "request_too_large"
    BAD_IMAGE = "bad_image"
    CONTENT_FILTER = "content_filter"
    REFUSAL = "refusal"
    REPLY_TOO_LARGE = "reply_too_large"
    REDIRECT = "redirect"
    REJECTED = "rejected"
    NOT_RECORDED = "not_recorded"


@dataclass(frozen=True, slots=True)
class Policy:
    """What a kind of fault means for the page, the batch and the user.

    `tries` is the total number of attempts while this fault repeats.
    """

    outcome: Outcome
    tries: int = 1
    aborts_batch: bool = False
    remedy: str = ""


_FAILED = Outcome.ENDPOINT_ERROR
POLICY: dict[Kind, Policy] = {
    Kind.RATE_LIMIT: Policy(
        Outcome.RATE_LIMITED,
        tries=10,
        remedy="Lower `concurrency`, set `requests_per_minute` or raise `timeout_s`.",
    ),
    Kind.SERVER: Policy(_FAILED, tries=5),
    Kind.CONNECTION: Policy(
        _FAILED, tries=5, remedy="Check OPENAI_BASE_URL and that the server is running."
    ),
    # Each attempt may be billed although nothing came back.
    Kind.TIMEOUT: Policy(Outcome.TIMEOUT, tries=2, remedy="Raise `timeout_s` if the LLM is slow."),
    # Occasional garbage from proxies; at one in ten, two attempts would lose pages.
    Kind.GARBLED: Policy(_FAILED, tries=4),
    Kind.NOT_THE_API: Policy(
        _FAILED,
        tries=4,
        aborts_batch=True,
        remedy="Is OPENAI_BASE_URL the API (often with /v1), and no login page or proxy between?",
    ),
    Kind.QUOTA: Policy(_FAILED, aborts_batch=True, remedy="Top up the account or use another key."),
    Kind.AUTH: Policy(_FAILED, aborts_batch=True, remedy="Check OPENAI_API_KEY."),
    Kind.NOT_FOUND: Policy(
        _FAILED, aborts_batch=True, remedy="Check `llm` and OPENAI_BASE_URL (missing /v1?)."
    ),
    Kind.NO_IMAGES: Policy(
        _FAILED,
        aborts_batch=True,
        remedy="Use an `llm` that reads images, or set `page_input` to 'text'.",
    ),
    Kind.PARAMETER: Policy(
        _FAILED, aborts_batch=True, remedy="Change `llm_parameters` or `image_detail`."
    ),
    Kind.RESPONSE_FORMAT: Policy(
        _FAILED, aborts_batch=True, remedy="Set `structured_output` to 'text'."
    ),
    Kind.TOKEN_LIMIT_NAME: Policy(
        _FAILED, aborts_batch=True, remedy="Remove the token limit from `llm_parameters`."
    ),
    Kind.CONTEXT_LENGTH: Policy(
        Outcome.TOO_LARGE, remedy="Lower `image_longest_side` or the token limit."
    ),
    Kind.REQUEST_TOO_LARGE: Policy(
        Outcome.TOO_LARGE, remedy="Lower `image_longest_side` or `image_quality`."
    ),
    Kind.BAD_IMAGE: Policy(Outcome.BAD_INPUT),
    Kind.CONTENT_FILTER: Policy(Outcome.CONTENT_FILTERED),
    Kind.REFUSAL: Policy(Outcome.REFUSED),
    Kind.REPLY_TOO_LARGE: Policy(_FAILED),
    # Following would send key and page to another host.
    Kind.REDIRECT: Policy(_FAILED, remedy="Set OPENAI_BASE_URL to the address it points to."),
    Kind.REJECTED: Policy(_FAILED),
    Kind.NOT_RECORDED: Policy(
        _FAILED, remedy="Record it with cache='read-write', with the same model and settings."
    ),
}


@dataclass(frozen=True, slots=True)
class Fault:
    """An exchange without a completion. `wait_s` is how long the endpoint asks to wait."""

    kind: Kind
    message: str
    status: int | None = None
    wait_s: float | None = None
    usage: Usage = field(default_factory=Usage)
    text: str | None = None

    @property
    def policy(self) -> Policy:
        return POLICY[self.kind]
