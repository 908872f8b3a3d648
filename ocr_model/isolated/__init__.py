"""Documents -> rows by a logged model's own code, in a separate process.

The process imports none of our modules before the model is loaded. Knows nothing of the use of the
rows.
"""

from ocr_model.isolated.extraction import GAVE_UP, TRACE_EXPORT, ExtractionJob, run_extraction
