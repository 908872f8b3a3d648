"""Where the fields of one's own documents stand, learned from such documents.

Knows no engine: it is given words and answers, whoever read them, and what is decided of the fields
without it. Weights are fitted in `training`.
"""

from ocr_model.finder.candidates import EVIDENCE_WIDTH, Context, Run, evidence, likely_runs
from ocr_model.finder.describing import Document
from ocr_model.finder.finding import (
    LIKELY,
    Finder,
    FirstStep,
    FirstSteps,
    Found,
    Judgement,
    SecondStep,
    Trust,
    decide,
    find,
    first_rows,
    judged,
    likeliest,
)
from ocr_model.finder.looking import TYPES, Looked, look_at, teachable
from ocr_model.finder.memory import Values, Words, together, values_of, words_of
from ocr_model.finder.pieces import PagePieces
from ocr_model.finder.pinned import documents_of, finder_setting, pinned_finder
from ocr_model.finder.weights import MOST_BYTES, from_bytes, to_bytes
