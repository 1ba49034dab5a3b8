"""Other ways to the statuses that the reference gives: compiled Python, forward chaining, whole tables. None
knows a law of its own."""
