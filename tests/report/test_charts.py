from __future__ import annotations

import io

import pytest
from matplotlib.figure import Figure
from PIL import Image

from ocr_model.report.charts import draw_charts
from ocr_model.report.headlines import Score
from ocr_model.report.pair_matching import Fate

COUNTS = {Fate.FOUND: 60, Fate.WRONG_ANSWER: 10, Fate.WRONG_KEY: 1, Fate.MISSED: 29,
          Fate.INVENTED: 0}  # fmt: skip
SCORES = [Score("pair_f1_normalized", "Pair F1", "", 0.5, 0.4, 0.6)]


def png(figure: Figure) -> Image.Image:
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png")
    return Image.open(buffer)


def texts(figure: Figure) -> list[str]:
    [axes] = figure.axes
    return [text.get_text() for text in axes.texts]


def test_charts_have_names_and_draw() -> None:
    charts = draw_charts(SCORES, [0.1, 0.5, 0.55], COUNTS)
    assert list(charts) == ["scores.png", "page_f1.png", "pairs.png"]
    assert all(min(png(figure).size) > 150 for figure in charts.values())


def test_bars_count_forms_by_f1() -> None:
    [axes] = draw_charts(SCORES, [0.1, 0.5, 0.55, 1.0], COUNTS)["page_f1.png"].axes
    heights = [patch.get_height() for patch in axes.patches]  # type: ignore[attr-defined]
    assert heights == [0, 1, 0, 0, 0, 2, 0, 0, 0, 1]


def test_labelled_and_read_pairs_are_counted_where_there_is_room() -> None:
    assert texts(draw_charts(SCORES, [0.5], COUNTS)["pairs.png"]) == ["60", "10", "29", "60", "10"]


def test_interval_spans_from_low_to_high() -> None:
    [axes] = draw_charts(SCORES, [0.5], COUNTS)["scores.png"].axes
    interval, point = axes.lines
    assert list(interval.get_xdata()) == [0.4, 0.6]
    assert list(point.get_xdata()) == [0.5]


@pytest.mark.parametrize("title", ["Scores and their 95 % intervals", "Scores"])
def test_title_promises_intervals_only_where_there_are_some(title: str) -> None:
    bound = 0.4 if "intervals" in title else None
    scores = [Score("pair_f1_normalized", "Pair F1", "", 0.5, bound, bound)]
    [axes] = draw_charts(scores, [0.5], COUNTS)["scores.png"].axes
    assert axes.get_title(loc="left") == title


def test_nothing_labelled_and_nothing_read_draws_too() -> None:
    charts = draw_charts(SCORES, [1.0], dict.fromkeys(Fate, 0))
    assert all(png(figure) for figure in charts.values())
