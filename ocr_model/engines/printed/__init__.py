"""Text that a document says it draws -> the words of its page, where the picture bears it out.

Any doubt, and the page is read from its pixels. Knows nothing of PDFs: they are taken apart in
`documents`.
"""

from ocr_model.engines.printed.reading import Doubt, read_printed
