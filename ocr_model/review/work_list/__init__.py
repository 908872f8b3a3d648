"""The documents to review, where their pages are stored, and the model's answers.

Knows nothing of who works on it.
"""

from ocr_model.review.work_list.items import (
    Item,
    Order,
    in_order,
    items_of_folder,
    items_of_rows,
    items_of_traces,
    with_readings,
)
from ocr_model.review.work_list.kept_documents import KeptDocument
from ocr_model.review.work_list.model_reading import ModelReading, reading_of
