"""What several documents ask -> a draft of the file of fields, for a person to edit.

Nothing is required in it; labels that mean the same in other words stay fields of their own.
"""

from ocr_model.fields.proposal.draft import MIN_DOCUMENTS, Draft, draft_fields
