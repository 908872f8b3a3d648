"""The review page's server: the work list, images of pages, and saving.

Validates every POST with the records of `review`; knows nothing of models.
"""

from __future__ import annotations

import threading
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, TypeVar

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, PlainTextResponse, Response
from fastapi.staticfiles import StaticFiles
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from starlette.concurrency import run_in_threadpool
from starlette.responses import RedirectResponse

from ocr_model.errors import DatasetError, DocumentError, OcrModelError, excerpt
from ocr_model.review.desk import (
    CLAIM_S,
    ConflictError,
    Desk,
    Editor,
    InvalidSaveError,
    NotFoundError,
    NotKeptError,
    WorkItem,
)
from ocr_model.review.progress import what_is_known
from ocr_model.review.record import Review, ReviewQuestion, ReviewState
from ocr_model.web.security import (
    EDITOR_HEADER,
    HEADERS,
    TOKEN_COOKIE,
    Access,
    RefusedError,
    editor_id,
)

_ASSETS = Path(__file__).parent / "assets"
MAX_POST_BYTES = 5_000_000
_MOST_LISTED = 500
_STATUS = {
    NotFoundError: 404,
    NotKeptError: 409,
    InvalidSaveError: 422,
    DocumentError: 422,
    DatasetError: 500,
}

_Side = Annotated[float, Field(allow_inf_nan=False)]
_Posted = TypeVar("_Posted", bound=BaseModel)


