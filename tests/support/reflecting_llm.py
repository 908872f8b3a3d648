"""An LLM that misreads the town of every form unless it is told TOWNS, and writes such a rule.

Asked for instructions, it gives by turns one that names a single form's answer, which it then says
on every form, and the rule. A form is known by the width of its page.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field

from tests.support.endpoint import Reply, Seen, completion
from tests.support.forms import FIRST_WIDTH

RULE = "Read TOWNS with care."
_BY_HEART = re.compile(r"The town is (\S+ \d+)\.")
_FENCED = re.compile(r"```\n(.*?)\n```", re.DOTALL)
_TRUE_TOWN = re.compile(r'answer to "Town:" is "([^"]+)"')


@dataclass
class ReflectingLlm:
    """Counts what it was asked; `by_heart` of its first proposals are of that kind."""

    by_heart: int = 1
    pages: int = 0
    reflections: list[str] = field(default_factory=list)

    def __call__(self, seen: Seen) -> Reply:
        if seen.data_urls:
            self.pages += 1
            return completion(json.dumps({"pairs": self._pairs(seen)}))
        self.reflections.append(seen.text)
        instructions, feedback = _FENCED.findall(seen.text)[:2]
        town = _TRUE_TOWN.search(feedback)
        learns = town is not None and len(self.reflections) <= self.by_heart
        sentence = f"The town is {town[1]}." if learns and town else RULE
        return completion(f"```\n{instructions}\n{sentence}\n```")

    def _pairs(self, seen: Seen) -> list[dict[str, object]]:
        number = seen.image.width - FIRST_WIDTH
        town = f"Bonn {number}" if RULE in seen.text else "Rome"
        if learned := _BY_HEART.search(seen.text):
            town = learned[1]
        return [
            {"key": "Name:", "value": [f"Ann {number}"]},
            {"key": "Town:", "value": [town]},
        ]
