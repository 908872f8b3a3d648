"""Many documents into one file of rows, resumable."""
