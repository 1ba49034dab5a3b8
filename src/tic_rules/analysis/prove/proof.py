"""Relations proved instead of read off: over all data, missing data included, with every assumption listed.

Rule by rule first, then topic by topic and as a whole; what must be first, then with what is in principle.
Contradictions between the two sets are looked for before anything is called guaranteed: from a contradiction
everything would follow."""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Sequence
from dataclasses import replace

from tic_rules.analysis.diff.claims import Claim, Conflict, Proof, binding_rules, not_guaranteed, sides
from tic_rules.analysis.diff.demands import (
    ANY,
    BINDING_LEVELS,
    MUST,
    asked,
    breaks,
    facts_asked,
    nature_asked,
    of_a_kind,
    parts_of,
    waits,
)
from tic_rules.analysis.diff.order import OWING, Nature, clock_of, early_enough, opens_no_later, reader_of
from tic_rules.analysis.diff.relations import relation_of
from tic_rules.analysis.diff.sentences import sentence_of
from tic_rules.analysis.diff.topics import Diff, Topic
from tic_rules.analysis.prove.booleans import Formula, z3
from tic_rules.analysis.prove.sight import formulas
from tic_rules.analysis.prove.symbols import World, lowered_rule, need_z3
from tic_rules.core.errors import Text
from tic_rules.core.source import read_beside
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.explanation import paths_of_fact
from tic_rules.results.parts import BINDING

ASSUMPTIONS = tuple(Text(**one) for one in read_beside(__file__, "assumptions.yaml"))

LEVEL_NAMES = {MUST: "must", BINDING: "in_principle"}


Key = tuple[str, str]
"""A rule by its side and its id."""


def proved(compared: Diff) -> Diff:
    """The comparison with relations and claims proved. Raises UsageError where z3 is not installed."""
    need_z3()
    prover = _Prover(compared)
    conflicts = prover.conflicts()
    claims = tuple(
        prover.claim(side, topic, rule, conflicts) for side, topic, rule in binding_rules(compared)
    )
    topics = tuple(prover.judged(topic) for topic in compared.topics)
    return replace(
        compared, topics=topics, claims=claims, proof=Proof(tuple(conflicts), _whole(claims), ASSUMPTIONS)
    )


def _whole(claims: Sequence[Claim]) -> dict[str, dict[str, bool]]:
    whole = {}
    for modalities, level in LEVEL_NAMES.items():
        held = {"a": True, "b": True}
        for claim in claims:
            if claim.rule.modality in modalities:
                held[claim.side] &= claim.status == "guaranteed" and claim.level in ("must", level)
        whole[level] = {"a_guarantees_b": held["b"], "b_guarantees_a": held["a"]}
    return whole


class _Problem:
    """A solver over some rules of both sides; each is switched on by name."""

    def __init__(
        self, rules: Sequence[tuple[str, RuleSet, Rule]], editions: bool, otherwise: frozenset[str]
    ) -> None:
        self.world = World([(ruleset, rule) for _, ruleset, rule in rules], editions, otherwise)
        deadlines = self.world.deadlines(lowered_rule(ruleset, rule).clock for _, ruleset, rule in rules)
        self.solver = z3.Solver()
        self.solver.set("timeout", 2000)
        self.met: dict[Key, Formula] = {}
        self.whole: dict[Key, Formula] = {}
        self.open: dict[Key, Formula] = {}
        for side, ruleset, rule in rules:
            met, broken, open_ = formulas(self.world, ruleset, rule, deadlines)
            key = (side, rule.id)
            self.met[key], self.whole[key] = z3.Bool(f"met {key}"), z3.Bool(f"whole {key}")
            self.open[key] = z3.Bool(f"open {key}")
            self.solver.add(self.met[key] == met, self.whole[key] == z3.Not(broken), self.open[key] == open_)
        self.solver.add(*self.world.axioms)

    def holds(self, given: Sequence[Key], wanted: Key) -> list[Key] | None:
        """The given rules that the proof of the wanted one needed; None where it is not proved.

        Proved is both: where all given are met, it is met; where it is broken, one of them is broken."""
        core: list[Key] = []
        for literals in (self.met, self.whole):
            unless = z3.Not(literals[wanted])
            if self.solver.check(*(literals[key] for key in given), unless) != z3.unsat:
                return None
            core += self._named(literals)
        return list(dict.fromkeys(core))

    def _named(self, literals: dict[Key, object]) -> list[Key]:
        core = {str(literal) for literal in self.solver.unsat_core()}
        return [key for key, literal in literals.items() if str(literal) in core]

    def clash(self, keys: Sequence[Key]) -> list[Key] | None:
        """The fewest of these rules that an approved centre cannot all meet, nor be found by people to meet;
        None where it can."""

        def clash(some: Sequence[Key]) -> bool:
            checked = self.solver.check(self.world.approved, *(self.open[key] for key in some))
            return bool(checked == z3.unsat)

        if not clash(keys):
            return None
        return _fewest(self._named(self.open), clash)


