"""Four roles on a server that checks passwords: every verb that touches it, as each of them.

What a role may do works; what it may not is one sentence before anything is begun. With
`pytest -s` the table is printed, with ACCESS_TRANSCRIPT=FILE it is written as it comes.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import mlflow
import pytest
from mlflow import MlflowClient

from ocr_model.commands import script
from ocr_model.console import say
from ocr_model.errors import OcrModelError
from ocr_model.history import read_history
from ocr_model.lifecycle import register_noted_prompt
from scripts.workshop.model_server import free_port
from tests.integration.conftest import CHECKOUT
from tests.support.auth_server import PASSWORD, auth_server
from tests.support.endpoint import Endpoint
from tests.support.forms import write_forms
from tests.support.reflecting_llm import ReflectingLlm

pytestmark = [
    pytest.mark.integration,
    pytest.mark.slow,
    # MLflow and what it is built on, when whole commands run in this process
    pytest.mark.filterwarnings("ignore"),
    pytest.mark.skipif(
        find_spec("flask_wtf") is None and "CI" not in os.environ,
        reason="mlflow's basic-auth needs Flask-WTF: pip install -e '.[dev]'",
    ),
]

READER, EDITOR, REVIEWER, RELEASER = ROLES = ("reader", "editor", "reviewer", "releaser")
LOGS = (EDITOR, REVIEWER, RELEASER)
V1, V2 = "models:/ocr-extractor/1", "models:/ocr-extractor/2"
PROMPT = "prompts:/ocr-question-answer"
TRANSCRIPT = os.environ.get("ACCESS_TRANSCRIPT")
REFUSED = ("docs/access.md", "Nothing was", "administrator")


class Done(NamedTuple):
    returncode: int
    stdout: str
    stderr: str


def _write(text: str) -> int:
    try:
        register_noted_prompt(text, "another")
    except OcrModelError as err:
        say(f"error: {err}", file=sys.stderr)
        return 2
    return 0


@dataclass
class Workplace:
    """A server with four users, and an LLM on loopback."""

    server: str
    endpoint: Endpoint
    folder: Path
    table: dict[str, dict[str, str]] = field(default_factory=dict)

    def environment(self, user: str) -> dict[str, str]:
        known = {k: v for k, v in os.environ.items() if not k.startswith(("MLFLOW_", "OPENAI_"))}
        return {
            **known,
            **self.endpoint.environment,
            "PYTHONPATH": os.pathsep.join([str(CHECKOUT), os.environ.get("PYTHONPATH", "")]),
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "MLFLOW_TRACKING_URI": self.server,
            "MLFLOW_TRACKING_USERNAME": user,
            "MLFLOW_TRACKING_PASSWORD": PASSWORD,
            "OCR_MODEL_CACHE_PATH": str(self.folder / f"{user}.sqlite"),
        }

    def call(self, user: str, verb: str, *argv: str) -> Done:
        """As a command line of this user, in this process: importing it all takes seconds."""
        out, err = io.StringIO(), io.StringIO()
        with (
            pytest.MonkeyPatch.context() as patch,
            contextlib.redirect_stdout(out),
            contextlib.redirect_stderr(err),
        ):
            patch.chdir(self.folder)
            for name, value in self.environment(user).items():
                patch.setenv(name, value)
            code = _write(argv[0]) if verb == "write" else script(verb, argv)
        return Done(code, out.getvalue(), err.getvalue())

    def may(
        self,
        label: str,
        roles: Sequence[str],
        *argv: str,
        codes: Sequence[int] = (0,),
        runs: str = "",
    ) -> None:
        """The others are refused first; `USER` stands for the name of whoever calls. What takes
        long is run by one of the roles that may, and noted so of the others.
        """
        for user in sorted(ROLES, key=lambda one: one in roles):
            if runs and user in roles and user != runs:
                self.note(label, user, f"allowed by the same right, run as {runs}")
                continue
            asked, before = len(self.endpoint.requests), self.state()
            done = self.call(user, *(part.replace("USER", user) for part in argv))
            said = [line for line in done.stderr.splitlines() if line.startswith("error: ")]
            if user in roles:
                assert done.returncode in codes, (label, user, done.stderr[-2000:])
                self.note(label, user, "allowed")
                continue
            assert done.returncode in (1, 2), (label, user, done.stdout, done.stderr[-2000:])
            assert len(said) == 1, (label, user, done.stderr[-2000:])
            assert any(part in said[0] for part in REFUSED), (label, user, said)
            # Nobody was paid, and nothing is half done.
            assert (len(self.endpoint.requests), self.state()) == (asked, before), (label, user)
            self.note(label, user, said[0].replace(self.server, "SERVER"))

    def note(self, label: str, user: str, said: str) -> None:
        self.table.setdefault(label, {})[user] = said
        if TRANSCRIPT:
            Path(TRANSCRIPT).write_text(self.transcript() + "\n")

    def state(self) -> object:
        """As the administrator sees it: what there is, and where the champion stands."""
        client = MlflowClient()
        runs = [
            (run.info.run_id, run.info.status)
            for one in client.search_experiments()
            for run in client.search_runs([one.experiment_id])
        ]
        versions = client.search_model_versions()
        aliases = client.get_registered_model("ocr-extractor").aliases
        events = [kept.sha256 for kept in read_history("model ocr-extractor")]
        events += [kept.sha256 for kept in read_history("prompt ocr-question-answer")]
        traces = client.search_traces(
            locations=[one.experiment_id for one in client.search_experiments()],
            include_spans=False,
            max_results=500,
        )
        told = [(one.name, one.version, one.tags) for one in versions]
        return sorted(runs), told, aliases, events, len(traces)

    def transcript(self) -> str:
        lines = []
        for label, by_role in self.table.items():
            lines += [label, *(f"  {role:<9} {by_role.get(role, '?')}" for role in ROLES)]
        return "\n".join(lines)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workplace]:
    folder = tmp_path_factory.mktemp("access")
    patch = pytest.MonkeyPatch()
    with (
        auth_server(folder, "NO_PERMISSIONS") as server,
        Endpoint(ReflectingLlm()) as endpoint,
    ):
        patch.setenv("MLFLOW_TRACKING_USERNAME", "admin")
        patch.setenv("MLFLOW_TRACKING_PASSWORD", PASSWORD)
        mlflow.set_tracking_uri(server)
        try:
            yield Workplace(server, endpoint, folder)
        finally:
            mlflow.set_tracking_uri(None)
            patch.undo()


def _grant(place: Workplace, *further: str) -> Done:
    roles = {"prompt-editor" if role == EDITOR else role: role for role in ROLES}
    given = [part for option, user in roles.items() for part in (f"--{option}", user)]
    return place.call("admin", "access", *given, *further)


def test_roles_are_set_up_twice_and_are_the_same(place: Workplace) -> None:
    from mlflow.server.auth.client import AuthServiceClient

    client = AuthServiceClient(place.server)
    refused = _grant(place, "--grant")
    assert refused.returncode == 2
    assert "Make one at" in refused.stderr
    for role in ROLES:
        client.create_user(role, PASSWORD)
    shown = _grant(place)
    assert (shown.returncode, "Nothing was changed" in shown.stdout) == (0, True)
    assert client.list_all_roles() == []
    for _ in range(2):
        done = _grant(place, "--grant")
        assert (done.returncode, done.stderr.count("error")) == (0, 0), done.stderr
        granted = [
            sorted(
                (one.resource_type, one.resource_pattern, one.permission)
                for one in role.permissions
            )
            for role in client.list_all_roles()
            if not role.name.startswith("__user_")
        ]
        assert [len(grants) for grants in granted] == [5, 5, 5, 5]
    both = place.call("admin", "access", "--releaser", EDITOR, "--grant")
    assert both.returncode == 2
    assert "either prompt-editor or releaser" in both.stderr
    assert PASSWORD not in both.stdout + both.stderr + done.stdout


def test_every_verb_as_every_role(place: Workplace) -> None:
    data = str(write_forms(place.folder / "claims", 33))
    few = ("--data", data, "--n", "2")
    llm = ("--engine", "llm", "--llm", "a")

    place.may("log_model: a version, the first champion", [RELEASER], "log_model", *llm)
    place.may("access", [], "access", "--reader", "USER", "--grant")
    place.may("register_prompts: all there already", ROLES, "register_prompts")
    place.may("history", ROLES, "history")
    place.may("evaluate the champion", LOGS, "evaluate", "--model-uri", V1, *few, runs=REVIEWER)
    place.may("write a prompt", [EDITOR], "write", "Read the form. {{ additional_rules }}")
    place.may(
        "evaluate a prompt",
        LOGS,
        *("evaluate", "--prompt-uri", f"{PROMPT}/4", *llm, *few),
        runs=EDITOR,
    )
    # Logged, and not registered.
    assert len(MlflowClient().search_model_versions("name = 'ocr-extractor'")) == 1
    place.may(
        "compare two prompts",
        LOGS,
        *("compare", "--prompt-uris", f"{PROMPT}/2,{PROMPT}/4", "--llms", "a", *few),
        runs=EDITOR,
    )

    candidate = ("--prompt-uri", f"{PROMPT}/4", *few, "--min-pages", "1")
    place.may("promote a prompt", [RELEASER], "promote", *candidate)
    assert MlflowClient().get_model_version_by_alias("ocr-extractor", "champion").version == "2"
    place.may("rollback", [RELEASER], "rollback")
    # What was rolled back from is promoted again: its tags are written over, not deleted.
    again = place.call(RELEASER, "promote", "--model-uri", V2, *few, "--min-pages", "1")
    assert again.returncode == 0, again.stderr[-2000:]
    events = [kept.event for kept in read_history("model ocr-extractor")]
    assert {(e.actor, e.actor_kind) for e in events if e} == {(RELEASER, "authenticated")}
    assert place.call(READER, "history").returncode == 0
    place.may(
        "history --accept", [RELEASER], "history", "--name", "ocr-extractor", "--accept", "so it is"
    )
    place.may("verify", ROLES, "verify", "--folder", "model-USER")
    _extract_and_look(place, data)
    place.may(
        "optimize a prompt",
        [EDITOR],
        *("optimize", "--data", data, "--prompt-uri", f"{PROMPT}/4", "--llm", "a"),
        *("--min-pages", "3"),
        codes=(0, 4),
    )
    _the_others(place, data)
    print("\n" + place.transcript())


def _extract_and_look(place: Workplace, data: str) -> None:
    read = ("--input", f"{data}/images/form-0*.png", "--output", "rows-USER.jsonl")
    place.may("extract, with traces", LOGS, "extract", *read, "--traces", "on", runs=REVIEWER)
    rows = str(place.folder / f"rows-{REVIEWER}.jsonl")
    place.may("monitor a batch", LOGS, "monitor", "--rows", rows, codes=(0, 3, 4), runs=RELEASER)
    [experiment] = [
        one for one in MlflowClient().search_experiments() if one.name == "ocr-extractor"
    ]
    place.may(
        "monitor traces", LOGS, "monitor", "--traces", "ocr-extractor", codes=(0, 3, 4), runs=EDITOR
    )
    [run, *_] = MlflowClient().search_runs([experiment.experiment_id])
    place.may("lineage", ROLES, "lineage", run.info.run_id)
    trace = MlflowClient().search_traces(locations=[experiment.experiment_id], max_results=1)[0]
    place.may("lineage of a trace", ROLES, "lineage", trace.info.trace_id)
    document = trace.info.tags["document_id"]
    place.may("forget, listing only", ROLES, "forget", document)
    place.may("forget --erase", [], "forget", document, "--erase")


def _the_others(place: Workplace, data: str) -> None:
    sample = str(CHECKOUT / "data" / "sample")
    drafted = ("propose_fields", "--data", sample, "--output", "fields-USER.yaml")
    place.may("propose_fields", LOGS, *drafted, runs=EDITOR)
    place.may(
        "train",
        LOGS,
        *("train", "--data", sample, "--n", "10", "--folds", "2", "--curve", ""),
        runs=REVIEWER,
    )
    # The champion is an LLM's, whose answers have no confidence here.
    embedded = place.call(RELEASER, "log_model")
    assert embedded.returncode == 0, embedded.stderr[-2000:]
    sure = ("--model-uri", "models:/ocr-extractor/3", "--data", sample, "--n", "12")
    place.may("calibrate", [RELEASER], "calibrate", *sure)
    for user in ROLES:
        _serve(place, user, "review", "--traces", "ocr-extractor", "--into", f"into-{user}")
        _serve(place, user, "demo", "--llm", "a")


def _serve(place: Workplace, user: str, verb: str, *argv: str) -> None:
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", f"scripts.{verb}", *argv, "--port", str(port)],
        env=place.environment(user),
        cwd=place.folder,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        answers = _answers(f"http://127.0.0.1:{port}/", process)
        if user == READER:
            assert not answers
            assert process.stderr is not None
            said = [line for line in process.stderr if line.startswith("error: ")]
            assert len(said) == 1
            assert process.wait(30) == 2
            place.note(verb, user, said[0].strip().replace(place.server, "SERVER"))
            return
        assert answers
        place.note(verb, user, "allowed")
        if verb == "demo":
            _save_prompt(place, user, port)
    finally:
        process.kill()
        process.wait(30)


def _save_prompt(place: Workplace, user: str, port: int) -> None:
    body = json.dumps({"text": f"Read what {user} wants.", "message": "mine"}).encode()
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}/prompts/save", body, {"Content-Type": "application/json"}
    )
    status, said = _asked(request)
    assert status == (200 if user == EDITOR else 422)
    if user != EDITOR:
        assert "permission denied" in said["error"]
    place.note("demo: save a prompt", user, said.get("error", "allowed"))
    place.note("demo: save a prompt", READER, "the page does not start")


def _asked(request: urllib.request.Request) -> tuple[int, dict[str, str]]:
    try:
        with urllib.request.urlopen(request, timeout=60) as reply:
            return reply.status, json.load(reply)
    except urllib.error.HTTPError as err:
        return err.code, json.load(err)


def _answers(url: str, process: subprocess.Popen[str]) -> bool:
    gives_up_at = time.monotonic() + 120
    while process.poll() is None:
        try:
            urllib.request.urlopen(url, timeout=5).close()
        except OSError:
            assert time.monotonic() < gives_up_at
            time.sleep(0.2)
        else:
            return True
    return False
