"""Sessions of ONNX Runtime that share their memory. Imported only when one is opened."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import onnxruntime

# In one piece, which a page of 864 x 1000 px fits: 105 to 130 MB of it are touched, and the rest
# takes no memory. Pieces that grow as needed took 167 MB, the C library's malloc 260 MB.
_RESERVED_BYTES = 160 * 2**20


class SharedSession(onnxruntime.InferenceSession):  # type: ignore[misc]
    """A session on the memory that all of these share; a run is made by the caller's thread and
    `threads` - 1 others.

    What large pages took beyond the reserve is given back when their run is over.
    """

    def __init__(self, weights: Path, threads: int = 1) -> None:
        _reserve_memory()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.inter_op_num_threads = threads, 1
        # Threads that wait for the next page would keep a core from those that read lines.
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        options.add_session_config_entry("session.use_env_allocators", "1")
        # A pattern per input size is remembered for ever, and few lines are equally wide.
        options.enable_mem_pattern = False
        options.log_severity_level = 4
        super().__init__(str(weights), options, providers=["CPUExecutionProvider"])
        self._after_run = onnxruntime.RunOptions()
        self._after_run.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")

    def run(
        self, output_names: Sequence[str] | None, input_feed: dict[str, Any], _: Any = None
    ) -> Any:
        return super().run(output_names, input_feed, self._after_run)


@cache
def _reserve_memory() -> None:
    """Once per process; sessions of others go on as before, as they do not ask for it."""
    memory = onnxruntime.OrtMemoryInfo(
        "Cpu",
        onnxruntime.OrtAllocatorType.ORT_ARENA_ALLOCATOR,
        0,
        onnxruntime.OrtMemType.DEFAULT,
    )
    settings = {
        "initial_chunk_size_bytes": _RESERVED_BYTES,
        # Defaults, which have to be named: no limit, and growth by doubling.
        "max_mem": 0,
        "arena_extend_strategy": 0,
        # Without it a small tensor may occupy a large hole as a whole; with 1 MB, large tensors
        # found fewer holes and took 5 MB more.
        "max_dead_bytes_per_chunk": 8 * 2**20,
    }
    onnxruntime.create_and_register_allocator(memory, onnxruntime.OrtArenaCfg(settings))
