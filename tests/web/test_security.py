"""Who is let in, and whose changes are taken."""

from __future__ import annotations

import pytest

from ocr_model.web.security import TOKEN_COOKIE, Access, RefusedError, editor_id

HERE = {"host": "127.0.0.1:8001"}
TOKEN = "a-token-of-some-length"
EDITOR = {"x-review-editor": "tab-number-1"}


@pytest.mark.parametrize("host", ["127.0.0.1:8001", "localhost:8001", "[::1]:8001", "LOCALHOST"])
def test_this_machine_is_let_in(host: str) -> None:
    Access("Ann").check({"host": host}, {})


@pytest.mark.parametrize("host", ["", "evil.example", "127.0.0.1.evil.example", "[::1"])
def test_a_site_whose_name_leads_here_is_not(host: str) -> None:
    with pytest.raises(RefusedError, match=r"for 127.0.0.1 and localhost only"):
        Access("Ann").check({"host": host}, {})


@pytest.mark.parametrize(
    ("given", "let_in"), [(TOKEN, True), (TOKEN[:-1], False), ("", False), ("ä", False)]
)
def test_a_token_lets_in_from_anywhere_and_nothing_else_does(given: str, let_in: bool) -> None:
    access = Access("Ann", token=TOKEN)
    for host in ("reviews.example", "127.0.0.1"):
        if let_in:
            access.check({"host": host}, {TOKEN_COOKIE: given})
        else:
            with pytest.raises(RefusedError, match="needs its token"):
                access.check({"host": host}, {TOKEN_COOKIE: given})


def test_a_proxy_says_who_it_is_or_nobody_is_let_in() -> None:
    access = Access("Ann", user_header="X-Forwarded-User")
    assert access.user_of({"x-forwarded-user": " Bob \n Lee "}) == "Bob Lee"
    with pytest.raises(RefusedError, match="Expected the proxy to name the user"):
        access.check(HERE, {})
    assert Access("Ann").user_of({"x-forwarded-user": "Bob"}) == "Ann"


@pytest.mark.parametrize(
    "headers",
    [
        HERE,
        HERE | {"x-review-editor": "short"},
        HERE | EDITOR | {"origin": "http://evil.example"},
        HERE | EDITOR | {"origin": "null"},
        HERE | EDITOR | {"origin": "http://127.0.0.1:9999"},
    ],
    ids=["no_header", "no_id", "another_site", "no_site", "another_port"],
)
def test_changes_are_taken_from_our_page_alone(headers: dict[str, str]) -> None:
    with pytest.raises(RefusedError, match="from the review page itself only"):
        editor_id(headers)


def test_our_page_may_change() -> None:
    assert editor_id(HERE | EDITOR | {"origin": "http://127.0.0.1:8001"}) == "tab-number-1"
    assert editor_id(HERE | EDITOR) == "tab-number-1"


BEHIND_PROXY = Access("Ann", user_header="X-Remote-User", public_host="Forms.example:8443")


@pytest.mark.parametrize(
    ("host", "let_in"),
    [
        ("forms.example:8443", True),
        ("127.0.0.1:8001", True),
        ("forms.example", False),
        ("evil.example", False),
    ],
)
def test_the_name_of_the_proxy_is_let_in_and_no_other(host: str, let_in: bool) -> None:
    headers = {"host": host, "x-remote-user": "bob"}
    if let_in:
        BEHIND_PROXY.check(headers, {})
    else:
        with pytest.raises(RefusedError, match="localhost only"):
            BEHIND_PROXY.check(headers, {})


@pytest.mark.parametrize(
    ("origin", "taken"),
    [
        ("https://forms.example:8443", True),
        ("https://forms.example", False),
        ("https://evil.example", False),
        ("null", False),
    ],
)
def test_changes_are_taken_from_the_page_as_the_proxy_shows_it(origin: str, taken: bool) -> None:
    headers = HERE | EDITOR | {"origin": origin}
    if taken:
        assert editor_id(headers, BEHIND_PROXY) == "tab-number-1"
    else:
        with pytest.raises(RefusedError, match="from the review page itself only"):
            editor_id(headers, BEHIND_PROXY)
