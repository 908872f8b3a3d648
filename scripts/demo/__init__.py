"""A page for people: drop a document, see what a running model server reads in it."""
