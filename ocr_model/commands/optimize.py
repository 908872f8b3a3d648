"""Search for a better prompt, and register it if labelled forms show that it is one."""

from __future__ import annotations

import sys
from contextlib import closing
from dataclasses import asdict, dataclass
from textwrap import shorten
from typing import Any

import mlflow
from tqdm import tqdm

from ocr_model.commands.cli import Candidate as Changed
from ocr_model.commands.cli import Optimize, Promote, command, option
from ocr_model.commands.models import (
    Digests,
    check_can_read,
    config_from,
    forms_in,
    json_object,
    log_missing_params,
    pinned_prompt,
    refuse_without_text,
    wanted_in,
)
from ocr_model.commands.run_link import run_lines
from ocr_model.config import ExtractorConfig, parse_config
from ocr_model.console import printable, say
from ocr_model.errors import ConfigError
from ocr_model.evaluation import common_measure
from ocr_model.fields import WantedFields, fields_setting
from ocr_model.history import open_history
from ocr_model.lifecycle import (
    config_of_model,
    documents_shown_to,
    find_champion,
    has_versions,
    history_of_prompt,
    log_dataset,
    plan_version,
    shown_documents_tag,
    uri_of,
    wanted_of_model,
)
from ocr_model.optimization import (
    ROUND_CALLS,
    Candidate,
    CandidateReader,
    Limits,
    Parts,
    Reflector,
    Searched,
    Spending,
    has_price,
    instructions_of,
    record_candidate,
    record_search,
    register_winner,
    search_candidates,
    split_forms,
)
from ocr_model.prompts import PinnedPrompt

_NOTHING_BETTER = 4
_INTERRUPTED = 130
_SHOWN_CHARS = 100
_GATE_PAGES = Promote.min_pages


@dataclass(frozen=True, slots=True)
class _Begin:
    """The start of the search; `champion` is the URI of the model it comes from, if any."""

    config: ExtractorConfig
    prompt: PinnedPrompt
    wanted: WantedFields | None
    champion: str | None
    has_models: bool


@dataclass(frozen=True, slots=True)
class _Plan:
    """A search ready to start: everything that can be checked in advance was checked."""

    given: Optimize
    begin: _Begin
    parts: Parts
    metric: str
    spending: Spending

    @property
    def llms(self) -> dict[str, str]:
        llm = self.begin.config.llm
        return {"llm": llm, "reflection_llm": self.given.reflection_llm or llm}


def optimize(given: Optimize) -> int:
    import gepa  # noqa: F401 - an extra; told before anything else is done

    plan = _planned(given)
    try:
        return _optimize(plan)
    except KeyboardInterrupt:
        say(
            f"Interrupted after {plan.spending}. The replies are kept: run the same command again "
            "to resume; it pays for nothing twice.",
            file=sys.stderr,
        )
        return _INTERRUPTED


def _planned(given: Optimize) -> _Plan:
    """Raises ConfigError if something is missing, before anything is sent."""
    begin = _begin_with(given)
    refuse_without_text(begin.config.trace_content, "candidates are written from what pages say")
    _reflection_parameters(given, begin.config)
    forms = forms_in(given.data, 0, given.seed)
    measure = common_measure(given.metric, {"the candidates": begin.wanted}, forms)
    shown_before = documents_shown_to(begin.prompt.uri)
    parts = split_forms(measure.forms, measure.labelled, shown_before, given.min_pages, given.seed)
    shown_documents_tag(shown_before | set(parts.shown))
    check_can_read(begin.config, "read-write", given.cache_path)
    # A user who may not register the result should not pay for a search.
    open_history(history_of_prompt(begin.prompt.name))
    spending = Spending(_limits(given, begin.config, parts))
    return _Plan(given, begin, parts, measure.metric, spending)


