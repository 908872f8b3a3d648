"""Judge a candidate against the champion, and make it champion if it is not worse."""

from __future__ import annotations

import sys
from dataclasses import replace

import mlflow
from mlflow.entities.model_registry import ModelVersion

from ocr_model.commands.cli import SAMPLE, Promote, command, option
from ocr_model.commands.models import (
    check_can_read,
    content_setting,
    forms_in,
    forms_unseen_by,
    log_missing_params,
    plan_candidate,
)
from ocr_model.commands.run_link import folder_name, run_lines
from ocr_model.console import say
from ocr_model.errors import OcrModelError
from ocr_model.evaluation import Measure, common_measure, evaluate_in_child_run, score_name
from ocr_model.fields import WantedFields
from ocr_model.history import Actor, acting, open_history
from ocr_model.lifecycle import (
    GateDecision,
    GateRule,
    NewVersion,
    PairedResults,
    Unseen,
    Verdict,
    as_markdown,
    config_of_model,
    decide,
    describe_run,
    find_champion,
    folder_last_evaluated,
    history_of,
    link_models,
    model_link,
    name_run,
    note_judgement,
    now,
    promote_version,
    uri_of,
    wanted_of_model,
    weigh,
)

EXIT_CODES = {Verdict.PROMOTE: 0, Verdict.WORSE: 3, Verdict.INSUFFICIENT_EVIDENCE: 4}


def promote(given: Promote) -> int:
    try:
        return _promote(given)
    except OcrModelError as err:
        say(f"error: {err} The champion stays as it is.", file=sys.stderr)
        return 2


def _promote(given: Promote) -> int:
    if given.metric:
        score_name(given.metric)  # before anything is paid for
    rule = GateRule(given.metric, given.margin, given.requirement, given.min_pages)
    champion = find_champion()
    model_id = mlflow.models.get_model_info(uri_of(champion)).model_id
    given = replace(given, data=given.data or folder_last_evaluated(model_id) or SAMPLE)
    forms = forms_in(given.data, given.n, given.seed, given.documents)
    planned = plan_candidate(given, champion)
    if isinstance(planned, ModelVersion) and planned.version == champion.version:
        say(f"{uri_of(planned)} is the champion already; nothing was done.")
        return 0
    measure = common_measure(given.metric, _fields_of(champion, planned), forms)
    judged = uri_of(planned) if isinstance(planned, ModelVersion) else planned
    unseen = forms_unseen_by([uri_of(champion), judged], measure.forms, refuse=False)
    measure = replace(measure, forms=unseen.forms)
    rule, given = replace(rule, metric=measure.metric), replace(given, metric=measure.metric)
    labelled = sum(measure.labelled)
    if labelled < rule.min_pages:
        which = " that neither has learned from" if unseen.left_out else ""
        fewer = f", or ask for fewer: {option('min_pages', labelled)}" if labelled else ""
        say(
            f"{given.data} has {labelled} labelled forms{which}; {rule.min_pages} are needed. Name "
            f"a larger folder in {option('data')}{fewer}."
        )
        say(f"Verdict  {Verdict.INSUFFICIENT_EVIDENCE.value}; nothing was read or changed.")
        return EXIT_CODES[Verdict.INSUFFICIENT_EVIDENCE]
    open_history(history_of(champion.name))
    check_can_read(config_of_model(uri_of(champion)))
    if isinstance(planned, ModelVersion):
        check_can_read(config_of_model(uri_of(planned)))
    else:
        check_can_read(planned.config)
        planned = planned.register()
    return EXIT_CODES[_judge(planned, champion, measure, rule, given, unseen)]


def _fields_of(
    champion: ModelVersion, candidate: ModelVersion | NewVersion
) -> dict[str, WantedFields | None]:
    """The fields of both, by their names."""
    uri = uri_of(champion)
    fields = {f"the champion {uri}": wanted_of_model(uri, config_of_model(uri).fields)}
    if isinstance(candidate, NewVersion):
        return fields | {"the candidate": candidate.wanted}
    uri = uri_of(candidate)
    return fields | {f"the candidate {uri}": wanted_of_model(uri, config_of_model(uri).fields)}


