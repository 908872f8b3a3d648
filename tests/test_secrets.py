"""An evaluation from end to end with canary secrets, and then a search through all it left."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest
from PIL import Image

from ocr_model.config import parse_config
from ocr_model.evaluation.evaluate import evaluate_model
from ocr_model.forms.funsd import Form, QAPair
from ocr_model.lifecycle.registry import plan_version
from ocr_model.prompts import load_prompt, register_bundled_prompts
from tests.support.endpoint import Endpoint, Played, Reply, Seen, completion, error

KEY = "canary-key-8f3a61d0c2"
# What the client would send of the environment, were it let.
AMBIENT = {
    "OPENAI_ORG_ID": "canary-org-71be",
    "OPENAI_PROJECT_ID": "canary-project-52aa",
    "OPENAI_CUSTOM_HEADERS": "x-canary: canary-header-99d4",
}
VALUES = (KEY, "canary-org-71be", "canary-project-52aa", "canary-header-99d4")


def echoed(seen: Seen) -> str:
    """What a provider quotes of a request in its messages."""
    return f"{seen.headers['authorization']} is not the key, {seen.headers}"


def answered(text: str) -> str:
    return json.dumps({"pairs": [{"key": "k", "value": [text]}]})


def spelt(text: str) -> str:
    return "".join(f"%{ord(sign):02x}" for sign in text)


SCRIPTS: dict[str, Callable[[Seen], Played]] = {
    "answers": lambda _: completion(),
    "key_in_a_401": lambda seen: error(401, f"Incorrect API key provided: {echoed(seen)}"),
    "key_in_a_400": lambda seen: error(400, echoed(seen)),
    "key_in_a_detail": lambda seen: Reply({"detail": echoed(seen)}, 422),
    "key_in_plain_text": lambda seen: Reply(echoed(seen).encode(), 403),
    "key_in_a_200": lambda seen: Reply({"error": {"message": echoed(seen)}}),
    "key_in_html": lambda _: Reply(f"<p>{KEY}".encode(), 200, {"content-type": "text/html"}),
    "key_in_garbage": lambda seen: Reply(f"{echoed(seen)}".encode()),
    "key_in_a_completion": lambda seen: completion(echoed(seen)),
    "key_in_an_answer": lambda _: completion(f'{{"pairs": [{{"key": "k", "value": ["{KEY}"]}}]}}'),
    "key_in_a_refusal": lambda seen: completion(None, refusal=echoed(seen)),
    "key_in_reasoning": lambda seen: completion(None, reasoning_content=echoed(seen)),
    "key_in_base64": lambda seen: completion(f"{base64.b64encode(echoed(seen).encode())!r}"),
    "key_for_a_url_in_an_answer": lambda _: completion(answered(f"?key={spelt(KEY)}")),
    "key_in_two_lines_of_an_answer": lambda _: completion(answered(f"{KEY[:9]}\n{KEY[9:]}")),
    "key_in_hex_in_a_400": lambda _: error(400, KEY.encode().hex()),
    "key_escaped_in_a_detail": lambda _: Reply(
        b'{"detail": "%s"}' % "".join(f"\\u{ord(sign):04x}" for sign in KEY).encode(), 422
    ),
    "key_in_parts": lambda _: completion([{"text": KEY[:9]}, {"text": KEY[9:]}]),
    "key_in_a_header": lambda _: Reply(b"", 307, {"location": f"http://127.0.0.1/{KEY}"}),
}


def spellings(value: str) -> set[bytes]:
    """As it is, and as it would stand in base64, in a URL and in hexadecimal."""
    data = value.encode()
    # Base64 depends on where in its group of three a text begins; the middle is the same.
    shifted = (base64.b64encode(b"x" * shift + data)[4:-4] for shift in range(3))
    halves = (value[:9] + between + value[9:] for between in ("\n", "\\n"))
    whole = (value, quote(value), spelt(value), data.hex(), *halves)
    return {*(text.encode() for text in whole), *shifted}


def left_behind(folder: Path) -> list[str]:
    """Files that hold a secret, database, artifacts and packaged model among them."""
    sought = {spelling for value in VALUES for spelling in spellings(value)}
    files = [path for path in folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".db" for path in files)
    return [
        f"{path.name}: {spelling!r}"
        for path in files
        for spelling in sought
        if spelling in path.read_bytes()
    ]


@pytest.fixture
def model_uri(mlflow_store: str, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    for name, value in AMBIENT.items():
        monkeypatch.setenv(name, value)
    prompt = load_prompt(register_bundled_prompts()[1])
    settings = {"engine": "llm", "llm": "test-llm", "prompt_uri": prompt.uri, "timeout_s": 5}
    version = plan_version(parse_config(settings), prompt).register()
    return f"models:/{version.name}/{version.version}"


def evaluated(model_uri: str, script: Callable[[Seen], Played], folder: Path) -> Endpoint:
    image = folder / "form.png"
    Image.new("RGB", (90, 80), "white").save(image)
    form = Form("form", image, (QAPair("Name:", "Ann Berg"),))
    with Endpoint(script, api_key=KEY) as endpoint, pytest.MonkeyPatch.context() as patched:
        patched.setenv("OPENAI_BASE_URL", endpoint.base_url)
        patched.setenv("MLFLOW_LOGGING_LEVEL", "DEBUG")
        patched.setenv("OPENAI_LOG", "debug")
        evaluate_model(model_uri, [form])
    assert endpoint.requests
    return endpoint


def _marks(name: str) -> list[pytest.MarkDecorator]:
    """Each way of writing a key is held by the tests of redaction; here it is followed through a
    store, by an evaluation for each: CI has time for some, .ci/full for all.
    """
    return [] if name in ("key_in_a_200", "key_in_a_refusal") else [pytest.mark.slow]


@pytest.mark.parametrize(
    "name",
    [
        "answers",
        "key_in_base64",
        *(
            pytest.param(name, marks=[pytest.mark.integration, *_marks(name)])
            for name in list(SCRIPTS)[1:]
            if name != "key_in_base64"
        ),
    ],
)
def test_no_secret_is_left_behind_by_an_evaluation(
    model_uri: str, name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    endpoint = evaluated(model_uri, SCRIPTS[name], tmp_path)
    assert left_behind(tmp_path) == []
    printed = "".join(capfd.readouterr())
    assert [value for value in VALUES if value in printed] == []
    assert all(value not in str(seen.headers) for seen in endpoint.requests for value in VALUES[1:])


def test_the_search_finds_a_secret_that_was_left_behind(tmp_path: Path) -> None:
    (tmp_path / "mlflow.db").write_bytes(b"nothing")
    (tmp_path / "log.txt").write_bytes(base64.b64encode(f'{{"key": "{KEY}"}}'.encode()))
    (tmp_path / "trace.json").write_text(f"Bearer {VALUES[1]}")
    assert {line.split(":")[0] for line in left_behind(tmp_path)} == {"log.txt", "trace.json"}
