from __future__ import annotations

from ocr_model.report import scores_table


def test_scores_stand_with_their_intervals_in_reading_order() -> None:
    metrics = {
        "cost_usd_per_page": 0.000198,
        "key_f1": 0.5,
        "key_f1/ci_low": 0.25,
        "key_f1/ci_high": 1.0,
        "pair_f1_normalized": 0.0,
        "pair_f1_normalized/ci_low": 0.0,
        "pair_f1_normalized/ci_high": 0.0123,
        "prompt_tokens": 12.0,
        "tokens_per_page": 1230.0,
        "checks/mean": 0.125,
        "checks/mean/ci_low": 0.1,
        "checks/mean/ci_high": 0.2,
    }
    assert scores_table(metrics).splitlines() == [
        "  metric                 value   95 % interval",
        "  pair_f1_normalized     0.000  [0.000, 0.012]",
        "  key_f1                 0.500  [0.250, 1.000]",
        "  tokens_per_page        1,230",
        "  cost_usd_per_page   0.000198",
        "  checks/mean            0.125  [0.100, 0.200]",
    ]
