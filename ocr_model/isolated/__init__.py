"""Documents -> rows by a logged model's own code, in a process of its own.

The process imports nothing of ours before the model is loaded. Knows nothing of what the rows are
for.
"""

from ocr_model.isolated.extraction import GAVE_UP, TRACE_EXPORT, ExtractionJob, run_extraction
