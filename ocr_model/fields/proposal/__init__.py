"""The questions of several documents -> a draft of the fields file, for a person to edit.

No field is required in it; labels with the same meaning but other words stay separate fields.
"""

from ocr_model.fields.proposal.draft import MIN_DOCUMENTS, Draft, draft_fields
