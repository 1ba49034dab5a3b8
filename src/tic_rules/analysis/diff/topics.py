"""Two rule sets held against each other: aligned and compared first, judged after, topic by topic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from tic_rules.analysis.diff.alignment import Nearest, aligned, matched, nearest_to
from tic_rules.analysis.diff.comparison import Change, changes_of
from tic_rules.analysis.diff.correspondence import Aligned, Written, entries_between
from tic_rules.analysis.diff.demands import same_document
from tic_rules.analysis.diff.quoted import in_words, time_marked
from tic_rules.analysis.diff.relations import binds, judge
from tic_rules.analysis.diff.sentences import sentence_of
from tic_rules.core.errors import Text
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.labels import described

if TYPE_CHECKING:
    from tic_rules.analysis.diff.claims import Claim, Proof
    from tic_rules.analysis.diff.impact import Impact
    from tic_rules.analysis.prove.witness import Witness

RELATION = {
    "same": Text("相同", "same"),
    "b_stricter": Text("乙更严", "B stricter"),
    "b_looser": Text("乙更宽", "B looser"),
    "different": Text("各有不同", "different"),
    "only_a": Text("仅甲", "only A"),
    "only_b": Text("仅乙", "only B"),
}
RELATIONS = tuple(RELATION)
_UNSAID = Text("", "")


@dataclass(frozen=True, slots=True)
class Pair:
    """A rule of each side that stand beside each other, or one alone, and what differs."""

    a: Rule | None
    b: Rule | None
    changes: tuple[Change, ...] = ()

    @property
    def level(self) -> str:
        """What the changes of the pair may change: a verdict, words, nothing."""
        levels = {change.level for change in self.changes}
        if self.a is None or self.b is None:
            levels = {
                "verdict" if binds([rule for rule in (self.a, self.b) if rule is not None]) else "words"
            }
        return "verdict" if "verdict" in levels else "words" if levels else "nothing"


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic: the rules of both sides and who is stricter."""

    id: str
    label: Text
    relation: str
    pairs: tuple[Pair, ...]
    tightens: bool
    """Whether B asks something that A does not."""
    loosens: bool
    """Whether A asks something that B does not."""
    binding: bool
    """Whether a rule of the topic counts in a verdict: must or in principle."""
    judged: bool
    """Whether the relation rests on judgements of people, each on its own clause."""
    proved: bool = False
    undecided: tuple[str, ...] = ()
    """Rules without a proof and without a pair of files: the relation takes them for not guaranteed."""
    witnesses: tuple[Witness, ...] = ()
    """Pairs of files that show what B asks and A does not, and the other way round."""
    topics: tuple[str, ...] = ()
    """All topics that the row speaks to; `id` is the first."""
    item: str | None = None
    """The item of a bundle that the row is about."""
    items: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())
    """Of the bundles of each side: the items that the row is about."""
    nature: str | None = None
    """How the sides differ where neither is stricter."""
    adjudicated: bool = False
    """Whether the relation is that of an alignment, read from the words, and not decided here."""
    comparable: bool = True
    """Whether a proof can speak to it: the same bearers ask about the same data, in words that hold it."""
    sentence: Text = _UNSAID
    reason: Text | None = None
    """Why the rules correspond, where an alignment says so."""
    nearest: Nearest | None = None
    """Where one side stands alone: what comes nearest on the other, and why it does not answer."""

    @property
    def a(self) -> tuple[Rule, ...]:
        return tuple(pair.a for pair in self.pairs if pair.a is not None)

    @property
    def b(self) -> tuple[Rule, ...]:
        return tuple(pair.b for pair in self.pairs if pair.b is not None)

    @property
    def changed(self) -> bool:
        return self.relation != "same" or any(pair.level != "nothing" for pair in self.pairs)


@dataclass(frozen=True, slots=True)
class Diff:
    """Two rule sets, topic by topic. `claims`, `proof` and `impact` are there where they were asked for."""

    a: RuleSet
    b: RuleSet
    name_a: str
    name_b: str
    editions: bool
    topics: tuple[Topic, ...]
    claims: tuple[Claim, ...] = ()
    """Rule by rule: what the other side guarantees of it."""
    proof: Proof | None = None
    impact: Impact | None = None

    def counts(self) -> dict[str, int]:
        """How many topics stand in each relation."""
        return {relation: sum(topic.relation == relation for topic in self.topics) for relation in RELATIONS}

    @property
    def tightens(self) -> bool:
        """Whether B asks, with binding force, something that A does not."""
        return any(topic.tightens and topic.binding for topic in self.topics)

    @property
    def loosens(self) -> bool:
        return any(topic.loosens and topic.binding for topic in self.topics)

    @property
    def moved(self) -> bool:
        """Whether editions of one document are in force at different times."""
        return self.editions and self.a.document.in_force != self.b.document.in_force

    def levels(self) -> set[str]:
        levels = {pair.level for topic in self.topics for pair in topic.pairs}
        return levels | {"verdict"} if self.moved else levels


def diff(
    a: RuleSet, b: RuleSet, name_a: str = "", name_b: str = "", alignment: Sequence[Written] = ()
) -> Diff:
    """Compare two rule sets by topic; relations are read off, `prove` settles what cannot be. `alignment`:
    entries of one's own, before the shipped ones."""
    editions = same_document(a, b)
    entries = entries_between(a, b, alignment)
    topics = tuple(_topic(a, b, row, entries, editions) for row in aligned(a, b, editions, entries))
    return Diff(a, b, name_a or a.id, name_b or b.id, editions, topics)


