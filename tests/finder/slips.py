"""Small slips of shops that never were, as pages of words, and a finder fitted to some of them."""

from __future__ import annotations

import random
from functools import cache

from ocr_model.fields import PageContent, WantedFields, parse_fields
from ocr_model.forms import FieldTruth
from ocr_model.training.finder import Example, Fitted, example_of, fit_finder
from tests.fields.decision.pages import page

WANTED = parse_fields("fields: [{name: shop, labels: []}, {name: paid, type: boolean}]")
_KINDS = ("Hardware", "Bakery", "Books", "Garden")


def slip(seed: int) -> tuple[PageContent, FieldTruth]:
    """A greeting of one or two lines, the shop, where it stands, what was bought."""
    rng = random.Random(seed)
    name = f"{rng.choice(('Nordhill', 'Larkspur', 'Quayside'))} {rng.choice(_KINDS)} Ltd"
    greeting = "Welcome\n" * rng.randint(1, 2)
    goods = "\n".join(f"Item {rng.randint(1, 9)}     {rng.randint(1, 9)}.50" for _ in range(3))
    text = f"{greeting}{name}\n{rng.randint(1, 99)} Mill Lane\n{goods}\nThank you"
    return page(text), {"shop": name, "paid": None}


def example(seed: int, wanted: WantedFields = WANTED) -> Example:
    content, truth = slip(seed)
    return example_of(f"slip {seed}", f"{seed:064x}", [content], truth, wanted)


@cache
def fitted() -> Fitted:
    return fit_finder([example(seed) for seed in range(8)], folds=3, seed=0)
