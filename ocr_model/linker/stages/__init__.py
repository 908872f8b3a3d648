"""Words -> phrases -> pairs: the fitted stages, each a forest and the features it looks at.

Knows nothing of where the weights come from.
"""

from __future__ import annotations

from ocr_model.linker.stages.counted_labels import with_counted_labels
from ocr_model.linker.stages.pair_stage import (
    ANSWER,
    HEADER,
    QUESTION,
    pair_candidates,
    pair_features,
    second_pair_pass,
)
from ocr_model.linker.stages.phrase_groups import Groups, line_by_line, relabelled, segments_of
from ocr_model.linker.stages.run import STAGES, Decisions, Link, Linked, certainties_of, link_page
from ocr_model.linker.stages.second_round import (
    FirstRound,
    merges_again,
    third_pair_pass,
    third_pass,
)
from ocr_model.linker.stages.segment_stage import (
    merge_candidates,
    merge_features,
    second_pass,
    segment_features,
)
from ocr_model.linker.stages.trees import NODE, Forest, probabilities_of
from ocr_model.linker.stages.word_stage import (
    JOINED,
    edge_features,
    edges_of,
    second_edge_pass,
    word_features,
)

__all__ = [
    "ANSWER",
    "HEADER",
    "JOINED",
    "NODE",
    "QUESTION",
    "STAGES",
    "Decisions",
    "FirstRound",
    "Forest",
    "Groups",
    "Link",
    "Linked",
    "certainties_of",
    "edge_features",
    "edges_of",
    "line_by_line",
    "link_page",
    "merge_candidates",
    "merge_features",
    "merges_again",
    "pair_candidates",
    "pair_features",
    "probabilities_of",
    "relabelled",
    "second_edge_pass",
    "second_pair_pass",
    "second_pass",
    "segment_features",
    "segments_of",
    "third_pair_pass",
    "third_pass",
    "with_counted_labels",
    "word_features",
]
