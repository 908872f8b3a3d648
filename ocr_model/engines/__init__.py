"""One page -> its answers, by the engine a configuration names.

The factory loads only the engine it builds: `local`, the embedded OCR and linker, or `llm`, an
OpenAI-compatible endpoint. An engine knows nothing of documents or rows.
"""

from ocr_model.engines.confidence import calibrated
from ocr_model.engines.deadline import NEVER, RequestDeadline, request_seconds
from ocr_model.engines.factory import Engine, build_engine
from ocr_model.engines.steps import open_span, show_usage
