"""Prompts x LLMs x image settings -> registered models. Knows nothing of what they read."""

from __future__ import annotations

from itertools import product

from ocr_model.commands.cli import Grid, NewModel
from ocr_model.commands.models.settings import check_endpoint_named, config_from, pinned_prompt
from ocr_model.config import DEFAULT_LLM, parse_config
from ocr_model.errors import ConfigError
from ocr_model.lifecycle import register_model_once, uri_of


def models_of_grid(grid: Grid) -> list[str]:
    """Register every combination once and give the model URIs; none where no grid was asked for.

    Raises:
        ConfigError: a setting is unknown or not valid; nothing has been registered then.
    """
    if not (grid.prompt_uris or grid.llms or grid.image_settings):
        return []
    prompts = [pinned_prompt(uri) for uri in listed(grid.prompt_uris) or [""]]
    llms = listed(grid.llms) or [DEFAULT_LLM]
    images = image_settings(grid.image_settings) or [{}]
    # Rules go to the prompts that take them; where none does, the first says so.
    takers = [prompt for prompt in prompts if "additional_rules" in prompt.variables]
    planned = []
    for prompt, llm, image in product(prompts, llms, images):
        rules = grid.additional_rules if prompt in (takers or prompts) else ""
        model = NewModel(
            engine="llm",
            llm=llm,
            llm_parameters=grid.llm_parameters,
            additional_rules=rules,
            settings=grid.settings,
        )
        config = config_from(model, prompt)
        planned.append((parse_config({**config.model_dump(), **image}), prompt))
    for config, _ in planned:
        check_endpoint_named(config)
    versions = [register_model_once(config, prompt) for config, prompt in planned]
    return [uri_of(version) for version in versions]


def listed(text: str) -> list[str]:
    """'a, b,' -> ['a', 'b']."""
    return [item.strip() for item in text.split(",") if item.strip()]


def image_settings(text: str) -> list[dict[str, str]]:
    """'longest_side=1000,detail=low; detail=high' -> a dictionary of settings for each group.

    A field is the name of a setting without its `image_`.

    Raises:
        ConfigError: something is not `field=value`.
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
