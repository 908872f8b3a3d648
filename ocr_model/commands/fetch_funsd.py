"""Fetch the FUNSD dataset."""

from __future__ import annotations

from dataclasses import replace

from ocr_model.commands.cli import FetchFunsd
from ocr_model.console import say
from ocr_model.forms import FUNSD, fetch


def fetch_funsd(given: FetchFunsd) -> int:
    archive = replace(FUNSD, url=given.url) if given.url else FUNSD
    dataset = fetch(archive, given.to, given.archive)
    say(f"FUNSD is in {dataset}")
    return 0