def _topic(a: RuleSet, b: RuleSet, row: Aligned, entries: Sequence[Aligned], editions: bool) -> Topic:
    name = row.topics[0]
    label = (a.vocabulary.topics.get(name) or b.vocabulary.topics[name]).text
    pairs = tuple(
        Pair(x, y, tuple(changes_of(a, x, b, y, editions)) if x and y else ())
        for x, y in matched(a, b, row, editions)
    )
    nearest = None
    if not row.b:
        nearest = nearest_to(row, entries, a, b, "a")
    elif not row.a:
        nearest = nearest_to(row, entries, b, a, "b")
    judged = judge(a, b, row, pairs, editions)._asdict()
    adjudicated = bool((row.words or row.nature) and row.a and row.b)
    topic = Topic(
        id=name, label=label, pairs=pairs, binding=binds((*row.a, *row.b)), topics=row.topics, item=row.item,
        items=row.items, adjudicated=adjudicated, reason=row.reason, nearest=nearest, **judged,
    )  # fmt: skip
    return replace(topic, sentence=sentence_of(a, b, topic))


# --- as data ----------------------------------------------------------------------------------------------


def as_dict(compared: Diff) -> dict[str, object]:
    """The comparison as JSON data: keys and order are stable."""
    data: dict[str, object] = {
        "schema_version": 1,
        "a": compared.a.id,
        "b": compared.b.id,
        "sources": {"a": _about(compared.a, compared.name_a), "b": _about(compared.b, compared.name_b)},
        "editions": compared.editions,
        "summary": compared.counts(),
        "topics": [_topic_dict(compared, topic) for topic in compared.topics],
    }
    if compared.claims:
        data["claims"] = [claim.as_dict() for claim in compared.claims]
    if compared.proof is not None:
        data["proof"] = compared.proof.as_dict()
    if compared.impact is not None:
        data["impact"] = compared.impact.as_dict()
    return data


def _about(ruleset: RuleSet, name: str) -> dict[str, object]:
    document = ruleset.document
    force = document.in_force
    issued, begins, ends = (
        day.isoformat() if day else None for day in (document.issued, force.from_, force.until)
    )
    return {
        "name": name,
        "version": ruleset.version,
        "document": {
            "number": document.number,
            "title": document.title,
            "title_en": document.title_en,
            "issued": issued,
            "in_force": {"from": begins, "until": ends},
        },
    }


def _topic_dict(compared: Diff, topic: Topic) -> dict[str, object]:
    nearest = topic.nearest
    return {
        "topic": topic.id,
        "topics": list(topic.topics),
        "item": topic.item,
        "label": topic.label.as_dict(),
        "relation": topic.relation,
        "nature": topic.nature,
        "sentence": topic.sentence.as_dict(),
        "adjudicated": topic.adjudicated,
        "proved": topic.proved,
        "binding": topic.binding,
        "judged": topic.judged,
        "undecided": list(topic.undecided),
        "a": [rule.id for rule in topic.a],
        "b": [rule.id for rule in topic.b],
        "changes": [_change_dict(compared, pair, change) for pair in topic.pairs for change in pair.changes],
        "pairs": [
            {"a": pair.a and pair.a.id, "b": pair.b and pair.b.id, "level": pair.level}
            for pair in topic.pairs
        ],
        "rules": {
            "a": [rule_dict(compared.a, rule) for rule in topic.a],
            "b": [rule_dict(compared.b, rule) for rule in topic.b],
        },
        "reason": topic.reason.as_dict() if topic.reason else None,
        "nearest": nearest
        and {
            "rules": [rule.id for rule in nearest.rules],
            "why_not": nearest.why_not.as_dict(),
            "adjudicated": nearest.adjudicated,
        },
        "witness": topic.witnesses[0].as_dict() if topic.witnesses else None,
        "witnesses": [shown.as_dict() for shown in topic.witnesses],
    }


def _change_dict(compared: Diff, pair: Pair, change: Change) -> dict[str, object]:
    assert pair.a is not None
    assert pair.b is not None
    return {
        "what": change.what,
        "a": change.a.en if change.a else None,
        "b": change.b.en if change.b else None,
        "effect": change.effect,
        "level": change.level,
        "by": change.by.en if change.by else None,
        "text": {
            "a": change.a.as_dict() if change.a else None,
            "b": change.b.as_dict() if change.b else None,
        },
        "rules": {"a": pair.a.id, "b": pair.b.id},
        "places": {"a": place_of(compared.a, pair.a, change), "b": place_of(compared.b, pair.b, change)},
    }


def place_of(ruleset: RuleSet, rule: Rule, change: Change | None = None) -> dict[str, str | int | None]:
    """File and line of what differs: of the key, or of the rule where it is left out."""
    parts = change.part if change else ()
    written = [key for key in parts if getattr(rule, {"from": "from_"}.get(key, key), None)]
    mark = ruleset.place(rule.id, *written[:1])
    return {"file": ruleset.file or None, "line": mark.line or None}


def rule_dict(ruleset: RuleSet, rule: Rule) -> dict[str, object]:
    """A rule as JSON data."""
    applies = described(rule.applies, ruleset, rule) if rule.applies is not None else None
    return {
        "id": rule.id,
        "title": rule.title.text.as_dict(),
        "locator": rule.at,
        "quote": rule.quote,
        "kind": rule.kind,
        "modality": rule.modality,
        "bearer": rule.bearer,
        "when": time_marked(ruleset, rule).as_dict(),
        "asks": in_words(ruleset, rule).as_dict(),
        "applies": applies.as_dict() if applies else None,
        "reading": rule.reading.text.as_dict() if rule.reading else None,
        **place_of(ruleset, rule),
    }
