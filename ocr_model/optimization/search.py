"""The search: `gepa` proposes and breeds candidates; we read, score and record them.

`gepa`'s saved state is not used: it does not include its random draws. Repeating a search with the
same input takes the same steps, and finds their replies in the cache.
"""

from __future__ import annotations

import logging
import random
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ocr_model.errors import ConfigError, OcrModelError
from ocr_model.forms import Form
from ocr_model.optimization.candidates import Candidate, Searched
from ocr_model.optimization.instructions import Instructions
from ocr_model.optimization.reading import CandidateReader, ReadForm
from ocr_model.optimization.reflection import TEMPLATE, Reflector
from ocr_model.optimization.spending import LimitReachedError
from ocr_model.optimization.split import Parts

_log = logging.getLogger(__name__)

# Forms from which a candidate is written and on which it is tried first.
_FORMS_PER_ROUND = 3
# Calls per round, without the choosing forms: the parent, the reflection, the candidate.
ROUND_CALLS = 2 * _FORMS_PER_ROUND + 1
# Rounds in a row without a better candidate after which the search ends.
PATIENCE = 12

_COMPONENT = "instructions"

Tell = Callable[[Candidate, Searched], None]


def search_candidates(
    instructions: Instructions,
    parts: Parts,
    reader: CandidateReader,
    reflector: Reflector,
    seed: int = 0,
    tell: Tell = lambda *_: None,
) -> Searched:
    """Search until a limit is reached, or nothing better is found for `PATIENCE` rounds.

    `tell` is called when a candidate is judged, with the candidate and all so far.

    Raises:
        ConfigError: the limits are too low for the start of the search.
        OcrModelError: the endpoint did not answer.
        ModuleNotFoundError: the extra `optimize` is not installed.
    """
    import gepa  # an extra

    books = _Books(instructions, parts, reader, tell)
    try:
        gepa.optimize(
            seed_candidate={_COMPONENT: instructions.text},
            trainset=parts.search,
            valset=parts.choosing,
            adapter=_Adapter(instructions, reader),
            reflection_lm=reflector,
            reflection_prompt_template=TEMPLATE,
            reflection_minibatch_size=_FORMS_PER_ROUND,
            stop_callbacks=[_Stop(books, reflector)],
            candidate_selection_strategy=_Parents(books, seed),
            callbacks=[books],
            logger=_Log(),
            track_best_outputs=False,
            seed=seed,
        )
    except LimitReachedError as err:
        if books.candidates[0].counts is None:
            raise ConfigError(
                f"Expected limits that suffice for the {len(parts.choosing)} forms to choose on, "
                f"got {err}. Raise it."
            ) from err
        return books.searched(f"the limit of {err} was reached")
    if books.is_perfect:
        return books.searched("every form to choose on was read right")
    return books.searched(f"{PATIENCE} rounds in a row found nothing better")


class _Adapter:
    """`gepa`'s interface: read these forms with this candidate, and report what went wrong."""

    propose_new_texts = None

    def __init__(self, instructions: Instructions, reader: CandidateReader) -> None:
        self._instructions = instructions
        self._reader = reader

    def evaluate(
        self,
        batch: list[Form],
        candidate: dict[str, str],
        capture_traces: bool = False,  # noqa: ARG002 - the name is gepa's
    ) -> Any:
        from gepa.core.adapter import EvaluationBatch

        text = self._instructions.taken_from(candidate[_COMPONENT])
        prompt = self._instructions.rewritten(text)
        read = self._reader.read(prompt, batch)
        return EvaluationBatch(outputs=read, scores=[one.score for one in read], trajectories=read)

    def make_reflective_dataset(
        self,
        candidate: dict[str, str],  # noqa: ARG002 - the names are gepa's
        eval_batch: Any,
        components_to_update: list[str],  # noqa: ARG002
    ) -> Mapping[str, Sequence[Mapping[str, Any]]]:
        read: list[ReadForm] = eval_batch.trajectories
        told = [{"Score": f"{one.score:.2f} of 1", "Feedback": one.feedback} for one in read]
        return {_COMPONENT: told}


