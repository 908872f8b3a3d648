"""An LLM for practice, on this machine, without a key."""

from __future__ import annotations

import uvicorn

from ocr_model.commands.cli import PracticeLlm, command
from ocr_model.console import say
from ocr_model.practice import HABITS, PRACTICE_LLM, build_practice_app


def practice_llm(given: PracticeLlm) -> int:
    app = build_practice_app()
    say(f"LLM     {PRACTICE_LLM}: the embedded engine, with bad habits that a prompt can cure")
    for habit in HABITS:
        say(f"        {habit.name}, unless the prompt says: {habit.rule}")
    say(f"\nIn another shell\n  export OPENAI_BASE_URL=http://{given.host}:{given.port}/v1")
    say(f"  {command('evaluate', engine='llm', llm=PRACTICE_LLM, n=5)}")
    uvicorn.run(app, host=given.host, port=given.port, log_level="warning")
    return 0
