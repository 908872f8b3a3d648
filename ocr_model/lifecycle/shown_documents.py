"""Which documents a prompt was optimised on: they never count in a verdict on it.

A tag of the prompt version carries their SHA-256: those of its own search and of all its
ancestors'. A model that pins the prompt carries them along.
"""

from __future__ import annotations

from collections.abc import Set

import mlflow

from ocr_model.errors import ConfigError
from ocr_model.prompts import DOCUMENTS_TAG, documents_in_tags

# 65 characters each; MySQL's column takes 65,535 bytes, MLflow 100,000 characters.
MOST_SHOWN = 1000


def documents_shown_to(prompt_uri: str) -> frozenset[str]:
    """SHA-256 of the files; none where the prompt was written by hand, or is not in this registry.

    A version that a person made of an optimised one is written by hand.
    """
    prompt = mlflow.genai.load_prompt(
        prompt_uri, allow_missing=True, link_to_model=False, cache_ttl_seconds=0
    )
    return frozenset(() if prompt is None else documents_in_tags(prompt.tags))


def shown_documents_tag(sha256: Set[str]) -> dict[str, str]:
    """The tag of a prompt version that was optimised on these.

    Raises:
        ConfigError: they are more than a tag holds.
    """
    if len(sha256) > MOST_SHOWN:
        raise ConfigError(
            f"Expected at most {MOST_SHOWN:,} documents that a prompt and its ancestors were "
            f"optimised on, got {len(sha256):,}. Begin from a prompt that was written by hand."
        )
    return {DOCUMENTS_TAG: ",".join(sorted(sha256))}
