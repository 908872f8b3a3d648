"""Pages in the browser: the demo of a served model.

Asks a served model as any client does; knows nothing of engines and models. `client` needs nothing
but the standard library, so it is named by module.
"""

from __future__ import annotations

from ocr_model.web.app import build_app

__all__ = ["build_app"]
