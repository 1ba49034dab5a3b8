"""A centre that is watched, under the name that other software imports it by."""

from tic_rules.analysis.monitor import LOOKED_AT, Changes, Monitor

__all__ = ["LOOKED_AT", "Changes", "Monitor"]