class _Post(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Saved(_Post):
    """The current questions of a document, based on version `version`."""

    version: Annotated[int, Field(ge=0)]
    questions: Annotated[tuple[ReviewQuestion, ...], Field(max_length=5000)]


class Drawn(_Post):
    """A box that was drawn on a page, in its pixels."""

    page: Annotated[int, Field(ge=1)]
    box: tuple[_Side, _Side, _Side, _Side]


def build_review_app(desk: Desk, access: Access) -> FastAPI:
    """The application that reviews the documents of a desk."""
    app = FastAPI(openapi_url=None)
    app.mount("/assets", StaticFiles(directory=_ASSETS), name="assets")
    _guard(app, access)

    @app.get("/")
    def index(request: Request) -> Response:
        given = request.query_params.get("token")
        if given is not None and access.is_token(given):
            # Keeps the token out of the browser's history and address bar.
            answer = RedirectResponse("./", 303)  # below whatever path a proxy gave it
            answer.set_cookie(TOKEN_COOKIE, given, httponly=True, samesite="strict")
            return answer
        return FileResponse(_ASSETS / "review.html")

    @app.get("/api/work")
    def work(request: Request) -> dict[str, object]:
        tab = request.headers.get(EDITOR_HEADER, "")
        return _work(desk, Editor(tab, access.user_of(request.headers)))

    @app.post("/api/documents/{name}/open")
    def open_document(name: str, request: Request) -> dict[str, object]:
        return _opened(desk, name, _editor(request, access))

    @app.post("/api/documents/{name}/release")
    def release(name: str, request: Request) -> dict[str, object]:
        desk.release(name, _editor(request, access))
        return {}

    @app.get("/api/documents/{name}/pages/{number}")
    def picture(name: str, number: int) -> Response:
        return Response(desk.picture(name, number), media_type="image/jpeg")

    @app.post("/api/documents/{name}/words")
    async def words(name: str, request: Request) -> dict[str, object]:
        _editor(request, access)
        drawn = await _posted(request, Drawn)
        return asdict(await run_in_threadpool(desk.words_in, name, drawn.page, drawn.box))

    @app.put("/api/documents/{name}")
    async def save(name: str, request: Request) -> dict[str, object]:
        return await run_in_threadpool(
            _saved, desk, name, _editor(request, access), await _posted(request, Saved)
        )

    @app.post("/api/documents/{name}/done")
    async def done(name: str, request: Request) -> dict[str, object]:
        editor, saved = _editor(request, access), await _posted(request, Saved)
        return await run_in_threadpool(_saved, desk, name, editor, saved, ReviewState.DONE)

    return app


def _guard(app: FastAPI, access: Access) -> None:
    @app.middleware("http")
    async def guard(request: Request, call_next: Any) -> Response:
        response: Response
        try:
            if not (request.url.path == "/" and "token" in request.query_params):
                access.check(request.headers, request.cookies)
            response = await call_next(request)
        except RefusedError as err:
            response = PlainTextResponse(str(err), err.status)
        response.headers.update(HEADERS)
        return response

    @app.exception_handler(RefusedError)
    async def refuse(_: Request, err: RefusedError) -> JSONResponse:
        return JSONResponse({"error": str(err)}, err.status)

    @app.exception_handler(ConflictError)
    async def conflict(_: Request, err: ConflictError) -> JSONResponse:
        return JSONResponse({"error": str(err), "review": _shown(err.other)}, 409)

    @app.exception_handler(OcrModelError)
    async def fault(_: Request, err: OcrModelError) -> JSONResponse:
        status = next((code for kind, code in _STATUS.items() if isinstance(err, kind)), 500)
        return JSONResponse({"error": str(err)}, status)

    @app.exception_handler(OSError)
    async def disk(_: Request, err: OSError) -> JSONResponse:
        reason = err.strerror or err
        return JSONResponse({"error": f"The server cannot write or read its files: {reason}."}, 500)


def _editor(request: Request, access: Access) -> Editor:
    return Editor(editor_id(request.headers, access), access.user_of(request.headers))


async def _posted(request: Request, record: type[_Posted]) -> _Posted:
    """Raises:
    RefusedError: it is too long, or not a valid record; says what is wrong with it.
    """
    data = bytearray()
    async for chunk in request.stream():
        data += chunk
        if len(data) > MAX_POST_BYTES:
            raise RefusedError(f"Expected at most {MAX_POST_BYTES / 1e6:g} MB, got more.", 413)
    try:
        return record.model_validate_json(bytes(data))
    except ValidationError as err:
        fault = err.errors(include_url=False)[0]
        place = ".".join(map(str, fault["loc"])) or "the post"
        raise RefusedError(f"{place}: {fault['msg']}, got {excerpt(fault['input'])}.", 422) from err


def _work(desk: Desk, editor: Editor) -> dict[str, object]:
    items = desk.work()
    states = [work.state for work in items]
    reading = desk.reading
    try:
        known: str | None = what_is_known(desk.folder, desk.settings.learned_from).sentence
    except OcrModelError as err:
        known = str(err)
    return {
        "user": editor.user,
        "folder": str(desk.folder),
        "order": desk.settings.order,
        "total": len(items),
        "done": states.count(ReviewState.DONE),
        "read": sum(work.item.reading is not None for work in items),
        "reading": reading is not None and reading.is_running,
        "model": None if reading is None else reading.model_uri,
        "fault": None if reading is None else reading.fault,
        "known": known,
        "unsure_below": desk.settings.unsure_below,
        "items": [_line(desk, work, editor) for work in items[:_MOST_LISTED]],
    }


def _line(desk: Desk, work: WorkItem, editor: Editor) -> dict[str, object]:
    item, reading, other = work.item, work.item.reading, work.claimed_by
    done = work.state is ReviewState.DONE
    return {
        "name": item.name,
        "document_id": item.document_id,
        "state": work.state,
        "user": work.user,
        "changed_at": work.changed_at,
        "claimed_by": None if other is None or done or other.id == editor.id else other.user,
        "absent": item.absent,
        "outcome": None if reading is None else reading.outcome,
        "error": None if reading is None else reading.error,
        "lowest_confidence": None if reading is None else reading.lowest_confidence,
        "needs_review": reading is not None and reading.doubtful,
        "told": desk.outbox.told(item.name) if done else None,
        "sending": done and desk.outbox.is_under_way(item.name),
    }


def _opened(desk: Desk, name: str, editor: Editor) -> dict[str, object]:
    prepared, review, other = desk.open(name, editor)
    threading.Thread(target=desk.prepare_ahead, args=(name,), daemon=True).start()
    wanted = desk.settings.wanted
    fields = () if wanted is None else wanted.fields
    return {
        "review": _shown(review),
        "claimed_by": None if other is None else other.user,
        "claim_minutes": CLAIM_S // 60,
        "note": prepared.note,
        "columns": {f.name: [column.name for column in f.columns] for f in fields if f.columns},
        "types": {f.name: f.type for f in fields},
    }


def _saved(
    desk: Desk,
    name: str,
    editor: Editor,
    saved: Saved,
    state: ReviewState = ReviewState.DRAFT,
) -> dict[str, object]:
    review, written = desk.save(name, editor, saved.version, saved.questions, state)
    answer: dict[str, object] = {
        "version": review.version,
        "state": review.state,
        "changed_at": review.changed_at,
        "written": written,
    }
    if state is ReviewState.DONE:
        answer["known"] = what_is_known(desk.folder, desk.settings.learned_from).sentence
    return answer


def _shown(review: Review) -> dict[str, Any]:
    """The review without the words of its pages, which the web page does not need."""
    shown = review.model_dump(mode="json", exclude={"pages": {"__all__": {"words"}}})
    shown["changes"] = len(review.changes)
    return shown
