"""The MLflow AI Gateway, which nobody here wrote, between the engine and the loopback endpoint."""

from __future__ import annotations

import base64
import itertools
import json
import os
import socket
import subprocess
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from unittest import mock

import mlflow
import pytest
from PIL import Image

from ocr_model.documents import encode_page
from ocr_model.engines.llm.preflight import check_endpoint
from ocr_model.engines.llm.reply_form import response_schema
from ocr_model.errors import LLMError
from ocr_model.schema import Page, Usage
from scripts.workshop.model_server import RunningServer, free_port, wait_until_healthy
from tests.engines.llm.test_preflight import NUMBER, able
from tests.support.endpoint import Endpoint, Played, Reply, Script, Seen, completion, error
from tests.support.llm import config_of, engine_on

pytestmark = pytest.mark.integration

PAGE = Page(1, Image.effect_noise((900, 1200), 60).convert("RGB"))


@pytest.fixture(autouse=True)
def _no_tracing() -> Iterator[None]:
    mlflow.tracing.disable()
    yield
    mlflow.tracing.reset()  # type: ignore[no-untyped-call]


@dataclass(frozen=True)
class Gateway:
    """A running gateway; every upstream gets an endpoint of its own there."""

    url: str
    count: Iterator[int] = field(default_factory=itertools.count)

    @property
    def environment(self) -> dict[str, str]:
        return {"OPENAI_BASE_URL": f"{self.url}/gateway/mlflow/v1"}

    def endpoint_to(self, upstream_url: str, api_key: str) -> str:
        """Secret, model definition, endpoint; its name is what requests call the model."""
        name = f"forms-{next(self.count)}"
        secret = self._create(
            "secrets",
            secret_name=name,
            secret_value={"api_key": api_key},
            provider="openai",
            auth_config={"api_base": upstream_url},
        )
        definition = self._create(
            "model-definitions",
            name=name,
            secret_id=secret["secret"]["secret_id"],
            provider="openai",
            model_name="upstream-llm",
        )
        model_id = definition["model_definition"]["model_definition_id"]
        model = {"model_definition_id": model_id, "linkage_type": "PRIMARY", "weight": 1.0}
        self._create("endpoints", name=name, model_configs=[model], usage_tracking=False)
        return name

    def _create(self, kind: str, **body: Any) -> dict[str, Any]:
        request = urllib.request.Request(
            f"{self.url}/api/3.0/mlflow/gateway/{kind}/create",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request, timeout=60) as reply:
            created: dict[str, Any] = json.load(reply)
            return created


