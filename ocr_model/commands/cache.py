"""Inspect, copy or empty the LLM engine's cache of replies on disk."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

from ocr_model.age import parse_age
from ocr_model.commands.cli import Cache, option
from ocr_model.console import say
from ocr_model.engines.llm.cache import ReplyCache
from ocr_model.errors import ConfigError, where_looked


def cache(given: Cache) -> int:
    if (given.action == "expire") != bool(given.older_than):
        raise ConfigError(
            f"Expected {option('older_than', '180d')} with expire and with nothing else, got "
            f"{given.action} {given.older_than}."
        )
    age = parse_age(given.older_than) if given.older_than else None
    # Only these two write; with `replay` no empty file is created.
    replies = ReplyCache(given.cache_path, "replay")
    if given.action in ("clear", "expire"):
        replies.close()
        replies = ReplyCache(given.cache_path, "read-write")
    with contextlib.closing(replies):
        if age is not None:
            say(
                f"Removed {replies.expire(age):,} replies older than {given.older_than} from "
                f"{replies.path}"
            )
        else:
            say(_do(given, replies))
    return 0


def _do(given: Cache, replies: ReplyCache) -> str:
    if given.action == "inspect":
        return _table(replies)
    if given.action == "clear":
        return f"Removed {replies.clear():,} replies from {replies.path}"
    if given.file is None:
        raise ConfigError("Expected a file to export to, got none: cache export FILE.")
    return _export(replies, given.file)


def _table(cache: ReplyCache) -> str:
    held = cache.contents()
    lines = [f"{cache.path}: {held.entries:,} replies, {held.bytes / 1e6:,.1f} MB"]
    if held.entries:
        lines.append(f"from {held.oldest} to {held.newest}")
    lines += [f"{entries:>9,}  {llm}  {endpoint}" for endpoint, llm, entries in held.by_llm]
    return "\n".join(lines)


def _export(cache: ReplyCache, file: Path) -> str:
    if file.exists():
        raise ConfigError(f"Expected a new file to export to, but {file} exists.")
    if not file.parent.is_dir():
        raise ConfigError(
            f"Expected a folder to export to, but {file.parent} is none.{where_looked(file.parent)}"
        )
    if file.suffix == ".jsonl":
        with file.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(entry) + "\n" for entry in cache.entries())
    else:
        cache.copy_to(file)
    return f"Wrote {cache.contents().entries:,} replies to {file}"
