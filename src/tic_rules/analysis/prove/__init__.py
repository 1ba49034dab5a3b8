"""Comparisons proved over all data, with witnesses."""
