"""A prompt and labelled forms -> a better prompt, if the forms show that it is better.

`gepa` proposes candidates, our engine reads with them and our metrics score them. Knows no gate:
`lifecycle` decides what becomes champion, on forms that are never used here.
"""

from ocr_model.optimization.candidates import Candidate, Searched
from ocr_model.optimization.instructions import instructions_of
from ocr_model.optimization.reading import CandidateReader
from ocr_model.optimization.recording import record_candidate, record_search, register_winner
from ocr_model.optimization.reflection import Reflector
from ocr_model.optimization.search import ROUND_CALLS, search_candidates
from ocr_model.optimization.spending import Limits, Spending, has_price
from ocr_model.optimization.split import Parts, split_forms
