"""From a verdict to what to do: the least change of a centre's data that would make it compliant, put to the
evaluator first."""

from __future__ import annotations

from tic_rules.analysis.plan.model import ActionPlan, Alternative, Rest, Step
from tic_rules.analysis.plan.rounds import make_plan

__all__ = ["ActionPlan", "Alternative", "Rest", "Step", "make_plan"]
