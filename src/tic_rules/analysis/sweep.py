"""One number of one rule, moved from end to end: how many centres would pass at each threshold, and who falls
at which.

Every centre is decided by the reference at the ends, at each number that its data may come to, and between;
nothing is estimated."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cache
from itertools import pairwise, product
from typing import NamedTuple

from tic_rules.core.errors import Text, UsageError, fault, plural
from tic_rules.core.numbers import INFINITY, NotANumber, Range, decimal_text, parse_number
from tic_rules.core.scalars import Json
from tic_rules.engines.check import as_of_day
from tic_rules.evaluation.entries import Moment
from tic_rules.evaluation.exemptions import exempt, exemptions_of
from tic_rules.evaluation.facts import Reading, Scene
from tic_rules.evaluation.judgements import sort_judgements
from tic_rules.evaluation.settlement import follow, settle
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre, last_name
from tic_rules.model.intake import fitting
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.labels import number_text

Number = int | Fraction
STEPS = 8
"""So many thresholds are shown at equal distances, besides those at which something turns."""


class ThresholdSpan(NamedTuple):
    """Thresholds from end to end for which a centre's finding is the same, with or without the ends."""

    first: Number
    last: Number
    with_first: bool
    with_last: bool
    status: str

    def holds(self, at: Number) -> bool:
        after = self.first < at or (self.with_first and at == self.first)
        return after and (at < self.last or (self.with_last and at == self.last))


@dataclass(frozen=True, slots=True)
class Swept:
    """One centre: its finding at every threshold."""

    id: str | None
    name: str | None
    file: str | None
    as_of: date
    spans: tuple[ThresholdSpan, ...]

    @property
    def shown(self) -> str:
        return self.name or self.id or self.file or "?"

    def status_at(self, threshold: Number) -> str:
        return next(span.status for span in self.spans if span.holds(threshold))

    def as_dict(self) -> Json:
        spans = [
            {"from": decimal_text(s.first), "to": decimal_text(s.last), "with_from": s.with_first,
             "with_to": s.with_last, "status": s.status}
            for s in self.spans
        ]  # fmt: skip
        return {"id": self.id, "name": self.name, "file": self.file, "as_of": self.as_of.isoformat(),
                "spans": spans}  # fmt: skip


class Fall(NamedTuple):
    """A centre that passes up to a threshold and not beyond it, or the other way round."""

    centre: Swept
    before: str
    after: str


class Point(NamedTuple):
    """A threshold: how many centres have which finding there, and whose turns at it or right after it."""

    threshold: Number
    counts: Mapping[str, int]
    falls: tuple[Fall, ...]

    @property
    def passing(self) -> int:
        return self.counts.get("pass", 0)


