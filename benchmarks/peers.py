"""The flat work by other engines. Each peer gets the rules in its own form, prepared once, and gives the 30
statuses of a record.

A peer that is not installed is left out of the table, by name.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

from flat_work import FACTS, RULES

Decide = Callable[[dict[str, Any]], tuple[str, ...]]

_SIGNS = {"at_least": ">=", "at_most": "<=", "more_than": ">", "less_than": "<", "is": "=="}


def _literal(value: Any) -> str:
    return json.dumps(value)


def zen_engine() -> Decide:
    """GoRules: the bare expression language, each expression compiled beforehand; a decision table is
    slower."""
    import zen

    def text(fact: str, operator: str, bound: Any) -> str:
        test = (
            f"{fact} in [{', '.join(_literal(b) for b in bound)}]"
            if operator == "among"
            else f"{fact} {_SIGNS[operator]} {_literal(bound)}"
        )
        return f"{fact} == null ? 'unknown' : ({test} ? 'pass' : 'fail')"

    whole = zen.compile_expression("[" + ", ".join(text(*rule) for rule in RULES) + "]")
    return lambda record: tuple(whole.evaluate(record))


def rule_engine() -> Decide:
    import rule_engine as engine

    def text(fact: str, operator: str, bound: Any) -> str:
        test = (
            f"{fact} in [{', '.join(_literal(b) for b in bound)}]"
            if operator == "among"
            else f"{fact} {_SIGNS[operator]} {_literal(bound)}"
        )
        return f"{fact} == null ? 'unknown' : ({test} ? 'pass' : 'fail')"

    rules = [engine.Rule(text(*rule)) for rule in RULES]
    return lambda record: tuple([rule.evaluate(record) for rule in rules])


def _cel(fact: str, operator: str, bound: Any) -> str:
    test = (
        f"{fact} in [{', '.join(_literal(b) for b in bound)}]"
        if operator == "among"
        else f"{fact} {_SIGNS[operator]} {_literal(bound)}"
    )
    return f"{fact} == null ? 'unknown' : ({test} ? 'pass' : 'fail')"


def common_expression_language() -> Decide:
    """CEL in Rust: one program that gives the list of statuses."""
    import cel

    program = cel.compile("[" + ", ".join(_cel(*rule) for rule in RULES) + "]")
    return lambda record: tuple(program.execute(record))


def cel_python() -> Decide:
    import celpy

    def text(fact: str, operator: str, bound: Any) -> str:
        """It refuses to compare a number with null, so what is not known is left out of the record."""
        test = (
            f"r.{fact} in [{', '.join(_literal(b) for b in bound)}]"
            if operator == "among"
            else f"r.{fact} {_SIGNS[operator]} {_literal(bound)}"
        )
        return f"has(r.{fact}) ? ({test} ? 'pass' : 'fail') : 'unknown'"

    environment = celpy.Environment()
    programs = [environment.program(environment.compile(text(*rule))) for rule in RULES]

    def decide(record: dict[str, Any]) -> tuple[str, ...]:
        given = {"r": celpy.json_to_cel({fact: value for fact, value in record.items() if value is not None})}
        return tuple([str(program.evaluate(given)) for program in programs])

    return decide


def json_logic() -> Decide:
    from json_logic import jsonLogic

    def rule(fact: str, operator: str, bound: Any) -> Any:
        test = (
            {"in": [{"var": fact}, list(bound)]}
            if operator == "among"
            else {_SIGNS[operator]: [{"var": fact}, bound]}
        )
        return {"if": [{"===": [{"var": fact}, None]}, "unknown", test, "pass", "fail"]}

    rules = [rule(*one) for one in RULES]
    return lambda record: tuple([jsonLogic(one, record) for one in rules])


def durable_rules() -> Decide:
    """durable-rules used directly, as its documentation has it: one rule a requirement, a fresh session a
    record."""
    from durable.engine import Host

    definition: dict[str, Any] = {}
    found: dict[int, str] = {}

    def tell(place: int, status: str) -> Callable[[Any], None]:
        def run(_: Any) -> None:
            found[place] = status

        return run

    signs = {"at_least": "$gte", "at_most": "$lte", "more_than": "$gt", "less_than": "$lt"}
    for place, (fact, operator, bound) in enumerate(RULES):
        if operator == "among":
            test: Any = {"$or": [{fact: word} for word in bound]}
        else:
            test = {signs[operator]: {fact: bound}} if operator in signs else {fact: bound}
        definition[f"met_{place}"] = {"all": [{"m": test}], "run": tell(place, "pass")}
        definition[f"open_{place}"] = {"all": [{"m": {f"u_{fact}": True}}], "run": tell(place, "unknown")}
    host = Host({"flat": definition})
    count = 0

    def decide(record: dict[str, Any]) -> tuple[str, ...]:
        nonlocal count
        count += 1
        found.clear()
        session = str(count)
        told = {
            fact if value is not None else f"u_{fact}": value if value is not None else True
            for fact, value in record.items()
        }
        host.assert_fact("flat", {"sid": session, "id": session, **told})
        host.delete_state("flat", session)
        return tuple([found.get(place, "fail") for place in range(len(RULES))])

    return decide


OPENFISCA_TOLD = ("fail", "unknown", "pass")
"""The statuses of OpenFisca's formulas by their numbers."""

