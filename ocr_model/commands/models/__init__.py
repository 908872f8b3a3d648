"""Parameters -> forms, prompts, pinned configurations, registered models, a candidate.

What several verbs do with what they are given. Knows nothing of the command line.
"""

from __future__ import annotations

from ocr_model.commands.models.candidate import plan_candidate
from ocr_model.commands.models.grid import listed, versions_of_grid
from ocr_model.commands.models.settings import (
    acting_user,
    bundled_prompts,
    check_can_read,
    config_from,
    forms_in,
    json_object,
    log_missing_params,
    new_version,
    pinned_prompt,
    settings_beside_model,
    settings_of,
    wanted_in,
)

__all__ = [
    "acting_user",
    "bundled_prompts",
    "check_can_read",
    "config_from",
    "forms_in",
    "json_object",
    "listed",
    "log_missing_params",
    "new_version",
    "pinned_prompt",
    "plan_candidate",
    "settings_beside_model",
    "settings_of",
    "versions_of_grid",
    "wanted_in",
]
