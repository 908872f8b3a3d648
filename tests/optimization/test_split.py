"""Forms go into three parts by what their files hold."""

from __future__ import annotations

from pathlib import Path

import pytest

from ocr_model.errors import ConfigError
from ocr_model.forms import Form, QAPair
from ocr_model.optimization import Parts, split_forms


def forms_of(folder: Path, n: int, first: int = 0) -> list[Form]:
    forms = []
    for number in range(first, first + n):
        path = folder / f"{number}.png"
        path.write_bytes(str(number).encode())
        forms.append(Form(f"form-{number}", path, (QAPair("Name", str(number)),)))
    return forms


def split(forms: list[Form], shown: set[str] = frozenset(), gate: int = 30, seed: int = 0) -> Parts:  # type: ignore[assignment]
    return split_forms(forms, [True] * len(forms), shown, gate, seed)


@pytest.mark.parametrize(
    ("n", "gate", "sizes"),
    [
        (60, 30, (10, 20, 30)),
        (90, 30, (30, 30, 30)),
        (120, 30, (40, 40, 40)),
        (31, 1, (10, 20, 1)),
        (1200, 30, (300, 300, 600)),
    ],
)
def test_the_gate_has_a_third_and_the_rest_is_halved(
    tmp_path: Path, n: int, gate: int, sizes: tuple[int, int, int]
) -> None:
    parts = split(forms_of(tmp_path, n), gate=gate)
    assert (len(parts.search), len(parts.choosing), len(parts.gate)) == sizes


def test_no_form_is_in_two_parts_and_order_and_names_change_nothing(tmp_path: Path) -> None:
    forms = forms_of(tmp_path, 60)
    parts = split(forms)
    of_parts = [set(map(id, part)) for part in (parts.search, parts.choosing, parts.gate)]
    assert sum(map(len, of_parts)) == len(set.union(*of_parts)) == 60
    renamed = [Form(f"x{form.name}", form.image_path, form.pairs) for form in reversed(forms)]
    assert [form.image_path for form in split(renamed).gate] == [
        form.image_path for form in parts.gate
    ]
    assert split(forms, seed=1).gate != parts.gate


def test_a_scan_that_lies_there_twice_is_one_document(tmp_path: Path) -> None:
    forms = forms_of(tmp_path, 60)
    twins = [Form(f"twin-{form.name}", form.image_path, form.pairs) for form in forms[:40]]
    parts = split([*forms, *twins])
    shown = {form.image_path for form in (*parts.search, *parts.choosing)}
    assert shown.isdisjoint(form.image_path for form in parts.gate)
    assert len(parts.shown) == 30


def test_forms_without_truth_are_in_no_part(tmp_path: Path) -> None:
    forms = forms_of(tmp_path, 62)
    parts = split_forms(forms, [number > 1 for number in range(62)], frozenset(), 30)
    assert len(parts.search) + len(parts.choosing) + len(parts.gate) == 60


def test_what_an_ancestor_was_shown_is_never_for_the_gate(tmp_path: Path) -> None:
    forms = forms_of(tmp_path, 90)
    shown = {form.image_sha256 for form in split(forms).gate}
    parts = split(forms, shown)
    assert len(parts.gate) == 30
    assert shown.isdisjoint(form.image_sha256 for form in parts.gate)


@pytest.mark.parametrize(
    ("n", "shown", "told"),
    [
        (59, 0, "at least 60 labelled documents: 10 .* 20 .* 30 .* got 59. Label 1 more"),
        (90, 70, "got 90, 20 of them never shown. Label 10 more"),
        (0, 0, "got 0. Label 60 more"),
    ],
)
def test_too_few_forms_are_told_with_what_is_missing(
    tmp_path: Path, n: int, shown: int, told: str
) -> None:
    forms = forms_of(tmp_path, n)
    with pytest.raises(ConfigError, match=told):
        split(forms, {form.image_sha256 for form in forms[:shown]})
