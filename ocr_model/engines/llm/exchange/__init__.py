"""A request -> a completion or a typed fault: the client, its retries and its rate limits.

Knows requests as JSON and nothing of pages, prompts or answers.
"""

from ocr_model.engines.llm.exchange.client import ChatClient
from ocr_model.engines.llm.exchange.completion import Completion
from ocr_model.engines.llm.exchange.endpoint import Endpoint, endpoint_from
from ocr_model.engines.llm.exchange.faults import Fault, Kind
from ocr_model.engines.llm.exchange.logprobs import Token, logprobs_of
from ocr_model.engines.llm.exchange.rate_limit import RateLimit
from ocr_model.engines.llm.exchange.redaction import REDACTED
from ocr_model.engines.llm.exchange.retry import Deadline, Sender