_WORDS = sorted(
    {
        "",
        "other",
        "comprehensive",
        *(b for _, o, bound in RULES for b in (bound if o == "among" else (bound,)) if isinstance(b, str)),
    }
)


def openfisca_number(value: Any) -> int:
    """Whole numbers of 32 bits, -1 for what is not known: its floats have 24 bits, and 999,999,999 yuan would
    read as 10^9."""
    return -1 if value is None else _WORDS.index(value) if isinstance(value, str) else int(value)


def openfisca_system() -> Any:
    """The 25 facts as input variables, the 30 rules as formulas."""
    import numpy as np
    from openfisca_core.entities import build_entity
    from openfisca_core.periods import DateUnit
    from openfisca_core.taxbenefitsystems import TaxBenefitSystem
    from openfisca_core.variables import Variable

    entity = build_entity(key="centre", plural="centres", label="", doc="", is_person=True)
    system = TaxBenefitSystem([entity])
    common = {"entity": entity, "definition_period": DateUnit.YEAR, "value_type": int}

    def formula(fact: str, operator: str, bound: Any) -> Any:
        limits = (
            np.array([openfisca_number(b) for b in bound]) if operator == "among" else openfisca_number(bound)
        )

        def decide(population: Any, period: Any) -> Any:
            value = population(fact, period)
            if operator == "among":
                met = np.isin(value, limits)
            else:
                met = {
                    "at_least": value >= limits,
                    "at_most": value <= limits,
                    "more_than": value > limits,
                    "less_than": value < limits,
                    "is": value == limits,
                }[operator]
            return np.where(value == -1, 1, np.where(met, 2, 0))

        return decide

    for fact in FACTS:
        system.add_variable(type(fact, (Variable,), dict(common)))
    for place, rule in enumerate(RULES):
        system.add_variable(type(f"rule_{place}", (Variable,), {**common, "formula": formula(*rule)}))
    return system


def openfisca() -> Decide:
    """OpenFisca, made for whole populations, asked for one record: a simulation of one."""
    import numpy as np
    from openfisca_core.simulations import SimulationBuilder

    system = openfisca_system()

    def decide(record: dict[str, Any]) -> tuple[str, ...]:
        simulation = SimulationBuilder().build_default_simulation(system, 1)
        for fact, value in record.items():
            simulation.set_input(fact, "2026", np.array([openfisca_number(value)]))
        return tuple(
            [
                OPENFISCA_TOLD[int(simulation.calculate(f"rule_{place}", "2026")[0])]
                for place in range(len(RULES))
            ]
        )

    return decide


PEERS: dict[str, tuple[str, Callable[[], Decide]]] = {
    "zen-engine": ("zen-engine", zen_engine),
    "common-expression-language": ("common-expression-language", common_expression_language),
    "json-logic": ("json-logic-qubit", json_logic),
    "rule-engine": ("rule-engine", rule_engine),
    "durable-rules": ("durable-rules", durable_rules),
    "openfisca-core": ("OpenFisca-Core", openfisca),
    "cel-python": ("cel-python", cel_python),
}
"""Name, distribution, and how the peer is prepared."""
