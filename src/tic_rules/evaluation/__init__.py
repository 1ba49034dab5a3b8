"""The definition: a centre, a rule set and a day give decisions."""
