"""python -m scripts.stress fuzz [--n 10000] [--seed 0]

Read a page again and again from an endpoint whose good replies meet random accidents on their
way, body alone or HTTP as well. Every page must end in a result or a typed outcome, in time.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
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
from scripts.workshop.loopback import PAIRS, Endpoint, completion, play

_TIMEOUT_S = 3.0
# A busy machine wakes sleepers late; a hang is seconds.
_GRACE_S = 2.0
# Bodies alone go deeper into the decoding; whole replies break already in the client.
_SHARE_OF_BODIES = 0.8
# The same pairs as servers and LLMs are known to wrap them.
_TEXTS = (
    json.dumps(json.dumps(PAIRS)),
    json.dumps({"result": PAIRS}),
    json.dumps([{pair["key"]: pair["value"]} for pair in PAIRS["pairs"]]),
    json.dumps(PAIRS).replace("}]", "},]"),
    json.dumps(PAIRS) * 2,
    str(PAIRS),
    json.dumps({**PAIRS, "line_items": [{"qty": 1}]}),
)
_BODIES = tuple(completion(text).payload for text in (json.dumps(PAIRS), *_TEXTS))


@dataclass(slots=True)
class Tally:
    """Outcomes of pages, and what must not be: untyped errors, and pages past their deadline."""

    outcomes: Counter[str] = field(default_factory=Counter)
    untyped: list[str] = field(default_factory=list)
    late_s: list[float] = field(default_factory=list)
    slowest_s: float = 0.0


def mutated(data: bytes, chance: random.Random) -> bytes:
    """Good bytes after one or two accidents: flipped, cut, doubled, inserted."""
    broken = bytearray(data)
    for _ in range(chance.randint(1, 2)):
        at, length = chance.randrange(len(broken) + 1), chance.randint(1, 20)
        match chance.randrange(4):
            case 0:
                broken[at : at + 1] = bytes([chance.randrange(256)])
            case 1:
                del broken[at : at + length]
            case 2:
                broken[at:at] = broken[at : at + length]
            case _:
                broken[at:at] = chance.randbytes(length)
    return bytes(broken)


def with_head(body: bytes) -> bytes:
    """A whole HTTP reply around a JSON body."""
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: %d\r\n\r\n"
    return head % len(body) + body


def mutated_reply(chance: random.Random) -> bytes:
    """A whole HTTP reply of which the body, or anything, is mutated."""
    body = chance.choice(_BODIES)
    if chance.random() < _SHARE_OF_BODIES:
        return with_head(mutated(body, chance))
    return mutated(with_head(body), chance)


def fuzz(n: int, seed: int) -> Tally:
    """Read `n` pages, each request answered with another mutation."""
    chance, tally = random.Random(seed), Tally()  # noqa: S311 - repeatable, no secret
    page = Page(1, Image.new("RGB", (120, 80), "white"))
    settings = {"engine": "llm", "prompt_uri": "prompts:/stress/1", "timeout_s": _TIMEOUT_S}
    message = Message(role="system", content="Read the form.")
    with (
        Endpoint(lambda _: play(mutated_reply(chance)), keeps_requests=False) as endpoint,
        mock.patch.dict(os.environ, endpoint.environment),
    ):
        engine = LLMEngine(parse_config(settings), (message,), backoff_s=0.005)
        for _ in tqdm(range(n), desc="Reading", unit="page", disable=None):
            _read(engine, page, tally)
        engine.close()
    return tally


def _read(engine: LLMEngine, page: Page, tally: Tally) -> None:
    started = time.monotonic()
    try:
        tally.outcomes["ok" if engine.read_page(page).answers else "empty"] += 1
    except LLMError as err:
        tally.outcomes[err.outcome.value] += 1
    except Exception as err:  # noqa: BLE001 - what is being looked for
        tally.untyped.append(f"{type(err).__name__}: {err}")
    took_s = time.monotonic() - started
    tally.slowest_s = max(tally.slowest_s, took_s)
    if took_s > _TIMEOUT_S + _GRACE_S:
        tally.late_s.append(took_s)


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--n", type=whole_number, default=10_000, help="pages to read")
    parser.add_argument(
        "--seed", type=whole_number, default=0, help="another seed, other accidents"
    )
    args = parser.parse_args(argv)
    mlflow.tracing.disable()
    tally = fuzz(args.n, args.seed)
    counts = ", ".join(f"{count:,} {outcome}" for outcome, count in tally.outcomes.most_common())
    print(f"{args.n:,} pages, seed {args.seed}: {counts}")
    print(f"slowest {tally.slowest_s:.2f} s of {_TIMEOUT_S:g} s")
    print(f"{len(tally.untyped)} untyped errors, {len(tally.late_s)} past their deadline")
    for said in sorted(set(tally.untyped))[:10]:
        print(f"  {said}", file=sys.stderr)
    return 1 if tally.untyped or tally.late_s else 0


if __name__ == "__main__":
    raise SystemExit(main())
