"""What a tracking server that checks passwords lets this user do, asked before anything is begun.

Knows nothing of what is then done. Roles are given by the verb `access`.
"""

from ocr_model.access.login import KnownUser, known_user
from ocr_model.access.rights import (
    may_change_model,
    refuse_without_experiment,
    refuse_without_model,
)
