"""The settings of a model, as one frozen value that travels inside the logged model."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from itertools import pairwise
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails

from ocr_model.errors import ConfigError, excerpt
from ocr_model.trace_content import TraceContent, of_trace_images

_log = logging.getLogger(__name__)

PINNED_CONTENT = re.compile(r"sha256:[0-9a-f]{64}")
PINNED_PROMPT_URI = re.compile(r"prompts:/(?P<name>[^/@]+)/(?P<version>\d+)")

DEFAULT_LLM = "gpt-6-luna"

# Parts of a request that other settings decide, or that would change the shape of the reply.
_RESERVED_PARAMETERS = frozenset({"model", "messages", "response_format", "stream", "n"})
_TOKEN_LIMITS = frozenset({"max_tokens", "max_completion_tokens"})

# Names of secrets, without case, blanks and punctuation; token limits and the like are not secrets.
# A bare `key` is one only outside a schema.
_SECRET_NAME = re.compile(
    r"\w*(?:api|access|secret|private|subscription|account|auth|client|master|virtual|service"
    r"|openai|provider)key|\w*(?:access|auth|api|bearer|session|security|refresh|id|secret|sas)token"
    r"|\w*(?:authorization|authentication|password|passwd|passphrase|credentials?|cookie|bearer)"
    r"|\w*secret|(?:extra|default|http|custom|request)?headers|auth|pwd|token"
)
_SECRET_ALONE = frozenset({"key"})
_KEY_LIKE = re.compile(r"\bsk-[\w-]{8,}|\bBearer\s+\S{4,}", re.IGNORECASE)
_NOT_SHOWN = "[not shown]"


class ExtractorConfig(BaseModel):
    """Settings of an extractor. Unknown keys and unpinned prompt URIs are refused.

    Everything that decides an answer is pinned when the model is logged; only the fields named in
    `OPERATIONAL` may differ when it is loaded.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    engine: Literal["local", "llm"] = "local"
    prompt_uri: str
    prompt_values: dict[str, str] = Field(default_factory=dict)

    # Weights of the local engine's linker, which travel inside the model; empty: the bundled ones.
    linker: str = ""
    # The wanted fields, which travel inside the model, too; empty: all questions on a page.
    fields: str = ""
    # Weights of the local engine's finder for these fields; empty: none.
    finder: str = ""

    llm: str = DEFAULT_LLM
    # Hosts that pages of this model may be sent to, if the machine allows them; empty: any.
    allowed_hosts: tuple[str, ...] = ()
    # Sent unchanged: the name of the token limit and the accepted parameters differ by LLM.
    llm_parameters: dict[str, Any] = Field(default_factory=lambda: {"max_completion_tokens": 8192})
    # What is sent of a page; the embedded OCR reads its text, for an LLM that takes no images.
    page_input: Literal["image", "text", "image+text"] = "image"
    # Locate the answers of an LLM among the words of the embedded OCR.
    answer_boxes: Literal["off", "ocr"] = "off"
    # A second, differently framed request per page; an answer in both replies gets more confidence.
    second_opinion: Literal["off", "on"] = "off"
    # Retry once, with the reason, if an LLM's value does not match the type of its field.
    ask_again: Literal["off", "on"] = "on"
    # Score -> confidence, piecewise linear, as an evaluation fits it for this LLM; empty: the
    # score.
    confidence_calibration: tuple[tuple[float, float], ...] = ()
    image_longest_side: int = Field(default=1000, ge=64, le=8192)
    image_format: Literal["jpeg", "png"] = "jpeg"
    image_quality: int = Field(default=40, ge=1, le=95)
    # Newer LLMs take `auto` for original size, which is billed accordingly; `omit` sends none.
    image_detail: Literal["low", "high", "auto", "original", "omit"] = "high"

    # Where the ladder starts; the engine steps down when the endpoint refuses a rung.
    structured_output: Literal["json_schema", "json_object", "text"] = "json_schema"

    # auto: the words of a PDF come from its text where the rendered page confirms it. New models of
    # the embedded engine have `auto`, see below; models logged before it existed have `never`.
    read_text: Literal["auto", "never"] = "never"
    # Resolution at which PDF pages are rendered.
    pdf_dpi: int = Field(default=200, ge=36, le=1200)
    pdf_page_timeout_s: float = Field(default=30.0, gt=0)

    max_document_bytes: int = Field(default=20_000_000, gt=0)
    max_page_pixels: int = Field(default=50_000_000, gt=0)
    # Of the requested pages; a call may choose some with params={"pages": "1-3,5"}.
    max_pages: int = Field(default=100, gt=0)
    # Of all documents of one call of `predict`, in order.
    max_request_bytes: int = Field(default=2_000_000_000, gt=0)
    max_request_pages: int = Field(default=10_000, gt=0)

    # Per page, waits and retries included; one request may take two thirds of it.
    timeout_s: float = Field(default=60.0, gt=0)
    # Per call of `predict`. None: a share of the server's own limit if one is known, so that the
    # call returns before the server cuts it off; else no limit.
    request_deadline_s: float | None = Field(default=None, gt=0)
    concurrency: int = Field(default=8, ge=1, le=256)
    # Of this process; if several processes share a key, give each a part of its limit.
    requests_per_minute: int | None = Field(default=None, ge=1)
    # What may be stored of a page outside its row: in traces, logs, error messages and the cache.
    trace_content: TraceContent = "text"
    # An answer below this confidence sends its row to review; None: only the outcome does.
    review_threshold: float | None = Field(default=None, ge=0, le=1)

    # Replies of the LLM on disk; replay sends nothing and needs neither key nor endpoint.
    cache: Literal["off", "read-write", "replay"] = "off"
    cache_path: str = ""  # empty: OCR_MODEL_CACHE_PATH, else a file in the user's cache folder

    @property
    def reads_words(self) -> bool:
        """Whether the embedded OCR is needed."""
        return self.engine == "local" or self.page_input != "image" or self.answer_boxes == "ocr"

    @model_validator(mode="before")
    @classmethod
    def _takes_old_names(cls, settings: Any) -> Any:
        return with_new_names(settings) if isinstance(settings, dict) else settings

    @model_validator(mode="before")
    @classmethod
    def _reads_text(cls, settings: Any, info: ValidationInfo) -> Any:
        is_logged = bool(info.context and info.context.get("logged"))
        if is_logged or not isinstance(settings, dict) or settings.get("engine", "local") == "llm":
            return settings
        return {"read_text": "auto"} | settings

    @field_validator("prompt_uri")
    @classmethod
    def _is_pinned(cls, uri: str) -> str:
        if not PINNED_PROMPT_URI.fullmatch(uri):
            raise ValueError(
                f"expected a pinned prompt URI like prompts:/ocr-question-answer/3, got {uri!r}; "
                "aliases are resolved to a version when the model is logged"
            )
        return uri

    @field_validator("confidence_calibration")
    @classmethod
    def _rises(cls, points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
        for left, right in pairwise(points):
            if left[0] > right[0] or left[1] > right[1]:
                raise ValueError(f"expected points that rise, got {left} before {right}")
        if outside := [point for point in points if not 0 <= min(point) <= max(point) <= 1]:
            raise ValueError(f"expected scores and confidences in [0, 1], got {outside[0]}")
        return points

    @field_validator("linker", "fields", "finder")
    @classmethod
    def _is_digest(cls, digest: str, info: ValidationInfo) -> str:
        if digest and not PINNED_CONTENT.fullmatch(digest):
            what = "a path" if info.field_name == "fields" else "a path or URI"
            raise ValueError(
                f"expected sha256:<64 hex digits> or nothing, got {digest!r}; {what} is given to "
                f"the command that logs the model, as `--{info.field_name}`"
            )
        return digest

    @model_validator(mode="after")
    def _has_use_for_its_linker(self) -> ExtractorConfig:
        if self.linker and self.engine != "local":
            raise ValueError(f"only the engine 'local' has a linker, got engine {self.engine!r}")
        return self

    @model_validator(mode="after")
    def _has_use_for_its_finder(self) -> ExtractorConfig:
        if self.finder and self.engine != "local":
            raise ValueError(f"only the engine 'local' has a finder, got engine {self.engine!r}")
        if self.finder and not self.fields:
            raise ValueError("a finder finds fields, got none: give `--fields` beside `--finder`")
        return self

    @field_validator("llm_parameters")
    @classmethod
    def _are_free(cls, parameters: dict[str, Any], info: ValidationInfo) -> dict[str, Any]:
        # A model that was logged with them still works; a new one is refused.
        is_logged = bool(info.context and info.context.get("logged"))
        if not is_logged and (secrets := secrets_in(parameters)):
            raise ValueError(
                f"expected parameters without secrets, got {', '.join(secrets)}: they would be "
                "pinned into the model and stored with it. A key belongs into the environment "
                "variable OPENAI_API_KEY, other headers into OPENAI_CUSTOM_HEADERS"
            )
        if reserved := sorted(_RESERVED_PARAMETERS & parameters.keys()):
            raise ValueError(f"expected parameters of the LLM, got {', '.join(reserved)}")
        if parameters.keys() >= _TOKEN_LIMITS:
            raise ValueError(f"expected one of {', '.join(sorted(_TOKEN_LIMITS))}, got both")
        return parameters


# Limits and preferences of the host that runs the model; none of them changes a correct answer.
OPERATIONAL = frozenset(
    {
        *("max_document_bytes", "max_page_pixels", "pdf_page_timeout_s"),
        *("max_pages", "max_request_bytes", "max_request_pages", "timeout_s", "concurrency"),
        "request_deadline_s",
        *("requests_per_minute", "trace_content", "review_threshold", "cache", "cache_path"),
    }
)

# Settings of earlier versions: their default, and what happens instead today.
RETIRED: dict[str, tuple[object, str]] = {
    "cache_max_bytes": (
        1_000_000_000,
        "The cache keeps all replies; `ocr-model cache clear` empties it.",
    ),
    "image_enlarge": (False, "Pages smaller than `image_longest_side` are sent as they are."),
    "tokens_per_minute": (
        None,
        "Pages pause together when the endpoint says so; `requests_per_minute` slows them before.",
    ),
    "trace_detail": ("compact", "Every trace has the spans that 'compact' had."),
}


_OLD_NAME, _NEW_NAME = "trace_images", "trace_content"


def with_new_names(settings: Mapping[str, Any]) -> dict[str, Any]:
    """{"trace_images": "none"} -> {"trace_content": "text"}; other settings stay unchanged."""
    renamed = {name: value for name, value in settings.items() if name != _OLD_NAME}
    if _OLD_NAME in settings:
        renamed[_NEW_NAME] = of_trace_images(settings[_OLD_NAME], settings.get(_NEW_NAME))
    return renamed


def without_retired(settings: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in settings.items() if name not in RETIRED}


def secrets_in(parameters: Any, path: str = "") -> list[str]:
    """The paths of parameters that look like secrets by their name, at any depth.

    {"temperature": 0, "extra_headers": {"X-Api-Key": "..."}} -> ["extra_headers"]
    """
    if isinstance(parameters, list | tuple):
        return [found for item in parameters for found in secrets_in(item, path)]
    if isinstance(parameters, str):
        return [path] if _KEY_LIKE.search(parameters) else []
    if not isinstance(parameters, dict):
        return []
    found = []
    for name, value in parameters.items():
        inner = f"{path}.{name}" if path else str(name)
        is_secret = _is_secret(str(name), outermost=not path)
        found += [inner] if is_secret else secrets_in(value, inner)
    return found


def secret_values(value: Any, *, outermost: bool = True, is_secret: bool = False) -> list[str]:
    """The values of these secrets, for a model that was logged with them.

    {"temperature": 0, "extra_headers": {"X-Api-Key": "hush"}} -> ["hush"]
    """
    if isinstance(value, str):
        return [value] if is_secret else _KEY_LIKE.findall(value)
    if isinstance(value, list | tuple):
        value = dict(enumerate(value))
    elif not isinstance(value, dict):
        return []
    return [
        secret
        for name, inner in value.items()
        for secret in secret_values(
            inner,
            outermost=False,
            is_secret=is_secret or _is_secret(str(name), outermost=outermost),
        )
    ]


def without_secrets(value: Any, *, outermost: bool = True) -> Any:
    """The same value with "[not shown]" in place of secrets, for messages and traces."""
    if isinstance(value, dict):
        return {
            name: _NOT_SHOWN
            if _is_secret(str(name), outermost=outermost)
            else without_secrets(inner, outermost=False)
            for name, inner in value.items()
        }
    if isinstance(value, list | tuple):
        return [without_secrets(item, outermost=False) for item in value]
    return _KEY_LIKE.sub(_NOT_SHOWN, value) if isinstance(value, str) else value


def _is_secret(name: str, *, outermost: bool) -> bool:
    folded = re.sub(r"[\W_]", "", name).casefold()
    return bool(_SECRET_NAME.fullmatch(folded)) or (outermost and folded in _SECRET_ALONE)


def parse_config(settings: Mapping[str, Any], *, logged: bool = False) -> ExtractorConfig:
    """Check settings and report everything that is wrong with them at once.

    Retired settings are dropped, with a warning if they differed from their default.

    Args:
        logged: the settings of an existing model, which is not refused by newer rules.

    Raises:
        ConfigError: a key is unknown, missing, or holds a value that is not allowed.
    """
    for name in sorted(settings.keys() & RETIRED):
        default, instead = RETIRED[name]
        if settings[name] != default:
            _log.warning("The setting `%s` is gone and was left out. %s", name, instead)
    if _OLD_NAME in settings and not logged:
        became = with_new_names(settings)[_NEW_NAME]
        _log.warning("The setting `%s` is now `%s`: taken as %r.", _OLD_NAME, _NEW_NAME, became)
    try:
        return ExtractorConfig.model_validate(without_retired(settings), context={"logged": logged})
    except ValidationError as err:
        faults = "; ".join(
            f"{'.'.join(map(str, fault['loc']))}: {fault['msg']} (got {_shown(fault)})"
            for fault in err.errors()
        )
        raise ConfigError(f"The model's settings are not valid: {faults}") from err


def _shown(fault: ErrorDetails) -> str:
    name = fault["loc"][-1] if fault["loc"] else ""
    is_secret = _is_secret(str(name), outermost=True)
    return excerpt(_NOT_SHOWN if is_secret else without_secrets(fault["input"]))


def pinned_settings(config: ExtractorConfig) -> dict[str, Any]:
    """The settings that decide an answer, ready for comparison and hashing."""
    return config.model_dump(mode="json", exclude=set(OPERATIONAL))
