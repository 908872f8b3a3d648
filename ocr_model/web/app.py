"""The demo's server: images of a document's pages, and the row a model server returns for it; with
an LLM, also trying prompts on a page.

Documents are in memory only during a request. Knows nothing of models: it calls one like any
client.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import time
import urllib.request
from contextlib import closing
from pathlib import Path
from typing import Annotated, Any, TypeVar
from urllib.parse import unquote

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, Field, ValidationError
from starlette.concurrency import run_in_threadpool

from ocr_model.documents import Limits, encode_page, open_document
from ocr_model.errors import DocumentError, OcrModelError
from ocr_model.schema import Page
from ocr_model.web.client import NoAnswerError, read_document
from ocr_model.web.prompt_trial import PromptTrial
from ocr_model.web.security import HEADERS, Access, RefusedError

MAX_UPLOAD_BYTES = 20_000_000
_MAX_PAGE_PIXELS = 50_000_000
# Pixels of a page for the screen; the model reads the document itself.
_SHOWN_SIDE_PX = 1600
_SHOWN_QUALITY = 80
_MOST_SHOWN_PAGES = 30
_STATUS_TIMEOUT_S = 3.0
# Multiple of the limit after which even a browser is cut off.
_MOST_DROPPED = 10
_ASSETS = Path(__file__).parent / "assets"
_SAMPLE_FORM = _ASSETS / "sample_form.png"
_BAD_GATEWAY = 502
_ANYBODY = Access()


class _RefusedUpload(Exception):  # noqa: N818 - an answer to the browser, no fault of ours
    """The error for the user who uploaded the document."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


Body = TypeVar("Body", bound=BaseModel)


class _Reading(BaseModel):
    """A document and the prompt to read it with; `text` is an unsaved prompt."""

    name: Annotated[str, Field(max_length=200)]
    document: str
    uri: str
    text: Annotated[str, Field(max_length=100_000)] | None = None


class _NewPrompt(BaseModel):
    text: Annotated[str, Field(max_length=100_000)]
    message: Annotated[str, Field(max_length=500)]


def build_app(
    model_url: str,
    max_bytes: int = MAX_UPLOAD_BYTES,
    trial: PromptTrial | None = None,
    access: Access = _ANYBODY,
) -> FastAPI:
    """The application that calls the model served at `model_url`, and tries prompts with `trial`.

    With a user header in `access`, requests without a user named by the proxy are refused.
    """
    app = FastAPI(openapi_url=None)
    app.mount("/assets", StaticFiles(directory=_ASSETS), name="assets")

    @app.middleware("http")
    async def guard(request: Request, call_next: Any) -> Response:
        response: Response
        try:
            access.user_of(request.headers)
            response = await call_next(request)
        except RefusedError as err:
            response = JSONResponse({"error": str(err)}, err.status)
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
        return {
            "model_url": model_url,
            "ready": _answers(model_url),
            "max_bytes": max_bytes,
            "llm": None if trial is None else trial.llm,
        }

    @app.post("/pages")
    async def pages(request: Request) -> list[dict[str, object]]:
        data = await _body_of(request, max_bytes)
        return await run_in_threadpool(_pictures, data)

    @app.post("/rows")
    async def rows(request: Request) -> dict[str, object]:
        data = await _body_of(request, max_bytes)
        name = unquote(request.headers.get("x-document-name", "document"))
        return await run_in_threadpool(_ask, data, name, model_url)

    if trial is not None:
        _add_prompts(app, trial, max_bytes, access)
    return app


def _add_prompts(app: FastAPI, trial: PromptTrial, max_bytes: int, access: Access) -> None:
    @app.get("/prompts")
    def prompts() -> FileResponse:
        return FileResponse(_ASSETS / "prompts.html")

    @app.get("/prompts/versions")
    def versions() -> dict[str, object]:
        known = trial.versions()
        needs = {"min_pages": trial.needs.min_pages, "command": trial.needs.command}
        return {"llm": trial.llm, "versions": known, "gate": needs}

    @app.post("/prompts/read")
    async def read(request: Request) -> dict[str, object]:
        asked = await _json_of(request, _Reading, max_bytes, access)
        return await run_in_threadpool(_try_prompt, trial, asked, max_bytes)

    @app.post("/prompts/save")
    async def save(request: Request) -> dict[str, object]:
        new = await _json_of(request, _NewPrompt, max_bytes, access)
        user = access.user_of(request.headers)
        try:
            return {"uri": await run_in_threadpool(trial.save, new.text, new.message, user)}
        except OcrModelError as err:
            raise _RefusedUpload(str(err), 422) from err


def _try_prompt(trial: PromptTrial, asked: _Reading, max_bytes: int) -> dict[str, object]:
    try:
        data = base64.b64decode(asked.document, validate=True)
        if len(data) > max_bytes:
            raise _RefusedUpload(
                f"The file is larger than {max_bytes / 1e6:g} MB, the limit here.", 413
            )
        return trial.read(data, asked.name, asked.uri, asked.text)
    except (OcrModelError, binascii.Error) as err:
        raise _RefusedUpload(str(err), 422) from err


async def _json_of(request: Request, kind: type[Body], max_bytes: int, access: Access) -> Body:
    """The JSON posted by our own page: other sites cannot send JSON, or use their own name."""
    if request.headers.get("content-type") != "application/json" or not (
        _is_own_name(request) or access.is_public(request.headers.get("host", ""))
    ):
        raise _RefusedUpload("Expected JSON from this page itself.", 403)
    try:
        # Base64 needs four characters for three bytes.
        return kind.model_validate_json(await _body_of(request, max_bytes, 2 * max_bytes))
    except ValidationError as err:
        fault = err.errors()[0]
        place = ".".join(map(str, fault["loc"]))
        raise _RefusedUpload(f"{place}: {fault['msg']}.", 422) from err


def _is_own_name(request: Request) -> bool:
    """Whether the host is an address or localhost: another site's name may resolve to us."""
    host = request.url.hostname or ""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return host == "localhost"
    return True


async def _body_of(request: Request, max_bytes: int, max_sent: int | None = None) -> bytes:
    """The request body: a document of at most `max_bytes`, or JSON that contains one. A larger body
    is read to its end and discarded: a browser that is still sending reports a broken connection
    instead of our response.
    """
    max_sent = max_sent or max_bytes
    data, received = bytearray(), 0
    async for chunk in request.stream():
        received += len(chunk)
        if received <= max_sent:
            data += chunk
        elif received > _MOST_DROPPED * max_sent:
            break
    if received > max_sent:
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
    """`width` and `height` are those of the page itself, to which boxes refer."""
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
