"""Parameters -> forms, prompts, pinned configurations, registered models, a candidate.

What several verbs do with what they are given. Knows nothing of the command line.
"""

from __future__ import annotations

from ocr_model.commands.models.candidate import candidate_of
from ocr_model.commands.models.grid import listed, models_of_grid
from ocr_model.commands.models.settings import (
    acting_user,
    forms_in,
    json_object,
    log_missing_params,
    pinned_prompt,
    registered_model,
    settings_beside_model,
)

__all__ = [
    "acting_user",
    "candidate_of",
    "forms_in",
    "json_object",
    "listed",
    "log_missing_params",
    "models_of_grid",
    "pinned_prompt",
    "registered_model",
    "settings_beside_model",
]
