"""Names of months and other words next to dates, in five languages.

English, German, French, Spanish, Dutch: full names and common abbreviations, without accents, which
OCR often loses.
"""

from __future__ import annotations

import re
import unicodedata

_NAMES = (
    "january jan januar jaenner jaen janner janvier janv enero ene januari",
    "february feb februar feber fevrier fevr fev febrero februari",
    "march mar maerz marz mrz mars marzo maart mrt",
    "april apr avril avr abril abr",
    "may mai mayo mei",
    "june jun juni juin junio",
    "july jul juli juillet juil julio",
    "august aug aout agosto ago augustus",
    "september sept sep septembre septiembre setiembre",
    "october oct oktober okt octobre octubre",
    "november nov novembre noviembre",
    "december dec dezember dez decembre diciembre dic",
)
MONTHS = {name: number for number, names in enumerate(_NAMES, 1) for name in names.split()}

# Days of the week, and words within or before a date.
_BESIDE = """
monday mon tuesday tue tues wednesday wed thursday thu thur thurs friday fri saturday sat sunday sun
montag mo dienstag di mittwoch mi donnerstag do freitag fr samstag sonnabend sa sonntag so
lundi lun mardi mercredi mer jeudi jeu vendredi ven samedi sam dimanche dim
lunes martes miercoles mie jueves jue viernes vie sabado sab domingo
maandag ma dinsdag woensdag wo donderdag vrijdag vr zaterdag za zondag zo
of the le de del den der am on el op dated
"""
BESIDE_DATES = frozenset(_BESIDE.split())

_WORD = re.compile(r"[^\W\d_]+")


def without_accents(text: str) -> str:
    """ "Février" -> "Fevrier"; "März" -> "Marz" """
    split = unicodedata.normalize("NFKD", text)
    return "".join(sign for sign in split if not unicodedata.combining(sign))


def month_of(word: str) -> int | None:
    """ "Août" -> 8; "Dez." -> 12; "Monday" -> None"""
    found = _WORD.search(word)
    return MONTHS.get(without_accents(found.group()).casefold()) if found else None
