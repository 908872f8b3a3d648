"""A page in the browser for a model that is served."""

from __future__ import annotations

import uvicorn

from ocr_model.commands.cli import Demo
from ocr_model.console import say
from ocr_model.web import build_app


def demo(given: Demo) -> int:
    say(f"Open http://{given.host}:{given.port} (the model is asked at {given.url})")
    app = build_app(given.url, given.max_bytes)
    uvicorn.run(app, host=given.host, port=given.port, log_level="warning")
    return 0
