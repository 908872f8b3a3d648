"""A training page on its way through the stages, as forests fitted without it see it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from ocr_model.linker import Floats, Indices, PageView
from ocr_model.linker.stages import Decisions, FirstRound, Groups
from ocr_model.training.truth import PageTruth


@dataclass(slots=True)
class TrainingPage:
    """Each stage sets what the next ones need; probabilities have a row per word, edge or pair."""

    page: PageView
    truth: PageTruth
    word_labels: Floats = field(init=False)
    edges: Indices = field(init=False)
    joined: Floats = field(init=False)
    segments: Groups = field(init=False)
    segment_features: Floats = field(init=False)
    candidates: Indices = field(init=False)
    goes_on: Floats = field(init=False)
    groups: Groups = field(init=False)
    pairs: Indices = field(init=False)
    first_round: FirstRound = field(init=False)

    @property
    def decisions(self) -> Decisions:
        return Decisions(self.edges, self.joined, self.segments, self.candidates, self.goes_on)


Pages = Sequence[TrainingPage]
