"""Text that a document claims to draw -> the words of its page, where the rendered page confirms
it.

In any doubt the page is read from its pixels. Knows nothing of PDFs: `documents` parses them.
"""

from ocr_model.engines.printed.reading import Doubt, read_printed
