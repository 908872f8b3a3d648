"""Documents -> extractions, each with its outcome; a failure affects only its own document.

Knows nothing of MLflow models, files or scores.
"""

from ocr_model.extraction.extractor import Extractor
from ocr_model.extraction.frame import to_frame
from ocr_model.extraction.request_state import Document
