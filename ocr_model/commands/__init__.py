"""The verbs: one module each, for `ocr-model <verb>`, `python -m scripts.<verb>` and `run`.

A verb reads its parameters, calls the packages below and prints the result. Knows nothing of pages,
engines and scores themselves.
"""

from ocr_model.commands.cli import main, run, script
