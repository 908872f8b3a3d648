"""An LLM that writes better instructions, based on feedback on the current ones."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any

from ocr_model.engines.llm import Dialect
from ocr_model.engines.llm.cache import CachedReply, ReplyCache, key_of
from ocr_model.engines.llm.exchange import (
    ChatClient,
    Completion,
    Deadline,
    Fault,
    Sender,
    endpoint_from,
)
from ocr_model.errors import LLMError
from ocr_model.optimization.spending import LimitReachedError, Spending
from ocr_model.schema import INTERRUPTED, Outcome

# Some LLMs think for minutes.
_TIMEOUT_S = 300.0
_BACKOFF_S = 0.5

# `gepa` replaces the names in angle brackets, and uses the text between the backticks of the reply.
TEMPLATE = """An LLM is shown scanned forms, and returns the questions on each with their answers. \
These are its instructions:
```
<curr_param>
```

This is what it did on some forms, and what the forms say in truth:
```
<side_info>
```

Write better instructions. Find out which mistakes come back from form to form, and add a rule \
or change one so that they do not. Keep what works. Rules must hold for forms that are not shown \
here, so do not name answers of single forms, and say nothing of the format of the reply: it is \
given elsewhere. Give the whole of the new instructions within ``` and nothing else."""


class Reflector:
    """Calls the LLM at the same endpoint; cached requests are not sent again."""

    def __init__(
        self,
        llm: str,
        parameters: Mapping[str, Any],
        spending: Spending,
        cache_path: str = "",
    ) -> None:
        """Read endpoint and key from the environment; `parameters` are sent unchanged.

        Raises:
            ConfigError: the key is missing, or endpoint, key or cache cannot be used.
        """
        self._llm = llm
        self._parameters = dict(parameters)
        self._spending = spending
        self._endpoint = endpoint_from(os.environ)
        self._client = ChatClient(self._endpoint, concurrency=1)
        self._cache = ReplyCache(cache_path, "read-write")
        self._sender = Sender(_BACKOFF_S, _TIMEOUT_S / 2)
        # `gepa` continues after any error of a reflection: this one ends the search.
        self.ended_by: Exception | None = None

    def close(self) -> None:
        self._client.close()
        self._cache.close()

    def __call__(self, prompt: str) -> str:
        """The unchanged reply.

        Raises:
            LLMError: there was no reply; if other prompts would fail, too, it is stored in
                `ended_by`, and nothing more is sent.
            LimitReachedError: it would exceed the remaining budget.
        """
        if self.ended_by is not None:
            raise self.ended_by
        try:
            self._spending.check(1)
            return self._complete(prompt).text
        except LimitReachedError as err:
            self.ended_by = err
            raise
        except LLMError as err:
            if err.outcome in INTERRUPTED:
                self.ended_by = err
            raise

    def _complete(self, prompt: str) -> Completion:
        messages = [{"role": "user", "content": prompt}]
        request = {"model": self._llm, "messages": messages, **self._parameters}
        key, where = key_of(request), self._endpoint
        kept = self._cache.get(key, (where.kept, where.base_url))
        if kept is not None:
            self._spending.add(self._llm, kept.usage, 1, reused=True)
            return kept.completion

        def exchange(seconds: float) -> Completion | Fault:
            return self._client.complete(request, seconds)

        reply = self._sender.send(exchange, Deadline(_TIMEOUT_S))
        self._spending.add(self._llm, reply.usage, 1, reused=False)
        if isinstance(reply, Fault):
            raise LLMError(
                f"{where.shown} (reflection_llm {self._llm!r}): {reply.message}. "
                f"{reply.policy.remedy}".rstrip(),
                reply.policy.outcome,
                aborts_batch=reply.policy.aborts_batch,
            )
        if reply.is_cut_off or not reply.text.strip("` \n"):
            raise LLMError(
                f"{where.shown} (reflection_llm {self._llm!r}): expected instructions, got "
                f"{'half of them' if reply.is_cut_off else 'none'}. Raise its token limit in "
                "`reflection_parameters`.",
                Outcome.TRUNCATED,
            )
        self._cache.put(
            key, where.kept, self._llm, CachedReply(reply, reply.usage, Dialect("text"))
        )
        return reply
