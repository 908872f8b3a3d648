"""`docs/tutorial-names.md`: every line of its code runs, top to bottom, in one session."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from ocr_model.forms import load_forms

CHECKOUT = Path(__file__).parent.parent
PAGE = (CHECKOUT / "docs" / "tutorial-names.md").read_text("utf-8")
NAMES = {
    *("load_annotation_file", "extract_qa_pairs", "choose_random_annotation_names"),
    *("get_image_bytes_or_b64", "clean_key", "normalize_dict_keys"),
}


@pytest.fixture
def session(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    monkeypatch.chdir(CHECKOUT)
    found: dict[str, Any] = {}
    for block in re.findall(r"```python\n(.*?)```", PAGE, flags=re.DOTALL):
        exec(block, found)
    return found


def test_every_line_runs_and_gives_what_the_page_says(session: dict[str, Any]) -> None:
    assert len(set(session["names"])) == 5
    [form] = load_forms("data/sample", ["fax_cover"])
    assert session["pairs"] == {pair.question: pair.answer for pair in form.pairs}
    assert session["jpeg"].data.startswith(b"\xff\xd8")
    assert max(session["jpeg"].width, session["jpeg"].height) <= 1000
    assert session["references"] == form.references


def test_every_name_of_the_tutorial_is_explained() -> None:
    assert {name for name in NAMES if f"**`{name}`**" not in PAGE} == set()
