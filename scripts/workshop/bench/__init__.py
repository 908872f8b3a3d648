"""Speed and quality, each measured against a named baseline in the same run."""
