"""What is read from rule sets: faults, coverage, differences, proofs. None of it decides a clause by
itself."""
