"""python -m scripts.promote --prompt-uri prompts:/ocr-question-answer/4

Judge a candidate against the champion on the same forms, and make it the champion if it is not
worse. A prompt alone is enough: the rest of the candidate is taken from the champion. Same as
`mlflow run . -e promote`, which, however, turns every exit code but 0 into 1.

Exit codes: 0 promoted, or champion already; 2 not judged, because of the error told; 3 worse;
4 insufficient evidence. In all cases but the first the champion stays.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import get_args

import mlflow
from mlflow.entities.model_registry import ModelVersion

from ocr_model.errors import OcrModelError
from ocr_model.forms import Form
from ocr_model.lifecycle import (
    Decision,
    Evidence,
    GateRule,
    Requirement,
    Verdict,
    decide,
    find_champion,
    folder_last_evaluated,
    now,
    promote_version,
    record_judgement,
    weigh,
)
from scripts.candidate import add_candidate_arguments, candidate_of
from scripts.child_runs import (
    add_form_arguments,
    evaluate_in_child_run,
    forms_of,
    log_missing_params,
    score_name,
    scored_by,
)
from scripts.settings import SAMPLE, acting_user, quiet_mlflow, whole_number

EXIT_CODES = {Verdict.PROMOTE: 0, Verdict.WORSE: 3, Verdict.INSUFFICIENT_EVIDENCE: 4}


def main(argv: list[str] | None = None) -> int:
    args = _parse(argv)
    quiet_mlflow()
    try:
        score_name(args.metric)  # before anything is paid for
        rule = GateRule(args.metric, args.margin, args.requirement, args.min_pages)
        champion = find_champion()
        model_id = mlflow.models.get_model_info(_uri(champion)).model_id
        args.data = args.data or folder_last_evaluated(model_id) or SAMPLE
        forms = forms_of(args, args.data)
        candidate = candidate_of(args, champion)
        if candidate.version == champion.version:
            print(f"{_uri(candidate)} is the champion already; nothing was done.")
            return 0
        labelled = sum(bool(form.pairs) for form in forms)
        if labelled < rule.min_pages:
            print(f"{args.data} has {labelled} labelled forms; {rule.min_pages} are needed.")
            print(f"Verdict  {Verdict.INSUFFICIENT_EVIDENCE.value}; nothing was read or changed.")
            return EXIT_CODES[Verdict.INSUFFICIENT_EVIDENCE]
        return EXIT_CODES[_judge(candidate, champion, forms, rule, args)]
    except OcrModelError as err:
        print(f"error: {err} The champion stays as it is.", file=sys.stderr)
        return 2


def _parse(argv: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add_candidate_arguments(parser)
    parser.add_argument(
        "--data",
        type=lambda text: Path(text) if text else None,
        default=None,
        help="folder of labelled forms; empty: where the champion was evaluated last",
    )
    add_form_arguments(parser)
    rule = GateRule()
    parser.add_argument("--metric", default=rule.metric)
    parser.add_argument(
        "--requirement",
        choices=get_args(Requirement),
        default=rule.requirement,
        help="not_worse: lower bound above -margin; better: above 0",
    )
    parser.add_argument("--margin", type=float, default=rule.margin, help="0.01 is one point")
    parser.add_argument("--min-pages", type=whole_number, default=rule.min_pages)
    return parser.parse_args(argv)


def _judge(
    candidate: ModelVersion,
    champion: ModelVersion,
    forms: Sequence[Form],
    rule: GateRule,
    args: argparse.Namespace,
) -> Verdict:
    print(f"Champion   {_uri(champion)}\nCandidate  {_uri(candidate)}\nRule       {rule}")
    print(f"Forms      {len(forms)} in {args.data}", flush=True)
    name = f"judge v{candidate.version} against v{champion.version}"
    with mlflow.start_run(run_name=name) as run:
        names = ("data", "n", "seed", "metric", "margin", "requirement", "min_pages")
        versions = {"champion_version": champion.version, "candidate_version": candidate.version}
        log_missing_params({**versions, **{name: getattr(args, name) for name in names}})
        before, after = (
            evaluate_in_child_run(role, _uri(version), forms, args.trace_images)
            for role, version in (("champion", champion), ("candidate", candidate))
        )
        evidence = weigh(
            scored_by(rule.metric, "champion", before),
            scored_by(rule.metric, "candidate", after),
            [bool(form.pairs) for form in forms],
            before.pages["outcome"].tolist(),
            after.pages["outcome"].tolist(),
        )
        decision = decide(evidence, rule)
        judgement = _judgement(candidate, champion, evidence, decision, rule)
        judgement |= {"gate_run_id": run.info.run_id, "gate_dataset_digest": after.dataset_digest}
        _log_decision(evidence, decision, rule)
    # After the run has ended well: what is tagged is on record.
    if decision.verdict is Verdict.PROMOTE:
        promote_version(candidate, champion, judgement)
    else:
        record_judgement(candidate, judgement)
    _print_decision(decision, candidate, champion, run)
    return decision.verdict


def _judgement(
    candidate: ModelVersion,
    champion: ModelVersion,
    evidence: Evidence,
    decision: Decision,
    rule: GateRule,
) -> dict[str, str]:
    """Tags of the candidate. Judging the same again replaces them, and is counted."""
    estimate, low, high = evidence.difference
    metadata = mlflow.models.get_model_info(_uri(candidate)).metadata or {}
    return {
        "gate_verdict": decision.verdict.value,
        "gate_reasons": " ".join(decision.reasons),
        "gate_rule": str(rule),
        "gate_difference": f"{estimate:.4f} [{low:.4f}, {high:.4f}]",
        "gate_pages": str(evidence.pages),
        "gate_champion_version": str(champion.version),
        "gate_by": acting_user(),
        "gate_at": now(),
        "gate_times_judged": str(int(candidate.tags.get("gate_times_judged", 0)) + 1),
        "prompt_sha256": str(metadata.get("prompt_sha256", "")),
    }


def _log_decision(evidence: Evidence, decision: Decision, rule: GateRule) -> None:
    measured = {
        f"{rule.metric}_difference/{name}": value
        for name, value in evidence.difference._asdict().items()
    }
    mlflow.log_metrics({**measured, "judged_pages": evidence.pages})
    mlflow.set_tags(
        {"gate_verdict": decision.verdict.value, "gate_reasons": " ".join(decision.reasons)}
    )


def _print_decision(
    decision: Decision, candidate: ModelVersion, champion: ModelVersion, run: mlflow.ActiveRun
) -> None:
    print("\n" + "\n".join(f"  {reason}" for reason in decision.reasons))
    tries = int(candidate.tags.get("gate_times_judged", 0)) + 1
    if tries > 1:
        print(f"  Judged {tries} times by now: the more often one tries, the likelier is luck.")
    print(f"\nRun      {run.info.run_name} ({run.info.run_id})")
    serving = candidate if decision.verdict is Verdict.PROMOTE else champion
    print(f"Verdict  {decision.verdict.value}: {_uri(serving)} is champion")


def _uri(version: ModelVersion) -> str:
    return f"models:/{version.name}/{version.version}"


if __name__ == "__main__":
    sys.exit(main())
