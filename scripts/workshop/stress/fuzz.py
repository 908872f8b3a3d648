"""python -m scripts.stress fuzz [--n 10000] [--seed 0]

Read a page again and again from an endpoint whose replies are written as servers and LLMs are
known to write them, loops among them, and meet random accidents on their way: body alone, or HTTP
as well. Every page must end in a result or a typed outcome, in time.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import random
import time
from typing import Any
from unittest import mock

import mlflow
from PIL import Image
from tqdm import tqdm

from ocr_model.commands.cli import whole_number
from ocr_model.config import parse_config
from ocr_model.engines.llm.engine import LLMEngine
from ocr_model.errors import LLMError
from ocr_model.prompts import Message
from ocr_model.schema import Page
from scripts.workshop.loopback import PAIRS, Endpoint, Raw, Seen, completion, play
from scripts.workshop.stress._accidents import Tally, mutated

_TIMEOUT_S = 3.0
# A busy machine wakes sleepers late; a hang is seconds.
_GRACE_S = 2.0
# Bodies alone go deeper into the decoding; whole replies break already in the client.
_SHARE_OF_BODIES = 0.8


def _body(content: Any, finish_reason: str = "stop", **message: Any) -> bytes:
    return completion(content, finish_reason=finish_reason, **message).payload


def _with_head(body: bytes) -> bytes:
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % len(body) + body


def _bodies() -> dict[str, list[bytes]]:
    """Kind of reply -> whole completions of that kind."""
    text, pair = json.dumps(PAIRS), {"key": "Qty", "value": ["1"]}
    plain = {pair["key"]: pair["value"] for pair in PAIRS["pairs"]}
    asked = [{"question": key, "answer": value[0]} for key, value in plain.items()]
    shapes: tuple[Any, ...] = (
        *({"pairs": plain}, {"Pairs": PAIRS["pairs"]}, {"result": PAIRS}, {"pairs": asked}),
        *([plain], plain, {**PAIRS, "line_items": [{"qty": 1}]}),
        {"pairs": [{"key": "Name", "values": ["Ann"]}]},
        {"pairs": [*PAIRS["pairs"], {"key": "Address", "value": {"street": "Elm 1"}}]},
    )
    called = {"id": "1", "type": "function", "function": {"name": "pairs", "arguments": text}}
    endless = '{"pairs": [{"key": "Qty", "value": [' + '"1", ' * 900
    return {
        "plain": [_body(text)],
        "shapes": [_body(json.dumps(shape)) for shape in shapes],
        "text": [
            *(_body(json.dumps(text)), _body(text.replace("}]", "},]")), _body(text * 2)),
            *(_body(str(PAIRS)), _body(f"<think>Hm.</think>\n```json\n{text}\n```")),
        ],
        "elsewhere": [
            _body(None, tool_calls=[called]),
            _body([{"type": "text", "text": text[:40]}, {"type": "text", "text": text[40:]}]),
            _body(PAIRS),
        ],
        "loops": [
            _body(json.dumps({"pairs": [pair] * 400})),
            _body(endless, "length"),
            _body('{"pairs": [' + " " * 3000, "length"),
            _body("", "length", reasoning="I look. " * 900),
        ],
    }


def fuzz(n: int, seed: int) -> Tally:
    """Read `n` pages; the kinds take turns, and each request is answered with another mutation."""
    chance, tally, bodies = random.Random(seed), Tally(), _bodies()  # noqa: S311 - repeatable
    page = Page(1, Image.new("RGB", (120, 80), "white"))
    settings = {"engine": "llm", "prompt_uri": "prompts:/stress/1", "timeout_s": _TIMEOUT_S}
    message = Message(role="system", content="Read the form.")
    kinds = list(bodies)
    kind = kinds[0]

    def reply(_: Seen) -> Raw:
        if not tally.outcomes:  # Of a loop the embedded OCR is asked, which takes time to load.
            return play(_with_head(bodies["loops"][0]))
        if chance.random() < _SHARE_OF_BODIES:
            return play(_with_head(mutated(chance, bodies[kind])))
        return play(mutated(chance, [_with_head(body) for body in bodies[kind]]))

    with (
        Endpoint(reply, keeps_requests=False) as endpoint,
        mock.patch.dict(os.environ, endpoint.environment),
    ):
        engine = LLMEngine(parse_config(settings), (message,), backoff_s=0.005)
        with contextlib.suppress(LLMError):
            engine.read_page(page)
        for number in tqdm(range(n), desc="Reading", unit="page", disable=None):
            kind = kinds[number % len(kinds)]
            _read(engine, page, tally, kind)
        engine.close()
    return tally


def _read(engine: LLMEngine, page: Page, tally: Tally, kind: str) -> None:
    started, failure = time.monotonic(), ""
    try:
        outcome = "ok" if engine.read_page(page).answers else "empty"
    except LLMError as err:
        outcome = err.outcome.value
    except Exception as err:  # noqa: BLE001 - what is being looked for
        outcome, failure = "untyped", f"{kind}: {type(err).__name__}: {err}"
    took_s = time.monotonic() - started
    if took_s > _TIMEOUT_S + _GRACE_S:
        failure = f"{kind}: took {took_s:.1f} s"
    tally.note(kind, outcome, took_s, failure)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m scripts.stress fuzz", description=__doc__)
    parser.add_argument("--n", type=whole_number, default=10_000, help="pages to read")
    parser.add_argument(
        "--seed", type=whole_number, default=0, help="another seed, other accidents"
    )
    args = parser.parse_args(argv)
    mlflow.tracing.disable()
    tally = fuzz(args.n, args.seed)
    tally.show(f"{args.n:,} pages, seed {args.seed}", _TIMEOUT_S)
    return 1 if tally.failures else 0
