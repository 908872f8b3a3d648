"""Hours of bad luck in minutes: what CI runs a little of, in full."""
