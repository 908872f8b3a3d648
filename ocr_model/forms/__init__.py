"""Labelled forms -> what each says in truth: pairs, words, boxes.

Knows nothing of models and of what they read.
"""

from ocr_model.forms.annotation import LabelledPair, QAPair, extract_qa_pairs
from ocr_model.forms.field_truth import FieldTruth, load_field_truth, parse_field_truth
from ocr_model.forms.fields_of_form import labelled_forms, true_fields
from ocr_model.forms.funsd import (
    IMAGE_SUFFIXES,
    Form,
    choose_random_annotation_names,
    holds_labels,
    load_annotation_file,
    load_annotation_items,
    load_forms,
)
from ocr_model.forms.funsd_archive import FUNSD, Archive, fetch

__all__ = [
    "FUNSD",
    "IMAGE_SUFFIXES",
    "Archive",
    "FieldTruth",
    "Form",
    "LabelledPair",
    "QAPair",
    "choose_random_annotation_names",
    "extract_qa_pairs",
    "fetch",
    "holds_labels",
    "labelled_forms",
    "load_annotation_file",
    "load_annotation_items",
    "load_field_truth",
    "load_forms",
    "parse_field_truth",
    "true_fields",
]
