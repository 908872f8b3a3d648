"""The deadline of a call, so that it returns before a server cuts it off.

Knows neither pages nor engines: they ask how much time is left.
"""

from __future__ import annotations

import math
import time
from collections.abc import Mapping

from ocr_model.config import ExtractorConfig
from ocr_model.errors import ExtractionError
from ocr_model.schema import Outcome

# `mlflow models serve` sets it for its workers, from its option --timeout.
SERVER_TIMEOUT_VARIABLE = "MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT"
# The server's clock starts before ours and stops after it: a request is received, parsed, and may
# wait for a thread; at the end its current page is finished, and its trace is written.
_SHARE_OF_SERVER_TIMEOUT = 0.75


class RequestDeadline:
    """Ends this many seconds from now; never without a limit."""

    def __init__(self, seconds: float = math.inf) -> None:
        self.seconds = seconds
        self.ends_at = time.monotonic() + seconds

    @property
    def left_s(self) -> float:
        return max(self.ends_at - time.monotonic(), 0.0)

    @property
    def is_over(self) -> bool:
        return self.left_s <= 0

    @property
    def reason(self) -> str:
        return (
            f"Not finished: the {self.seconds:g} s of this request were over. Send fewer pages in "
            "a request, or raise the server's --timeout."
        )

    def error(self) -> ExtractionError:
        return ExtractionError(self.reason, Outcome.TIMEOUT)

    def check(self) -> None:
        """Raises ExtractionError (`timeout`) after the deadline."""
        if self.is_over:
            raise self.error()


NEVER = RequestDeadline()


def request_seconds(config: ExtractorConfig, environment: Mapping[str, str]) -> float:
    """The time limit of a call: the setting, else a share of the server's limit, else none.

    {"MLFLOW_SCORING_SERVER_REQUEST_TIMEOUT": "60"} -> 45.0; {} -> inf
    """
    if config.request_deadline_s is not None:
        return config.request_deadline_s
    try:
        server_timeout_s = float(environment.get(SERVER_TIMEOUT_VARIABLE, ""))
    except ValueError:  # not set, or not by MLflow
        return math.inf
    return server_timeout_s * _SHARE_OF_SERVER_TIMEOUT if server_timeout_s > 0 else math.inf
