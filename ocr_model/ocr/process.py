"""Cores that this process may use, and freed memory that it gives back."""

from __future__ import annotations

import ctypes
import os
from functools import cache
from typing import Any


def usable_cores() -> int:
    """Cores this process may run on; containers often allow fewer than the machine has.

    Respects `OMP_NUM_THREADS`, by which Spark gives each of its Python processes one core.
    """
    cores = os.cpu_count() or 1
    if hasattr(os, "sched_getaffinity"):
        cores = len(os.sched_getaffinity(0))
    told = os.environ.get("OMP_NUM_THREADS", "")
    return min(cores, int(told)) if told.isdecimal() and int(told) else cores


def return_free_memory() -> None:
    """Hand memory that was freed back to the system, where the C library can (glibc).

    glibc keeps free memory below the last block in use: 250 MB after one page.
    """
    trim = _malloc_trim()
    if trim is not None:
        trim(0)


@cache
def _malloc_trim() -> Any:
    try:
        return ctypes.CDLL(None).malloc_trim
    # No such function in musl and macOS; no library without a name on Windows.
    except (AttributeError, TypeError, OSError):
        return None
