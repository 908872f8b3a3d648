"""Make up names and codes that no list holds, never an offensive one."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from scripts.workshop.synthetic_forms.offensive import is_offensive

_STARTS = "B Br C Ch Cl D Dr F Fr G Gr H J K L M N P Pr R S St T Tr V W Z"
_VOWELS = "a e i o u ai ea ou"
_MIDDLES = "b d l ll m n nd nt r rd rt s st t v"
_ENDS = (
    "ber co dale don field ford ham land lin lo man mont nix ra ren ric ron son ston tek ton tra "
    "ver way wick"
)
_LETTERS = "ABCDEFGHJKLMNPRSTVWXZ"


def _acceptable(make: Callable[[np.random.Generator], str], rng: np.random.Generator) -> str:
    while is_offensive(text := make(rng)):
        pass
    return text


def made_up_name(rng: np.random.Generator) -> str:
    """`Tralindon`, `Marford`: sounds like a name of people, places or brands."""
    return _acceptable(_name, rng)


def code(rng: np.random.Generator) -> str:
    """`A-4417`, `87-113`, `40213`: what stands behind `No.`."""
    return _acceptable(_code, rng)


def letters(rng: np.random.Generator, count: int) -> str:
    def draw(source: np.random.Generator) -> str:
        return "".join(_LETTERS[int(i)] for i in source.integers(len(_LETTERS), size=count))

    return _acceptable(draw, rng)


def digits(rng: np.random.Generator, count: int) -> str:
    return "".join(str(int(i)) for i in rng.integers(10, size=count))


def _pick(choices: str, rng: np.random.Generator) -> str:
    listed = choices.split()
    return listed[int(rng.integers(len(listed)))]


def _name(rng: np.random.Generator) -> str:
    # The first five vowels are single ones: two pairs in a name sound like nobody's.
    middle = _pick(_MIDDLES, rng) + _pick(_VOWELS[:9], rng) if rng.uniform() < 0.35 else ""
    return f"{_pick(_STARTS, rng)}{_pick(_VOWELS, rng)}{middle}{_pick(_ENDS, rng)}"


def _code(rng: np.random.Generator) -> str:
    shape = int(rng.integers(8))
    few, more = int(rng.integers(2, 5)), int(rng.integers(3, 7))
    if shape <= 1:
        return digits(rng, more)
    if shape == 2:
        return f"{letters(rng, 1)}-{digits(rng, few)}"
    if shape == 3:
        return f"{digits(rng, 2)}-{digits(rng, few)}"
    if shape == 4:
        return f"{letters(rng, few)}{digits(rng, few)}"
    if shape == 5:
        return f"{digits(rng, 3)}-{digits(rng, 2)}-{digits(rng, 4)}"
    if shape == 6:
        return f"{letters(rng, 2)} {digits(rng, few)}/{digits(rng, 2)}"
    return f"{letters(rng, 1)}{digits(rng, few)}-{letters(rng, 1)}"
