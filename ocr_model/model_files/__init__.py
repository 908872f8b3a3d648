"""The files of a model: their digests, written when it is logged and checked before it is served.

Runs nothing of the model, and knows no store: whoever asks has the folder and the digest.
"""

from ocr_model.model_files.contents import Contents, contents_of
from ocr_model.model_files.manifest import RECORDED_AS, faults_of, write_manifest
