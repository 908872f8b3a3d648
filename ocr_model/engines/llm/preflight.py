"""Check whether an endpoint can read pages: the engine reads a drawn test page.

The engine adapts to the endpoint as for any page; its notes say how.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from mlflow.tracing.provider import trace_disabled
from PIL import Image, ImageDraw, ImageFont

from ocr_model.config import ExtractorConfig
from ocr_model.engines.llm.engine import LLMEngine
from ocr_model.errors import LLMError, excerpt
from ocr_model.prompts import Message
from ocr_model.schema import Page, Usage

_PROMPT = Message(
    role="system",
    content="You read forms. Return the questions on the page and the answers given to them.",
)


@dataclass(frozen=True, slots=True)
class EndpointCheck:
    """The result of the check. `problem` says why the endpoint is unusable, and what to do."""

    notes: tuple[str, ...] = ()
    usage: Usage = field(default_factory=Usage)
    problem: str | None = None


@trace_disabled  # a check writes to no store; the public switch would not restore the state
def check_endpoint(config: ExtractorConfig, number: str) -> EndpointCheck:
    """Read a test page within `config.timeout_s`.

    Args:
        number: printed on the page; only an LLM that reads the page can return it.

    Raises:
        ConfigError: the environment or the settings cannot be used.
    """
    engine = LLMEngine(config.model_copy(update={"cache": "off"}), (_PROMPT,))
    try:
        result = engine.read_page(Page(1, page_with(number)))
    except LLMError as err:
        return EndpointCheck(err.notes, err.usage, str(err))
    finally:
        engine.close()
    answers = [answer.answer or "" for answer in result.answers]
    if any(number in answer for answer in answers):
        return EndpointCheck(result.notes, result.usage)
    problem = (
        f"Expected {number}, the number on a test page, among the answers, got {excerpt(answers)}: "
        "the page was not seen, or could not be read. Use an `llm` that reads images, or set "
        "`page_input` to 'text'."
    )
    return EndpointCheck(result.notes, result.usage, problem)


def page_with(number: str) -> Image.Image:
    page = Image.new("RGB", (800, 600), "white")
    pen = ImageDraw.Draw(page)
    font = ImageFont.load_default(size=64)
    pen.text((60, 150), "Name:  Ann Berg", fill="black", font=font)
    pen.text((60, 350), f"Number:  {number}", fill="black", font=font)
    return page
