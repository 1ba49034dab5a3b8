"""The durable engine: rules decided by forward chaining in a Rete network of durable-rules (extra
`durable`).

The rules are generated from the core form (`engines.lowering`), and so are the questions that are put to a
centre (`plan`). Facts of the centre are asserted as whole numbers and codes (`questions`, `facts`); the
comparisons with the law's bounds, Kleene's logic, applicability, statuses, the agreement of scenarios and
the chains of consequences are rules of the network (`network`, `semantics`). It decides statuses; what
explains a finding is the reference's decision, made when it is looked at."""

from __future__ import annotations

import threading

from tic_rules.engines.explanation import Concluded
from tic_rules.engines.rete.facts import facts_of
from tic_rules.engines.rete.network import network_of
from tic_rules.engines.rete.plan import NumberedRules, plan_of
from tic_rules.engines.rete.semantics import STATUSES
from tic_rules.engines.rete.session import Deciding, Network
from tic_rules.engines.rete.worker import Worker
from tic_rules.evaluation.facts import Scene
from tic_rules.model.ruleset import RuleSet

_LOCK = threading.Lock()


def check_rules(scene: Scene, isolated: bool = False) -> Concluded:
    """Every rule of the scene's rule set, in its order, by forward chaining."""
    plan, deciding = _ready(scene.ruleset, isolated)
    done = deciding.decide(facts_of(scene, plan), len(plan.rules))
    return Concluded(scene, [STATUSES[done[planned.number]] for planned in plan.rules], "durable")


def _ready(ruleset: RuleSet, isolated: bool) -> tuple[NumberedRules, Deciding]:
    """A rule set's network, built when it is first asked for and kept with the rule set."""
    key = ("durable", isolated)
    with _LOCK:
        ready = ruleset._compiled.get(key)
        if ready is None:
            plan = plan_of(ruleset)
            definition = network_of(ruleset, plan)
            deciding: Deciding = (
                Worker(ruleset.id, definition) if isolated else Network(ruleset.id, definition)
            )
            ready = ruleset._compiled[key] = plan, deciding
    return ready
