"""The practice LLM: an endpoint on this machine that reads pages by the embedded engine.

It errs in known ways that a prompt can cure, so that trying, comparing and promoting prompts can be
learned without a key. It calls itself `practice` everywhere: none of its figures is an LLM's.
"""

from ocr_model.practice.app import build_practice_app
from ocr_model.practice.habits import HABITS, PRACTICE_LLM, Habit
