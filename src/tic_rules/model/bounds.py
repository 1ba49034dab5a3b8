"""Numbers of rules and facts that are written in a unit which is not that of their fact."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from tic_rules.core.numbers import is_amount, is_part
from tic_rules.model import conditions as c
from tic_rules.model.time_faults import Fault, Loc
from tic_rules.model.vocabulary import Fact


def operand_faults(facts: Mapping[str, Fact], at: Loc, written: Callable[[Loc], object]) -> Iterator[Fault]:
    """What is wrong with the numbers that facts are made of; `at` is the place of the facts."""
    for name, fact in facts.items():
        for key in ("smaller", "larger"):
            for index, operand in enumerate(getattr(fact, key) or ()):
                place = (*at, name, key, index)
                one, unit = written(place), fact.unit
                if isinstance(one, dict):
                    one, unit = one.get("times"), "ratio"
                if (
                    isinstance(one, str)
                    and not isinstance(operand, str)
                    and (wrong := _wrong_unit(one, unit))
                ):
                    zh = f"{one} 是{wrong[0]}，与 {name} 不符"
                    yield "wrong-unit", place, zh, f"{one} is {wrong[1]}, which does not fit {name}"


def bound_faults(
    rule: c.Node, at: Loc, facts: Mapping[str, Fact], written: Callable[[Loc], object]
) -> Iterator[Fault]:
    """What is wrong with the bounds of a rule; `written` gives what stands at a place, before it is read."""
    for place, node in c.nodes_of(rule, at):
        if not isinstance(node, (c.Compare, c.Share)) or node.fact not in facts:
            continue
        unit = "ratio" if isinstance(node, c.Share) else facts[node.fact].unit
        bound = written((*place, node.operator))
        if isinstance(bound, dict):
            bound, unit = bound.get("times"), "ratio"
        for one in bound if isinstance(bound, list) else [bound]:
            if isinstance(one, str) and (wrong := _wrong_unit(one, unit)):
                zh = f"{node.fact} 的界限不能写成{wrong[0]}：{one}"
                en = f"{one} is {wrong[1]}, which is no bound of {node.fact}"
                yield "wrong-unit", (*place, node.operator), zh, en


def _wrong_unit(written: str, unit: str | None) -> tuple[str, str] | None:
    """What a bound is written as though its fact has another unit; None where it fits."""
    if unit not in (None, "CNY") and is_amount(written):
        return "金额", "an amount of money"
    if unit not in (None, "ratio") and is_part(written):
        return "百分数或几分之几", "a part of a whole"
    return None
