"""The compiled engine: a rule set becomes plain Python functions, once, and they decide the statuses of a
centre.

The functions are made from the core form (`engines.lowering`) by `reading` and `logic`; `program` decides
by them. A centre whose clock is open (several scenarios) is the reference's. `rows` decides single rows of
flat facts."""

from __future__ import annotations

import threading

from tic_rules.engines.explanation import Concluded
from tic_rules.engines.python.program import Program, compile_rules, decide
from tic_rules.evaluation.facts import Scene
from tic_rules.model.ruleset import RuleSet

_LOCK = threading.Lock()


def program_of(ruleset: RuleSet, programme: bool = False) -> Program:
    """The functions of a rule set for a centre or a programme; made when they are first asked for, kept
    with the rule set."""
    key = ("program", programme)
    made: Program | None = ruleset._compiled.get(key)
    if made is None:
        with _LOCK:
            made = ruleset._compiled.get(key)
            if made is None:
                made = ruleset._compiled[key] = compile_rules(ruleset, programme)
    return made


def check_rules(scene: Scene) -> Concluded | None:
    """Every rule of the scene's rule set; None where the clock is open, and the reference has to decide."""
    statuses = decide(program_of(scene.ruleset, scene.programme), scene)
    return None if statuses is None else Concluded(scene, statuses, "compiled")