def _fewest(keys: list[Key], enough: Callable[[list[Key]], bool]) -> list[Key]:
    """The keys without those that are not needed: z3 may name more."""
    for key in list(keys):
        fewer = [other for other in keys if other != key]
        keys = fewer if enough(fewer) else keys
    return keys


def _ends_before(x: Rule, rule: Rule) -> bool:
    """Whether of two rules that are looked at on every day the first asks something only up to a day, or from
    one, that the other does not know."""
    ways = [way for part in parts_of(x.condition) if isinstance(part, c.Either) for way in part.any]
    of_x = [*(c.walk(x.applies) if x.applies is not None else ()), *ways]
    theirs = [*(c.walk(rule.applies) if rule.applies is not None else ()), *c.walk(rule.condition)]
    ends, known_ends = ({n.not_after for n in nodes if isinstance(n, c.NotAfter)} for nodes in (of_x, theirs))
    return clock_of(x) == clock_of(rule) == ("standing",) and not ends <= known_ends


def _due_later(fellow: Rule, ruleset: RuleSet, rule: Rule, both_break: bool) -> bool:
    """Whether a rule may still be pending, or owe nothing yet, on a day on which that of a rule set has
    failed, or pass where that one fails for good: a proof, after all deadlines, does not see it.
    `both_break`: whether it fails at once where the other one does."""
    x, y = clock_of(fellow), clock_of(rule)
    on_every_day = y[0] in ("standing", "within_term")
    if waits(fellow) and rule.fails_at_once is not None and not both_break:
        return True
    if x == y:
        return False
    if x[0] == y[0] == "from":
        return not opens_no_later(x[1], y[1])
    if x[0] in OWING:
        return not early_enough(x, y, _ONCE_DONE)
    natures = [nature_asked(ruleset, rule, part, ruleset) for part in c.walk(asked(rule))]
    timeless = natures[0].timeless
    if not waits(fellow):  # what ends, or is decided on a day, says nothing of the days after it
        return on_every_day and not (timeless or x[0] in ("standing", "application"))
    if on_every_day or y[0] in OWING:
        return y[0] != "from" and (on_every_day or x[0] != "approval")
    if any(nature.timeless and not early_enough(x, y, nature) for nature in natures):
        return True
    return not timeless and early_enough(y, x, _ONCE_DONE)


_ONCE_DONE = Nature(timeless=False, lasting=True)


def _components(rules: Sequence[tuple[str, RuleSet, Rule]]) -> list[list[tuple[str, RuleSet, Rule]]]:
    """The rules in groups that speak of nothing in common; what asks about the term belongs to each, because
    deadlines hang on it."""
    groups: list[tuple[set[str], list[tuple[str, RuleSet, Rule]]]] = []
    everywhere = []
    for entry in rules:
        subjects = _subjects(entry[1], entry[2])
        if "term_years" in subjects:
            everywhere.append(entry)
            continue
        touching = [group for group in groups if group[0] & subjects]
        merged = (
            subjects.union(*(group[0] for group in touching)),
            [*(member for group in touching for member in group[1]), entry],
        )
        groups = [group for group in groups if group not in touching] + [merged]
    return [[*members, *everywhere] for _, members in groups] or [everywhere]


def _subjects(ruleset: RuleSet, rule: Rule) -> set[str]:
    """The places of the data that a rule reads, and the judgements that it waits for."""
    subjects: set[str] = set()
    trees = [tree for tree in (rule.condition, rule.applies, rule.fails_at_once) if tree is not None]
    while trees:
        tree = trees.pop()
        for node in c.walk(tree):
            if isinstance(node, c.Attested):
                subjects.add(f"judgement of {rule.id}")
            elif isinstance(node, c.Follows):
                trees.append(ruleset[node.follows].when)
        for name in c.facts_of(tree):
            subjects.update(paths_of_fact(ruleset.facts[name], ruleset.vocabulary))
    if rule.event is not None:
        subjects.update(paths_of_fact(ruleset.facts[rule.event], ruleset.vocabulary))
    return subjects


