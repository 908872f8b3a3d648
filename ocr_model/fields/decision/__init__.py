"""Answers and words of a document -> its fields.

Knows no engine: `decide` defines the order of the sources, `said` evaluates an LLM's replies for
the fields.
"""

from ocr_model.fields.decision.candidates import Candidate, PageContent
from ocr_model.fields.decision.decide import Decision, decide_fields
from ocr_model.fields.decision.label_places import labels_among
from ocr_model.fields.decision.likeness import likeness as label_likeness
from ocr_model.fields.decision.likeness import skeleton
from ocr_model.fields.decision.lines import PageWords
from ocr_model.fields.decision.said import Said, decide_said
from ocr_model.fields.decision.total_words import what_it_says
