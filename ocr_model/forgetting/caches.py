"""Erase a document's LLM replies and OCR words from caches."""

from __future__ import annotations

from pathlib import Path

from ocr_model.engines.llm.cache import ReplyCache, default_path
from ocr_model.forgetting.receipt import NO_DIGEST, Receipt, State
from ocr_model.forgetting.subject import Subject
from ocr_model.training import default_cache


def forget_replies(subject: Subject, path: str, receipt: Receipt) -> None:
    file = Path(path).expanduser() if path else default_path()
    if not file.is_file():
        return
    with receipt.at(str(file), "replies"):
        cache = ReplyCache(file, "read-write" if receipt.erases else "replay")
        try:
            if subject.before is not None:
                count = cache.forget_before(subject.before, erases=receipt.erases)
            else:
                count = cache.forget(subject.digests, erases=receipt.erases)
            receipt.done(str(file), "replies", count)
            if subject.before is None and not subject.digests:
                receipt.add(str(file), "replies", 0, State.NOT_REACHABLE, NO_DIGEST)
            if subject.before is None and (nameless := cache.nameless()):
                reason = "they do not say which document they are of; cache clear removes them"
                receipt.add(str(file), "replies", nameless, State.NOT_REACHABLE, reason)
        finally:
            cache.close()


def forget_words(subject: Subject, folder: Path | None, receipt: Receipt) -> None:
    """Erase its words: they are in files named by the document's SHA-256."""
    folder = folder or default_cache()
    with receipt.at(str(folder), "words that were read"):
        files = [file for file in folder.glob("*/*.json") if _is_named(file, subject)]
        for file in files if receipt.erases else ():
            file.unlink()
        receipt.done(str(folder), "words that were read", len(files))
        if subject.before is None and not subject.digests and any(folder.glob("*/*.json")):
            receipt.add(str(folder), "words that were read", 0, State.NOT_REACHABLE, NO_DIGEST)


def _is_named(file: Path, subject: Subject) -> bool:
    return file.stem in subject.digests or subject.is_all_of(file)
