"""What an amount is, by the words next to it: the total, a part of it, or paid. Five languages."""

from __future__ import annotations

import re
from enum import Enum

from ocr_model.fields.values import without_accents

_TOTAL = re.compile(
    r"\b(?:t[o0]t[a4]l+[e3]?s?|totaal\w*|bruttobetrag|gesamt\w*|summe|"
    r"(?:amount|amt) (?:due|payable|to pay)|"
    r"balance due|to pay|payable|"
    r"zu zahlen\w*|zahlbetrag|rechnungsbetrag|endbetrag|net a payer|a payer|montant (?:du|ttc)|"
    r"importe total|a pagar|te betalen|eindbedrag)\b"
)
_FINAL = re.compile(
    r"\b(?:grand|round\w*|nett?|due|payable|incl\w*|inkl\w*|ttc|ttl|amount|amt|pay|zahlen\w*|payer|pagar|"
    r"betalen|final|brutto|gross|general)\b"
)
_PART = re.compile(
    r"\bsub|\b(?:zwischen|sous|parcial)|\b(?:netto(?:betrag|summe|wert)?|base imponible|"
    r"importe neto|ue?bertrag|(?:carried|brought) (?:forward|over)|a reporter|suma y sigue|"
    r"excl\w*|exkl\w*|exclusive|before|without|w/o|ohne|ht|"
    r"hors|sin|zonder|taxable|zero)\b"
)
_OTHER = re.compile(
    r"\b(?:qty|quantity|items?|pcs|units?|menge|anzahl|quantite|cantidad|aantal|"
    r"disc\w*|rabatt\w*|remise|descuento|korting|sav\w+|points?|weight|"
    r"change|chg|rueckgeld|ruckgeld|wechselgeld|monnaie|rendu|cambio|wisselgeld)\b"
)
_TAX = re.compile(r"\b(?:gst|sst|vat|tax\w*|mwst|ust|tva|iva|btw)\b")
_WITH_TAX = re.compile(r"\b(?:inc(?!ludes)\w*|inkl\w*|w/|with|plus|mit|ttc|after)\b")
_PAID = re.compile(
    r"\b(?:cash|visa|master\w*|amex|card|debit|credit|tender\w*|payment|paid|received|bar|karte|especes|"
    r"carte|efectivo|tarjeta|contant|pin|maestro|nets|bank|cheque)\b"
)
_ROUNDING = re.compile(r"\bround\w*|\brundung|\barrondi|\bredondeo|\bafronding")


class Says(Enum):
    """The meaning of an amount according to its words."""

    NOTHING = "nothing"
    TOTAL = "total"
    FINAL_TOTAL = "final total"
    PAID = "paid"
    ROUNDING = "rounding"
    OTHER = "other"


_ABOUT_ROWS = frozenset({Says.OTHER, Says.TOTAL, Says.FINAL_TOTAL, Says.ROUNDING})
_COUNTED = re.compile(r"\d\s?(?:pcs|units?|items?)\b", re.IGNORECASE)


def what_it_says(words: str) -> Says:
    """ "GRAND TOTAL RM" -> final total; "Sub-Total" and "Total Qty" -> other; "Cash" -> paid"""
    text = re.sub(r"[^\w/]+", " ", without_accents(words).casefold()).replace("_", " ")
    if _OTHER.search(text) or _PART.search(text):
        return Says.OTHER
    if _TAX.search(text) and not _WITH_TAX.search(text):
        return Says.OTHER
    if _TOTAL.search(text):
        return Says.FINAL_TOTAL if _FINAL.search(text) else Says.TOTAL
    if _ROUNDING.search(text):
        return Says.ROUNDING
    return Says.PAID if _PAID.search(text) else Says.NOTHING


def is_sum(line: str) -> bool:
    """Whether a line of a table is a sum and not a row; "Nut 10 pcs 3.00" is a row."""
    return what_it_says(_COUNTED.sub(" ", line)) in _ABOUT_ROWS


def is_about_a_total(*said: str) -> bool:
    """Whether a field's name or labels ask for the amount to pay."""
    return any(
        what_it_says(text.replace("_", " ")) in (Says.TOTAL, Says.FINAL_TOTAL) for text in said
    )


def is_only_total_words(label: str) -> bool:
    """Whether a label says only that it is a total: "TOTAL AMOUNT (RM):", not "Total fees"."""
    text = re.sub(r"[\W\d_]+", " ", without_accents(label).casefold())
    left = _FINAL.sub(" ", _TOTAL.sub(" ", text))
    return not [word for word in left.split() if len(word) > 3]
