"""Who changed what, when and why: numbered events in the tracking server, each naming the previous.

Knows nothing of gates, models and prompts.
"""

from ocr_model.history.actor import Actor, acting
from ocr_model.history.event import Change, Event, Kind, Recorded
from ocr_model.history.findings import Finding, findings_of
from ocr_model.history.log import append_event, open_history, read_history
