"""One number of one rule, moved from end to end: how many centres would pass at each threshold, and who falls
at which.

Every centre is decided by the reference at the ends, at what it has, and between; nothing is estimated.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from tic_rules.core.errors import Text, UsageError, fault, plural
from tic_rules.core.numbers import NotANumber, decimal_text, parse_number
from tic_rules.core.scalars import Json
from tic_rules.engines.checking import as_of_day, check_subject
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.labels import number_text
from tic_rules.results.report import Finding

Number = int | Fraction
STEPS = 8
"""So many thresholds are shown at equal distances, besides those at which something turns."""


class Span(NamedTuple):
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
    spans: tuple[Span, ...]

    @property
    def shown(self) -> str:
        return self.name or self.id or self.file or "?"

    def status_at(self, threshold: Number) -> str:
        return next(span.status for span in self.spans if span.holds(threshold))

    @property
    def asked(self) -> bool:
        """Whether the rule applies to the centre at some threshold."""
        return any(span.status != "not_applicable" for span in self.spans)


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
            "centres": [_centre(centre) for centre in self.centres],
            "others": list(self.others),
        }


def _centre(centre: Swept) -> Json:
    spans = [
        {"from": decimal_text(s.first), "to": decimal_text(s.last), "with_from": s.with_first,
         "with_to": s.with_last, "status": s.status}
        for s in centre.spans
    ]  # fmt: skip
    return {"id": centre.id, "name": centre.name, "file": centre.file,
            "as_of": centre.as_of.isoformat(), "spans": spans}  # fmt: skip


def ends_of(ruleset: RuleSet, rule: Rule, text: str) -> tuple[str | None, Number, Number]:
    """The unit of a rule's one number, and the two ends that a text (5亿元..12亿元) names. Raises
    UsageError."""
    nodes = [node for node in c.walk(rule.condition) if isinstance(node, (c.Compare, c.Share))]
    facts = {node.fact for node in nodes}
    if len(facts) != 1 or (isinstance(nodes[0], c.Compare) and nodes[0].operator == "between"):
        raise fault(
            UsageError,
            "sweep",
            f"规则 {rule.id} 不是只有一个界限",
            f"rule {rule.id} has not exactly one bound",
        )
    (node, *_) = nodes
    several = isinstance(node, c.Share) or isinstance(node.limit, c.Times)
    unit = "ratio" if isinstance(node, c.Share) else None if several else ruleset.facts[node.fact].unit
    first, dots, last = text.partition("..")
    try:
        low, high = (parse_number(end.strip(), money=unit == "CNY") for end in (first, last))
    except NotANumber as error:
        zh, en = error.args
        if isinstance(node, c.Compare) and several:
            limit = ruleset.facts[node.limit.fact].label
            zh = f"{zh}；规则 {rule.id} 的界限是{limit.zh}，--sweep 移动的是它的倍数，例：0.5..2"
            en = f"{en}; the bound of {rule.id} is {limit.en}: --sweep moves its multiple, as in 0.5..2"
        raise fault(UsageError, "sweep", zh, en) from None
    if not dots or low >= high:
        raise fault(
            UsageError,
            "sweep",
            f"--sweep 应写作 规则=小..大，不是 {text}",
            f"--sweep is RULE=LOW..HIGH, not {text}",
        )
    return unit, low, high


def sweep(
    centres: Iterable[Centre], ruleset: RuleSet, rule_id: str, ends: str, as_of: date | None = None
) -> Sweep:
    """The findings of centres at every threshold between two ends, each on its own reporting day unless
    another is asked for. Raises UsageError for a rule that has not one number."""
    if rule_id not in ruleset:
        zh, en = f"规则集 {ruleset.id} 没有规则 {rule_id}", f"rule set {ruleset.id} has no rule {rule_id}"
        raise fault(UsageError, "unknown-rule", zh, en)
    rule = ruleset[rule_id]
    unit, first, last = ends_of(ruleset, rule, ends)
    changed = _Changed(ruleset, rule)
    swept, others = [], []
    for centre in centres:
        if centre.jurisdiction not in (None, ruleset.jurisdiction):
            others.append(_name(centre))
            continue
        swept.append(_swept(centre, changed, first, last, as_of_day(centre, as_of)))
    return Sweep(ruleset, rule, unit, first, last, tuple(swept), tuple(others))


def _name(centre: Centre) -> str:
    """What a centre is called."""
    name = centre.name if isinstance(centre.name, str) else None
    return name or centre.id or centre.file or "?"


class _Changed:
    """The rule set with another number, each made once."""

    def __init__(self, ruleset: RuleSet, rule: Rule) -> None:
        self.ruleset, self.rule = ruleset, rule
        self._made: dict[Number, RuleSet] = {}

    def finding(self, centre: Centre, threshold: Number, day: date) -> Finding:
        made = self._made.get(threshold)
        if made is None:
            made = self._made[threshold] = self.ruleset.with_change(self.rule.id, decimal_text(threshold))
        return check_subject(centre, made, day)[self.rule.id]


def _swept(centre: Centre, changed: _Changed, first: Number, last: Number, day: date) -> Swept:
    start = changed.finding(centre, first, day)
    observed: Mapping[str, object] = start.observed or {}
    ends = [parse_number(end) for end in (observed.get("low"), observed.get("high")) if end is not None]
    turns = sorted({first, last, *(end for end in ends if first < end < last)})
    parts: list[Span] = []
    for index, at in enumerate(turns):
        status = changed.finding(centre, at, day).status
        parts.append(Span(at, at, True, True, status))
        if index + 1 < len(turns):
            after = turns[index + 1]
            between = changed.finding(centre, _plain(Fraction(at + after, 2)), day).status
            parts.append(Span(at, after, False, False, between))
    report = check_subject(centre, changed.ruleset, day)
    name = report.centre.name if report.centre is not None else None
    return Swept(centre.id, name, centre.file, day, tuple(_joined(parts)))


def _plain(number: Number) -> Number:
    return int(number) if isinstance(number, Fraction) and number.denominator == 1 else number


def _joined(parts: Sequence[Span]) -> list[Span]:
    """Spans that follow each other with one status, as one."""
    joined: list[Span] = []
    for part in parts:
        if joined and joined[-1].status == part.status:
            joined[-1] = joined[-1]._replace(last=part.last, with_last=part.with_last)
        else:
            joined.append(part)
    return joined


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
