"""docs/attacks.md names only tests that are there, and one for each attack."""

from __future__ import annotations

import re
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
PAGE = (CHECKOUT / "docs" / "attacks.md").read_text("utf-8")
ROWS = [
    line
    for line in PAGE.splitlines()
    if line.startswith("| ") and not line.startswith(("| attack |", "|---"))
]


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)::(test_\w+)`", PAGE)
    assert len(named) >= len(ROWS)
    missing = [
        f"{file}::{test}"
        for file, test in named
        if not (CHECKOUT / file).is_file()
        or not re.search(rf"^def {test}\(", (CHECKOUT / file).read_text("utf-8"), re.MULTILINE)
    ]
    assert missing == []


def test_every_attack_names_its_test() -> None:
    assert [row for row in ROWS if "`tests/" not in row] == []
