"""Bytes of a document -> upright RGB pages, one at a time; page -> the image sent to an LLM.

Knows nothing of files and URLs: a served request never names either.
"""

from ocr_model.documents.encoding import EncodedPage, decode_base64, encode_page
from ocr_model.documents.limits import Limits
from ocr_model.documents.opening import PageSource, decode_pages, open_document
from ocr_model.documents.recognition import recognise
from ocr_model.documents.selection import PageRequest, select_pages
from ocr_model.documents.squaring import box_before, square_pixels

__all__ = [
    "EncodedPage",
    "Limits",
    "PageRequest",
    "PageSource",
    "box_before",
    "decode_base64",
    "decode_pages",
    "encode_page",
    "open_document",
    "recognise",
    "select_pages",
    "square_pixels",
]
