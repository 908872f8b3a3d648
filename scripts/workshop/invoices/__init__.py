"""Twelve invoices of four layouts, in English and German, and what they say: data/invoices."""
