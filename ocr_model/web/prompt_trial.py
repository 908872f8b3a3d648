"""Try prompts on one page: versions in the registry, or an unsaved text."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import mlflow

from ocr_model.config import ExtractorConfig, parse_config
from ocr_model.errors import PromptError
from ocr_model.extraction import Document, Extractor
from ocr_model.fields import WantedFields
from ocr_model.history import Actor
from ocr_model.lifecycle import register_noted_prompt
from ocr_model.prompts import (
    PROMPT_NAME,
    PinnedPrompt,
    load_prompt,
    prompt_of_text,
    prompt_versions,
)

# An unsaved text has no version yet.
UNSAVED = "prompts:/unsaved/1"
_MOST_VERSIONS = 100
_RULES = "additional_rules"


@dataclass(frozen=True, slots=True)
class GateNeeds:
    """What `promote` needs to release a prompt, and the command without its URI."""

    min_pages: int
    command: str


class PromptTrial:
    """Reads a document with the LLM of `config`, but with the requested prompt."""

    def __init__(
        self, config: ExtractorConfig, needs: GateNeeds, wanted: WantedFields | None = None
    ) -> None:
        self.llm = config.llm
        self.needs = needs
        self._config = config
        self._wanted = wanted

    def versions(self) -> list[dict[str, object]]:
        """The newest first, with texts; a chat prompt is shown but cannot be edited as text."""
        newest = prompt_versions(PROMPT_NAME)[::-1][:_MOST_VERSIONS]
        return [
            {
                "uri": f"prompts:/{PROMPT_NAME}/{version.version}",
                "message": version.commit_message or "",
                "text": version.template if isinstance(version.template, str) else None,
            }
            for version in newest
        ]

    def read(self, data: bytes, name: str, uri: str, text: str | None) -> dict[str, Any]:
        """The row for a document, read with `text`, if given, else with the version.

        Raises:
            PromptError: there is no such version, or the text cannot be sent.
        """
        prompt = load_prompt(uri) if text is None else prompt_of_text(UNSAVED, text)
        extractor = Extractor(
            self._config_with(prompt),
            prompt,
            fields=None if self._wanted is None else self._wanted.to_plain(),
        )
        started = time.perf_counter()
        said = extractor.extract(Document(data, name))
        seconds = time.perf_counter() - started
        return {
            "outcome": said.outcome.value,
            "error": said.error,
            "notes": list(said.notes),
            "pairs": [[question, answers] for question, answers in said.pairs.items()],
            "prompt_tokens": said.usage.prompt_tokens,
            "completion_tokens": said.usage.completion_tokens,
            "cost_usd": None if said.cached else _cost_usd(said.trace_id),
            "cached": said.cached,
            "seconds": seconds,
            "trace_id": said.trace_id,
        }

    def save(self, text: str, message: str, user: str = "") -> str:
        """Register a text and return its URI; if it is already registered, the existing one.

        `user` is the user named by a proxy, for the history; by default the user who runs the demo.

        Raises:
            PromptError: it cannot be sent, or the registry refused it.
        """
        prompt_of_text(UNSAVED, text)
        if not message.strip():
            raise PromptError("Expected a line that says what is new in this text, got none.")
        actor = Actor(user, "stated") if user else None
        return register_noted_prompt(text, message, actor=actor)

    def _config_with(self, prompt: PinnedPrompt) -> ExtractorConfig:
        rules = self._config.prompt_values.get(_RULES, "")
        values = {_RULES: rules} if _RULES in prompt.variables else {}
        settings = {**self._config.model_dump(), "prompt_uri": prompt.uri, "prompt_values": values}
        return parse_config(settings)


def _cost_usd(trace_id: str | None) -> float | None:
    """The cost by MLflow's catalogue; None for an LLM that is not listed."""
    if trace_id is None:
        return None
    mlflow.flush_trace_async_logging()
    trace = mlflow.get_trace(trace_id)
    cost = None if trace is None else trace.info.cost
    return cost["total_cost"] if cost else None
