"""Who acts, and how that is known: a server that has checked a password, or only what was said."""

from __future__ import annotations

import getpass
import os
from typing import Literal, NamedTuple

from ocr_model.access import known_user

USER_VARIABLE = "OCR_MODEL_USER"


class Actor(NamedTuple):
    """`authenticated`: the tracking server gave the name for the password it was sent. `stated`: by
    an option, a setting or a proxy. `os_user`: whoever the operating system says.
    """

    name: str
    kind: Literal["authenticated", "stated", "os_user", "unknown"]


def acting(stated: str = "") -> Actor:
    """Who runs this command; a name that the server knows goes before one that is stated."""
    if known := known_user():
        return Actor(known.name, "authenticated")
    said = stated or os.environ.get(USER_VARIABLE) or os.environ.get("MLFLOW_TRACKING_USERNAME")
    if said:
        return Actor(said, "stated")
    try:
        return Actor(getpass.getuser(), "os_user")
    except (OSError, KeyError):  # a container may run under a number that has no name
        return Actor("unknown", "unknown")
