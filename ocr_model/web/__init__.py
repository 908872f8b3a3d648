"""Pages in the browser: the demo of a served model, and prompts tried on a page.

The demo asks a served model as any client does. `client` needs nothing but the standard library, so
it is named by module.
"""

from __future__ import annotations

from ocr_model.web.app import build_app
from ocr_model.web.prompt_trial import GateNeeds, PromptTrial

__all__ = ["GateNeeds", "PromptTrial", "build_app"]
