"""One page -> its answers, by a multimodal LLM.

Exports the building of requests. `engine` and `checked` load the `openai` client, so the factory
imports them only if a configuration needs an LLM. Knows nothing of documents or rows.
"""

from ocr_model.engines.llm.page_content import SentPage
from ocr_model.engines.llm.request import Dialect, build_request
