"""A web page for a served model, and for trying prompts."""

from __future__ import annotations

import uvicorn

from ocr_model.access import refuse_without_experiment
from ocr_model.allowed_hosts import refuse_other_hosts
from ocr_model.commands.cli import Demo, NewModel, command
from ocr_model.commands.models import bundled_prompts, check_can_read, settings_of, wanted_in
from ocr_model.console import say
from ocr_model.lifecycle import GateRule, open_store
from ocr_model.web import Access, GateNeeds, PromptTrial, build_app


def demo(given: Demo) -> int:
    refuse_other_hosts(given.url)
    access = Access(user_header=given.user_header or None, public_host=given.public_host or None)
    trial = _trial(given) if given.llm else None
    say(f"Open http://{given.host}:{given.port} (the model is asked at {given.url})")
    if trial is not None:
        say(f"     http://{given.host}:{given.port}/prompts (prompts are tried with {given.llm})")
    app = build_app(given.url, given.max_bytes, trial, access)
    uvicorn.run(app, host=given.host, port=given.port, log_level="warning")
    return 0


def _trial(given: Demo) -> PromptTrial:
    """The cost of a reply is in its trace; repeated requests come from the cache."""
    if (logs_to := open_store()) is not None:
        refuse_without_experiment(logs_to)  # each reading is a trace
    wanted = wanted_in(given.fields)
    model = NewModel(
        engine="llm",
        llm=given.llm,
        llm_parameters=given.llm_parameters,
        fields=given.fields,
        settings=given.settings,
    )
    config = settings_of(model).model_copy(update={"cache": "read-write"})
    check_can_read(config, config.cache, config.cache_path)
    bundled_prompts()
    gate = command("promote", engine="llm", llm=given.llm, data="FOLDER")
    return PromptTrial(config, GateNeeds(GateRule().min_pages, gate), wanted)
