"""Features of a text as numbers: shape, patterns, and words of hand-written lists."""

from __future__ import annotations

import re
from functools import lru_cache

from ocr_model.fields import without_accents

_COMPANY = """
sdn bhd berhad ltd limited plc inc llc llp co corp corporation company gmbh ag kg ohg ug mbh ev eg
sa sarl sas sl srl spa bv nv oy ab as aps pte pty enterprise enterprises trading perniagaan syarikat
restaurant restoran cafe hardware store stores shop mart market supermarket hypermarket pharmacy
farmasi hotel bakery group holdings industries services bank clinic hospital school university
"""
_STREET = """
jalan jln lorong lrg persiaran lebuh taman kampung kg bandar lot no street st road rd avenue ave
lane drive boulevard blvd square way floor level block blk unit suite building bangunan wisma plaza
kawasan strasse str weg platz gasse allee rue av boulevard chemin calle avenida plaza straat laan
plein via viale piazza box postfach batu seksyen section park mall complex kompleks
"""
_CONTACT = """
tel telephone telefon phone hp fax mobile email mail e-mail www http https website
"""
_REGISTRATION = """
gst sst vat tax reg roc id no. iban bic swift ust ustid siret registration co.
"""
_DOCUMENT = """
receipt invoice tax bill cash order rechnung quittung facture recu factura bon beleg lieferschein
"""
_DATE = "date datum fecha data tarikh time day am pm dated"
_TOTAL = "total gesamt summe betrag amount due payable nett net grand rounding round subtotal"
_PAID = "cash change visa master card debit credit tender paid bar rückgeld"
_PERSON = (
    "cashier staff name attn served waiter salesperson member customer to kunde mr mrs herr frau"
)
_LISTS = [
    frozenset(text.split())
    for text in (
        _COMPANY, _STREET, _CONTACT, _REGISTRATION, _DOCUMENT, _DATE, _TOTAL, _PAID, _PERSON,
    )
]  # fmt: skip
_PATTERNS = [
    re.compile(pattern)
    for pattern in (
        r".*\d[.,]\d\d\D?$",
        r"\d{5},?$|\d{4},?$|[a-z]{1,2}\d[\da-z]? ?\d[a-z]{2}$",
        r".*\d{1,2}[:.]\d\d",
        r"\+?[\d()-]{7,}$",
        r".*%",
        r"(?=.*[a-z])(?=.*\d)[\w/.-]{4,}$",
        r".*[:]$",
        r".*[,]$",
        r".*[.]$",
        r"[(\[]",
        r".*[)\]]$",
        r"#",
        r".*@|.*www|.*\.com",
        r"\(?\d{5,7}-[a-z]\)?$",
        r"[\d,/&-]+[a-z]?,?$",
    )
]
_NOT_LETTERS = re.compile(r"[^\w.-]|_")
COUNT = 9 + len(_LISTS) + len(_PATTERNS)


@lru_cache(maxsize=65536)
def signs_of(text: str) -> tuple[float, ...]:
    """`COUNT` numbers for one piece of text."""
    length = len(text)
    digits = sum(map(str.isdigit, text))
    letters = sum(map(str.isalpha, text))
    upper = sum(map(str.isupper, text))
    plain = without_accents(text).casefold()
    word = _NOT_LETTERS.sub("", plain)
    bare = word.strip(".-")
    return (
        length,
        digits,
        letters,
        digits / max(length, 1),
        upper / max(letters, 1),
        float(text[:1].isdigit()),
        float(text[:1].isupper()),
        float(digits + letters == 0),
        float(text[1:].islower()),
        *(float(bare in known or word in known) for known in _LISTS),
        *(float(pattern.match(plain) is not None) for pattern in _PATTERNS),
    )