@dataclass(frozen=True, slots=True)
class Sweep:
    """A rule with its number moved from `first` to `last`."""

    ruleset: RuleSet
    rule: Rule
    unit: str | None
    first: Number
    last: Number
    centres: tuple[Swept, ...]
    others: tuple[str, ...]
    """Centres of other jurisdictions, which the document does not bind: by name, not looked at."""

    @property
    def points(self) -> tuple[Point, ...]:
        """The thresholds to show, in order: the ends, those where something turns, and some between."""
        turns = {end for centre in self.centres for span in centre.spans for end in span[:2]}
        whole = self.unit not in (None, "CNY", "ratio")  # people and things are not counted in parts
        width = Fraction(self.last - self.first, STEPS)
        even = {_plain(self.first + (width * step // 1 if whole else width * step)) for step in range(STEPS)}
        return tuple(self._point(at) for at in sorted({*turns, *even, self.first, self.last}))

    def _point(self, at: Number) -> Point:
        counts = Counter(centre.status_at(at) for centre in self.centres)
        falls = []
        for centre in self.centres:
            for one, other in pairwise(centre.spans):
                if other.first == at and one.last == at and "pass" in (one.status, other.status):
                    falls.append(Fall(centre, one.status, other.status))
        return Point(at, counts, tuple(falls))

    def said(self, number: Number, lang: str) -> str:
        """A threshold with its unit."""
        return number_text(number, self.unit, self.ruleset.vocabulary.units, lang)

    def as_dict(self) -> Json:
        return {
            "rule": f"{self.ruleset.id}/{self.rule.id}",
            "locator": self.rule.at,
            "unit": self.unit,
            "from": decimal_text(self.first),
            "to": decimal_text(self.last),
            "curve": [
                {
                    "threshold": decimal_text(point.threshold),
                    "passing": point.passing,
                    "statuses": dict(sorted(point.counts.items())),
                    "falls": [
                        {"id": f.centre.id, "name": f.centre.name, "before": f.before, "after": f.after}
                        for f in point.falls
                    ],
                }
                for point in self.points
            ],
            "centres": [centre.as_dict() for centre in self.centres],
            "others": list(self.others),
        }


def _bound_of(rule: Rule) -> c.Compare | c.Share:
    """The condition that has a rule's one number. Raises UsageError where there is not one."""
    nodes = [node for node in c.walk(rule.condition) if isinstance(node, (c.Compare, c.Share))]
    if len({node.fact for node in nodes}) != 1 or nodes[0].operator == "between":
        zh, en = f"规则 {rule.id} 不是只有一个界限", f"rule {rule.id} has not exactly one bound"
        raise fault(UsageError, "sweep", zh, en)
    return nodes[0]


def ends_of(ruleset: RuleSet, rule: Rule, text: str) -> tuple[str | None, Number, Number]:
    """The unit of a rule's one number, and the two ends that a text (5亿元..12亿元) names. Raises
    UsageError."""
    node = _bound_of(rule)
    several = isinstance(node, c.Share) or isinstance(node.limit, c.Times)
    unit = "ratio" if isinstance(node, c.Share) else None if several else ruleset.facts[node.fact].unit
    first, dots, last = text.partition("..")
    zh, en = f"--sweep 应写作 规则=小..大，不是 {text}", f"--sweep is RULE=LOW..HIGH, not {text}"
    no_ends = fault(UsageError, "sweep", zh, en)
    if not dots:
        raise no_ends
    try:
        low, high = (parse_number(end.strip(), money=unit == "CNY") for end in (first, last))
    except NotANumber as error:
        zh, en = error.args
        if isinstance(node, c.Compare) and several:
            limit = ruleset.facts[node.limit.fact].label
            zh = f"{zh}；规则 {rule.id} 的界限是{limit.zh}，--sweep 移动的是它的倍数，例：0.5..2"
            en = f"{en}; the bound of {rule.id} is {limit.en}: --sweep moves its multiple, as in 0.5..2"
        raise fault(UsageError, "sweep", zh, en) from None
    if low >= high:
        raise no_ends
    return unit, low, high


def sweep(
    centres: Iterable[Centre], ruleset: RuleSet, rule_id: str, ends: str, as_of: date | None = None
) -> Sweep:
    """The findings of centres at every threshold between two ends, each on its own reporting day unless
    another is asked for. Raises UsageError for a rule that has not one number."""
    rule = ruleset[rule_id]
    unit, first, last = ends_of(ruleset, rule, ends)

    @cache
    def changed(threshold: Number) -> Rule:
        """The rule with another number."""
        return ruleset.with_change(rule.id, threshold)[rule.id]

    swept, others = [], []
    for centre in centres:
        if centre.jurisdiction not in (None, ruleset.jurisdiction):
            others.append(_name(centre))
            continue
        scene = _Noted(centre, ruleset, as_of_day(centre, as_of))
        swept.append(
            Swept(
                centre.id,
                last_name(centre),
                centre.file,
                scene.as_of,
                _spans(scene, rule, changed, first, last),
            )
        )
    return Sweep(ruleset, rule, unit, first, last, tuple(swept), tuple(others))


def _name(centre: Centre) -> str:
    """What a centre is called."""
    name = centre.name if isinstance(centre.name, str) else None
    return name or centre.id or centre.file or "?"


class _Noted(Scene):
    """A centre on a day that notes every number that is read of it: nowhere else can a finding turn."""

    def __init__(self, centre: Centre, ruleset: RuleSet, day: date) -> None:
        super().__init__(fitting(centre, ruleset.vocabulary), ruleset, day)
        self.numbers: dict[tuple[str, Moment], set[Range]] = {}
        self.shares: dict[str, set[tuple[Range, Range]]] = {}
        """What groups have together, and what all others have."""
        sort_judgements(self)

    def number(self, name: str, moment: Moment) -> Reading:
        reading = super().number(name, moment)
        self.numbers.setdefault((name, moment), set()).add(reading.range)
        return reading

    def sums(self, name: str, moment: Moment) -> list[Range]:
        sums = super().sums(name, moment)
        self.numbers.setdefault((name, moment), set()).update(sums)
        return sums

    def share(self, name: str, groups: tuple[str, ...], moment: Moment) -> tuple[Reading, Reading]:
        named, others = super().share(name, groups, moment)
        self.shares.setdefault(name, set()).add((named.range, others.range))
        return named, others

    def turns(self, node: c.Compare | c.Share) -> Iterator[Number]:
        """The bounds of a condition at which it may turn."""
        if isinstance(node, c.Share):
            for named, others in self.shares.get(node.fact, ()):
                yield from _parts(named, Range(named.low + others.high, named.high + others.low))
            return
        for (name, moment), ranges in self.numbers.items():
            if name != node.fact:
                continue
            whole = {Range(1, 1)}
            if isinstance(node.limit, c.Times):
                whole = self.numbers.get((node.limit.fact, moment), set())
            for one, other in product(ranges, whole):
                yield from _parts(one, other)


def _parts(one: Range, other: Range) -> Iterator[Number]:
    """Every end of a range as a part of every end of another."""
    for part, whole in product(one, other):
        if INFINITY not in (part, whole) and whole:
            yield _plain(Fraction(part) / Fraction(whole))


def _spans(
    scene: _Noted, rule: Rule, changed: Callable[[Number], Rule], first: Number, last: Number
) -> tuple[ThresholdSpan, ...]:
    """The findings of a centre from end to end."""
    follow(rule, scene)
    exemptions = exemptions_of(scene.subject, scene.ruleset).get(rule.id)

    def status(at: Number) -> str:
        decision = settle(changed(at), scene)
        if exemptions is not None:
            decision = exempt(decision, exemptions, scene.as_of, set())[1]
        return decision.status

    parts = [ThresholdSpan(first, first, True, True, status(first))]
    turns = {turn for turn in scene.turns(_bound_of(rule)) if first < turn < last}
    for before, at in pairwise(sorted({first, last, *turns})):
        parts.append(ThresholdSpan(before, at, False, False, status(_plain(Fraction(before + at, 2)))))
        parts.append(ThresholdSpan(at, at, True, True, status(at)))
    joined: list[ThresholdSpan] = []  # those that follow each other with one status, as one
    for part in parts:
        if joined and joined[-1].status == part.status:
            joined[-1] = joined[-1]._replace(last=part.last, with_last=part.with_last)
        else:
            joined.append(part)
    return tuple(joined)


def _plain(number: Number) -> Number:
    return int(number) if isinstance(number, Fraction) and number.denominator == 1 else number


def summary(swept: Sweep) -> Text:
    """How many pass at both ends."""
    points = swept.points
    ends = [points[0].passing, points[-1].passing]
    (zh_first, zh_last), (en_first, en_last) = (
        [swept.said(at, lang) for at in (swept.first, swept.last)] for lang in ("zh", "en")
    )
    count = len(swept.centres)
    passing = plural(ends[0], "passes", "pass")
    return Text(
        f"{count}个中心：界限为{zh_first}时{ends[0]}个符合，{zh_last}时{ends[1]}个符合",
        f"{plural(count, 'centre')}: {passing} at {en_first}, {ends[1]} at {en_last}",
    )
