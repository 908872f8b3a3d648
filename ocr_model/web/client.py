"""Ask a running model server (`mlflow models serve`) to read a document.

Needs only Python's standard library: copy it to wherever the documents are, and run it as
`python client.py FILE [FILE …]`, or call `read_document`.
"""

from __future__ import annotations

import base64
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

URL = "http://127.0.0.1:5001"
# Above the server's own 60 s, so that its response arrives before we give up.
TIMEOUT_S = 75.0
_EXCERPT_CHARS = 300


class NoAnswerError(Exception):
    """The server returned no row. `status` is its HTTP status, None without a response."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    """Refuse redirects: a page is sent only to the host that the user named."""

    def redirect_request(self, *_: Any) -> None:
        return None


_opener = urllib.request.build_opener(_NoRedirect)


def read_document(
    data: bytes, document_id: str, url: str = URL, timeout_s: float = TIMEOUT_S
) -> dict[str, Any]:
    """The row of one document.

    Raises:
        NoAnswerError: the server is not running, the connection broke, or the reply is not a row.
    """
    image = base64.b64encode(data).decode("ascii")
    body = json.dumps({"instances": [{"image": image, "document_id": document_id}]})
    request = urllib.request.Request(  # noqa: S310 - the URL is the user's own
        f"{url.rstrip('/')}/invocations",
        data=body.encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with _opener.open(request, timeout=timeout_s) as reply:
            return _row_of(reply.read(), url)
    except urllib.error.HTTPError as err:
        raise NoAnswerError(_refusal(err, url), err.code) from err
    except TimeoutError as err:
        raise NoAnswerError(f"{url} did not answer within {timeout_s:g} s.") from err
    except (OSError, ValueError) as err:
        reason = getattr(err, "reason", err)
        reason = getattr(reason, "strerror", None) or reason
        raise NoAnswerError(
            f"No answer from {url}: {reason}. Start a server with `mlflow models serve -m "
            "models:/ocr-extractor@champion --env-manager local --port 5001`, or name another "
            "with --url."
        ) from err


def _row_of(body: bytes, url: str) -> dict[str, Any]:
    try:
        row = json.loads(body)["predictions"][0]
    except (ValueError, LookupError, TypeError) as err:
        raise NoAnswerError(
            f"Expected predictions from {url}, got {body[:_EXCERPT_CHARS]!r}."
        ) from err
    if not isinstance(row, dict) or "outcome" not in row:
        raise NoAnswerError(f"Expected a row of ocr_model from {url}, got another model's answer.")
    return row


def _refusal(err: urllib.error.HTTPError, url: str) -> str:
    said = err.read().decode("utf-8", "replace")[:_EXCERPT_CHARS].strip()
    if err.code == 504:
        return f"{url} gave up after its own time limit (504). Send fewer pages at a time."
    return f"{url} refused the request ({err.code}): {said}"


if __name__ == "__main__":
    for name in sys.argv[1:]:
        print(json.dumps(read_document(Path(name).read_bytes(), name), ensure_ascii=False))
