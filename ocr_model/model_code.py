"""The file MLflow runs to get the model: models from code need a script, not a class."""

from mlflow.models import set_model

from ocr_model.pyfunc_model import OcrModel

set_model(OcrModel())
