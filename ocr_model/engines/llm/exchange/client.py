"""One HTTP exchange with an endpoint, through the official client -> a completion or a fault."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

import httpx2
import openai
from openai._types import RequestOptions

from ocr_model.engines.llm.exchange.classification import kind_of
from ocr_model.engines.llm.exchange.completion import Completion, read_completion
from ocr_model.engines.llm.exchange.endpoint import Endpoint
from ocr_model.engines.llm.exchange.faults import Fault, Kind
from ocr_model.engines.llm.exchange.model_list import ListedModel, read_models
from ocr_model.engines.llm.exchange.provider_error import read_provider_error
from ocr_model.engines.llm.exchange.rate_limit import quotas_in
from ocr_model.engines.llm.exchange.transport import BoundedTransport, ReplyTooLargeError, proxy_for
from ocr_model.errors import ConfigError, excerpt

_CONNECT_S = 10.0


class Wire:
    """A client that neither retries, nor follows redirects, nor outlives its deadlines."""

    def __init__(self, endpoint: Endpoint, concurrency: int) -> None:
        """Open a client with one connection per thread.

        Raises:
            ConfigError: the environment names a proxy that cannot be used.
        """
        self._endpoint = endpoint
        proxy = proxy_for(endpoint.base_url)
        # Whoever is on the way may be the one who refuses. A user name and password stay out.
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

    def post(self, request: dict[str, Any], seconds: float) -> Completion | Fault:
        """Send a request and read the reply, within `seconds` in all.

        `post`, not `chat.completions.create`: the body goes out as it is, unknown parameters
        included, and autologging, which patches `create`, does not see the page.
        """
        response = self._exchange(
            lambda options: self._client.post(
                "/chat/completions", cast_to=httpx2.Response, body=request, options=options
            ),
            seconds,
        )
        reply = response if isinstance(response, Fault) else self._read(response)
        return self._without_key(reply)

    def list_models(self, seconds: float) -> list[ListedModel] | Fault:
        """What the endpoint says of the models it serves; many serve no such list."""
        response = self._exchange(
            lambda options: self._client.get("/models", cast_to=httpx2.Response, options=options),
            seconds,
        )
        if isinstance(response, Fault):
            return self._fault_without_key(response)
        return read_models(response.content)

    def _without_key(self, reply: Completion | Fault) -> Completion | Fault:
        """Once more, decoded: parts of a message that were apart in the body stand together."""
        if isinstance(reply, Fault):
            return self._fault_without_key(reply)
        clean = self._endpoint.without_key
        # Tokens spell the key letter by letter.
        spelt = b"".join(token.written for token in reply.tokens).decode("utf-8", "replace")
        return replace(
            reply,
            text=clean(reply.text),
            reasoning=clean(reply.reasoning),
            tool_arguments=clean(reply.tool_arguments),
            tokens=reply.tokens if clean(spelt) == spelt else (),
        )

    def _fault_without_key(self, fault: Fault) -> Fault:
        text = None if fault.text is None else self._endpoint.without_key(fault.text)
        message = self._endpoint.redact(fault.message) + self._through
        return replace(fault, message=message, text=text)

    def _exchange(
        self, send: Callable[[RequestOptions], httpx2.Response], seconds: float
    ) -> httpx2.Response | Fault:
        timeout = openai.Timeout(seconds, connect=min(seconds, _CONNECT_S))
        try:
            return send({"timeout": timeout})
        except openai.APIStatusError as err:
            return self._fault_of_status(err.response)
        except openai.APITimeoutError:
            return Fault(Kind.TIMEOUT, f"no complete reply within {seconds:.1f} s")
        except openai.APIConnectionError as err:
            cause = err.__cause__ or err
            if isinstance(cause, ReplyTooLargeError):
                return Fault(Kind.REPLY_TOO_LARGE, f"the reply has {cause}")
            return Fault(Kind.CONNECTION, excerpt(cause))

    def _read(self, response: httpx2.Response) -> Completion | Fault:
        try:
            body = response.content.decode("utf-8")
        except UnicodeDecodeError as err:
            return Fault(Kind.GARBLED, f"expected UTF-8: {err.reason} at byte {err.start}", 200)
        content_type = response.headers.get("content-type", "")
        reply = read_completion(self._endpoint.without_key(body), content_type)
        return replace(reply, quotas=quotas_in(response.headers))

    def _fault_of_status(self, response: httpx2.Response) -> Fault:
        body = response.content.decode("utf-8", errors="replace")
        error = read_provider_error(self._endpoint.redact(body), response.headers)
        kind = kind_of(response.status_code, error)
        said = f"HTTP {response.status_code}: {excerpt(error.message)}"
        if kind is Kind.REDIRECT:
            to = self._endpoint.redact(_host_of(response.headers.get("location", "")))
            said = f"HTTP {response.status_code}: a redirect, which is not followed{to}"
        if error.wait_s is not None:
            said += f" (asks to wait {error.wait_s:g} s)"
        quotas = quotas_in(response.headers)
        return Fault(kind, said, response.status_code, error.wait_s, quotas=quotas)


def _host_of(location: str) -> str:
    """ " (to https://host)": the rest of where it leads may hold anything."""
    try:
        url = urlsplit(location)
    except ValueError:
        return ""
    return f" (to {url.scheme}://{url.hostname})" if url.scheme and url.hostname else ""


def _address_of(proxy: str) -> str:
    """`http://user:secret@10.0.0.1:3128` -> `10.0.0.1:3128`"""
    return proxy.rpartition("@")[2].rpartition("//")[2].rstrip("/")
