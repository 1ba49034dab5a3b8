"""What the words mean: centre, programme, vocabulary, conditions, rule set."""
