"""What a prompt was optimised on travels in a tag of its version."""

from __future__ import annotations

import mlflow
import pytest

from ocr_model.errors import ConfigError
from ocr_model.lifecycle import documents_shown_to, shown_documents_tag


def test_the_documents_of_a_prompt_are_found_again(mlflow_store: str) -> None:
    digests = {f"{number:064x}" for number in range(1000)}
    for tags in ({}, shown_documents_tag(digests)):
        mlflow.genai.register_prompt(name="p", template="Read.", tags=tags)
    assert documents_shown_to("prompts:/p/1") == frozenset()
    assert documents_shown_to("prompts:/p/2") == digests
    assert documents_shown_to("prompts:/not_here/1") == frozenset()


def test_more_documents_than_a_tag_holds_are_told() -> None:
    with pytest.raises(ConfigError, match="got 1,001"):
        shown_documents_tag({str(number) for number in range(1001)})
