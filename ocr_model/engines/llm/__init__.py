"""One page -> its answers, by a multimodal LLM.

Gives the request that is sent. `engine` and `checked` load the `openai` client, so the factory
imports them itself, where a configuration asks for an LLM. Knows nothing of documents or rows.
"""

from ocr_model.engines.llm.page_content import SentPage
from ocr_model.engines.llm.request import Dialect, build_request
