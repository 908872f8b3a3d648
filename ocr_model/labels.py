"""What a phrase of a form looks like, from its text alone: a label, a value, a tick, or open.

Knows nothing of where it stands on the page.
"""

from __future__ import annotations

import re
from enum import IntEnum


class Kind(IntEnum):
    """How much a phrase looks like a question; the order is used."""

    TICK = 0
    VALUE = 1
    OPEN = 2
    LIKELY = 3
    LABEL = 4


# Longer phrases that hold one of these words are mostly sentences.
MAX_LABEL_WORDS = 5
# "12/04/1999", "$ 58,500" and "24.75mm" are values; "Form 4B" and "Line 1" are not.
MAX_DIGIT_SHARE = 0.3

# Words that forms print in general, written by hand and not extracted from a data set, but by
# someone who had seen FUNSD's training half.
FORM_WORDS = frozenset(
    """
    account acct action actual address age agency agent amount amt applicant application approval
    approved area assigned attachment attention attn author authorized balance bank batch begin
    birth born brand budget building buyer by cancel case category cc check city claim class client
    code color comment comments company completed completion condition contact copies copy cost
    country county currency customer date dated day deadline delivered delivery department dept
    desc description destination diagnosis director discount distribution division document due
    duration effective email employee employer end estimated event expiration extension facility
    fax fee file form from frequency gender grade group height home hour hours id income initials
    instructions insurance invoice issue issued item items job language last length license limit
    list location mail maiden manager manufacturer marital material maximum member method minimum
    model month name names nationality no nos note notes num number object occupation office order
    organization owner page pages paid partner party passport payable payment percent period person
    phone place plan policy position postal prepared price priority procedure product program
    project publication purchase purpose qty quantity race rate reason reasons received receiver
    recipient recommended ref reference region relationship remarks report request requested
    requester required requirements result results return reviewed room salary sample school score
    section sender sent serial sex shipped shipping sign signature signed site size social source
    specification sponsor start state status street style subject submitted subtotal summary
    supervisor supplier surname target tax tel telephone telex term test time title to topic total
    town type unit units until vendor version volume weight width witness year years zip
    """.split()  # noqa: SIM905  a list of 200 quoted strings does not read
)

# The recogniser takes a ticked box for the ideograph U+533A.
_TICK = re.compile(r"[(\[]?\s*[xX✓✔√☑☒✗\u00d7\u533a]\s*[)\]]?")
_ENUMERATION = re.compile(r"^\(?(?:\d{1,2}|[a-zA-Z])[.)]\s*(?=\D)")
_LETTERS = re.compile(r"[^\W\d_]+")


def kind_of(text: str) -> Kind:
    """Say what a phrase looks like.

    "Date:" -> LABEL, "Invoice No." -> LIKELY, "6/21/90" -> VALUE, "X" -> TICK, "Ann Lee" -> OPEN
    """
    body = _ENUMERATION.sub("", text)
    signs = [char for char in body if char.isalnum()]
    if ends_with_colon(text) and signs:
        return Kind.LABEL
    if _TICK.fullmatch(text):
        return Kind.TICK
    digits = sum(char.isdigit() for char in signs)
    if digits >= MAX_DIGIT_SHARE * len(signs):
        return Kind.VALUE
    if text.endswith(("#", "?", "=")):
        return Kind.LIKELY
    words = [word.lower() for word in _LETTERS.findall(body)]
    if not digits and len(words) <= MAX_LABEL_WORDS and not FORM_WORDS.isdisjoint(words):
        return Kind.LIKELY
    return Kind.OPEN


def ends_with_colon(text: str) -> bool:
    """True for "Date:", also with a footnote star or a dot behind the colon, or a Chinese colon."""
    return text.rstrip(" *.").endswith((":", "\uff1a"))
