"""The documents a prompt was optimised on: they never count in a verdict on it.

A tag of the prompt version has their SHA-256, from its own search and from all its ancestors'. A
model that pins the prompt has them, too.
"""

from __future__ import annotations

from collections.abc import Set

import mlflow

from ocr_model.errors import ConfigError
from ocr_model.prompts import DOCUMENTS_TAG, documents_in_tags

# 65 characters each; MySQL's column has 65,535 bytes, MLflow allows 100,000 characters.
MOST_SHOWN = 1000


def documents_shown_to(prompt_uri: str) -> frozenset[str]:
    """SHA-256 of the files; none if the prompt was written by hand, or is not in this registry.

    A version that a person edited from an optimised one counts as written by hand.
    """
    prompt = mlflow.genai.load_prompt(
        prompt_uri, allow_missing=True, link_to_model=False, cache_ttl_seconds=0
    )
    return frozenset(() if prompt is None else documents_in_tags(prompt.tags))


def shown_documents_tag(sha256: Set[str]) -> dict[str, str]:
    """The tag of a prompt version that was optimised on these.

    Raises:
        ConfigError: they do not fit into a tag.
    """
    if len(sha256) > MOST_SHOWN:
        raise ConfigError(
            f"Expected at most {MOST_SHOWN:,} documents that a prompt and its ancestors were "
            f"optimised on, got {len(sha256):,}. Begin from a prompt that was written by hand."
        )
    return {DOCUMENTS_TAG: ",".join(sorted(sha256))}
