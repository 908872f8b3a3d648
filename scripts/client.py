"""python -m scripts.client FILE [FILE …] [--url http://127.0.0.1:5001] [--full]

Ask a running model server (`mlflow models serve`) to read documents; print one JSON object each.
Needs nothing but Python's standard library: copy it to wherever the documents are. Exit code 1:
a document was not read in whole; 2: there was no answer.
"""

from __future__ import annotations

import argparse
import base64
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

URL = "http://127.0.0.1:5001"
# Above the server's own 60 s, so that its answer comes before we hang up.
TIMEOUT_S = 75.0
_SHOWN = ("document_id", "outcome", "error", "pairs")
_EXCERPT_CHARS = 300


class NoAnswerError(Exception):
    """The server gave no row. `status` is its HTTP status, None where there was none."""

    def __init__(self, message: str, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


def read_document(
    data: bytes, document_id: str, url: str = URL, timeout_s: float = TIMEOUT_S
) -> dict[str, Any]:
    """The row of one document.

    Raises:
        NoAnswerError: nobody listens, the connection broke, or the reply is no row.
    """
    image = base64.b64encode(data).decode("ascii")
    body = json.dumps({"instances": [{"image": image, "document_id": document_id}]})
    request = urllib.request.Request(  # noqa: S310 - the URL is the user's own
        f"{url.rstrip('/')}/invocations",
        data=body.encode(),
        headers={"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=timeout_s) as reply:  # noqa: S310
            return _row_of(reply.read(), url)
    except urllib.error.HTTPError as err:
        raise NoAnswerError(_refusal(err, url), err.code) from err
    except TimeoutError as err:
        raise NoAnswerError(f"{url} did not answer within {timeout_s:g} s.") from err
    except (OSError, ValueError) as err:
        reason = getattr(err, "reason", err)
        raise NoAnswerError(
            f"No answer from {url}: {reason}. Start a server with `mlflow models serve -m "
            "models:/ocr-extractor@champion --port 5001`, or name another with --url."
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


def main(argv: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--url", default=URL, help="where the model is served")
    parser.add_argument("--timeout", type=float, default=TIMEOUT_S, help="seconds per document")
    parser.add_argument("--full", action="store_true", help="print the whole row")
    args = parser.parse_args(argv)
    incomplete = False
    for file in args.files:
        try:
            row = read_document(file.read_bytes(), file.name, args.url, args.timeout)
        except (OSError, NoAnswerError) as err:
            print(f"error: {err}", file=sys.stderr)
            return 2
        shown = row if args.full else {name: row[name] for name in _SHOWN}
        print(json.dumps(shown, ensure_ascii=False, indent=2))
        incomplete |= row["outcome"] not in ("ok", "empty")
    return int(incomplete)


if __name__ == "__main__":
    sys.exit(main())
