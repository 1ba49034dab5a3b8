"""The cases beside a rule file: decided, held against what they expect, and what they leave out."""
