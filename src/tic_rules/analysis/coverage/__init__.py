"""What became of every clause and sentence of a document, and whether the rule set is true to the official
text."""
