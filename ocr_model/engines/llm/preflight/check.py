"""What an endpoint can do, found out with a handful of small requests.

Reaches its verdicts by what comes back, never by who serves.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass, field
from typing import Any

from ocr_model.config import ExtractorConfig
from ocr_model.engines.llm.exchange import (
    Attempts,
    Completion,
    Deadline,
    Endpoint,
    Fault,
    Kind,
    ListedModel,
    Sender,
    Wire,
    find_model,
)
from ocr_model.engines.llm.preflight.probes import (
    format_request,
    holds_limit,
    is_enforced,
    limit_request,
    page_request,
)
from ocr_model.engines.llm.reply import parse_completion
from ocr_model.engines.llm.request import LIMIT_NAMES, Dialect, Rung
from ocr_model.errors import LLMError, ParseError, excerpt

_BACKOFF_S = 0.2
_RUNGS: tuple[Rung, ...] = ("json_schema", "json_object")
# Faults that say nothing of what was probed.
_PASSING = frozenset({Kind.RATE_LIMIT, Kind.CONNECTION, Kind.TIMEOUT})


@dataclass(slots=True)
class Report:
    """What was found, in the order it was found, and the settings that follow from it."""

    findings: dict[str, str] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    llm_parameters: dict[str, Any] = field(default_factory=dict)
    # Why the endpoint cannot be used, and what to do about it.
    problem: str | None = None


def check_endpoint(endpoint: Endpoint, config: ExtractorConfig, number: str) -> Report:
    """Probe an endpoint, `config.timeout_s` a request at most.

    Args:
        number: stands on the form that is sent; whoever answers with it has read the form.

    Raises:
        ConfigError: the environment names a proxy that cannot be used.
    """
    wire = Wire(endpoint, concurrency=1)
    try:
        preflight = _Preflight(wire, endpoint, config, number)
        try:
            preflight.run()
        except LLMError as err:
            preflight.report.problem = str(err)
        return preflight.report
    finally:
        wire.close()


class _Preflight:
    def __init__(
        self, wire: Wire, endpoint: Endpoint, config: ExtractorConfig, number: str
    ) -> None:
        self.report = Report()
        self._wire = wire
        self._endpoint = endpoint
        self._config = config
        self._number = number
        self._sender = Sender(_BACKOFF_S, longest_pause_s=config.timeout_s / 2)
        self._models: list[ListedModel] = []

    def run(self) -> None:
        """Raises LLMError where it turns out that the endpoint cannot be used."""
        self._list_models()
        self._settle_parameters()
        rung = self._best_rung()
        page_input = self._best_page_input(Dialect(rung))
        self.report.llm_parameters = self._config.llm_parameters
        self.report.settings = {"structured_output": rung, "page_input": page_input}
        if self._config.image_detail == "omit":
            self.report.settings["image_detail"] = "omit"

    def _send(self, request: dict[str, Any]) -> Completion | Fault:
        return self._sender.send(
            lambda seconds: self._wire.post(request, seconds),
            Deadline(self._config.timeout_s),
            Attempts(),
        )

    def _list_models(self) -> None:
        """Tells what `/models` says; whether a model answers is decided by asking it."""
        listed = self._wire.list_models(self._config.timeout_s)
        if isinstance(listed, Fault):
            self.report.findings["models"] = f"no list: {listed.message}"
            return
        self._models = listed
        known = find_model(listed, self._config.llm)
        count = f"{len(listed)} listed"
        self.report.findings["models"] = f"{count}, {'with' if known else 'without'} this one"
        if known is not None and known.shutdown is not None:
            self.report.findings["shuts down"] = f"{known.shutdown} (told by /models)"

    def _settle_parameters(self) -> None:
        """Find the parameters that are taken, the token limit under the name that is held to."""
        completion = self._accepted()
        name = self._limit_name()
        if name is not None and not holds_limit(completion):
            other = self._renamed(name)
            reply = self._send(limit_request(other, Dialect("text")))
            if isinstance(reply, Completion) and holds_limit(reply):
                self._config, name = other, LIMIT_NAMES[name]
                self.report.findings["token limit"] = f"{name}; ignored under its other name"
            else:
                self.report.findings["token limit"] = "ignored, whatever its name"
        else:
            self.report.findings["token limit"] = f"{name}, held to" if name else "none sent"
        tokens = completion.usage
        known = tokens.prompt_tokens is not None and tokens.completion_tokens is not None
        self.report.findings["usage"] = "reported" if known else "not reported"

    def _accepted(self) -> Completion:
        """Ask for a few words until the endpoint takes the parameters they are asked with."""
        refused: list[str] = []
        while True:
            reply = self._send(limit_request(self._config, Dialect("text")))
            if isinstance(reply, Completion):
                break
            if not self._adapt(reply, refused):
                raise self._unusable(reply)
        self.report.findings |= {"reachable": "yes", "key": "accepted", "model": "answers"}
        if refused:
            self.report.findings["refused"] = ", ".join(refused)
        return reply

    def _adapt(self, fault: Fault, refused: list[str]) -> bool:
        """Rename or drop what was refused; False where that is nothing we chose to send."""
        parameters = self._config.llm_parameters
        limit = self._limit_name()
        if fault.kind is Kind.TOKEN_LIMIT_NAME and limit is not None:
            refused.append(limit)
            if LIMIT_NAMES[limit] in refused:
                self._set_parameters({k: v for k, v in parameters.items() if k != limit})
            else:
                self._config = self._renamed(limit)
            return True
        named = [name for name in parameters if name in fault.message]
        if fault.kind in (Kind.PARAMETER, Kind.REJECTED) and named:
            refused += named
            self._set_parameters({k: v for k, v in parameters.items() if k not in named})
            return True
        return False

    def _limit_name(self) -> str | None:
        return next((name for name in LIMIT_NAMES if name in self._config.llm_parameters), None)

    def _renamed(self, limit: str) -> ExtractorConfig:
        parameters = self._config.llm_parameters
        renamed = {LIMIT_NAMES[k] if k == limit else k: v for k, v in parameters.items()}
        return self._config.model_copy(update={"llm_parameters": renamed})

    def _set_parameters(self, parameters: dict[str, Any]) -> None:
        self._config = self._config.model_copy(update={"llm_parameters": parameters})

    def _best_rung(self) -> Rung:
        """The highest rung that is enforced; `text` where none is."""
        enforced = [rung for rung in _RUNGS if self._is_enforced(rung)]
        return enforced[0] if enforced else "text"

    def _is_enforced(self, rung: Rung) -> bool:
        reply = self._send(format_request(self._config, Dialect(rung)))
        if isinstance(reply, Fault):
            said = "not known" if reply.kind in _PASSING else "refused"
            self.report.findings[rung] = f"{said}: {reply.message}"
            return False
        enforced = is_enforced(rung, reply)
        self.report.findings[rung] = "enforced" if enforced else "taken, but not enforced"
        return enforced

    def _best_page_input(self, dialect: Dialect) -> str:
        """Images where they are read, else text; the configured one where both would do.

        Raises:
            LLMError: the LLM reads the form in neither way.
        """
        wanted = self._config.page_input
        if self._reads_images(dialect) and wanted != "text":
            return wanted
        self._require_text(dialect)
        return "text"

    def _reads_images(self, dialect: Dialect) -> bool:
        reply = self._send_image(dialect)
        if isinstance(reply, Fault):
            if reply.kind in _PASSING:
                raise self._unusable(reply)
            self.report.findings["images"] = f"refused: {reply.message}"
            return False
        tokens = reply.usage.prompt_tokens
        if self._number in (reply.text or reply.reasoning):
            self._require_pairs(reply)
            cost = f" ({tokens} prompt tokens)" if tokens is not None else ""
            self.report.findings["images"] = f"read: the number on a test page came back{cost}"
            return True
        self.report.findings["images"] = (
            "taken, but the number on a test page did not come back: dropped, or not read"
        )
        return False

    def _send_image(self, dialect: Dialect) -> Completion | Fault:
        reply = self._send(page_request(self._config, dialect, self._number, with_image=True))
        if isinstance(reply, Fault) and "detail" in reply.message:
            self._config = self._config.model_copy(update={"image_detail": "omit"})
            return self._send(page_request(self._config, dialect, self._number, with_image=True))
        return reply

    def _require_text(self, dialect: Dialect) -> None:
        reply = self._send(page_request(self._config, dialect, self._number, with_image=False))
        if isinstance(reply, Fault):
            raise self._unusable(reply)
        self._require_pairs(reply)
        self.report.findings["text"] = "read: the number in a test text came back"

    def _require_pairs(self, completion: Completion) -> None:
        """Raises LLMError where the number is not among the answers."""
        said = f"{self._where}: expected the pairs of a test page, got {excerpt(completion.text)}. "
        try:
            pairs = parse_completion(completion).pairs.pairs
        except ParseError as err:
            raise ParseError(f"{said}Use another `llm`.", text=completion.text) from err
        if not any(self._number in answer for pair in pairs for answer in pair.value):
            raise ParseError(f"{said}Use another `llm`.", text=completion.text)

    @property
    def _where(self) -> str:
        return f"{self._endpoint.shown} (llm {self._config.llm!r})"

    def _unusable(self, fault: Fault) -> LLMError:
        remedy = fault.policy.remedy
        if fault.kind is Kind.NOT_FOUND and self._models:
            names = [model.name for model in self._models]
            close = difflib.get_close_matches(self._config.llm, names, 5, 0.3) or names[:5]
            remedy += f" It lists {', '.join(close)}."
        return LLMError(f"{self._where}: {fault.message}. {remedy}".rstrip(), fault.policy.outcome)
