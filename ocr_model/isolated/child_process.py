"""Run a child process that finishes its work when this process is interrupted or killed."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence


def run_child(command: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run to the end and return the exit code.

    The child reads its standard input, a pipe from this process: when it ends, the child finishes
    the work in flight. The kernel also closes the pipe of a killed process, so that no child spends
    money after its parent has died. A second Ctrl-C kills it.

    Raises:
        KeyboardInterrupt: after the child has finished the work in flight.
    """
    with subprocess.Popen(command, env=dict(environment), stdin=subprocess.PIPE) as process:  # noqa: S603 - the caller's own
        try:
            return process.wait()
        except KeyboardInterrupt:
            print("\nStopping: finishing the pages in flight.", file=sys.stderr)  # noqa: T201 - a person waits
            _finish(process)
            raise
        except BaseException:
            process.kill()
            raise


def _finish(process: subprocess.Popen[bytes]) -> None:
    assert process.stdin is not None
    process.stdin.close()
    try:
        process.wait()
    except BaseException:
        process.kill()
        raise
