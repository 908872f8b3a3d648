"""How much a report of 200 pages weighs, and how long a browser takes to open it.

    python -m pytest -m slow -s tests/integration/test_report_opening.py

The clock starts with the navigation and stops when the second frame after `load` is due: the first
screen is painted. Starting the browser is not counted.
"""

from __future__ import annotations

import json
import random
import re
import shutil
import subprocess
from pathlib import Path
from statistics import median
from typing import Any

import pytest

from ocr_model.forms.funsd import Form, load_forms
from ocr_model.report.html_report import ReportHead, render_report
from ocr_model.report.report_views import reported_form
from ocr_model.scoring.form_scores import form_shares, page_scores, run_scores
from scripts.workshop.chromium import BROWSERS, FLAGS
from tests.report.test_html_report import ROW

pytestmark = [pytest.mark.integration, pytest.mark.slow]

PAGES = 200
MAX_BYTES = 20_000_000
MAX_MS = 3000
SAMPLE = Path(__file__).parents[2] / "data" / "sample"
CLOCK = """<script>addEventListener("load", () => requestAnimationFrame(() =>
requestAnimationFrame(() => console.log("painted after", Math.round(performance.now())))))
</script></body>"""


def misread(references: dict[str, list[str]], chance: random.Random) -> dict[str, list[str]]:
    """Every kind of error: a third found, the others wrong, under another question, or missed."""
    pairs: dict[str, list[str]] = {"Invented": ["by nobody"]}
    for question, answers in references.items():
        kind = chance.choice(("found", "found", "answer", "key", "missed", "both"))
        key = question if kind in ("found", "answer") else f"{question[::-1]} {kind}"
        given = [answer if kind in ("found", "key") else answer[::-1] for answer in answers]
        if kind != "missed":
            pairs[key] = given
    return pairs


@pytest.fixture(scope="module")
def report() -> str:
    chance = random.Random(0)
    sample = load_forms(SAMPLE)
    forms: list[Form] = (sample * (PAGES // len(sample) + 1))[:PAGES]
    predictions: list[Any] = [misread(form.references, chance) for form in forms]
    shares = [
        form_shares(read, form.references) for form, read in zip(forms, predictions, strict=True)
    ]
    reported = [
        reported_form(form, ROW, read, page_scores(parts)["pair_f1_normalized"])
        for form, read, parts in zip(forms, predictions, shares, strict=True)
    ]
    metrics = run_scores(shares)
    return render_report(ReportHead("200 pages"), metrics, reported)


def test_200_pages_weigh_less_than_20_mb(report: str) -> None:
    size = len(report.encode())
    print(f"\n{PAGES} pages: {size / 1e6:.1f} MB")
    assert size < MAX_BYTES
    assert report.count('<img loading="lazy"') == PAGES


@pytest.fixture
def browser() -> str:
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(f"needs one of {', '.join(BROWSERS)}")
    return found


def test_200_pages_open_in_less_than_3_s(report: str, browser: str, tmp_path: Path) -> None:
    page = tmp_path / "report.html"
    page.write_text(report.replace("</body>", CLOCK), "utf-8")
    times = [painted_ms(page, browser, tmp_path / str(turn)) for turn in range(3)]
    print(f"\n{PAGES} pages painted after {json.dumps(times)} ms")
    assert median(times) < MAX_MS


def painted_ms(page: Path, browser: str, profile: Path) -> int:
    command = [
        browser,
        *FLAGS,
        "--window-size=1400,900",
        "--enable-logging=stderr",
        f"--user-data-dir={profile}",
    ]
    command += [f"--screenshot={profile}.png", page.as_uri()]
    ended = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    [painted] = re.findall(r"painted after (\d+)", ended.stderr)
    return int(painted)
