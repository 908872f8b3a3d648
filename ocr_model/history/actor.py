"""The actor, and the source of the name: a server that checked a password, or only a statement."""

from __future__ import annotations

import getpass
import os
from typing import Literal, NamedTuple

from ocr_model.access import known_user

USER_VARIABLE = "OCR_MODEL_USER"


class Actor(NamedTuple):
    """`authenticated`: the tracking server checked the password and gave the name. `stated`: from
    an option, a setting or a proxy. `os_user`: from the operating system.
    """

    name: str
    kind: Literal["authenticated", "stated", "os_user", "unknown"]


def acting(stated: str = "") -> Actor:
    """The user of this command; a name from the server takes precedence over a stated one."""
    if known := known_user():
        return Actor(known.name, "authenticated")
    said = stated or os.environ.get(USER_VARIABLE) or os.environ.get("MLFLOW_TRACKING_USERNAME")
    if said:
        return Actor(said, "stated")
    try:
        return Actor(getpass.getuser(), "os_user")
    except (OSError, KeyError):  # a container may run under a user id without a name
        return Actor("unknown", "unknown")
