from __future__ import annotations

import pytest

from ocr_model.fields.decision.candidates import PageContent
from ocr_model.fields.decision.decide import decide_fields
from ocr_model.fields.file.field_file import parse_fields
from ocr_model.schema import Box, FieldStatus, Word
from tests.fields.decision.pages import page

WANTED = parse_fields(
    """
fields:
  - name: items
    type: table
    columns:
      - {name: article, labels: [Description, Article]}
      - {name: quantity, labels: [Qty], type: number}
      - {name: amount, type: currency}
"""
)


def rows_of(*pages: PageContent) -> list[list[str | None]]:
    rows: dict[int | None, list[str | None]] = {}
    for value in decide_fields(WANTED, pages).values:
        said = value.value if value.status is FieldStatus.FOUND else f"[{value.status.value}]"
        rows.setdefault(value.row, []).append(said)
    return list(rows.values())


def test_cells_stand_below_their_headers() -> None:
    text = """
Description            Qty        Amount
Bolt M8                  4          9.50
Nut                     10          3.00
Total                              12.50
Thank you
"""
    assert rows_of(page(text)) == [["Bolt M8", "4", "9.50"], ["Nut", "10", "3.00"]]


def test_article_on_two_lines_is_one_row_and_a_blank_cell_is_blank() -> None:
    text = """
Article                Qty        Amount
Bolt M8                  4          9.50
galvanised
Delivery                            3.00
"""
    assert rows_of(page(text)) == [
        ["Bolt M8 galvanised", "4", "9.50"],
        ["Delivery", "[blank]", "3.00"],
    ]


def test_wide_cell_between_two_headers_goes_to_the_one_it_stands_under() -> None:
    text = """
Description            Qty        Amount
Bolt M8 galvanised x   4          9.50
"""
    assert rows_of(page(text)) == [["Bolt M8 galvanised x", "4", "9.50"]]


def test_columns_that_are_not_wanted_are_left_out() -> None:
    text = """
No   Article                Qty   Price     Amount
1    Bolt M8                  4    2.50      10.00
"""
    assert rows_of(page(text)) == [["Bolt M8", "4", "10.00"]]


def test_header_on_two_lines_is_one() -> None:
    # The second line of the header overlaps the first, as on a scan that is askew.
    content = page("Article      Qty    Amount\nBolt           4      9.50")
    low = Word("pcs", Box(91, 4, 112, 16), 1.0)
    shifted = PageContent(1, (), [*content.words, low])
    assert rows_of(shifted) == [["Bolt", "4", "9.50"]]


def test_table_goes_on_where_a_page_repeats_its_header() -> None:
    first = page("Article   Qty   Amount\nBolt      4     9.50")
    second = page("Article   Qty   Amount\nNut       2     1.50", number=2)
    assert rows_of(first, second) == [["Bolt", "4", "9.50"], ["Nut", "2", "1.50"]]


def test_words_in_running_text_are_no_header() -> None:
    assert rows_of(page("Description follows below\nno table here")) == [["[missing]"]]


def test_cell_that_is_not_of_its_type_is_invalid_with_its_place() -> None:
    value = decide_fields(WANTED, [page("Article   Qty   Amount\nBolt      four  9.50")]).values[1]
    assert (value.status, value.row, value.column) == (FieldStatus.INVALID, 1, "quantity")
    assert value.text == "four"
    assert value.box is not None


def test_header_beside_one_that_is_wanted_is_a_column_of_its_own() -> None:
    text = """
No. Description        Qty        Amount
 1  Bolt M8              4          9.50
 2  Nut                 10          3.00
"""
    assert rows_of(page(text)) == [["Bolt M8", "4", "9.50"], ["Nut", "10", "3.00"]]


def test_header_behind_one_that_is_wanted_is_a_column_of_its_own() -> None:
    text = """
Article                Qty Unit        Amount
Bolt M8                  4 pcs           9.50
Nut                     10 kg            3.00
"""
    assert rows_of(page(text)) == [["Bolt M8", "4", "9.50"], ["Nut", "10", "3.00"]]


def test_label_of_several_words_is_one_column() -> None:
    text = """
Our Description        Qty       Amount (EUR)
Desk lamp, brass         4               9.50
LED bulb                10               3.00
"""
    assert rows_of(page(text)) == [["Desk lamp, brass", "4", "9.50"], ["LED bulb", "10", "3.00"]]


def test_lone_row_does_not_tell_headers_apart_that_may_be_one() -> None:
    text = """
Our Description        Qty        Amount
Few bolts                4          9.50
"""
    assert rows_of(page(text)) == [["Few bolts", "4", "9.50"]]


@pytest.mark.parametrize(
    "line",
    [
        "Nettobetrag                        12.50",
        "                 Nettobetrag       12.50",
        "                    Razem          12.50",
        "Net total                          12.50",
        "Zwischensumme           14         12.50",
        "Sous-total                         12.50",
        "Übertrag                           12.50",
        "Carried forward                    12.50",
        "Suma y sigue                       12.50",
        "Totaalbedrag                       12.50",
    ],
)
def test_sum_is_no_row(line: str) -> None:
    text = f"""
Article                Qty        Amount
Bolt M8                  4          9.50
Nut                     10          3.00
{line}
"""
    assert rows_of(page(text)) == [["Bolt M8", "4", "9.50"], ["Nut", "10", "3.00"]]


def test_sum_of_the_page_before_is_no_row() -> None:
    header = "Article                Qty        Amount\n"
    first = page(f"{header}Bolt M8                  4          9.50")
    carried = "Übertrag                            9.50\n"
    second = page(f"{header}{carried}Nut                     10          3.00", number=2)
    assert rows_of(first, second) == [["Bolt M8", "4", "9.50"], ["Nut", "10", "3.00"]]


def test_article_called_like_a_sum_is_a_row_where_all_its_numbers_stand() -> None:
    wanted = parse_fields(
        "fields: [{name: items, type: table, columns: [{name: article}, {name: qty, type: number}, "
        "{name: price, type: currency}, {name: amount, type: currency}]}]"
    )
    text = """
Article             Qty    Price    Amount
Nut                   2     1.50      3.00
Weight set            4     2.00      8.00
Total                                11.00
"""
    values = decide_fields(wanted, [page(text)]).values
    assert [value.value for value in values if value.column == "article"] == ["Nut", "Weight set"]