def _begin_with(given: Optimize) -> _Begin:
    """The champion, if it reads with an LLM, with the given differences; else the defaults.

    Raises:
        ConfigError: a setting is not valid, or the prompt does not fit.
    """
    has_models = has_versions()
    champion = uri_of(find_champion()) if has_models else None
    base = config_of_model(champion) if champion else None
    if base is None or base.engine != "llm":
        champion = base = None
    wanted = wanted_in(given.fields)
    if base is not None and champion is not None and wanted is None:
        wanted = wanted_of_model(champion, base.fields)
    prompt = pinned_prompt(given.prompt_uri or ("" if base is None else base.prompt_uri))
    changed = Changed(
        engine="llm",
        llm=given.llm,
        llm_parameters=given.llm_parameters,
        additional_rules=given.additional_rules,
        settings=given.settings,
    )
    config = config_from(changed, prompt, Digests(fields=fields_setting(wanted)), base)
    plan_version(config, prompt, wanted=wanted)  # the model that the gate will judge
    return _Begin(config, prompt, wanted, champion, has_models)


def _reflection_parameters(given: Optimize, config: ExtractorConfig) -> dict[str, Any]:
    """Checked like those of the reading LLM, because they are logged to the run."""
    parameters = json_object("reflection_parameters", given.reflection_parameters or "{}")
    return parse_config({**config.model_dump(), "llm_parameters": parameters}).llm_parameters


def _limits(given: Optimize, config: ExtractorConfig, parts: Parts) -> Limits:
    least = 2 * len(parts.choosing) + ROUND_CALLS
    if given.max_calls < least:
        raise ConfigError(
            f"Expected {option('max_calls')} of at least {least}: {len(parts.choosing)} forms to "
            f"choose on, read with two prompts, and {ROUND_CALLS} calls of one round; got "
            f"{given.max_calls}."
        )
    unpriced = [
        llm for llm in {config.llm, given.reflection_llm or config.llm} if not has_price(llm)
    ]
    if given.max_usd and unpriced:
        raise ConfigError(
            f"Expected LLMs with a price in MLflow's catalogue where {option('max_usd')} is given, "
            f"got {', '.join(sorted(unpriced))}. Give {option('max_tokens')} instead."
        )
    return Limits(given.max_calls, given.max_tokens, given.max_usd)


def _optimize(plan: _Plan) -> int:
    parts, limits = plan.parts, plan.spending.limits
    say(
        f"Prompt  {plan.begin.prompt.uri}, read by {plan.llms['llm']}, "
        f"rewritten by {plan.llms['reflection_llm']}\n"
        f"Forms   {len(parts.search)} to search on, {len(parts.choosing)} to choose on, "
        f"{len(parts.gate)} never shown\n"
        f"Limits  {_shown(limits)}\n"
    )
    name = f"optimize {plan.begin.prompt.uri.removeprefix('prompts:/')}"
    with mlflow.start_run(run_name=name) as run:
        _log_parameters(plan)
        log_dataset([*parts.search, *parts.choosing])
        searched = _search(plan)
        record_search(searched, parts, plan.spending, plan.metric)
        uri = _registered(plan, searched) if searched.is_better else None
        text = _result(searched, plan.spending, plan.metric, uri)
        mlflow.log_text(text, "optimization.txt")
    say(f"\n{text}\n\n{run_lines(run)}")
    if uri is not None:
        say(f"\nNext    {_next(plan.given, plan.begin, uri)}")
    return 0 if uri is not None else _NOTHING_BETTER


def _log_parameters(plan: _Plan) -> None:
    parts, given = plan.parts, asdict(plan.given)
    sizes = {"search": parts.search, "choosing": parts.choosing, "never_shown": parts.gate}
    log_missing_params(
        {
            **{name: value for name, value in given.items() if value != ""},
            "begins_with": plan.begin.prompt.uri,
            "metric": plan.metric,
            **plan.llms,
            **{f"forms_{name}": len(forms) for name, forms in sizes.items()},
        }
    )


def _search(plan: _Plan) -> Searched:
    """Search, and show progress and spending."""
    begin, given, spending = plan.begin, plan.given, plan.spending
    reader = CandidateReader(begin.config, begin.wanted, plan.metric, spending, given.cache_path)
    parameters = _reflection_parameters(given, begin.config)
    with (
        tqdm(total=given.max_calls, unit="call", desc="Searching", file=sys.stderr) as progress,
        closing(
            Reflector(plan.llms["reflection_llm"], parameters, spending, given.cache_path)
        ) as reflector,
    ):
        spending.tell = lambda spent: _show(progress, spent)

        def tell(one: Candidate, searched: Searched) -> None:
            record_candidate(one, searched, spending, plan.metric)
            progress.write(printable(_line(one, searched)), file=sys.stdout)

        instructions = instructions_of(begin.prompt)
        return search_candidates(instructions, plan.parts, reader, reflector, given.seed, tell)


