"""A rule with another threshold, deadline or condition: a new rule, checked like one from a file; the old one
stays.

Named parts are those of the rule file (`by`, `modality`, `require` …); a bare value is the rule's one number;
the name of a fact stands for the number that this fact is compared with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pydantic_core import ValidationError

from tic_rules.core.errors import Diagnostic, RuleSetError, Text, fault
from tic_rules.model import conditions as c
from tic_rules.model.rulefile import Rule
from tic_rules.model.validation import diagnostics_of
from tic_rules.model.vocabulary import Fact, Vocabulary

_FIXED = frozenset({"id", "at", "quote"})
"""What says which clause it is: a change of these is another rule, not a changed one."""


def amended(
    rule: Rule, value: object, parts: dict[str, object], rules: Iterable[Rule], vocabulary: Vocabulary
) -> Rule:
    """A rule with a change; `...` for `value` is none. Raises RuleSetError where it is not one, naming what
    can be changed."""
    facts = vocabulary.facts
    before = _written(rule)
    data, name = dict(before), str(before["id"])
    fields = {field.alias or key for key, field in type(rule).model_fields.items()}
    if value is not ...:
        data = _with_number(rule, data, None, value)
    for part, given in parts.items():
        key = "from" if part == "from_" else part
        if key in fields and key not in _FIXED:
            data[key] = given
        elif part in facts:
            data = _with_number(rule, data, part, given)
        else:
            names = sorted(fields - _FIXED)
            zh = f"规则 {name} 没有 {part}；可改：{'、'.join(names)}"
            en = f"rule {name} has no {part}; can be changed: {', '.join(names)}"
            raise fault(RuleSetError, "unknown-part", zh, en)
    made = _checked(rule, before, data, facts)
    _hold_together(made, {one.id: one for one in rules} | {made.id: made}, vocabulary)
    return made


def _written(part: c.Node) -> dict[str, object]:
    """A part of a rule as a rule file would write it; what is as by default stays left out."""
    return part.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def _checked(
    rule: Rule, before: dict[str, object], data: dict[str, object], facts: Mapping[str, Fact]
) -> Rule:
    """The rule that changed data make; the numbers that stood there `before` are not looked at again."""
    name = data["id"]
    try:
        made = type(rule).model_validate({**data, **rule.extras})
    except ValidationError as error:
        texts = ((one.code, one.message) for one in diagnostics_of(error, None))
        of_rule = ((code, Text(f"规则 {name}：{said.zh}", f"rule {name}: {said.en}")) for code, said in texts)
        raise RuleSetError(dict.fromkeys(Diagnostic(*one) for one in of_rule)) from None
    from tic_rules.model.bounds import bound_faults  # only for rules that are changed
    from tic_rules.model.document import get

    def given(within: tuple[str | int, ...]) -> object:
        now = get(data, within)
        return None if now == get(before, within) else now

    for code, _, zh, en in bound_faults(made, (), facts, given):
        raise fault(RuleSetError, code, f"规则 {name}：{zh}", f"rule {name}: {en}")
    return made


def _hold_together(made: Rule, rules: dict[str, Rule], vocabulary: Vocabulary) -> None:
    """Raises RuleSetError where a changed rule, or one that waits for it, does not hold together."""
    from tic_rules.model.linker import rule_faults  # only for rules that are changed

    for rule in rules.values():
        if rule is made or made.id in rule.waits_for:
            for code, _, zh, en in rule_faults(rule, (), rules, vocabulary):
                raise fault(RuleSetError, code, f"规则 {rule.id}：{zh}", f"rule {rule.id}: {en}")


def _with_number(rule: c.Node, data: dict[str, object], fact: str | None, value: object) -> dict[str, object]:
    """The data of a rule with its one number changed, wherever the rule says that number of that fact."""
    name = str(data["id"])
    main = getattr(rule, "require", None) or getattr(rule, "when", None)
    compared = [
        node for node in c.walk(main) if isinstance(node, (c.Compare, c.Share)) and fact in (None, node.fact)
    ]
    numbers = list({(node.fact, repr(_number_of(node))): node for node in compared}.values())
    if len(numbers) != 1:
        all_numbers = [node.fact for _, node in c.nodes_of(rule) if isinstance(node, (c.Compare, c.Share))]
        facts = list(dict.fromkeys(all_numbers))
        if not facts:
            raise fault(
                RuleSetError, "no-number", f"规则 {name} 没有数值界限", f"rule {name} has no number to change"
            )
        zh = f"规则 {name} 的数值不止一个或不是所指的，请写明事实：{'、'.join(facts)}"
        en = f"rule {name} has not exactly one such number; name the fact: {', '.join(facts)}"
        raise fault(RuleSetError, "which-number", zh, en)
    node = numbers[0]
    old = _number_of(node)
    parts = {place[0] for place, _ in c.conditions_of(rule)}
    return {
        key: _replaced(part, node.fact, old, value) if key in parts else part for key, part in data.items()
    }


def _number_of(node: c.Condition) -> object:
    plain = _written(node)
    return next(plain[key] for key in (*c.OPERATORS,) if key in plain)


def _replaced(tree: object, fact: str, old: object, value: object) -> object:
    """A number of a fact wherever it stands: a limit that also fails at once moves as a whole."""
    if isinstance(tree, dict):
        if tree.get("fact") == fact:
            return {
                key: _moved(item, old, value) if key in c.OPERATORS else item for key, item in tree.items()
            }
        return {key: _replaced(item, fact, old, value) for key, item in tree.items()}
    return [_replaced(item, fact, old, value) for item in tree] if isinstance(tree, (list, tuple)) else tree


def _moved(item: object, old: object, value: object) -> object:
    new = _as_written(old, value)
    if item == old:
        return new
    return new[old.index(item)] if isinstance(old, list) and isinstance(new, list) and item in old else item


def _as_written(old: object, value: object) -> object:
    """A new bound in the form of the old one: a multiple stays a multiple, two ends are given as 10..15."""
    if isinstance(old, dict) and not isinstance(value, dict):
        return {**old, "times": value}
    if isinstance(old, (list, tuple)) and isinstance(value, str) and ".." in value:
        return value.split("..", 1)
    return value
