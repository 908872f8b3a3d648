"""A web page to check and correct what was read."""

from __future__ import annotations

import secrets
import sys
from dataclasses import replace
from pathlib import Path

import mlflow
import uvicorn

from ocr_model.access import refuse_without_experiment
from ocr_model.commands.cli import Review, option
from ocr_model.commands.models import acting_user, check_can_read, numbered_uri
from ocr_model.config import ExtractorConfig
from ocr_model.console import say
from ocr_model.documents import Limits
from ocr_model.errors import ConfigError, OcrModelError
from ocr_model.fields import WantedFields
from ocr_model.lifecycle import (
    config_of_model,
    documents_learned_from,
    wanted_of_model,
)
from ocr_model.review.desk import (
    BackgroundReading,
    Desk,
    DeskSettings,
    Preparation,
    Reader,
    calls_of,
)
from ocr_model.review.export import export_rows
from ocr_model.review.record import load_reviews
from ocr_model.review.work_list import Item, items_of_folder, items_of_rows, items_of_traces
from ocr_model.trace_content import TraceContent, holds_text, kept_here
from ocr_model.web import LOOPBACK, Access, build_review_app

# Minimum length of a `--token` chosen by a user.
_SHORTEST_TOKEN = 16


def review(given: Review) -> int:
    into = _into(given)
    if given.export:
        return _export(given, into)
    access = _access(given)
    desk = _desk(given, into)
    desk.start()
    shown = "127.0.0.1" if given.host in ("0.0.0.0", "::") else given.host  # noqa: S104 - a name
    link = f"http://{shown}:{given.port}" + (f"/?token={access.token}" if access.token else "")
    onto_trace = ", and onto its trace" if desk.settings.tells_mlflow else " alone"
    say(f"Documents  {len(desk.work()):,}; what is done goes to {into}{onto_trace}")
    say(f"Open       {link}")
    app = build_review_app(desk, access)
    uvicorn.run(app, host=given.host, port=given.port, log_level="warning", ws="none")
    return 0


def _into(given: Review) -> Path:
    """Raises:
    ConfigError: not exactly one place of documents is named.
    """
    named = [name for name in ("data", "rows", "traces") if getattr(given, name)]
    if len(named) != 1:
        raise ConfigError(
            f"Expected one of {option('data', 'scans')}, {option('rows', 'rows.parquet')} and "
            f"{option('traces', 'EXPERIMENT')}, got {', '.join(named) or 'none'}."
        )
    if given.documents is not None and given.data is not None:
        raise ConfigError(
            f"Expected {option('documents')} beside rows or traces, got it beside scans."
        )
    for name, folder in (("data", given.data), ("documents", given.documents)):
        if folder is not None and not folder.is_dir():
            raise ConfigError(f"Expected a folder for {option(name)}, got {str(folder)!r}.")
    return (given.into or given.data or Path("reviewed")).absolute()


def _export(given: Review, into: Path) -> int:
    if not given.rows:
        raise ConfigError(
            f"Expected {option('rows', 'rows.parquet')} beside {option('export')}, got none."
        )
    counts = export_rows(Path(given.rows), into, Path(given.export).absolute(), given.model_uri)
    say(
        f"Rows       {counts.rows:,}: {counts.reviewed:,} reviewed, {counts.corrected:,} of them "
        f"corrected; in {given.export}"
    )
    if counts.elsewhere:
        say(
            f"note: {len(counts.elsewhere):,} documents reviewed in {into} have no row here.",
            file=sys.stderr,
        )
    return 0


def _access(given: Review) -> Access:
    """Raises:
    ConfigError: the token is easily guessed.
    """
    token = given.token or (secrets.token_urlsafe(24) if given.host not in LOOPBACK else None)
    if given.token and len(given.token) < _SHORTEST_TOKEN:
        raise ConfigError(
            f"Expected a token of at least {_SHORTEST_TOKEN} characters, got {len(given.token)}. "
            f"Leave {option('token')} empty to have one made."
        )
    return Access(
        given.user or acting_user(),
        given.user_header or None,
        token,
        given.public_host or None,
    )


def _desk(given: Review, into: Path) -> Desk:
    """Raises:
    ConfigError: there are no documents, or the model that is to read them lacks something.
    """
    reviews = load_reviews(into)
    if given.data is not None:
        items = items_of_folder(given.data, reviews, into)
        model_uri = numbered_uri(given.model_uri)
        config = config_of_model(model_uri)
        check_can_read(config)
        calls, per_call = calls_of(config.engine, config.concurrency)
        reader = Reader(model_uri, {}, calls, per_call, config.max_document_bytes)
        say(f"Model      {model_uri}")
        settings = _settings(given, config, wanted_of_model(model_uri, config.fields))
        settings = replace(settings, learned_from=_learned_from(model_uri))
        return Desk(into, items, settings, BackgroundReading(into, reader))
    if given.rows:
        items = items_of_rows(Path(given.rows), given.documents, reviews, into)
    else:
        _refuse_without_right(given.traces)
        items = items_of_traces(given.traces, given.documents, reviews, into)
    if (absent := sum(item.absent is not None for item in items)) and absent == len(items):
        say(
            "note: no page of these documents is stored. Name the folder that has them with "
            f"{option('documents', 'scans')}.",
            file=sys.stderr,
        )
    model_uri = _model_of(items)
    known = _of_model(model_uri)
    settings = _settings(given, *known)
    if known[0] is not None:
        settings = replace(settings, learned_from=_learned_from(model_uri))
    return Desk(into, items, settings)


def _refuse_without_right(experiment: str) -> None:
    """Reviews are written to the traces of this experiment, which may not be our own."""
    if (found := mlflow.get_experiment_by_name(experiment)) is not None:
        refuse_without_experiment(found.experiment_id)


def _learned_from(model_uri: str) -> frozenset[str]:
    return frozenset().union(*documents_learned_from(model_uri).values())


def _model_of(items: list[Item]) -> str:
    """What read the first of them whose row says so by name."""
    uris = (item.reading.model_uri for item in items if item.reading is not None)
    return next((uri for uri in uris if uri and uri.startswith("models:/")), "")


def _of_model(model_uri: str) -> tuple[ExtractorConfig | None, WantedFields | None]:
    """None of each where the model is not at hand: tables then have the columns that were read."""
    if not model_uri:
        return None, None
    try:
        config = config_of_model(model_uri)
        return config, wanted_of_model(model_uri, config.fields)
    except OcrModelError as err:
        say(f"note: {model_uri}, which read these, is not at hand: {err}", file=sys.stderr)
        return None, None


def _settings(
    given: Review, config: ExtractorConfig | None, wanted: WantedFields | None
) -> DeskSettings:
    logged: TraceContent = "text" if config is None else config.trace_content
    tells = holds_text(kept_here(logged))
    settings = DeskSettings(given.order, given.seed, given.n, wanted=wanted, tells_mlflow=tells)
    if config is None:
        return settings
    # As the model saw the pages: boxes are in the pixels of a PDF drawn so.
    limits = Limits(config.max_document_bytes, config.max_page_pixels, config.pdf_dpi)
    unsure = settings.unsure_below if config.review_threshold is None else config.review_threshold
    return replace(settings, unsure_below=unsure, preparation=Preparation(limits))
