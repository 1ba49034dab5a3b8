"""Decisions as findings and reports: messages, places, traces, labels, baseline, and their JSON."""
