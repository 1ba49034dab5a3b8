"""From a verdict to what to do: the least change of a centre's data that would make it compliant, put to the
evaluator first."""

from __future__ import annotations

from tic_rules.analysis.plan.making import make_plan
from tic_rules.analysis.plan.model import ActionPlan, Alternative, Rest, Step

__all__ = ["ActionPlan", "Alternative", "Rest", "Step", "make_plan"]
