"""The reply cache in the terms of an engine: perhaps off, and a failure is a typed one."""

from __future__ import annotations

import contextlib
import logging
import sqlite3
from collections.abc import Callable
from typing import Any

from ocr_model.config import ExtractorConfig
from ocr_model.engines.llm.cache.reply_cache import Recorded, ReplyCache, key_of
from ocr_model.errors import LLMError
from ocr_model.schema import Outcome

_log = logging.getLogger(__name__)


class Memory:
    """What an engine remembers of earlier runs, if it is to."""

    def __init__(self, config: ExtractorConfig, endpoint: str, once_kept_as: str = "") -> None:
        """Open the cache unless it is off.

        Args:
            endpoint: what its replies are kept under.
            once_kept_as: what they were kept under before paths were hidden.

        Raises:
            ConfigError: there is nothing to replay, or the file cannot be used.
        """
        self._llm = config.llm
        self._endpoint = endpoint
        self._once_kept_as = once_kept_as or endpoint
        self._cache: ReplyCache | None = None
        if config.cache != "off":
            self._cache = ReplyCache(config.cache_path, config.cache, config.cache_max_bytes)

    def key_of(self, first_request: Callable[[], dict[str, Any]]) -> str | None:
        """Key of a page: of its request as it is sent first, whatever becomes of it.

        What the endpoint refuses on the way (rung, token limit's name, size) is then no part of
        the key, so a run that has yet to learn all that finds the page as well.
        """
        return None if self._cache is None else key_of(first_request())

    def hold(self, key: str | None) -> contextlib.AbstractContextManager[None]:
        """While a page is read: the same page in another thread waits, then finds it here."""
        if self._cache is None or key is None:
            return contextlib.nullcontext()
        return self._cache.claim(key)

    def recall(self, key: str | None) -> Recorded | None:
        """What was recorded for a page.

        Raises:
            LLMError: the file fails. Going on would pay again for all that is in it.
        """
        if self._cache is None or key is None:
            return None
        try:
            names = dict.fromkeys((self._endpoint, self._once_kept_as))
            found = (self._cache.get(key, name) for name in names)
            return next((recorded for recorded in found if recorded is not None), None)
        except (sqlite3.Error, ValueError, KeyError, TypeError) as err:
            raise LLMError(
                f"The cache {self._cache.path} cannot be read: {err}. Nothing was sent. Name "
                "another file in `cache_path`, or use cache='off'.",
                Outcome.ENDPOINT_ERROR,
                aborts_batch=True,
            ) from err

    def record(self, key: str | None, recorded: Recorded) -> list[str]:
        """Store a reply; a failure costs no page and stands in its notes, returned here."""
        if self._cache is None or self._cache.replays or key is None:
            return []
        try:
            self._cache.put(key, self._endpoint, self._llm, recorded)
        except sqlite3.Error as err:
            _log.warning("A reply could not be stored in %s: %s", self._cache.path, err)
            return [f"reply not stored: {err}"]
        return []

    def close(self) -> None:
        if self._cache is not None:
            self._cache.close()
