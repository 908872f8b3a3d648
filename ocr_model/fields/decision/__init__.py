"""Answers and words of a document -> its fields.

Knows no engine: `decide` says in which order the sources speak.
"""

from __future__ import annotations

from ocr_model.fields.decision.candidates import Candidate, PageContent
from ocr_model.fields.decision.decide import Decision, Taught, decide_fields

__all__ = ["Candidate", "Decision", "PageContent", "Taught", "decide_fields"]
