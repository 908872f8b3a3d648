"""What an endpoint can do, and the settings to use with it, from about five small requests.

Knows nothing of documents: it draws the page it asks about.
"""

from __future__ import annotations

from ocr_model.engines.llm.preflight.check import Report, check_endpoint

__all__ = [
    "Report",
    "check_endpoint",
]
