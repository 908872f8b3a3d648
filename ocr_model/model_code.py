"""The file MLflow runs to get the model: models from code need a script, not a class.

A process may already have imported another `ocr_model`: a checkout, or the code of another model.
Then this model's own code is imported in addition, so that each model runs the code it was logged
with.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType

from mlflow.models import set_model

_NAME = "ocr_model"
# Absent while the model is being logged, when MLflow runs this file in the package.
_OWN = Path(__file__).parent / "code" / _NAME


def _imported() -> dict[str, ModuleType]:
    return {
        name: module
        for name, module in sys.modules.items()
        if name == _NAME or name.startswith(f"{_NAME}.")
    }


def _sources(package: Path) -> dict[str, bytes]:
    return {
        file.relative_to(package).as_posix(): file.read_bytes() for file in package.rglob("*.py")
    }


def _other_code_is_imported() -> bool:
    found = sys.modules.get(_NAME)
    if found is None or found.__file__ is None or not _OWN.is_dir():
        return False
    imported = Path(found.__file__).parent
    return imported != _OWN and _sources(imported) != _sources(_OWN)


@contextmanager
def _with_own_modules(own: dict[str, ModuleType]) -> Iterator[None]:
    """Let imports find this model's code, and restore the previous modules afterwards."""
    others = _imported()
    for name in others:
        del sys.modules[name]
    sys.modules.update(own)
    sys.path.insert(0, str(_OWN.parent))
    try:
        yield
    finally:
        sys.path.remove(str(_OWN.parent))
        own.update(_imported())
        for name in own:
            del sys.modules[name]
        sys.modules.update(others)


if _other_code_is_imported():
    _own_modules: dict[str, ModuleType] = {}
    with _with_own_modules(_own_modules):
        from ocr_model.pyfunc_model import OcrModel

        class _BesideOthers(OcrModel):
            def load_context(self, context):  # type: ignore[no-untyped-def]
                with _with_own_modules(_own_modules):
                    super().load_context(context)

    set_model(_BesideOthers())
else:
    from ocr_model.pyfunc_model import OcrModel

    set_model(OcrModel())
