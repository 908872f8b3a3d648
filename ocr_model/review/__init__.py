"""A person reviews what was read: the documents, the corrections, and where they are stored."""
