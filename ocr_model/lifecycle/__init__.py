"""Decide which model version is champion, and say where each one came from."""
