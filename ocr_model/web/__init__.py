"""Pages in the browser: the demo of a served model, prompts tried on a page, the review of what was
read.

The demo asks a served model as any client does. `client` needs nothing but the standard library, so
it is named by module.
"""

from ocr_model.web.app import build_app
from ocr_model.web.prompt_trial import GateNeeds, PromptTrial
from ocr_model.web.review_app import build_review_app
from ocr_model.web.security import LOOPBACK, Access
