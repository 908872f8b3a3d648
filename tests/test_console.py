"""Whatever an LLM writes or a file is called, a terminal is told nothing by it."""

from __future__ import annotations

import io

import pytest

from ocr_model.console import printable, say


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Ann Berg, 1.240,50 €", "Ann Berg, 1.240,50 €"),
        ("a\tb\nc", "a\tb\nc"),
        ("\x1b[31mred\x1b[0m", "red"),
        ("\x1b[2J\x1b[1;1Hgone", "gone"),
        ("\x1b[38:2::255:0:0mcolour", "colour"),
        ("\x1b]0;evil title\x07Ann", "Ann"),
        ("\x1b]0;evil title\x1b\\Ann", "Ann"),
        ("\x1b]8;;http://evil.example\x1b\\link\x1b]8;;\x1b\\", "link"),
        ("\x1b]52;c;Y2xpcA==\x07Ann", "Ann"),
        ("\x1bPq#0\x1b\\Ann", "Ann"),
        ("\x1b_payload\x1b\\Ann", "Ann"),
        ("\x9b31mred\x9b0m", "red"),
        ("\x9d0;title\x9cAnn", "Ann"),
        ("\x1b]0;never ended\nAnn", "\nAnn"),
        ("\x1b[31", ""),
        ("\x1b", ""),
        ("\x1b(0Ann\x1bc", "Ann"),
        ("\x1b\x1b[31mAnn", "Ann"),
        ("50 %\rdone\x08\x07\x7f", "50 %done"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("a\u2066b\u2069\u200fc", "abc"),
        ("A\ud83dnn\x00", "Ann"),
        ("[31m is text", "[31m is text"),
        ("日本語 😀", "日本語 😀"),
    ],
)
def test_what_a_terminal_would_obey_is_taken_out(text: str, shown: str) -> None:
    assert printable(text) == shown
    assert printable(shown) == shown


def test_no_control_is_left_of_any_mixture() -> None:
    signs = ["\x1b", "[", "]", "0;", "\x07", "m", "\x9b", "\\", "\r", "A", "\x9c", "P"]
    for one in signs:
        for two in signs:
            for three in signs:
                shown = printable(one + two + three + "x")
                assert not [sign for sign in shown if ord(sign) < 32 or 127 <= ord(sign) < 160]


def test_a_name_stays_on_its_line() -> None:
    assert printable("form\n  ok  all fine.png", one_line=True) == "form   ok  all fine.png"


def test_objects_are_printed_as_text() -> None:
    assert printable(ValueError("\x1b[31mno")) == "no"


def test_say_writes_to_standard_output_or_where_it_is_told(
    capsys: pytest.CaptureFixture[str],
) -> None:
    say("\x1b[1mAnn")
    say()
    file = io.StringIO()
    say("Bob\x07", file=file, end="")
    assert (capsys.readouterr().out, file.getvalue()) == ("Ann\n\n", "Bob")


def test_what_the_encoding_lacks_is_replaced() -> None:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, "ascii")
    say("Zażółć 5 €", file=file)
    assert raw.getvalue() == b"Za???? 5 ?\n"
