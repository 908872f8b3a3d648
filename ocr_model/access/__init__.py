"""This user's permissions on a tracking server with authentication, checked before any work.

Knows nothing of that work. The verb `access` grants roles.
"""

from ocr_model.access.login import KnownUser, known_user
from ocr_model.access.rights import (
    may_change_model,
    refuse_without_experiment,
    refuse_without_model,
)
