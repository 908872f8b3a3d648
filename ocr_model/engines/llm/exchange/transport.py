"""HTTP with a total deadline and a byte cap on every exchange, and without ambient headers.

The client's own timeouts are per socket operation, so a server that sends a byte now and then
blocks it forever; it reads without a limit; and it sends the environment's organization, project
and custom headers to any base URL. This transport fixes all three.
"""

from __future__ import annotations

import ipaddress
import ssl
import threading
import time
import urllib.request
import zlib
from collections.abc import Iterable
from typing import Any

import httpcore2
import httpx2

from ocr_model.engines.llm.exchange.endpoint import Endpoint

MAX_REPLY_BYTES = 4_000_000

_SENT_ANYWHERE = frozenset(
    {
        *("host", "connection", "user-agent", "accept", "accept-encoding"),
        *("content-type", "content-length", "authorization"),
    }
)
_NOT_KEPT = frozenset({b"content-encoding", b"content-length", b"transfer-encoding"})


class ReplyTooLargeError(httpx2.TransportError):
    """The reply, compressed or unpacked, is larger than any list of pairs."""


class BoundedTransport(httpx2.HTTPTransport):
    """Uses a request's read timeout as the deadline of the whole exchange."""

    def __init__(self, endpoint: Endpoint, concurrency: int) -> None:
        super().__init__(
            limits=httpx2.Limits(
                max_connections=concurrency, max_keepalive_connections=concurrency
            ),
            proxy=proxy_for(endpoint.base_url),
        )
        self._endpoint = endpoint
        self._clock = _Clock()
        # httpx2 has no parameter for it; httpcore2, below, takes it as a documented argument.
        self._pool._network_backend = _BoundedBackend(self._pool._network_backend, self._clock)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        self._clock.start(request.extensions["timeout"]["read"])
        request.headers["accept-encoding"] = "identity"
        if not self._endpoint.sends_ambient_headers:
            self._drop_ambient_headers(request)
        response = super().handle_request(request)
        try:
            body = _read(response)
        finally:
            response.close()
        # Raw, as decoded headers need not encode again.
        kept = [item for item in response.headers.raw if item[0].lower() not in _NOT_KEPT]
        return httpx2.Response(response.status_code, headers=kept, content=body)

    def _drop_ambient_headers(self, request: httpx2.Request) -> None:
        for name in list(request.headers):
            if name.lower() not in _SENT_ANYWHERE:
                del request.headers[name]
        request.headers["authorization"] = f"Bearer {self._endpoint.api_key}"


def proxy_for(base_url: str) -> str | None:
    """The environment's proxy, which a client with its own transport would ignore.

    This machine's own servers are never reached through a proxy, whatever `no_proxy` says.
    """
    url = httpx2.URL(base_url)
    if _is_loopback(url.host) or urllib.request.proxy_bypass(url.host):
        return None
    proxies = urllib.request.getproxies()
    return proxies.get(url.scheme) or proxies.get("all")


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")


def _read(response: httpx2.Response) -> bytes:
    chunks: list[bytes] = []
    size = 0
    assert isinstance(response.stream, httpx2.SyncByteStream)
    for chunk in response.stream:
        size += len(chunk)
        if size > MAX_REPLY_BYTES:
            raise ReplyTooLargeError(f"more than {MAX_REPLY_BYTES:,} bytes")
        chunks.append(chunk)
    return _unpack(b"".join(chunks), response.headers.get("content-encoding", "identity"))


def _unpack(body: bytes, encoding: str) -> bytes:
    """Some proxies compress although `identity` was requested."""
    if not body or encoding.lower() in ("identity", ""):
        return body
    if encoding.lower() not in ("gzip", "x-gzip", "deflate"):
        raise httpx2.DecodingError(f"content-encoding {encoding!r}, which was not asked for")
    try:
        unpacked = zlib.decompressobj(zlib.MAX_WBITS | 32).decompress(body, MAX_REPLY_BYTES + 1)
    except zlib.error as err:
        raise httpx2.DecodingError(f"broken {encoding} body") from err
    if len(unpacked) > MAX_REPLY_BYTES:
        raise ReplyTooLargeError(f"more than {MAX_REPLY_BYTES:,} bytes once unpacked")
    return unpacked


class _Clock(threading.local):
    """The deadline of this thread's exchange."""

    ends_at = float("inf")

    def start(self, seconds: float) -> None:
        self.ends_at = time.monotonic() + seconds

    def left(self, timeout_s: float | None) -> float:
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise httpcore2.ReadTimeout("the deadline of the exchange has passed")
        return left if timeout_s is None else min(left, timeout_s)


class _BoundedStream(httpcore2.NetworkStream):
    def __init__(self, stream: httpcore2.NetworkStream, clock: _Clock) -> None:
        self._stream = stream
        self._clock = clock

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._clock.left(timeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, self._clock.left(timeout))

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._clock.left(timeout)
        return _BoundedStream(
            self._stream.start_tls(ssl_context, server_hostname, left), self._clock
        )

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class _BoundedBackend(httpcore2.NetworkBackend):
    def __init__(self, backend: httpcore2.NetworkBackend, clock: _Clock) -> None:
        self._backend = backend
        self._clock = clock

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        left = self._clock.left(timeout)
        stream = self._backend.connect_tcp(host, port, left, local_address, socket_options)
        return _BoundedStream(stream, self._clock)
