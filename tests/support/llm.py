"""An LLM engine on a loopback endpoint, quick to give up; for every test that needs one."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from PIL import Image

from ocr_model.config import ExtractorConfig
from ocr_model.engines.llm.engine import LLMEngine
from ocr_model.errors import LLMError
from ocr_model.fields import WantedFields
from ocr_model.prompts import Message
from ocr_model.schema import Page, PageResult
from tests.support.endpoint import Endpoint, Script, Seen

SYSTEM = (Message(role="system", content="Read the form."),)
PAGE = Page(3, Image.new("RGB", (120, 80), "white"))


def config_of(**settings: Any) -> ExtractorConfig:
    values = {"engine": "llm", "prompt_uri": "prompts:/p/1", "llm": "test-llm", "timeout_s": 5.0}
    return ExtractorConfig.model_validate(values | settings)


@contextmanager
def engine_on(
    environment: dict[str, str],
    messages: tuple[Message, ...] = SYSTEM,
    wanted: WantedFields | None = None,
    **settings: Any,
) -> Iterator[LLMEngine]:
    with mock.patch.dict(os.environ, environment):
        engine = LLMEngine(config_of(**settings), messages, wanted, backoff_s=0.01)
    try:
        yield engine
    finally:
        engine.close()


@dataclass(frozen=True)
class Reading:
    """What came of reading one page, and what the endpoint saw of it."""

    result: PageResult | None
    error: LLMError | None
    requests: list[Seen]

    @property
    def outcome(self) -> str:
        if self.error is not None:
            return self.error.outcome.value
        return "ok" if self.result is not None and self.result.answers else "empty"

    @property
    def notes(self) -> tuple[str, ...]:
        assert self.result is not None
        return self.result.notes

    @property
    def message(self) -> str:
        assert self.error is not None
        return str(self.error)


def read(script: Script = (), *, page: Page = PAGE, **settings: Any) -> Reading:
    """Read one page from an endpoint that plays the script."""
    with Endpoint(script) as endpoint, engine_on(endpoint.environment, **settings) as engine:
        result, error = None, None
        try:
            result = engine.read_page(page)
        except LLMError as err:
            error = err
        return Reading(result, error, endpoint.requests)
