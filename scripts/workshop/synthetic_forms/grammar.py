"""Inflect words and set their capitals; pure."""

from __future__ import annotations


def titled(text: str) -> str:
    """`bill of lading -> Bill of Lading`."""
    small = {"of", "and", "or", "for", "to", "in", "the", "a", "on", "at"}
    words = text.split()
    return " ".join(
        word if index and word in small else word[:1].upper() + word[1:]
        for index, word in enumerate(words)
    )


def sentence_case(text: str) -> str:
    return text[:1].upper() + text[1:]


def plural(noun: str) -> str:
    """`branch -> branches`, `city -> cities`, `item -> items`."""
    if noun.endswith(("s", "x", "ch", "sh")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"
