"""Runnable commands, one per verb: `python -m scripts.<verb>`."""
