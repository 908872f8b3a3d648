"""python -m scripts.stress fuzz [--n 10000] [--seed 0]

Read a page again and again from an endpoint whose replies are written as servers and LLMs are
known to write them, loops among them, and meet random accidents on their way: body alone, or HTTP
as well. Every page must end in a result or a typed outcome, in time.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import random
import time
from typing import Any

import mlflow
from PIL import Image
from tqdm import tqdm

from ocr_model.commands.cli import whole_number
from ocr_model.config import parse_config
from ocr_model.engines.llm.engine import LLMEngine
from ocr_model.errors import LLMError
from ocr_model.prompts import Message
from ocr_model.schema import Page
from scripts.workshop.loopback import (
    PAIRS,
    body_of,
    environment_of,
    served_from_a_thread,
    with_head,
)
from scripts.workshop.stress._accidents import Tally, mutated

_TIMEOUT_S = 3.0
# A busy machine wakes sleepers late; a hang is seconds.
_GRACE_S = 2.0
# Bodies alone go deeper into the decoding; whole replies break already in the client.
_SHARE_OF_BODIES = 0.8


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
        "plain": [body_of(text)],
        "shapes": [body_of(json.dumps(shape)) for shape in shapes],
        "text": [
            *(body_of(json.dumps(text)), body_of(text.replace("}]", "},]")), body_of(text * 2)),
            *(body_of(str(PAIRS)), body_of(f"<think>Hm.</think>\n```json\n{text}\n```")),
        ],
        "elsewhere": [
            body_of(None, tool_calls=[called]),
            body_of([{"type": "text", "text": text[:40]}, {"type": "text", "text": text[40:]}]),
            body_of(PAIRS),
        ],
        "loops": [
            body_of(json.dumps({"pairs": [pair] * 400})),
            body_of(endless, "length"),
            body_of('{"pairs": [' + " " * 3000, "length"),
            body_of("", "length", reasoning="I look. " * 900),
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

    def reply(_: bytes) -> bytes:
        if not tally.outcomes:  # Of a loop the embedded OCR is asked, which takes time to load.
            return with_head(bodies["loops"][0])
        if chance.random() < _SHARE_OF_BODIES:
            return with_head(mutated(chance, bodies[kind]))
        return mutated(chance, [with_head(body) for body in bodies[kind]])

    with served_from_a_thread(reply) as base_url, environment_of(base_url):
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
