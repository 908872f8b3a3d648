"""Which layers a PDF hides when opened. PDFium draws annotations whatever their layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from ocr_model.documents.drawing.objects import Objects, Ref
else:
    from objects import Objects, Ref

_HIDDEN, _SHOWN = "OFF", "ON"


class Layers:
    """The layers of a document as its default configuration sets them."""

    def __init__(self, objects: Objects) -> None:
        self._objects = objects
        properties = objects.get(objects.root, "OCProperties")
        self._default = objects.get(properties, "D")
        self._are_shown = objects.get(self._default, "BaseState") != _HIDDEN
        self._shown, self._hidden = self._listed(_SHOWN), self._listed(_HIDDEN)

    def hides(self, content: object) -> bool:
        """Whether content on this layer, or on this group of layers, is hidden."""
        told = self._objects.resolve(content)
        if not isinstance(told, dict):
            return False
        if told.get("Type") != "OCMD":
            return not self._is_on(content)
        groups = told.get("OCGs")
        listed = self._objects.resolve(groups)
        on = [self._is_on(group) for group in (listed if isinstance(listed, list) else [groups])]
        match self._objects.get(told, "P"):
            case "AllOn":
                return not all(on)
            case "AnyOff":
                return all(on)
            case "AllOff":
                return any(on)
            case _:
                return not any(on)

    def _is_on(self, group: object) -> bool:
        if group in self._hidden:
            return False
        if not self._are_shown and group not in self._shown:
            return False
        usage = self._objects.get(self._objects.resolve(group), "Usage")
        state = self._objects.get(self._objects.get(usage, "View"), "ViewState")
        return not (state == _HIDDEN and self._objects.get(self._default, "AS"))

    def _listed(self, state: str) -> list[Any]:
        listed = self._objects.listed(self._default, state)
        return [item for item in listed if isinstance(item, Ref)]
