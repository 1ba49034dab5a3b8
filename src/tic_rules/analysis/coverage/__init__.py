"""What became of every clause of a document, and whether the rule set is true to the official text."""
