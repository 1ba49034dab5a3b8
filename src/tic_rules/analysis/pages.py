"""What the pages of the rules show: all documents by topic, and of each rule its examples and counterparts.

The pages themselves are made by the renderers; here stands what goes into them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from tic_rules.analysis.cases.examples import Example
from tic_rules.analysis.diff.quoted import in_words, marked, time_marked
from tic_rules.core.errors import Text
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Clause, Rule, RuleSet
from tic_rules.results.explanation import facts_of_rule, paths_of_fact
from tic_rules.results.labels import bound_text, multiple_text

_WORST = ("fail", "pending", "needs_review", "unknown", "not_applicable")
"""What an example may show in place of passing, the plainest first."""
_SIGNS = {"at_least": "≥", "at_most": "≤", "more_than": ">", "less_than": "<", "equals": "="}
Examples = Mapping[tuple[str, str], Sequence[Example]]
"""By rule set and rule."""


class ComparedRule(NamedTuple):
    """A rule as one entry of the comparison: what it asks in a line, with its thresholds."""

    ruleset: RuleSet
    rule: Rule
    thresholds: tuple[Text, ...]

    @property
    def time(self) -> Text:
        """When the rule is looked at, marked where the quote does not say so."""
        return time_marked(self.ruleset, self.rule)


class TopicRow(NamedTuple):
    """A topic, with the rules of each document on it."""

    topic: str
    label: Text
    cells: tuple[tuple[ComparedRule, ...], ...]


class RulePage(NamedTuple):
    cell: ComparedRule
    passes: Example | None
    fails: Example | None
    sides: tuple[tuple[RuleSet, tuple[ComparedRule, ...]], ...]
    """The other documents, each with its rules on the same topic."""


class Site(NamedTuple):
    """Everything that the pages are made from."""

    rulesets: tuple[RuleSet, ...]
    rows: tuple[TopicRow, ...]
    examples: Examples

    def pages(self, ruleset: RuleSet) -> Iterator[RulePage]:
        """The pages of a document's rules, in its order."""
        by_topic = {row.topic: row for row in self.rows}
        for rule in ruleset.rules:
            documents = zip(self.rulesets, by_topic[rule.topic].cells, strict=True)
            sides = tuple((other, cells) for other, cells in documents if other.id != ruleset.id)
            best = _best(ruleset, rule, self.examples.get((ruleset.id, rule.id), ()))
            yield RulePage(cell_of(ruleset, rule), *best, sides)

    def by_clause(self, ruleset: RuleSet) -> list[tuple[Clause, list[ComparedRule]]]:
        """The clauses of a document, each with the rules that encode it."""
        return [
            (clause, [cell_of(ruleset, ruleset[name]) for name in clause.rules]) for clause in ruleset.clauses
        ]


def site(rulesets: Sequence[RuleSet], examples: Examples) -> Site:
    """The comparison of rule sets by topic, in the vocabulary's order of topics."""
    rulesets = sorted(rulesets, key=_before)
    topics: dict[str, Text] = {}
    for ruleset in rulesets:
        topics |= {name: label.text for name, label in ruleset.vocabulary.topics.items()}
    rows = []
    for topic, label in topics.items():
        cells = tuple(
            tuple(cell_of(ruleset, rule) for rule in ruleset.rules if rule.topic == topic)
            for ruleset in rulesets
        )
        if any(cells):
            rows.append(TopicRow(topic, label, cells))
    return Site(tuple(rulesets), tuple(rows), examples)


def _before(ruleset: RuleSet) -> tuple[int, str]:
    """Jurisdictions in the vocabulary's order, the documents of one by their day."""
    document = ruleset.document
    places = [*ruleset.vocabulary.words.get("jurisdictions", {}), ruleset.jurisdiction]
    return places.index(ruleset.jurisdiction), str(document.in_force.from_ or document.issued or "")


def cell_of(ruleset: RuleSet, rule: Rule) -> ComparedRule:
    return ComparedRule(ruleset, rule, tuple(dict.fromkeys(_thresholds(ruleset, rule))))


def _thresholds(ruleset: RuleSet, rule: Rule) -> Iterator[Text]:
    """The bounds of a requirement, as short as can be (≥ 10亿元), marked where the quote has them not."""
    for node in c.walk(rule.require) if rule.require is not None else ():
        if isinstance(node, (c.Compare, c.Share)):
            bound = Text.of(partial(_bound, ruleset, node))
            if bound.zh:
                yield marked(rule, node, bound)


def _bound(ruleset: RuleSet, node: c.Compare | c.Share, lang: str) -> str:
    """One bound, in one language; nothing where a rule asks for one of something, which its title says."""
    units = ruleset.vocabulary.units
    if isinstance(node, c.Share):
        return f"{_SIGNS[node.operator]} {bound_text(node.limit, 'ratio', units, lang)}"
    unit, limit = ruleset.facts[node.fact].unit, node.limit
    if node.operator == "between":
        low, high = limit
        least = unit if unit == "CNY" else None
        return f"{bound_text(low, least, units, lang)}–{bound_text(high, unit, units, lang)}"
    sign = _SIGNS[node.operator]
    if isinstance(limit, c.Times):
        return f"{sign} {multiple_text(limit, ruleset, lang)}"
    if limit == 1 and unit in ("piece", "project", "person", "a_year"):
        return ""
    return f"{sign} {bound_text(limit, unit, units, lang)}"


def asked(cell: ComparedRule, lang: str) -> str:
    """What a rule asks, in plain words, marked where it sets a number that the quote does not have."""
    return in_words(cell.ruleset, cell.rule).in_(lang)


def _best(ruleset: RuleSet, rule: Rule, examples: Sequence[Example]) -> tuple[Example | None, Example | None]:
    """The plainest example that passes, and the plainest that does not, failing before anything weaker."""
    facts = [ruleset.facts[name] for name in facts_of_rule(rule)]
    paths = tuple(path for fact in facts for path in paths_of_fact(fact, ruleset.vocabulary))

    def failing(example: Example) -> tuple[int, tuple[bool, int, int]]:
        return _WORST.index(example.status), _plainness(example, paths or ("attestations",))

    def passing(example: Example) -> tuple[bool, int, int]:
        # A judgement passes by what the complete centre has; a change without effect on it shows nothing.
        return _plainness(example, paths) if paths else (bool(example.changes), example.about, 0)

    best_pass = min((one for one in examples if one.status == "pass"), key=passing, default=None)
    return best_pass, min((one for one in examples if one.status in _WORST), key=failing, default=None)


def _plainness(example: Example, paths: tuple[str, ...]) -> tuple[bool, int, int]:
    """An example is plain that changes what the rule reads, is about few rules, and changes little."""
    touches = any(
        change.startswith(path) or path.startswith(change.split(":")[0])
        for change in example.changes
        for path in paths
    )
    return not touches, example.about, sum(map(len, example.changes))
