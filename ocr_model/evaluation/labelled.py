"""Which of the forms say what a model is asked for."""

from __future__ import annotations

from collections.abc import Sequence

from ocr_model.errors import DatasetError
from ocr_model.fields import WantedFields
from ocr_model.forms import Form, true_fields


def labelled_forms(forms: Sequence[Form], wanted: WantedFields | None) -> list[Form]:
    """Those that say what one of the fields is, or are null; without fields all of them.

    Raises:
        DatasetError: nothing could be scored: no form does, or of a model without fields a form has
            no annotation.
    """
    if wanted is None:
        bare = next((form for form in forms if not form.annotated), None)
        if bare is not None:
            raise DatasetError(
                f"Expected annotations to score a model without fields, got {bare.name} with "
                "fields/ only. Evaluate a model with fields (log_model with its parameter fields), "
                "or name a folder with annotations/."
            )
        return list(forms)
    weighed = [field.name for field in wanted.fields if field.weight]
    found = [form for form in forms if true_fields(form, wanted)]
    if not any(name in true_fields(form, wanted) for form in found for name in weighed):
        raise DatasetError(
            f"Expected forms that say what {', '.join(weighed)} should be, got none in "
            f"{len(forms)} forms. Write fields/<name>.json beside images/, or give the fields the "
            "labels that the forms ask with."
        )
    return found
