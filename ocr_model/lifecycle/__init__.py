"""The life of a model: logged, registered, compared, judged, promoted, rolled back.

Works on what the registry and earlier runs hold. Knows nothing of how pages are read.
"""

from __future__ import annotations

from ocr_model.lifecycle.champion import (
    find_champion,
    find_version,
    has_versions,
    now,
    promote_version,
    record_judgement,
    roll_back,
)
from ocr_model.lifecycle.comparison import (
    ModelDifference,
    Scored,
    label_of,
    model_differences,
    most_different_pages,
)
from ocr_model.lifecycle.comparison_report import (
    ModelRow,
    caution,
    conclusion,
    differences_text,
    fields_text,
    models_table,
    pages_text,
    tradeoff_chart,
)
from ocr_model.lifecycle.dataset import folder_last_evaluated, log_dataset
from ocr_model.lifecycle.fields_of_model import wanted_of_model
from ocr_model.lifecycle.lineage import lineage_of
from ocr_model.lifecycle.promotion import (
    GateDecision,
    GateRule,
    PairedResults,
    Requirement,
    Verdict,
    decide,
    failed_share,
    weigh,
)
from ocr_model.lifecycle.registry import (
    MODEL_NAME,
    NewVersion,
    config_of_model,
    plan_version,
    register_model_once,
    uri_of,
)
from ocr_model.lifecycle.store import hold_store, open_store, shown_store
from ocr_model.lifecycle.weights import (
    finder_bytes,
    finder_of_model,
    linker_bytes,
    linker_of_model,
)

__all__ = [
    "MODEL_NAME",
    "GateDecision",
    "GateRule",
    "ModelDifference",
    "ModelRow",
    "NewVersion",
    "PairedResults",
    "Requirement",
    "Scored",
    "Verdict",
    "caution",
    "conclusion",
    "config_of_model",
    "decide",
    "differences_text",
    "failed_share",
    "fields_text",
    "find_champion",
    "find_version",
    "finder_bytes",
    "finder_of_model",
    "folder_last_evaluated",
    "has_versions",
    "hold_store",
    "label_of",
    "lineage_of",
    "linker_bytes",
    "linker_of_model",
    "log_dataset",
    "model_differences",
    "models_table",
    "most_different_pages",
    "now",
    "open_store",
    "pages_text",
    "plan_version",
    "promote_version",
    "record_judgement",
    "register_model_once",
    "roll_back",
    "shown_store",
    "tradeoff_chart",
    "uri_of",
    "wanted_of_model",
    "weigh",
]
