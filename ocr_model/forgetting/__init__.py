"""Erase a document from every place that stores something of it, and write a receipt.

Knows the storage in MLflow, caches, batches, reports and review folders. Does not check
permissions, and reaches no backups.
"""

from ocr_model.forgetting.batches import digests_in_rows, forget_rows
from ocr_model.forgetting.caches import forget_replies, forget_words
from ocr_model.forgetting.database import give_space_back
from ocr_model.forgetting.datasets import forget_records
from ocr_model.forgetting.folders import digests_in_reviews, forget_in_folder, forget_reports
from ocr_model.forgetting.models import list_learned
from ocr_model.forgetting.receipt import Line, Receipt, State
from ocr_model.forgetting.runs import forget_in_runs
from ocr_model.forgetting.subject import Subject
from ocr_model.forgetting.traces import FoundTrace, find_traces, forget_traces, subject_of