def _judge(
    candidate: ModelVersion,
    champion: ModelVersion,
    measure: Measure,
    rule: GateRule,
    given: Promote,
    unseen: Unseen,
) -> Verdict:
    actor = acting(given.user)
    say(f"Champion   {uri_of(champion)}\nCandidate  {uri_of(candidate)}\nRule       {rule}")
    forms = measure.forms
    if measure.weights:
        say(f"Fields     {', '.join(measure.weights)}")
    say(f"Forms      {len(forms)} in {given.data}")
    against = f"v{candidate.version} against v{champion.version}"
    name = f"judge {against} on {folder_name(given.data)} ({len(forms)})"
    with mlflow.start_run(run_name=name) as run:
        name_run(name)
        names = ("data", "documents", "n", "seed", "metric", "margin", "requirement", "min_pages")
        versions = {"champion_version": champion.version, "candidate_version": candidate.version}
        log_missing_params({**versions, **{name: getattr(given, name) for name in names}})
        before, after = (
            evaluate_in_child_run(role, uri_of(version), forms, content_setting(given))
            for role, version in (("champion", champion), ("candidate", candidate))
        )
        old, new = measure.scored({"champion": before, "candidate": after})
        evidence = weigh(
            old,
            new,
            measure.labelled,
            before.pages["outcome"].tolist(),
            after.pages["outcome"].tolist(),
        )
        decision = decide(evidence, rule)
        judgement = _judgement(candidate, champion, evidence, decision, rule, actor)
        judgement |= {"gate_run_id": run.info.run_id, "gate_dataset_digest": after.dataset_digest}
        if unseen.left_out:
            judgement["gate_left_out"] = str(unseen)
            mlflow.set_tag("left_out", str(unseen))
        _log_decision(evidence, decision, rule)
        describe_run(run.info.run_id, _note(decision, candidate, champion))
        link_models(run.info.run_id, [uri_of(champion), uri_of(candidate)])
    # After the run has ended well: tags refer to recorded results.
    if decision.verdict is Verdict.PROMOTE:
        promote_version(candidate, champion, judgement, actor)
    else:
        note_judgement(candidate, champion, judgement, actor)
    _print_decision(decision, candidate, champion, run)
    return decision.verdict


def _judgement(
    candidate: ModelVersion,
    champion: ModelVersion,
    evidence: PairedResults,
    decision: GateDecision,
    rule: GateRule,
    actor: Actor,
) -> dict[str, str]:
    """Tags of the candidate. Judging it again replaces them, and is counted."""
    estimate, low, high = evidence.difference
    metadata = mlflow.models.get_model_info(uri_of(candidate)).metadata or {}
    return {
        "gate_verdict": decision.verdict.value,
        "gate_reasons": " ".join(decision.reasons),
        "gate_rule": str(rule),
        "gate_difference": f"{estimate:.4f} [{low:.4f}, {high:.4f}]",
        "gate_pages": str(evidence.pages),
        "gate_champion_version": str(champion.version),
        "gate_by": actor.name,
        "gate_at": now(),
        "gate_times_judged": str(int(candidate.tags.get("gate_times_judged", 0)) + 1),
        "prompt_sha256": str(metadata.get("prompt_sha256", "")),
    }


def _note(decision: GateDecision, candidate: ModelVersion, champion: ModelVersion) -> str:
    """The verdict for the run's page; its child runs have the evidence."""
    lines = [
        f"**{decision.verdict.value}**: {model_link(uri_of(candidate))} against the champion "
        f"{model_link(uri_of(champion))}.",
        *(f"- {as_markdown(reason)}" for reason in decision.reasons),
    ]
    return "\n".join([lines[0], "", *lines[1:]])


def _log_decision(evidence: PairedResults, decision: GateDecision, rule: GateRule) -> None:
    measured = {
        f"{rule.metric}_difference/{name}": value
        for name, value in evidence.difference._asdict().items()
    }
    mlflow.log_metrics({**measured, "judged_pages": evidence.pages})
    mlflow.set_tags(
        {"gate_verdict": decision.verdict.value, "gate_reasons": " ".join(decision.reasons)}
    )


def _print_decision(
    decision: GateDecision, candidate: ModelVersion, champion: ModelVersion, run: mlflow.ActiveRun
) -> None:
    say("\n" + "\n".join(f"  {reason}" for reason in decision.reasons))
    tries = int(candidate.tags.get("gate_times_judged", 0)) + 1
    if tries > 1:
        say(f"  Judged {tries} times by now: the more often one tries, the likelier is luck.")
    say(f"\n{run_lines(run)}\n")
    serving = candidate if decision.verdict is Verdict.PROMOTE else champion
    say(f"Verdict  {decision.verdict.value}: {uri_of(serving)} is champion")
    if decision.verdict is Verdict.PROMOTE:
        say(f"         To go back: {command('rollback')}")
