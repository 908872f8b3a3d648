"""The hosts that may get pages or deliver documents: a limit that no other setting overrides.

`OCR_MODEL_ALLOWED_HOSTS` belongs to the machine. It is an environment variable because the owner of
the machine decides, not the person who logged the model. The setting `allowed_hosts` belongs to the
model and is pinned. If both are given, a host must be in both.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from urllib.parse import urlsplit

from ocr_model.errors import ConfigError

HOSTS_VARIABLE = "OCR_MODEL_ALLOWED_HOSTS"


def refuse_other_hosts(
    url: str, allowed: Sequence[str] = (), environment: Mapping[str, str] = os.environ
) -> None:
    """Raises:
    ConfigError: a limit is set, and the host of this URL is not within it.
    """
    named = environment.get(HOSTS_VARIABLE, "").replace(",", " ").split()
    for limit, hosts in ((HOSTS_VARIABLE, named), ("the setting allowed_hosts", allowed)):
        if hosts and not any(_is_within(url, host) for host in hosts):
            raise ConfigError(
                f"Expected a host that {limit} allows ({', '.join(hosts)}), got "
                f"{_host_of(url)}. Nothing was sent. Name an allowed endpoint, or let whoever owns "
                "the limit add this host."
            )


def _is_within(url: str, allowed: str) -> bool:
    """ "*.example.com" allows subdomains; "host:8000" only that port."""
    host, port = _parts(url)
    below = allowed.startswith("*.")
    wanted, wanted_port = _parts(f"//{allowed.removeprefix('*.')}")
    if not wanted or wanted_port not in (None, port):
        return False
    return host.endswith(f".{wanted}") if below else host == wanted


def _parts(url: str) -> tuple[str, int | None]:
    try:
        split = urlsplit(url)
        port = split.port or {"http": 80, "https": 443}.get(split.scheme)
        return (split.hostname or "").lower().rstrip("."), port
    except ValueError:
        return "", None


def _host_of(url: str) -> str:
    host, port = _parts(url)
    return f"{host}:{port}" if host else "no host"
