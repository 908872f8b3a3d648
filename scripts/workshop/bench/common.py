"""What benches share: the settings and pages they read with, and what they say of the machine."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Any

from ocr_model.commands.cli import SAMPLE, whole_number
from ocr_model.config import ExtractorConfig, parse_config
from ocr_model.documents import decode_pages
from ocr_model.forms import Form, choose_random_annotation_names, load_forms
from ocr_model.ocr import usable_cores
from ocr_model.prompts import Message, PinnedPrompt
from ocr_model.schema import Page

PROMPT = PinnedPrompt("prompts:/bench/1", (Message(role="system", content="Read the form. " * 80),))


def config(**settings: Any) -> ExtractorConfig:
    """The embedded engine unless `settings` say otherwise."""
    return parse_config({"prompt_uri": PROMPT.uri, **settings})


def sample_files() -> list[bytes]:
    return [path.read_bytes() for path in sorted((SAMPLE / "images").iterdir())]


def pages_of(data: bytes) -> list[Page]:
    return decode_pages(data, max_bytes=len(data), max_page_pixels=50_000_000)


def forms_parser(description: str | None) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--data", type=Path, default=SAMPLE, help="folder of labelled forms")
    parser.add_argument("--n", type=whole_number, default=0, help="how many forms; 0 = all")
    return parser


def forms_in(folder: Path, n: int) -> list[Form]:
    return load_forms(folder, choose_random_annotation_names(folder, n, seed=0))


def cpu_s() -> float:
    """CPU seconds of this process and of the processes it started that have ended."""
    times = os.times()
    return float(times.user + times.system + times.children_user + times.children_system)


def machine() -> str:
    return f"{usable_cores()} cores, load {os.getloadavg()[0]:.1f}"
