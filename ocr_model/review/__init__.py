"""A person looks at what was read: the documents to look at, what is corrected, where that goes."""
