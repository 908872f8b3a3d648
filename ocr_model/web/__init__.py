"""Web pages: the demo of a served model, trying prompts on a page, the review of what was read.

The demo calls a served model like any client. `client` needs only the standard library, so import
it by module name.
"""

from ocr_model.web.app import build_app
from ocr_model.web.prompt_trial import GateNeeds, PromptTrial
from ocr_model.web.review_app import build_review_app
from ocr_model.web.security import LOOPBACK, Access
