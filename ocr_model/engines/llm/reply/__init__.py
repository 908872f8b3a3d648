"""The text of a completion -> pairs or fields, or the reason why there are none.

Knows nothing of how the completion was obtained.
"""

from ocr_model.engines.llm.reply.field_shapes import SaidText
from ocr_model.engines.llm.reply.loops import Loop, loop_among, loop_in
from ocr_model.engines.llm.reply.parsing import Parsed, flat_answers, join, parse_completion
