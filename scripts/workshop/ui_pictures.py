"""The pictures of report, demo and MLflow's UI: what a newcomer's commands leave, in a browser."""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import mlflow
from mlflow.entities import Run

from ocr_model.commands.cli import SAMPLE
from scripts.workshop.chromium import Chromium
from scripts.workshop.model_server import (
    Serving,
    free_port,
    outside_environment,
    served,
    wait_until_healthy,
)

_CHECKOUT = SAMPLE.parents[1]
_FORM = SAMPLE / "images" / "fax_cover.png"
_EXPERIMENT = "ocr-extractor"
_MODEL = "ocr-extractor"
_PROMPT = "ocr-question-answer"


def take_ui_pictures(browser: Chromium, folder: Path, take: Callable[[str], None]) -> None:
    """Evaluate, compare by the practice LLM, serve, in a store in `folder`; look at each."""
    environment = outside_environment(f"sqlite:///{folder / 'mlflow.db'}")
    environment["OPENAI_BASE_URL"] = f"http://127.0.0.1:{(llm := free_port())}/v1"
    ui, demo = free_port(), free_port()
    with ExitStack() as running:

        def start(*command: str, port: int, path: str) -> str:
            log = folder / f"{port}.log"
            process = running.enter_context(_started(command, environment, log))
            wait_until_healthy(port, process, log, path=path)
            return f"http://127.0.0.1:{port}"

        _finish("scripts.evaluate", environment=environment)
        start("scripts.practice_llm", "--port", str(llm), port=llm, path="/v1/models")
        prompts = ",".join(f"prompts:/{_PROMPT}/{n}" for n in (1, 2, 3))
        compare = ["scripts.compare", "--prompt-uris", prompts, "--llms", "practice"]
        _finish(*compare, environment=environment)
        store = ["--backend-store-uri", environment["MLFLOW_TRACKING_URI"]]
        url = start("mlflow", "ui", *store, "--port", str(ui), port=ui, path="/health")
        _of_the_store(browser, url, folder, environment["MLFLOW_TRACKING_URI"], take)
        model = running.enter_context(
            served(Serving(f"models:/{_MODEL}@champion", environment), folder)
        )
        asked = ["--url", model.url, "--llm", "practice", "--port", str(demo)]
        url = start("scripts.demo", *asked, port=demo, path="/status")
        _of_the_demo(browser, url, take)


def _of_the_store(
    browser: Chromium, url: str, folder: Path, store: str, take: Callable[[str], None]
) -> None:
    client = mlflow.MlflowClient(store)
    experiment = client.get_experiment_by_name(_EXPERIMENT)
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id])
    evaluation = _named(runs, "evaluate")
    report = client.download_artifacts(evaluation.info.run_id, "report.html", str(folder))
    browser.resize(1345, 1540)
    browser.open(Path(report).as_uri())
    take("report")
    at = f"{url}/#/experiments/{experiment.experiment_id}/runs"
    pages = {
        "ui-run": f"{at}/{evaluation.info.run_id}",
        "ui-comparison": f"{at}/{_named(runs, 'compare').info.run_id}",
        "ui-model": f"{url}/#/models/{_MODEL}/versions/1",
        "ui-prompt": f"{url}/#/experiments/{experiment.experiment_id}/prompts/{_PROMPT}",
    }
    browser.resize(1345, 1000)
    for name, page in pages.items():
        browser.open("about:blank")
        browser.open(page)
        time.sleep(8)  # MLflow's page asks its server several times, one answer after another
        take(name)


def _of_the_demo(browser: Chromium, url: str, take: Callable[[str], None]) -> None:
    browser.resize(1250, 900)
    browser.open(url)
    browser.choose_file("#file", _FORM)
    browser.wait("document.querySelectorAll('.pair').length")
    browser.hover("button.pair")
    browser.wait("document.querySelector('.box.lit')")
    take("demo")
    browser.resize(1280, 1200)
    browser.open(f"{url}/prompts")
    browser.wait("document.getElementById('version-a').options.length === 4")
    browser.run("document.getElementById('sample').click()")
    browser.wait("!document.getElementById('read').disabled")
    browser.run("document.getElementById('read').click()")
    browser.wait("document.querySelectorAll('#pairs tr').length > 5")
    take("prompts")


def _named(runs: list[Run], start: str) -> Run:
    return next(run for run in runs if str(run.info.run_name).startswith(f"{start} "))


def _finish(*command: str, environment: dict[str, str]) -> None:
    subprocess.run([sys.executable, "-m", *command], cwd=_CHECKOUT, env=environment, check=True)  # noqa: S603


@contextmanager
def _started(
    command: tuple[str, ...], environment: dict[str, str], log: Path
) -> Iterator[subprocess.Popen[bytes]]:
    with (
        log.open("wb") as said,
        subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", *command],
            cwd=_CHECKOUT,
            env=environment,
            stdout=said,
            stderr=said,
        ) as process,
    ):
        try:
            yield process
        finally:
            process.terminate()
