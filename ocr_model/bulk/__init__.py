"""Any number of documents -> one file of rows, resumable.

Knows how to list documents, store rows and resume jobs; nothing of pages, engines or scores.
"""

from ocr_model.bulk.job import (
    LOG_ONE_WITH_FIELDS,
    Batch,
    BatchResult,
    by_field,
    columns_of_batch,
    config_of_batch,
    extract_batch,
    refuse_batch,
)
from ocr_model.bulk.listing import find_documents
from ocr_model.bulk.output import (
    Row,
    as_read_from_csv,
    as_texts,
    refuse_output,
    schema_by_field,
    write_table,
)
from ocr_model.bulk.reading import columns_in, read_rows
from ocr_model.bulk.summary import BatchSummary, usd_per_token
