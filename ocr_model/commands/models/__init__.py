"""Parameters -> forms, prompts, pinned configurations, registered models, a candidate.

What several verbs do with what they are given. Knows nothing of the command line.
"""

from ocr_model.commands.models.candidate import plan_candidate, version_beside
from ocr_model.commands.models.forms import forms_in, forms_unseen_by
from ocr_model.commands.models.grid import listed, versions_of_grid
from ocr_model.commands.models.reading_model import first_model, numbered_uri
from ocr_model.commands.models.settings import (
    Digests,
    acting_user,
    bundled_prompts,
    check_can_read,
    config_from,
    content_setting,
    json_object,
    log_missing_params,
    new_version,
    pinned_prompt,
    refuse_without_text,
    settings_beside_model,
    settings_of,
    uri_to_evaluate,
    wanted_in,
)
