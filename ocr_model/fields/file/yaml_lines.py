"""YAML -> its content and the line of every key and item.

Scalars stay as written: `No` is a label and 007 a choice, not false and 7.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import yaml

from ocr_model.errors import ConfigError

Path = tuple[str | int, ...]

# With anchors, a few lines can expand to more than fits in memory.
_MOST_VALUES = 100_000
_NOTHING = frozenset({"", "~", "null", "Null", "NULL"})


@dataclass(frozen=True, slots=True)
class Lined:
    """The content, and the lines of its keys and items by their path, counted from 1."""

    content: Any
    lines: dict[Path, int]

    def line_of(self, path: Path) -> int:
        """The line of a path; if the path is not in the file, of its nearest parent."""
        for end in range(len(path), -1, -1):
            if path[:end] in self.lines:
                return self.lines[path[:end]]
        return 1


def read_yaml(text: str, name: str) -> Lined:
    """`name` is the file's name in messages.

    Raises:
        ConfigError: it is not YAML, has a duplicate key, or expands to too many values.
    """
    loader = None
    try:
        loader = yaml.SafeLoader(text)
        node = loader.get_single_node()
        if node is None:
            return Lined(None, {(): 1})
        if (count := _values_of(node, {})) > _MOST_VALUES:
            raise ConfigError(
                f"Expected at most {_MOST_VALUES:,} values in {name}, with what its anchors stand "
                f"for, got {count:,}. Write fewer."
            )
        lines: dict[Path, int] = {}
        return Lined(_Walk(loader, name, lines).value(node, ()), lines)
    except yaml.MarkedYAMLError as err:
        mark = err.problem_mark or err.context_mark
        line = f", line {mark.line + 1}" if mark is not None else ""
        raise ConfigError(f"Expected YAML in {name}{line}, got: {err.problem}.") from err
    except yaml.YAMLError as err:
        raise ConfigError(f"Expected YAML in {name}, got: {err}") from err
    except RecursionError as err:
        raise ConfigError(
            f"Expected YAML in {name} of a depth that can be read, got an anchor inside itself or "
            "thousands of levels. Write it without."
        ) from err
    finally:
        if loader is not None:
            loader.dispose()


def _values_of(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node expands to, counting each anchor wherever it is used."""
    if id(node) not in known:
        parts: list[yaml.Node] = []
        if isinstance(node, yaml.SequenceNode):
            parts = node.value
        elif isinstance(node, yaml.MappingNode):
            parts = [part for pair in node.value for part in pair]
        known[id(node)] = 1 + sum(_values_of(part, known) for part in parts)
    return known[id(node)]


class _Walk:
    def __init__(self, loader: yaml.SafeLoader, name: str, lines: dict[Path, int]) -> None:
        self._loader, self._name, self._lines = loader, name, lines

    def value(self, node: yaml.Node, path: Path) -> Any:
        self._lines.setdefault(path, node.start_mark.line + 1)
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, path)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        written = str(node.value)
        plain = getattr(node, "style", None) is None
        return None if plain and written in _NOTHING else written

    def _mapping(self, node: yaml.MappingNode, path: Path) -> dict[str, Any]:
        merged = any(key.value == "<<" for key, _ in node.value)
        if merged:
            self._loader.flatten_mapping(node)
        content: dict[str, Any] = {}
        for key, item in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise ConfigError(
                    f"{self._name}, line {line}: expected a word as key, got a list or mapping."
                )
            name = str(key.value)
            if name in content and not merged:
                raise ConfigError(
                    f"{self._name}, line {line}: expected each key once, got {name!r} again. "
                    "Take one of them out."
                )
            self._lines[*path, name] = line
            content[name] = self.value(item, (*path, name))
        return content
