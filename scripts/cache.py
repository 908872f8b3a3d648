"""python -m scripts.cache {inspect,export FILE,clear} [--cache-path FILE]

Look at, copy or empty the replies that the LLM engine keeps on disk. A copy named *.jsonl is for
reading; any other is a cache again, for `--cache replay`.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import sys
from pathlib import Path

from ocr_model.engines.llm.cache import ReplyCache
from ocr_model.errors import ConfigError, OcrModelError


def main(argv: list[str] | None = None) -> int:
    args = _parse(argv)
    try:
        # Only `clear` writes; `replay` also keeps an empty file from being made for nothing.
        cache = ReplyCache(args.cache_path, "replay")
        if args.verb == "clear":
            cache.close()
            cache = ReplyCache(args.cache_path, "read-write")
        with contextlib.closing(cache):
            print(_do(args, cache))
    except OcrModelError as err:
        print(f"error: {err}", file=sys.stderr)
        return 2
    return 0


def _parse(argv: list[str] | None) -> argparse.Namespace:
    where = argparse.ArgumentParser(add_help=False)
    where.add_argument("--cache-path", default="", help="empty: the one in the user's folder")
    parser = argparse.ArgumentParser(description=__doc__)
    verbs = parser.add_subparsers(dest="verb", required=True)
    verbs.add_parser("inspect", parents=[where], help="how many replies, of which LLM, from when")
    export = verbs.add_parser("export", parents=[where], help="write a copy")
    export.add_argument("file", type=Path, help="a new file; .jsonl: to look at, else to replay")
    verbs.add_parser("clear", parents=[where], help="remove all replies")
    return parser.parse_args(argv)


def _do(args: argparse.Namespace, cache: ReplyCache) -> str:
    if args.verb == "inspect":
        return _table(cache)
    if args.verb == "clear":
        return f"Removed {cache.clear():,} replies from {cache.path}"
    return _export(cache, args.file)


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
        raise ConfigError(f"Expected a folder to export to, but {file.parent} is none.")
    if file.suffix == ".jsonl":
        with file.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps(entry) + "\n" for entry in cache.entries())
    else:
        cache.copy_to(file)
    return f"Wrote {cache.contents().entries:,} replies to {file}"


if __name__ == "__main__":
    sys.exit(main())