class _Books:
    """Follows a search by `gepa`'s events; `gepa` numbers only the candidates it keeps."""

    def __init__(
        self, instructions: Instructions, parts: Parts, reader: CandidateReader, tell: Tell
    ) -> None:
        self._instructions = instructions
        self._parts = parts
        self._reader = reader
        self._tell = tell
        self.candidates = [Candidate(0, 0, None, instructions.text)]
        # In the order of gepa's own numbers; `parents` may be bred from.
        self._kept = [self.candidates[0]]
        self.parents = [0]
        self._parent = self.candidates[0]
        self._scores: list[float] = []
        self.rounds = 0

    def searched(self, ended: str) -> Searched:
        return Searched(self.candidates, ended)

    @property
    def is_over(self) -> bool:
        return self.is_perfect or self.rounds - self.searched("").best.round >= PATIENCE

    @property
    def is_perfect(self) -> bool:
        return self.searched("").best.score == 1.0

    def on_iteration_start(self, event: Mapping[str, Any]) -> None:
        self.rounds = event["iteration"]

    def on_candidate_selected(self, event: Mapping[str, Any]) -> None:
        self._parent = self._kept[event["candidate_idx"]]

    def on_evaluation_end(self, event: Mapping[str, Any]) -> None:
        mean = sum(event["scores"]) / len(event["scores"])
        if event["candidate_idx"] is None:
            self.candidates[-1].after = mean
        else:
            self._scores = [mean]

    def on_proposal_end(self, event: Mapping[str, Any]) -> None:
        text = self._instructions.taken_from(event["new_instructions"][_COMPONENT])
        made = Candidate(len(self.candidates), self.rounds, self._parent.number, text)
        made.before = self._scores[0]
        made.verdict = "not judged: the search ended"
        self.candidates.append(made)

    def on_candidate_rejected(self, event: Mapping[str, Any]) -> None:  # noqa: ARG002 - gepa's
        self._judge(self.candidates[-1], "refused: not better on the forms it was made from")

    def on_valset_evaluated(self, event: Mapping[str, Any]) -> None:
        if event["iteration"] == 0:
            self._count(self.candidates[0])
            self._judge(self.candidates[0], "the start")
            return
        made = self.candidates[-1]
        best = self.searched("").best
        self._count(made)
        self._kept.append(made)
        if any(made.text == one.text for one in self._kept[:-1]):
            verdict = "refused: read these forms before"
        elif _above(made, best):
            verdict = "the best so far"
        elif _above(made, self._parent):
            verdict = "kept: better than its parent"
        else:
            verdict = "refused: not better than its parent on the forms to choose on"
        if not verdict.startswith("refused"):
            self.parents.append(len(self._kept) - 1)
        self._judge(made, verdict)

    def _count(self, candidate: Candidate) -> None:
        prompt = self._instructions.rewritten(candidate.text)
        read = self._reader.read(prompt, self._parts.choosing)
        candidate.counts = self._reader.counts(read)

    def _judge(self, candidate: Candidate, verdict: str) -> None:
        candidate.verdict = verdict
        self._tell(candidate, self.searched(""))


def _above(one: Candidate, other: Candidate) -> bool:
    return one.score is not None and other.score is not None and one.score > other.score


class _Parents:
    """Draws a parent from the candidates that are best on some of the choosing forms.

    Like `gepa`, but without refused candidates: `gepa` would breed from any candidate that is
    better on its own three forms, and takes the newest of equals.
    """

    def __init__(self, books: _Books, seed: int) -> None:
        self._books = books
        self._random = random.Random(seed)  # noqa: S311 - a search, not a secret

    def select_candidate_idx(self, state: Any) -> int:
        from gepa.gepa_utils import select_program_candidate_from_pareto_front

        scores = {
            number: state.prog_candidate_val_subscores[number] for number in self._books.parents
        }
        fronts = {}
        for form in scores[0]:
            best = max(of_forms[form] for of_forms in scores.values())
            fronts[form] = {number for number in scores if scores[number][form] == best}
        means = state.program_full_scores_val_set
        drawn: int = select_program_candidate_from_pareto_front(fronts, means, self._random)
        return drawn


class _Stop:
    def __init__(self, books: _Books, reflector: Reflector) -> None:
        self._books = books
        self._reflector = reflector

    def __call__(self, gepa_state: object) -> bool:  # noqa: ARG002 - the name is gepa's
        """Raises the error that ended the reflections, which `gepa` itself ignores."""
        ended_by = self._reflector.ended_by
        if isinstance(ended_by, LimitReachedError):
            raise ended_by
        if ended_by is not None:
            raise OcrModelError(
                f"{ended_by} The same command goes on from here; what was paid for is kept."
            ) from ended_by
        return self._books.is_over


class _Log:
    def log(self, message: str) -> None:
        _log.debug("%s", message)
