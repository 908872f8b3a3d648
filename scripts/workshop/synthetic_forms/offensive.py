"""Say whether text holds an offensive word, also inside a made-up word or a code.

The stems stand here turned by 13 letters, so that nobody who reads the file has to read them.
"""

from __future__ import annotations

import codecs
import re

_TURNED = """
nany nahf nefr obbo ovgpu obyybpx ohttre ohgg pbpx pbba phag phz qvpx qnza qlxr snt shpx snax snpx
ubzb ubearl uryy wvmm wrj xvxr xxx xxk yrfob yrmovr anmv avtn avttn avttr avtt cravf cvff cbea chff
dhrre encr ergneq frk fuvg fyhg fcvp fdhnj fhpx gvgf gheq gjng inqwv intva jnax juber jbt
"""
STEMS = frozenset(codecs.decode(_TURNED, "rot13").split())
# Words of the vocabulary that hold a stem and mean no harm.
_HONEST = frozenset(
    ("analysis", "analyst", "analytical", "analyzed", "canal", "document", "sex", "shell")
)
_WORD = re.compile(r"[a-z]+")


def is_offensive(text: str) -> bool:
    """`"Canal Street" -> False`: the vocabulary's honest words may hold a stem, no other may."""
    return any(
        stem in word
        for word in _WORD.findall(text.lower())
        if word not in _HONEST
        for stem in STEMS
    )
