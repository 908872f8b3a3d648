"""Show an evaluation: tables for the terminal, pictures and pages for a browser."""
