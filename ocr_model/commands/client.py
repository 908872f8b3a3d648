"""Send documents to a running model server."""

from __future__ import annotations

import json
import sys

from ocr_model.allowed_hosts import refuse_other_hosts
from ocr_model.commands.cli import Client
from ocr_model.console import say
from ocr_model.web.client import NoAnswerError, read_document

_SHOWN = ("document_id", "outcome", "error", "pairs")


def client(given: Client) -> int:
    refuse_other_hosts(given.url)
    incomplete = False
    for file in given.files:
        try:
            row = read_document(file.read_bytes(), file.name, given.url, given.timeout_s)
        except OSError as err:
            say(f"error: Expected a document in {file}, got: {err.strerror}.", file=sys.stderr)
            return 2
        except NoAnswerError as err:
            say(f"error: {err}", file=sys.stderr)
            return 2
        shown = row if given.full else {name: row[name] for name in _SHOWN}
        say(json.dumps(shown, ensure_ascii=False, indent=2))
        incomplete |= row["outcome"] not in ("ok", "empty")
    return int(incomplete)
