"""The durable engine: rules decided by forward chaining in a Rete network of durable-rules (extra `durable`).

Facts of the centre are asserted as whole numbers and codes (`facts`); the comparisons with the law's bounds, Kleene's logic,
applicability, deadlines, the agreement of scenarios and the chains of consequences are rules of the network (`network`,
`semantics`), generated from the rule set. What explains a finding (numbers, places, trace) is made when it is looked at.
"""

from tic_rules.engines.rete.deciding import check_rules

__all__ = ["check_rules"]
