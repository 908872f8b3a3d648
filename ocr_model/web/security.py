"""Access control and browser policy for our web pages.

Nothing is loaded from elsewhere, and no text of a document can become code. A page that is
reachable from other machines has a token; changes are accepted only from our own page.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})
TOKEN_COOKIE = "ocr_model_review"  # noqa: S105 - a name
# Another site cannot send this header: browsers ask us first (CORS), and we allow no one.
EDITOR_HEADER = "x-review-editor"
_EDITOR_ID = re.compile(r"[\w-]{8,64}")
_LONGEST_USER = 100


class RefusedError(Exception):
    """The error for the user of the browser, with the HTTP status."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Access:
    """Without a token only this machine is served. `user_header` is set by a trusted proxy, which
    overwrites any value from the client; without one, everybody is `user`.
    """

    user: str = ""
    user_header: str | None = None
    token: str | None = None
    # "forms.example", if a proxy serves the page under this name.
    public_host: str | None = None

    def check(self, headers: Mapping[str, str], cookies: Mapping[str, str]) -> None:
        """Raises:
        RefusedError: the token is missing or wrong, the proxy does not name the user, or the page
            was requested under another host name (DNS rebinding).
        """
        if self.token is not None:
            given = cookies.get(TOKEN_COOKIE, "")
            if not hmac.compare_digest(given.encode(), self.token.encode()):
                raise RefusedError(
                    "This page needs its token: open the link that the review command printed.", 401
                )
        elif not self.is_own_name(headers.get("host", "")):
            raise RefusedError(
                "Without a token this page is for 127.0.0.1 and localhost only.", 403
            )
        self.user_of(headers)

    def is_own_name(self, header: str) -> bool:
        """Whether the page was requested under a name of this machine, or the proxy's."""
        return _host(header) in LOOPBACK or self.is_public(header)

    def is_public(self, host: str) -> bool:
        return self.public_host is not None and host.lower() == self.public_host.lower()

    def is_token(self, given: str) -> bool:
        return self.token is not None and hmac.compare_digest(given.encode(), self.token.encode())

    def user_of(self, headers: Mapping[str, str]) -> str:
        """Raises:
        RefusedError: the proxy did not name the user.
        """
        if self.user_header is None:
            return self.user
        said = " ".join(headers.get(self.user_header.lower(), "").split())[:_LONGEST_USER]
        if not said:
            raise RefusedError(
                f"Expected the proxy to say who you are in {self.user_header}, got nothing.", 401
            )
        return said


def editor_id(headers: Mapping[str, str], access: Access | None = None) -> str:
    """The tab that requests a change.

    Raises:
        RefusedError: the request does not come from our own page.
    """
    origin, host = headers.get("origin"), headers.get("host", "")
    named = "" if origin is None else urlsplit(origin).netloc
    shown_by_proxy = access is not None and access.is_public(named)
    elsewhere = origin is not None and named.lower() != host.lower() and not shown_by_proxy
    given = headers.get(EDITOR_HEADER, "")
    if elsewhere or not _EDITOR_ID.fullmatch(given):
        raise RefusedError("Changes are taken from the review page itself only.", 403)
    return given


def _host(header: str) -> str:
    """ "127.0.0.1:8001" -> "127.0.0.1", "[::1]:8001" -> "::1"."""
    try:
        return urlsplit(f"//{header}").hostname or ""
    except ValueError:
        return ""
