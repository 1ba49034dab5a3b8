"""Two rule sets compared by topic."""
