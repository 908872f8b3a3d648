"""Declared parameters -> command line, help, Python call.

Knows the verbs by name and parameter, and nothing of what they do: a verb's module is imported
when it is run.
"""

from ocr_model.commands.cli.app import main, quiet_mlflow, run, script
from ocr_model.commands.cli.parameters import SAMPLE, Candidate, Grid, NewModel, whole_number
from ocr_model.commands.cli.verbs import (
    VERBS,
    Access,
    Cache,
    Calibrate,
    CheckEndpoint,
    Client,
    Compare,
    Demo,
    Evaluate,
    Extract,
    ExtractSpark,
    FetchFunsd,
    Forget,
    History,
    Lineage,
    LogModel,
    MakeFields,
    Monitor,
    Optimize,
    PracticeLlm,
    Promote,
    ProposeFields,
    RegisterPrompts,
    Review,
    Rollback,
    Train,
    Verify,
)
from ocr_model.commands.cli.wording import command, option
