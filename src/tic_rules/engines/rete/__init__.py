"""The durable engine: rules decided by forward chaining in a Rete network of durable-rules (extra `durable`).

The rules are generated from the core form (`engines.lowering`), and so are the questions that are put to a centre (`plan`).
Facts of the centre are asserted as whole numbers and codes (`asking`, `facts`); the comparisons with the law's bounds, Kleene's
logic, applicability, statuses, the agreement of scenarios and the chains of consequences are rules of the network (`network`,
`semantics`). It decides statuses; what explains a finding is the reference's decision, made when it is looked at.
"""

from tic_rules.engines.rete.deciding import check_rules

__all__ = ["check_rules"]
