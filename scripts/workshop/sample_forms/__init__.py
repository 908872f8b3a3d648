"""Draw the forms of data/sample: lettering, sheets, layouts, and what a scanner does to them."""
