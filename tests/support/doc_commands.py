"""The commands of a page of documentation, run as they stand in a fresh clone.

A page is Markdown; what stands in its ```bash blocks are commands, run top to bottom in one folder
and one MLflow store. The rules by which some are not run as they stand, or not at all:

- What installs or builds an environment takes a network: `pip` and `python3 -m venv` do nothing
  here, and a command with `--env-manager uv`, `uv pip` or `pip install` alone is passed over.
- An endpoint takes a key: `export OPENAI_…` is passed over, and both variables name a server on
  loopback that reads the form it is shown in one way; an address on this machine is used.
- What serves (`mlflow models serve`, `mlflow ui`, `scripts.demo`, `scripts.practice_llm`) is
  started, waited for, and stopped at the end of the page.
- FUNSD is a download, Spark wants Java: a command that names one of them is passed over.
- What tests or measures this repository (`pytest`, `.ci/`, `scripts/check`, `scripts.bench`,
  `scripts.stress`, `scripts.train_linker`) is run by other means.

Everything else runs, and has to end with exit code 0.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from pathlib import Path

CHECKOUT = Path(__file__).parents[2]

_BLOCK = re.compile(r"^```bash\n(.*?)^```", flags=re.MULTILINE | re.DOTALL)
_PASSED_OVER = re.compile(
    r"^\s*(export OPENAI_(?!BASE_URL=http://127\.)|uv pip\b|pip install\b[^&]*$|\.ci/"
    r"|scripts/check\b)|(^|&& *)pytest\b"
    r"|--env-manager uv|funsd|extract_spark|spark-submit"
    r"|scripts\.(bench|stress|train_linker)|train-linker"
)
_SERVES = re.compile(
    r"(^|&& )mlflow (models serve|ui|server)\b|^ocr-model demo"
    r"|^python -m scripts\.(demo|review|practice_llm)"
)
_EXPORT = re.compile(r"^export (\w+)=(\S+)")
_PORT = re.compile(r"(?:--port[= ]|-p )(\d+)")
_STARTS_WITHIN_S = 120.0
_COMMAND_TIMEOUT_S = 600.0


def commands_of(markdown: str) -> list[str]:
    """Each command of the ```bash blocks, with the lines it goes on in; comments are left out."""
    return [command for block in _BLOCK.findall(markdown) for command in _split(block)]


def _split(block: str) -> Iterator[str]:
    lines: list[str] = []
    for line in block.splitlines():
        lines.append(line)
        text = "\n".join(lines)
        if text.rstrip().endswith(("\\", "|", "&&")) or _is_open(text):
            continue
        if not re.fullmatch(r"\s*(#.*)?", text):
            yield text.strip()
        lines = []
    if lines:
        raise ValueError(f"a command has no end: {lines}")


def _is_open(text: str) -> bool:
    """Whether a quote or a here-document is not closed yet; `bash -n` says so."""
    checked = subprocess.run(["bash", "-n", "-c", text], capture_output=True, text=True)
    return "unexpected EOF" in checked.stderr or "here-document" in checked.stderr


def is_passed_over(command: str) -> bool:
    return bool(_PASSED_OVER.search(command))


def is_server(command: str) -> bool:
    return bool(_SERVES.search(command))


def fresh_clone(folder: Path) -> Path:
    """A copy of the files that git knows or would take, as a clone of this checkout has them."""
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=CHECKOUT,
        capture_output=True,
        check=True,
    ).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (source := CHECKOUT / name).is_file():
            target = folder / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, target)
    return folder


class Reader:
    """Types the commands of a page one after the other, in one folder."""

    def __init__(self, clone: Path, tools: Path, environment: Mapping[str, str]) -> None:
        self._clone = clone
        self._servers: list[tuple[str, subprocess.Popen[bytes]]] = []
        self._environment = {
            **{
                name: value
                for name, value in os.environ.items()
                if not name.startswith(("OPENAI_", "OCR_MODEL_", "MLFLOW_", "PYTHONPATH", "CONDA"))
            },
            "PATH": f"{_stubs(tools)}:{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin",
            "PYTHONPATH": str(clone),
            "XDG_CACHE_HOME": str(tools / "cache"),
            "MLFLOW_DISABLE_TELEMETRY": "true",
            **environment,
        }

    def run(self, command: str) -> str:
        """What it printed.

        Raises:
            AssertionError: its exit code is not 0 (of `monitor`, which tells a scheduler what it
                saw, not 0, 3 or 4), or a server did not come up.
        """
        if exported := _EXPORT.match(command):
            self._environment[exported[1]] = exported[2]
        if is_server(command):
            return self._serve(command)
        ended = subprocess.run(
            ["bash", "-eo", "pipefail", "-c", command],
            cwd=self._clone,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=_COMMAND_TIMEOUT_S,
        )
        codes = (0, 3, 4) if "scripts.monitor" in command else (0,)
        assert ended.returncode in codes, f"$ {command}\n{ended.stdout[-4000:]}"
        return ended.stdout

    def _serve(self, command: str) -> str:
        found = _PORT.search(command)
        usual = {"demo": "8000", "review": "8001", "practice_llm": "8100"}
        port = found[1] if found else next((usual[n] for n in usual if n in command), "5000")
        url = f"http://127.0.0.1:{port}/"
        assert not _answers(url), f"port {port} is taken; end what listens there"
        process = subprocess.Popen(
            ["bash", "-c", command],
            cwd=self._clone,
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        self._servers.append((url, process))
        gives_up_at = time.monotonic() + _STARTS_WITHIN_S
        while not _answers(url):
            assert process.poll() is None, f"$ {command}\nended with {process.returncode}"
            assert time.monotonic() < gives_up_at, f"$ {command}\ndoes not answer"
            time.sleep(0.2)
        return ""

    def stop_servers(self) -> None:
        for url, process in self._servers:
            for how in (signal.SIGTERM, signal.SIGKILL):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, how)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(timeout=10)
                if not _answers(url):
                    break
        self._servers = []


def _answers(url: str) -> bool:
    try:
        with urllib.request.urlopen(url, timeout=2):
            return True
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False


def _stubs(tools: Path) -> Path:
    """`pip` and `python3 -m venv`, which would fetch what is here already."""
    folder = tools / "bin"
    folder.mkdir(parents=True)
    python = sys.executable
    _executable(folder / "pip", "exit 0")
    _executable(
        folder / "python3",
        'if [ "$1 $2" = "-m venv" ]; then mkdir -p "$3/bin"; touch "$3/bin/activate"; exit; fi\n'
        f'exec "{python}" "$@"',
    )
    _executable(folder / "python", f'exec "{python}" "$@"')
    return folder


def _executable(file: Path, script: str) -> None:
    file.write_text(f"#!/bin/sh\n{script}\n")
    file.chmod(0o755)