def _registered(plan: _Plan, searched: Searched) -> str:
    described = {f"optimize_{name}": llm for name, llm in plan.llms.items()}
    described["optimize_metric"] = plan.metric
    instructions = instructions_of(plan.begin.prompt)
    return register_winner(searched, instructions, plan.parts, plan.spending, described)


def _shown(limits: Limits) -> str:
    told = [f"{limits.calls:,} calls"]
    told += [f"{limits.tokens:,} tokens"] if limits.tokens else []
    told += [f"{limits.usd:g} USD"] if limits.usd else []
    return ", ".join(told)


def _show(progress: tqdm[Any], spending: Spending) -> None:
    progress.update(spending.calls - progress.n)
    usd = "" if spending.usd is None else f", {spending.usd:.4f} USD"
    progress.set_postfix_str(f"{spending.tokens:,} tokens{usd}", refresh=False)


def _line(one: Candidate, searched: Searched) -> str:
    """A candidate: its scores and its parent's, the verdict, and the first new line."""
    parent = one if one.parent is None else searched.candidates[one.parent]
    if one.score is None:
        where, before, after = "search", one.before, one.after
    else:
        where, before, after = "choosing", parent.score, one.score
    scores = " -> ".join("     " if score is None else f"{score:.3f}" for score in (before, after))
    known = parent.text.splitlines()
    new = next((line for line in one.text.splitlines() if line not in known), "")
    told = f"{one.number:>4}  {where:<8}  {scores}  {one.verdict}"
    return f"{told}\n{'':6}+ {shorten(new, _SHOWN_CHARS)}" if new and one is not parent else told


def _result(searched: Searched, spending: Spending, metric: str, uri: str | None) -> str:
    best, gain = searched.best, searched.gain
    low, high = 100 * gain.low, 100 * gain.high
    ahead = f"{100 * gain.estimate:.1f} points, 95 % [{low:.1f}, {high:.1f}]"
    scores = f"{metric} {searched.start.score:.3f} -> {best.score:.3f} on the forms to choose on"
    lines = [
        f"Tried   {len(searched.candidates) - 1} candidates; the search ended as {searched.ended}",
        f"Spent   {spending}; {spending.reused:,} of the calls had been paid for before",
    ]
    if uri is not None:
        lines.append(f"Result  {uri}: {scores}, {ahead}")
        lines.append("        The best was chosen by these forms: the gain is optimistic.")
    elif best is searched.start:
        lines.append(f"Result  nothing better than the start, {metric} {best.score:.3f}")
    else:
        lines.append(
            f"Result  nothing significantly better: {scores}, {ahead}. Nothing was registered."
        )
    return "\n".join(lines)


def _next(given: Optimize, begin: _Begin, uri: str) -> str:
    """The command that judges the new version on forms the search never saw."""
    options: dict[str, object] = {"prompt_uri": uri}
    if begin.champion is None:
        options |= {"engine": "llm", "llm": begin.config.llm}
    elif given.llm:
        options["llm"] = given.llm
    for name in ("fields", "llm_parameters", "additional_rules", "settings"):
        options |= {name: value} if (value := getattr(given, name)) else {}
    judged = {"data": given.data, "metric": given.metric, "min_pages": given.min_pages}
    judged = {name: value for name, value in judged.items() if value not in ("", _GATE_PAGES)}
    lines = [
        command("promote", **options, **judged),
        "judges it by the forms that were never shown; those that were are left out.",
    ]
    if not begin.has_models:
        lines = [
            command("log_model", **{**options, "prompt_uri": begin.prompt.uri}),
            "makes what the search began with the champion, as there is none; then",
            *lines,
        ]
    return "\n        ".join(lines)