@pytest.fixture(scope="module")
def gateway(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Gateway]:
    folder = tmp_path_factory.mktemp("gateway")
    port = free_port()
    # As it comes, the gateway refuses upstreams without TLS and on private addresses.
    allowed = {
        "MLFLOW_GATEWAY_API_BASE_ALLOWED_SCHEMES": "http,https",
        "MLFLOW_GATEWAY_API_BASE_ALLOW_PRIVATE_IPS": "true",
        "MLFLOW_CRYPTO_KEK_PASSPHRASE": "of-this-test-alone",
    }
    command = ["mlflow", "server", "--backend-store-uri", f"sqlite:///{folder}/mlflow.db"]
    command += ["--default-artifact-root", f"{folder}/artifacts"]
    command += ["--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    log = folder / "server.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            command,
            env=os.environ | allowed,
            cwd=folder,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        server = RunningServer(process, port, log)
        try:
            wait_until_healthy(port, process, log)
            yield Gateway(server.url)
        finally:
            server.end()


def test_page_schema_and_parameters_arrive_intact(gateway: Gateway) -> None:
    parameters = {"max_completion_tokens": 77, "seed": 7, "reasoning_effort": "low"}
    with Endpoint([completion()]) as upstream:
        llm = gateway.endpoint_to(upstream.base_url, upstream.api_key)
        with engine_on(
            gateway.environment, llm=llm, llm_parameters=parameters, timeout_s=30
        ) as engine:
            result = engine.read_page(PAGE)
    (seen,) = upstream.requests
    (url,) = seen.data_urls
    assert base64.b64decode(url.partition(",")[2]) == encode_page(PAGE.image, 1000, "jpeg", 40).data
    schema = {"name": "key_value_list", "strict": True, "schema": response_schema()}
    assert seen.body["response_format"] == {"type": "json_schema", "json_schema": schema}
    assert {name: seen.body[name] for name in parameters} == parameters
    assert seen.body["model"] == "upstream-llm"
    assert [answer.answer for answer in result.answers] == ["Ann Berg", None]
    assert (result.usage, result.notes) == (Usage(1200, 30), ())


def refuses_schemas(seen: Seen) -> Played:
    if seen.rung == "json_schema":
        return error(400, "response_format.type json_schema is not supported")
    return completion()


def test_the_ladder_is_stepped_down_through_it(gateway: Gateway) -> None:
    with Endpoint(refuses_schemas) as upstream:
        llm = gateway.endpoint_to(upstream.base_url, upstream.api_key)
        with engine_on(gateway.environment, llm=llm, timeout_s=30) as engine:
            notes = engine.read_page(PAGE).notes
    assert notes == ("asked for json_object: the endpoint refused json_schema",)


@pytest.mark.parametrize(
    ("script", "outcome", "aborts"),
    [
        (lambda _: error(401, "Incorrect API key provided"), "endpoint_error", True),
        (lambda _: error(404, "no", code="model_not_found"), "endpoint_error", True),
        (lambda _: error(429, "Rate limit reached"), "rate_limited", False),
        (lambda _: error(500, "upstream broke"), "endpoint_error", False),
        (lambda _: Reply(b"<html>Bad gateway</html>", 502), "endpoint_error", False),
        (lambda _: Reply({"error": {"message": "in a 200"}}), "endpoint_error", False),
        (lambda _: completion("no pairs"), "unparseable", False),
        (lambda _: completion('{"pairs": [', finish_reason="length"), "truncated", False),
    ],
    ids=["401", "404", "429", "500", "502_html", "error_in_200", "prose", "truncated"],
)
def test_upstream_failures_are_typed_outcomes(
    gateway: Gateway, script: Script, outcome: str, aborts: bool
) -> None:
    with Endpoint(script) as upstream:
        llm = gateway.endpoint_to(upstream.base_url, upstream.api_key)
        with (
            engine_on(gateway.environment, llm=llm, timeout_s=20) as engine,
            pytest.raises(LLMError, match=f"{gateway.url}|pairs|complete") as caught,
        ):
            engine.read_page(PAGE)
    assert (caught.value.outcome.value, caught.value.aborts_batch) == (outcome, aborts)
    assert upstream.api_key not in str(caught.value)


def test_an_upstream_that_is_down_is_a_typed_outcome(gateway: Gateway) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        llm = gateway.endpoint_to(f"http://127.0.0.1:{unused.getsockname()[1]}/v1", "key")
        with (
            engine_on(gateway.environment, llm=llm, timeout_s=20) as engine,
            pytest.raises(LLMError) as caught,
        ):
            engine.read_page(PAGE)
    assert caught.value.outcome.value == "endpoint_error"


def test_an_unknown_endpoint_name_aborts_the_batch(gateway: Gateway) -> None:
    with (
        engine_on(gateway.environment, llm="nobody", timeout_s=20) as engine,
        pytest.raises(LLMError, match="nobody") as caught,
    ):
        engine.read_page(PAGE)
    assert caught.value.aborts_batch


def test_the_preflight_finds_it_usable(gateway: Gateway) -> None:
    with Endpoint(able) as upstream:
        llm = gateway.endpoint_to(upstream.base_url, upstream.api_key)
        with mock.patch.dict(os.environ, gateway.environment):
            config = config_of(llm=llm, timeout_s=30)
            report = check_endpoint(config, NUMBER)
    assert report.problem is None
