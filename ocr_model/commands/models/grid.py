"""Prompts x LLMs x image settings -> registered models. Knows nothing of their output."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

from ocr_model.commands.cli import Grid, NewModel, listed
from ocr_model.commands.models.settings import (
    NO_PROMPT,
    Digests,
    check_can_read,
    config_from,
    pinned_prompt,
    wanted_in,
)
from ocr_model.config import DEFAULT_LLM, parse_config
from ocr_model.errors import ConfigError
from ocr_model.fields import fields_setting
from ocr_model.lifecycle import NewVersion, plan_version


def versions_of_grid(grid: Grid) -> list[NewVersion]:
    """A version for every combination; none if no grid was requested.

    Raises:
        ConfigError: a setting is unknown or not valid, or the endpoint is not named.
    """
    wanted = wanted_in(grid.fields)
    if not (grid.prompt_uris or grid.llms or grid.image_settings or wanted):
        return []
    llms = listed(grid.llms) or [DEFAULT_LLM]
    images = image_settings(grid.image_settings) or [{}]
    given = NewModel(engine="llm", llm_parameters=grid.llm_parameters, settings=grid.settings)
    digests = Digests(fields=fields_setting(wanted))
    check_can_read(config_from(given, NO_PROMPT, digests))
    prompts = [pinned_prompt(uri) for uri in listed(grid.prompt_uris) or [""]]
    # Rules go to the prompts that accept them; if none does, the first raises an error.
    takers = [prompt for prompt in prompts if "additional_rules" in prompt.variables]
    planned = []
    for prompt, llm, image in product(prompts, llms, images):
        rules = grid.additional_rules if prompt in (takers or prompts) else ""
        config = config_from(replace(given, llm=llm, additional_rules=rules), prompt, digests)
        config = parse_config({**config.model_dump(), **image})
        planned.append(plan_version(config, prompt, wanted=wanted))
    return planned


def image_settings(text: str) -> list[dict[str, str]]:
    """'longest_side=1000,detail=low; detail=high' -> a dictionary of settings for each group.

    A field is the name of a setting without its `image_`.

    Raises:
        ConfigError: an item is not `field=value`.
    """
    return [
        dict(_image_setting(item) for item in listed(group))
        for group in text.split(";")
        if group.strip()
    ]


def _image_setting(item: str) -> tuple[str, str]:
    field, equals, value = (part.strip() for part in item.partition("="))
    if not equals:
        raise ConfigError(
            f"Expected image settings like 'longest_side=1000,detail=low; longest_side=1600', got "
            f"{item!r}."
        )
    return f"image_{field}", value
