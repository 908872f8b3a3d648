"""The life of a model: logged, registered, compared, judged, promoted, rolled back.

Works on the registry and on earlier runs. Knows nothing of how pages are read.
"""

from ocr_model.lifecycle.champion import (
    find_champion,
    find_version,
    has_versions,
    history_of,
    note_judgement,
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
from ocr_model.lifecycle.learned import (
    FEWEST_UNSEEN,
    Unseen,
    documents_learned_from,
    refuse_too_few,
    unseen_forms,
)
from ocr_model.lifecycle.lineage import lineage_of
from ocr_model.lifecycle.production import PROFILE_FILE, baseline_of, production_rows
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
from ocr_model.lifecycle.prompt_versions import (
    history_of_prompt,
    register_noted_bundled_prompts,
    register_noted_prompt,
)
from ocr_model.lifecycle.recorded_forms import dataset_named, forms_of_dataset
from ocr_model.lifecycle.registry import (
    MODEL_NAME,
    NewVersion,
    config_of_model,
    content_kept,
    download_version,
    files_sha256_of,
    plan_version,
    register_model_once,
    settings_for,
    uri_of,
)
from ocr_model.lifecycle.run_description import (
    as_markdown,
    describe_run,
    link_models,
    model_link,
    name_run,
    note_evidence,
    prompt_link,
    run_link,
    short_name,
    trace_page,
)
from ocr_model.lifecycle.shown_documents import documents_shown_to, shown_documents_tag
from ocr_model.lifecycle.store import (
    EXPERIMENT,
    few_retries,
    find_datasets,
    hold_store,
    local_databases,
    open_store,
    shown_store,
    without_password,
)
from ocr_model.lifecycle.weights import (
    finder_bytes,
    finder_of_model,
    linker_bytes,
    linker_of_model,
)
