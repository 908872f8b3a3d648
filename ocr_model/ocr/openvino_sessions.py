"""Networks run by OpenVINO, in bf16 where the processor computes in it. Imported when asked for."""

from __future__ import annotations

import threading
from queue import SimpleQueue
from typing import Any

import numpy as np
import openvino
from numpy.typing import NDArray

from ocr_model.ocr.process import return_free_memory

# Streams compile a network anew for each input size, and remember so many parts of that; lines come
# in hundreds of widths.
_REMEMBERED = 1000


class OpenVinoSession:
    """A compiled network for callers on `streams` threads at once; `threads` are those of all."""

    def __init__(self, network: Any, streams: int, threads: int) -> None:
        self._compiled = openvino.compile_model(
            network,
            "CPU",
            {
                "INFERENCE_PRECISION_HINT": precision(),
                "NUM_STREAMS": streams,
                "INFERENCE_NUM_THREADS": threads,
                # Two networks would wait for the same core.
                "ENABLE_CPU_PINNING": False,
                "CPU_RUNTIME_CACHE_CAPACITY": _REMEMBERED,
            },
        )
        self._idle: SimpleQueue[Any] = SimpleQueue()
        for _ in range(streams):
            self._idle.put(self._compiled.create_infer_request())
        self._running = 0
        self._counting = threading.Lock()

    def __call__(self, prepared: NDArray[np.float32]) -> NDArray[np.float32]:
        with self._counting:
            self._running += 1
        request = self._idle.get()
        try:
            request.infer([prepared], share_inputs=True)
            return np.array(request.get_output_tensor().data)
        finally:
            self._idle.put(request)
            with self._counting:
                self._running -= 1

    def release(self) -> None:
        """Give back what runs took, 100 MB for a page, unless one goes on."""
        with self._counting:
            if not self._running:
                self._compiled.release_memory()
        return_free_memory()


def precision() -> str:
    """bf16 is a third of the time off, and reads a line in some thirty differently."""
    capabilities = openvino.Core().get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    return "bf16" if "BF16" in capabilities else "f32"
