"""The demo's server: pictures of a document's pages, and the row a model server gives for it.

Documents live in memory for the time of a request. Knows nothing of models: it asks one, as any
client does.
"""

from __future__ import annotations

import time
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from starlette.concurrency import run_in_threadpool

from ocr_model.documents import Limits, encode_page, open_document
from ocr_model.errors import DocumentError
from ocr_model.schema import Page
from ocr_model.web.client import NoAnswerError, read_document
from ocr_model.web.security import HEADERS

MAX_UPLOAD_BYTES = 20_000_000
_MAX_PAGE_PIXELS = 50_000_000
# What a screen shows of a page; the model reads the document itself.
_SHOWN_SIDE_PX = 1600
_SHOWN_QUALITY = 80
_MOST_SHOWN_PAGES = 30
_STATUS_TIMEOUT_S = 3.0
# Times the limit, after which even a browser is cut off.
_MOST_DROPPED = 10
_ASSETS = Path(__file__).parent / "assets"
_SAMPLE_FORM = _ASSETS / "sample_form.png"
_BAD_GATEWAY = 502


class _RefusedUpload(Exception):  # noqa: N818 - an answer to the browser, no fault of ours
    """Said to the person who dropped the document."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


def build_app(model_url: str, max_bytes: int = MAX_UPLOAD_BYTES) -> FastAPI:
    """The application that asks the model served at `model_url`."""
    app = FastAPI(openapi_url=None)
    app.mount("/assets", StaticFiles(directory=_ASSETS), name="assets")

    @app.middleware("http")
    async def guard(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        response.headers.update(HEADERS)
        return response

    @app.exception_handler(_RefusedUpload)
    async def refuse(_: Request, err: _RefusedUpload) -> JSONResponse:
        return JSONResponse({"error": str(err)}, err.status)

    @app.get("/")
    def index() -> FileResponse:
        return FileResponse(_ASSETS / "index.html")

    @app.get("/sample")
    def sample() -> FileResponse:
        return FileResponse(_SAMPLE_FORM)

    @app.get("/status")
    def status() -> dict[str, object]:
        return {"model_url": model_url, "ready": _answers(model_url), "max_bytes": max_bytes}

    @app.post("/pages")
    async def pages(request: Request) -> list[dict[str, object]]:
        data = await _body_of(request, max_bytes)
        return await run_in_threadpool(_pictures, data)

    @app.post("/rows")
    async def rows(request: Request) -> dict[str, object]:
        data = await _body_of(request, max_bytes)
        name = unquote(request.headers.get("x-document-name", "document"))
        return await run_in_threadpool(_ask, data, name, model_url)

    return app


async def _body_of(request: Request, max_bytes: int) -> bytes:
    """The document. What is too large is read on and dropped: a browser that is still sending
    when it is answered reports a broken connection instead of the answer.
    """
    data, received = bytearray(), 0
    async for chunk in request.stream():
        received += len(chunk)
        if received <= max_bytes:
            data += chunk
        elif received > _MOST_DROPPED * max_bytes:
            break
    if received > max_bytes:
        raise _RefusedUpload(
            f"The file is larger than {max_bytes / 1e6:g} MB, the limit here.", 413
        )
    if not data:
        raise _RefusedUpload("The file is empty.", 422)
    return bytes(data)


def _pictures(data: bytes) -> list[dict[str, object]]:
    try:
        with closing(open_document(data, Limits(len(data), _MAX_PAGE_PIXELS))) as pages:
            shown = range(1, min(pages.page_count, _MOST_SHOWN_PAGES) + 1)
            # One page in memory at a time, however long the document.
            return [_picture(pages.read(number)) for number in shown]
    except DocumentError as err:
        raise _RefusedUpload(str(err), 422) from err


def _picture(page: Page) -> dict[str, object]:
    """`width` and `height` are those of the page itself, which boxes are measured in."""
    shown = encode_page(page.image, _SHOWN_SIDE_PX, "jpeg", _SHOWN_QUALITY)
    width, height = page.image.size
    return {"number": page.number, "width": width, "height": height, "picture": shown.data_url}


def _ask(data: bytes, name: str, model_url: str) -> dict[str, object]:
    started = time.perf_counter()
    try:
        row = read_document(data, name, model_url)
    except NoAnswerError as err:
        raise _RefusedUpload(str(err), _BAD_GATEWAY) from err
    return {"row": row, "seconds": time.perf_counter() - started}


def _answers(model_url: str) -> bool:
    try:
        with urllib.request.urlopen(f"{model_url.rstrip('/')}/health", timeout=_STATUS_TIMEOUT_S):  # noqa: S310
            return True
    except (OSError, ValueError):
        return False
