"""What a verb is given, from the flags a person would type."""

from __future__ import annotations

from typing import TypeVar

Declared = TypeVar("Declared")


def given(declared: type[Declared], *argv: str) -> Declared:
    """`given(Candidate, "--prompt-uri", uri)` -> Candidate(prompt_uri=uri); texts only."""
    names = [flag.removeprefix("--").replace("-", "_") for flag in argv[::2]]
    return declared(**dict(zip(names, argv[1::2], strict=True)))
