"""One HTTP exchange with an endpoint, through the official client -> a completion or a fault."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai

from ocr_model.engines.llm.exchange.classification import kind_of
from ocr_model.engines.llm.exchange.completion import Completion, read_completion
from ocr_model.engines.llm.exchange.endpoint import Endpoint
from ocr_model.engines.llm.exchange.faults import Fault, Kind
from ocr_model.engines.llm.exchange.provider_error import read_provider_error
from ocr_model.engines.llm.exchange.transport import BoundedTransport, ReplyTooLargeError, proxy_for
from ocr_model.errors import ConfigError, excerpt

_CONNECT_S = 10.0


class ChatClient:
    """An `openai` client that does not retry, does not follow redirects, and respects deadlines.

    Retries are ours (`retry`), because the client's have no shared pause and no deadline per page.
    """

    def __init__(self, endpoint: Endpoint, concurrency: int) -> None:
        """Open a client with one connection per thread.

        Raises:
            ConfigError: the environment names a proxy that cannot be used.
        """
        self._endpoint = endpoint
        proxy = proxy_for(endpoint.base_url)
        # The proxy may be what refuses. Its user name and password are not shown.
        self._through = f" (through the proxy {_address_of(proxy)})" if proxy else ""
        try:
            transport = BoundedTransport(endpoint, concurrency)
        except (ImportError, ValueError) as err:
            raise ConfigError(
                f"The proxy that the environment names for {endpoint.shown} cannot be used: "
                f"{endpoint.redact(str(err))}"
            ) from err
        self._client = openai.OpenAI(
            base_url=endpoint.base_url,
            api_key=endpoint.api_key,
            max_retries=0,
            http_client=httpx2.Client(transport=transport, follow_redirects=False),
        )
        self.close = self._client.close

    def complete(self, request: dict[str, Any], seconds: float) -> Completion | Fault:
        """Send a request and read the response, within `seconds` in total.

        `post`, not `chat.completions.create`: the body is sent unchanged, unknown parameters
        included, and autologging, which patches `create`, does not see the page.
        """
        timeout = openai.Timeout(seconds, connect=min(seconds, _CONNECT_S))
        try:
            response = self._client.post(
                "/chat/completions",
                cast_to=httpx2.Response,
                body=request,
                options={"timeout": timeout},
            )
        except openai.APIStatusError as err:
            return self._redacted(self._fault_of_status(err.response))
        except openai.APITimeoutError:
            fault = Fault(Kind.TIMEOUT, f"no complete reply within {seconds:.1f} s")
            return self._redacted(fault)
        except openai.APIConnectionError as err:
            cause = err.__cause__ or err
            if isinstance(cause, ReplyTooLargeError):
                return self._redacted(Fault(Kind.REPLY_TOO_LARGE, f"the reply has {cause}"))
            return self._redacted(Fault(Kind.CONNECTION, excerpt(cause)))
        return self._redacted(self._read(response))

    def _redacted(self, reply: Completion | Fault) -> Completion | Fault:
        """Redact again after decoding: parts of a message that were separate are joined now."""
        clean = self._endpoint.without_key
        if isinstance(reply, Fault):
            message = self._endpoint.redact(reply.message) + self._through
            text = None if reply.text is None else clean(reply.text)
            return replace(reply, message=message, text=text)
        # Tokens may spell the key letter by letter.
        spelt = b"".join(token.written for token in reply.tokens).decode("utf-8", "replace")
        return replace(
            reply,
            text=clean(reply.text),
            reasoning=clean(reply.reasoning),
            tool_arguments=clean(reply.tool_arguments),
            tokens=reply.tokens if clean(spelt) == spelt else (),
        )

    def _read(self, response: httpx2.Response) -> Completion | Fault:
        try:
            body = response.content.decode("utf-8")
        except UnicodeDecodeError as err:
            return Fault(Kind.GARBLED, f"expected UTF-8: {err.reason} at byte {err.start}", 200)
        content_type = response.headers.get("content-type", "")
        return read_completion(self._endpoint.without_key(body), content_type)

    def _fault_of_status(self, response: httpx2.Response) -> Fault:
        body = response.content.decode("utf-8", errors="replace")
        error = read_provider_error(self._endpoint.redact(body), response.headers)
        kind = kind_of(response.status_code, error)
        message = f"HTTP {response.status_code}: {excerpt(error.message)}"
        if kind is Kind.REDIRECT:
            target = self._endpoint.redact(_host_of(response.headers.get("location", "")))
            message = f"HTTP {response.status_code}: a redirect, which is not followed{target}"
        if error.wait_s is not None:
            message += f" (asks to wait {error.wait_s:g} s)"
        return Fault(kind, message, response.status_code, error.wait_s)


def _host_of(location: str) -> str:
    """ " (to https://host)": the rest of the URL may contain anything."""
    try:
        url = urlsplit(location)
    except ValueError:
        return ""
    return f" (to {url.scheme}://{url.hostname})" if url.scheme and url.hostname else ""


def _address_of(proxy: str) -> str:
    """`http://user:secret@10.0.0.1:3128` -> `10.0.0.1:3128`"""
    return proxy.rpartition("@")[2].rpartition("//")[2].rstrip("/")
