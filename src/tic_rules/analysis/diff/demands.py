"""Which rules guarantee a rule, read off: one bearer, a scope and a time that reach as far, as strict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tic_rules.analysis.diff.order import Nature, Reader, clock_of, early_enough, nature_of, reader_of
from tic_rules.analysis.diff.quoted import holds_numbers, holds_time, unsaid, without
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.parts import BINDING, UNCOUNTED

MUST = frozenset({"must"})
ANY = frozenset({"must", "in_principle", "encouraged", "may"})
BINDING_LEVELS = (MUST, BINDING)
"""First what must be, then with what is in principle: an exemption may set the second aside."""

Side = tuple[RuleSet, Sequence[Rule]]


def same_document(a: RuleSet, b: RuleSet) -> bool:
    """Whether two rule sets are editions of one document."""
    same_title = a.document.title == b.document.title and a.jurisdiction == b.jurisdiction
    return a.id == b.id or same_title or word_for_word(a, b)


def word_for_word(a: RuleSet, b: RuleSet) -> bool:
    """Whether one rule set is a draft of the other under another name: half of its quotes stand there."""
    quotes = [{rule.quote for rule in ruleset.rules} for ruleset in (a, b)]
    shared = len(quotes[0] & quotes[1])
    return a.jurisdiction == b.jurisdiction and shared >= _FEWEST and 2 * shared >= min(map(len, quotes))


_FEWEST = 5
"""Shared quotes below which two rule sets are no drafts of each other, however few rules they have."""


def counts(rule: Rule) -> bool:
    """Whether a rule counts in the verdict."""
    return rule.modality in BINDING and rule.kind not in UNCOUNTED


def asked(rule: Rule) -> c.Condition:
    """What has to hold: the requirement, or that a consequence is not called for."""
    condition: c.Condition = rule.condition
    return c.Not.model_construct(not_=condition) if rule.kind == "consequence" else condition


def facts_asked(rule: Rule) -> list[str]:
    """The facts that a rule asks about: those of its condition, and that of whose entries each owes."""
    return [*c.facts_of(rule.condition), *([rule.event] if rule.event is not None else [])]


def parts_of(node: c.Condition) -> Iterator[c.Condition]:
    """What is asked together, part by part."""
    if isinstance(node, c.All):
        for part in node.all:
            yield from parts_of(part)
    elif isinstance(node, c.Not) and isinstance(node.not_, c.Either):
        yield from (c.Not.model_construct(not_=part) for part in node.not_.any)
    else:
        yield node


AUTHORITIES = frozenset({"ministry", "department"})
"""Who decides and receives for a document of the state, and for one of a province: one role at two levels."""


def same_role(a: RuleSet, x: Rule, b: RuleSet, y: Rule) -> bool:
    """Whether two rules bind the same: the ministry of the state is the department of a province."""
    one_role = {x.bearer, y.bearer} == AUTHORITIES and a.jurisdiction != b.jurisdiction
    return x.bearer == y.bearer or one_role


def waits(rule: Rule) -> bool:
    """Whether what an approved centre does not meet is pending until the rule's time is up; what knows no
    time, or is a limit, fails at once."""
    waiting = rule.by not in (None, "application") or any((rule.from_, rule.yearly, rule.cycle))
    return waiting and not rule.at_once


def of_a_kind(x: Rule, rule: Rule, editions: bool) -> bool:
    """Whether the kind of a rule lets it guarantee another at all: what fails at once only by what does; a
    consequence where the same follows, in editions of one document what counts by what counts."""
    if rule.at_once and waits(x):
        return False
    if not editions:
        return rule.kind != "consequence" or (x.kind == "consequence" and x.then == rule.then)
    return counts(x) or not counts(rule)


def guarantors(
    theirs: Side,
    other: RuleSet,
    rule: Rule,
    level: frozenset[str],
    same: bool,
    *,
    quoted: bool = False,
    about: frozenset[str] | None = None,
) -> list[str] | None:
    """The rules (ids) that together guarantee a rule of the other side; None where it cannot be read off.

    `same`: whether the two sides are editions of one document, so that an attestation speaks to both.
    `quoted`: as the words say, not the data: what only our reading asks is not asked, and one role is one at
    every level. `about`: of a bundle, only the parts that read one of these facts."""
    ruleset, rules = theirs
    reader = reader_of(ruleset.vocabulary, other.vocabulary, same)._replace(same_judgement=False)
    binding = [
        x
        for x in rules
        if x.modality in level
        and of_a_kind(x, rule, same)
        and (x.bearer == rule.bearer or (quoted and same_role(ruleset, x, other, rule)))
    ]
    if quoted and (never := _never_applies(reader, binding, rule)) is not None:
        return [never]
    names: list[str] = []
    for part in parts_of(asked(rule)):
        if about is not None and not about.intersection(c.facts_of(part)):
            continue
        guarantor = next(
            (
                x.id
                for x in binding
                if (_reaches(reader, x, rule) or (quoted and _reaches_in_time(reader, x, binding, rule)))
                and _asks(reader, ruleset, x, other, rule, part, same, quoted)
            ),
            None,
        )
        if guarantor is None:
            return None
        names.append(guarantor)
    if rule.fails_at_once is not None:
        reaching = (x for x in binding if _reaches(reader, x, rule))
        broken = next((x.id for x in reaching if breaks(reader, ruleset, x, other, rule)), None)
        if broken is None:
            return None
        names.append(broken)
    return list(dict.fromkeys(names))


def _never_applies(reader: Reader, rules: Sequence[Rule], rule: Rule) -> str | None:
    """The rule of the other side under which this one has nothing left to apply to."""
    if rule.applies is None:
        return None
    parts = [*parts_of(rule.applies)]
    for x in rules:
        if x.applies is None and clock_of(x) == ("standing",):
            for piece in parts_of(asked(x)):
                if any(reader.at_least(piece, _turned(part)) for part in parts):
                    return x.id
    return None


def _reaches_in_time(reader: Reader, x: Rule, rules: Sequence[Rule], rule: Rule) -> bool:
    """Whether a rule reaches as far up to the end of the term, and then nothing is left to apply to."""
    if x.applies is None or rule.applies is None:
        return False
    wanted = [*parts_of(rule.applies)]
    rest = [part for part in parts_of(x.applies) if part not in wanted]
    return all(isinstance(part, c.NotAfter) and part.not_after == "term_end" for part in rest) and any(
        clock_of(other) == ("term_end",) and reader.at_least(piece, _turned(part))
        for other in rules
        for piece in parts_of(asked(other))
        for part in wanted
    )


def _turned(node: c.Condition) -> c.Condition:
    if isinstance(node, c.Is) and isinstance(node.is_, bool):
        return node.model_copy(update={"is_": not node.is_})
    return c.Not.model_construct(not_=node)


def _reaches(reader: Reader, x: Rule, y: Rule) -> bool:
    """Whether a rule binds wherever the other one applies."""
    if x.applies is None or y.applies is None:
        return x.applies is None
    return x.applies == y.applies or reader.at_least(y.applies, x.applies)


def _asks(
    reader: Reader,
    ruleset: RuleSet,
    x: Rule,
    other: RuleSet,
    y: Rule,
    part: c.Condition,
    same: bool,
    quoted: bool,
) -> bool:
    """Whether a rule asks for a part of what the other one asks, and as early."""
    if x.event != y.event or x.event in reader.otherwise:
        return False
    if not _waits_alike(reader, ruleset, other, y, same):
        return False
    one_judgement = same and x.id == y.id and {i.id for i in x.items} >= {i.id for i in y.items}
    reader = reader._replace(same_judgement=one_judgement)
    nature = nature_asked(ruleset, x, part, other)
    if quoted and (ours := unsaid(x) | unsaid(y)):
        x, y = without(x, ours), without(y, ours)
    if x.since != y.since and not reads_stocks(y, part, other):
        return False
    first, second = clock_of(x), clock_of(y)
    early = early_enough(first, second, nature) or (quoted and not all(map(holds_time, (x, y))))
    for piece in (*parts_of(asked(x)), asked(x)):
        if quoted and isinstance(piece, c.Largest) and isinstance(part, c.Largest) and piece != part:
            continue  # the words name two payers; that one group holds the other is a matter of data
        if not early and not early_enough(first, second, nature_asked(ruleset, x, piece, ruleset)):
            continue
        if reader.at_least(piece, part):
            return True
        if quoted and reader.at_least(_levelled(piece), _levelled(part)):
            return True
        facts = set(c.facts_of(part))  # a number of our reading only, of facts that the other side asks of
        if quoted and facts and facts <= set(c.facts_of(piece)) and not holds_numbers(y, part):
            return True
    return False


def _waits_alike(reader: Reader, ruleset: RuleSet, other: RuleSet, y: Rule, same: bool) -> bool:
    """Whether the consequences that a rule waits for are called for alike on the other side; by no less,
    where it only asks that none of them follows."""
    once = y.kind == "consequence" and not any(isinstance(node, c.Not) for node in c.walk(y.when))
    ways = [(ruleset, other)] if once and y.applies is None else [(ruleset, other), (other, ruleset)]
    return all(name in ruleset for name in y.waits_for) and all(
        _reaches(reader, a[name], b[name]) and _asks(reader, a, a[name], b, b[name], part, same, quoted=False)
        for name in y.waits_for
        for a, b in ways
        for part in parts_of(asked(b[name]))
    )


def nature_asked(ruleset: RuleSet, x: Rule, node: c.Condition, asks: RuleSet) -> Nature:
    """How what a rule asks goes with time: not at all where the rule may apply at another time alone."""
    if x.applies is None or nature_of(x.applies, ruleset.vocabulary).timeless:
        return nature_of(node, asks.vocabulary)
    return Nature(timeless=False, lasting=False)


def _levelled(node: c.Condition) -> c.Condition:
    """A condition in which the ministry that receives something is the department that receives it."""
    if not isinstance(node, c.Some):
        return node
    each = dict(node.some.each)
    for name, test in each.items():
        if test.one_of is not None:
            words = tuple("provincial_department" if word == "ministry" else word for word in test.one_of)
            each[name] = test.model_copy(update={"one_of": words})
    return node.model_copy(update={"some": node.some.model_copy(update={"each": each})})


def is_stock(node: c.Condition, ruleset: RuleSet) -> bool:
    """Whether a condition reads only what stands on a day, whatever day entries count from."""
    readings = {ruleset.facts[name].reading for name in c.facts_of(node)}
    return readings <= {"stock", "value", "words", "table"}


def reads_stocks(rule: Rule, node: c.Condition, ruleset: RuleSet) -> bool:
    """Whether what a rule asks of those to whom it applies is one whatever day entries count from: in a
    time that has not begun none counts, dated or not."""
    return is_stock(node, ruleset) and (rule.applies is None or is_stock(rule.applies, ruleset))


def breaks(reader: Reader, ruleset: RuleSet, x: Rule, other: RuleSet, y: Rule) -> bool:
    """Whether a rule fails at once where the other one does, and when."""
    if x.fails_at_once is None or y.fails_at_once is None or x.since != y.since:
        return False
    nature = nature_asked(ruleset, x, c.Not.model_construct(not_=y.fails_at_once), other)
    early = early_enough(clock_of(x), clock_of(y), nature)
    return early and reader.at_least(y.fails_at_once, x.fails_at_once)
