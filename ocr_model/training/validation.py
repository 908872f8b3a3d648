"""Cross-validate by form: scores on unseen forms, and the learning curve."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import numpy as np

from ocr_model.linker import Linker, answers_of
from ocr_model.schema import Answer
from ocr_model.training.boosting import Growth
from ocr_model.training.fit import fit_linker
from ocr_model.training.training_set import TrainingSet

# With fewer, three folds within a fold may lack one of the four labels.
_FEWEST = 10

# Called after each fit.
Progress = Callable[[], object]


def _untold() -> None:
    return None


def cross_validate(
    forms: TrainingSet,
    folds: int,
    seed: int,
    fewer: int | None = None,
    tell: Progress = _untold,
    growths: Mapping[str, Growth] | None = None,
    start: Linker | None = None,
) -> list[tuple[Answer, ...]]:
    """Answers for every form by a linker that was fitted without its fold.

    Each starts from `start` if given. With `fewer`, each linker is fitted on that many forms only,
    never on forms of its own fold.
    """
    order = np.random.default_rng(seed).permutation(len(forms.pages))
    found: dict[int, tuple[Answer, ...]] = {}
    for fold in np.array_split(order, folds):
        rest = [int(i) for i in order if i not in set(fold.tolist())]
        linker = fit_linker(forms.part(rest[:fewer]), seed=seed, growths=growths, start=start)
        found |= {int(i): answers_of(forms.pages[i].page, 1, linker) for i in fold}
        tell()
    return [found[i] for i in range(len(forms.pages))]


def curve_sizes(forms: int, folds: int, wanted: Sequence[int]) -> list[int]:
    """The wanted sizes that the forms allow: 149 forms, 5 folds, [10, 50, 200] -> [10, 50].

    Without the full size, which is the cross-validation itself.
    """
    most = forms - -(-forms // folds)
    return sorted({size for size in wanted if _FEWEST <= size < most})
