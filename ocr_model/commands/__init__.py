"""The verbs: one module each, for `ocr-model <verb>`, `python -m scripts.<verb>` and `run`.

A verb reads what it is given, lets the rooms below do the work and prints what came of it. Knows
nothing of pages, engines and scores themselves.
"""

from ocr_model.commands.cli import main, run, script
