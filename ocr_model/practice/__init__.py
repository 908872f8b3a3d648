"""The practice LLM: an endpoint on this machine that reads pages with the embedded engine.

It makes known mistakes that a prompt can stop, so that users can learn to try, compare and promote
prompts without a key. It calls itself `practice` everywhere: none of its figures are a real LLM's.
"""

from ocr_model.practice.app import build_practice_app
from ocr_model.practice.habits import HABITS, PRACTICE_LLM, Habit
