"""An LLM engine on a loopback endpoint, quick to give up; for every test that needs one."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest import mock

from PIL import Image

from ocr_model.config import ExtractorConfig
from ocr_model.engines.llm.engine import LLMEngine
from ocr_model.errors import LLMError
from ocr_model.extraction import Document, Extractor
from ocr_model.fields import WantedFields, fields_setting
from ocr_model.prompts import Message, PinnedPrompt
from ocr_model.schema import Extraction, Page, PageResult
from tests.support.endpoint import Endpoint, Reply, Script, Seen, completion

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


def extracted(
    wanted: WantedFields, document: bytes, contents: Iterable[Any], prompt: PinnedPrompt
) -> tuple[Extraction, list[Seen]]:
    """The row of a document whose LLM is asked for fields and says these, page by page."""
    config = config_of(prompt_uri=prompt.uri, concurrency=1, fields=fields_setting(wanted))
    script = [c if isinstance(c, Reply) else completion(json.dumps(c)) for c in contents]
    with Endpoint(script) as endpoint, mock.patch.dict(os.environ, endpoint.environment):
        extractor = Extractor(config, prompt, fields=wanted.to_plain())
        return extractor.extract(Document(document, "a")), endpoint.requests
