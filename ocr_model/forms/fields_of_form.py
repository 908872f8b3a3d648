"""Forms and the wanted fields -> their true values, as far as they are labelled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ocr_model.errors import DatasetError, excerpt
from ocr_model.fields import Field, WantedFields
from ocr_model.forms.field_truth import FieldTruth, Said
from ocr_model.forms.funsd import Form
from ocr_model.normalize import fold_text


def labelled_forms(forms: Sequence[Form], wanted: WantedFields | None) -> list[Form]:
    """The forms with a label for one of the fields, null included; without fields all forms.

    Raises:
        DatasetError: nothing can be scored: no form has such a label, or, without fields, a form
        has
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


def true_fields(form: Form, wanted: WantedFields) -> FieldTruth:
    """The truth by the names of the wanted fields; unlabelled fields are left out.

    Taken from the form's own `fields`; for other fields, from its pairs: the answers to the
    questions that equal the name or a label of the field, one by one for a list, else joined in
    order, equal ones once. A field whose questions were all left blank is None.

    Pairs [("Total:", "9.00")], blank ["Due"] with total, due and supplier
        -> {"total": "9.00", "due": None}

    Raises:
        DatasetError: the form's own `fields` do not fit, such as rows for a field that is no table.
    """
    given = {fold_text(name): said for name, said in (form.fields or {}).items()}
    truth = dict[str, Said]()
    for field in wanted.fields:
        if (name := fold_text(field.name)) in given:
            truth[field.name] = _fitting(field, given[name], form)
        elif (answers := _answers_to(field, form)) is not None:
            joined = " ".join(dict.fromkeys(answers)) or None
            truth[field.name] = answers if field.type == "list" else joined
    return truth


def _fitting(field: Field, said: Said, form: Form) -> Said:
    """The value in the file, if it fits the field: one text, texts, or rows of texts."""
    if said is None or said == []:
        return None
    if isinstance(said, str):
        fits = field.type != "table"
    else:
        fits = field.type == ("table" if isinstance(said[0], Mapping) else "list")
    if not fits:
        expected = {"table": "rows", "list": "texts"}.get(field.type, "one text")
        raise DatasetError(
            f"fields/{form.name}.json, {field.name}: expected {expected}, as the model has it as "
            f"{field.type}, got {excerpt(said)}."
        )
    return said


def _answers_to(field: Field, form: Form) -> list[str] | None:
    """None if pairs do not show it: no question asks for it; the rows of a table; whether there is
    an unticked box.
    """
    questions = {fold_text(text) for text in (field.name, *field.labels)}
    answers = [pair.answer for pair in form.pairs if fold_text(pair.question) in questions]
    blank = any(fold_text(question) in questions for question in form.blank_questions)
    if field.type == "table" or not (answers or (blank and field.type != "boolean")):
        return None
    return answers
