"""The engine protocol, and a factory for the engine that a configuration names."""

from __future__ import annotations

from typing import Protocol

from ocr_model.config import ExtractorConfig
from ocr_model.engines.deadline import NEVER, RequestDeadline
from ocr_model.fields import WantedFields
from ocr_model.prompts import Message
from ocr_model.schema import Page, PageResult


class Engine(Protocol):
    """Reads one page. Safe to call from `concurrency` threads at once."""

    name: str
    llm: str | None
    concurrency: int
    notes: tuple[str, ...]

    def read_page(self, page: Page, request: RequestDeadline = NEVER) -> PageResult:
        """Raises ExtractionError when the page cannot be read, or not in time."""
        ...


def build_engine(
    config: ExtractorConfig,
    messages: tuple[Message, ...],
    linker: bytes | None = None,
    wanted: WantedFields | None = None,
) -> Engine:
    """Build the engine and load everything it needs; import only what that engine uses.

    `linker` are the weights that `config.linker` names, `wanted` the fields that `config.fields`
    names, if any; an LLM is asked for them.

    Raises:
        ConfigError: a package or a secret that this engine needs is missing.
    """
    if config.engine == "llm":
        from ocr_model.engines.llm.checked import CheckedEngine, has_checks
        from ocr_model.engines.llm.engine import LLMEngine

        engine = LLMEngine(config, messages, wanted)
        return CheckedEngine(config, engine) if has_checks(config) else engine
    from ocr_model.engines.local import LocalEngine

    return LocalEngine(config, linker=linker, wanted=wanted)