class _Prover:
    """One problem for each group of rules that have something in common."""

    def __init__(self, compared: Diff) -> None:
        self.compared = compared
        self.rules = {
            (side, rule.id): rule
            for topic in compared.topics
            for side, rules in (("b", topic.b), ("a", topic.a))
            for rule in rules
        }
        entries = [(side, sides(compared, side)[0], rule) for (side, _), rule in self.rules.items()]
        self.reader = reader_of(compared.a.vocabulary, compared.b.vocabulary, compared.editions)
        self.otherwise = self.reader.otherwise
        self.problems = [_Problem(group, compared.editions, self.otherwise) for group in _components(entries)]
        self.home = {key: problem for problem in reversed(self.problems) for key in problem.met}

    def holds(self, given: Iterable[Key], wanted: Key) -> list[Key] | None:
        problem = self.home[wanted]
        return problem.holds([key for key in given if key in problem.met], wanted)

    def conflicts(self) -> list[Conflict]:
        """Contradictions, each with the fewest rules, at what must be and then with what is in principle."""
        conflicts: list[Conflict] = []
        seen: set[Key] = set()
        apart = self.compared.a.jurisdiction != self.compared.b.jurisdiction
        for level in BINDING_LEVELS:
            counted = [
                key
                for key, rule in self.rules.items()
                if rule.modality in level and not (apart and rule.bearer == "programme")
            ]
            for problem in self.problems:
                here = [key for key in counted if key in problem.met]
                while core := problem.clash([key for key in here if key not in seen]):
                    a, b = (tuple(name for side, name in core if side == wanted) for wanted in ("a", "b"))
                    conflicts.append(Conflict(a, b, LEVEL_NAMES[level]))
                    seen.update([key for key in core if key[0] == "b"] or core)
        return conflicts

    def claim(self, side: str, topic: Topic, rule: Rule, conflicts: Sequence[Conflict]) -> Claim:
        other = "a" if side == "b" else "b"
        for conflict in conflicts:
            named = {"a": conflict.a, "b": conflict.b}
            if rule.id in named[side]:
                return Claim(side, topic.id, rule, "contradicts", conflict.level, named[other], proved=True)
        clashing = {
            (wanted, name)
            for conflict in conflicts
            for wanted, names in (("a", conflict.a), ("b", conflict.b))
            for name in names
        }
        fellows = [fellow for (wanted, _), fellow in self.rules.items() if wanted == other]
        for level in BINDING_LEVELS:
            given = [key for key in self._given(other, rule, level, fellows) if key not in clashing]
            core = self.holds(given, (side, rule.id))
            if core is not None:
                needed = _fewest(core, lambda fewer: self.holds(fewer, (side, rule.id)) is not None)
                by = tuple(name for _, name in needed)
                return Claim(side, topic.id, rule, "guaranteed", LEVEL_NAMES[level], by, proved=True)
        claim = not_guaranteed(self.compared, side, topic, rule)
        apart = any(self._apart(rule, self.rules[other, name]) for name in claim.by)
        return replace(claim, proved=not apart)

    def _apart(self, rule: Rule, fellow: Rule) -> bool:
        """Whether both ask about data that the two sides read, or call, otherwise: nothing is proved then."""
        apart = self.otherwise.intersection(facts_asked(rule))
        return bool(apart) and not apart.isdisjoint(facts_asked(fellow))

    def _given(self, side: str, rule: Rule, level: Container[str], fellows: Iterable[Rule]) -> list[Key]:
        """The rules of a side at a level that can guarantee one of the other's."""
        own, other = sides(self.compared, side)
        return [
            (side, fellow.id)
            for fellow in fellows
            if fellow.modality in level
            and fellow.bearer == rule.bearer
            and not self._apart(rule, fellow)
            and of_a_kind(fellow, rule, self.compared.editions)
            and not _ends_before(fellow, rule)
            and not _due_later(fellow, other, rule, breaks(self.reader, own, fellow, other, rule))
        ]

    def judged(self, topic: Topic) -> Topic:
        """The relation of one row, proved over its own rules where they can be compared at all."""
        if not topic.a or not topic.b:
            return replace(topic, proved=True)
        if not topic.comparable:
            return topic
        tightens, loosens = self._asks_more(topic, "b"), self._asks_more(topic, "a")
        relation = relation_of(topic.a, topic.b, tightens, loosens)
        nature = topic.nature if relation == "different" else None
        settled = replace(
            topic, tightens=tightens, loosens=loosens, relation=relation, nature=nature, proved=True
        )
        return replace(settled, sentence=sentence_of(self.compared.a, self.compared.b, settled))

    def _asks_more(self, topic: Topic, side: str) -> bool:
        """Whether a rule of this side is not guaranteed by the other side's rules of the same bearer."""
        rules, others, other = (topic.b, topic.a, "a") if side == "b" else (topic.a, topic.b, "b")
        for level in BINDING_LEVELS if topic.binding else (ANY,):
            for rule in rules:
                given = self._given(other, rule, level, others)
                if rule.modality in level and self.holds(given, (side, rule.id)) is None:
                    return True
        return False
