from __future__ import annotations

import pytest

from ocr_model.report.headlines import FATE_STYLES, headline_scores, histogram
from ocr_model.report.metric_table import METRICS


def test_scores_come_in_reading_order_with_their_intervals() -> None:
    metrics = {
        "pair_f1_strict": 0.3,
        "pair_f1_normalized/ci_high": 0.6,
        "pair_f1_normalized/ci_low": 0.4,
        "pair_f1_normalized": 0.5,
        "seconds_per_page": 2.0,
    }
    scores = headline_scores(metrics)
    assert [(score.name, score.value, score.low, score.high) for score in scores] == [
        ("pair_f1_normalized", 0.5, 0.4, 0.6),
        ("pair_f1_strict", 0.3, None, None),
    ]


def test_every_metric_stands_in_the_table_once_and_those_of_the_overview_say_what_they_mean() -> (
    None
):
    assert len({metric.name for metric in METRICS}) == len(METRICS)
    assert all(metric.label and (metric.meaning or not metric.in_overview) for metric in METRICS)


@pytest.mark.parametrize(
    ("shares", "expected"),
    [
        ([], [0] * 10),
        ([0.0, 0.05, 0.3, 1.0], [2, 0, 0, 1, 0, 0, 0, 0, 0, 1]),
        ([0.1, 0.2, 0.7, 0.99], [0, 1, 1, 0, 0, 0, 0, 1, 0, 1]),
    ],
    ids=["none", "the ends", "on the borders"],
)
def test_histogram(shares: list[float], expected: list[int]) -> None:
    assert histogram(shares) == expected


def test_fates_differ_without_colour() -> None:
    styles = FATE_STYLES.values()
    assert len({style.dash for style in styles}) == len(styles)
    assert len({style.sign for style in styles}) == len(styles)


def luminance(colour: str) -> float:
    """WCAG 2 relative luminance."""
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_black_signs_can_be_read_on_every_colour() -> None:
    contrasts = [(luminance(style.colour) + 0.05) / 0.05 for style in FATE_STYLES.values()]
    assert min(contrasts) > 4.5
