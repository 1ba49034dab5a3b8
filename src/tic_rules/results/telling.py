"""A decision told: what a finding's observed, required, gap, places, missing fields, trace and message are made of."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from tic_rules.core.errors import Text
from tic_rules.core.logic import NAMES, TRUE
from tic_rules.core.quantities import ANY_DAY, Range, Span, add_days, decimal_text
from tic_rules.core.source import Mark, pointer, unpointer
from tic_rules.evaluation.decisions import Decision
from tic_rules.evaluation.entries import Moment, Path
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.operators import see
from tic_rules.evaluation.scenarios import needs_of, scenarios_of
from tic_rules.evaluation.seen import Seen
from tic_rules.evaluation.settlement import amount_of, cited_places, reads_days
from tic_rules.model import conditions as c
from tic_rules.model.centre import Record, Series, value_at
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.labels import describe
from tic_rules.results.messages import REMEMBERED, Found, gap_of, operator_of, remembered, said, unit_of
from tic_rules.results.report import Clause, Numbers, Part, Said, weighed

_HEADS = 64
"""So many different numbers, and messages, of one rule are remembered."""
MANY_DAYS = 300
"""On so many days of the data is it looked when a missed requirement was met; only a hostile file names more after a deadline."""


def clauses_of(ruleset: RuleSet) -> tuple[Clause, ...]:
    """What the findings of each rule say whatever the data, in the rule set's order; made once."""
    found: tuple[Clause, ...] | None = ruleset._compiled.get("clauses")
    if found is None:
        found = ruleset._compiled["clauses"] = tuple(_clause(rule, ruleset) for rule in ruleset.rules)
    return found


def _clause(rule: Rule, ruleset: RuleSet) -> Clause:
    reading = rule.reading.text if rule.reading else None
    texts = rule.title.text, rule.remedy.text, reading
    return weighed(
        Clause(
            f"{ruleset.id}/{rule.id}",
            rule.kind,
            rule.modality,
            rule.bearer,
            rule.topic,
            rule.phase,
            *texts,
            Part(ruleset.cited(rule.id)),
        )
    )


class Head:
    """The numbers and messages of one rule that have been told, by what tells them from others: the status, and what was observed."""

    __slots__ = ("by_day", "by_mark", "has_amount", "numbers", "programme", "said")

    def __init__(self, rule: Rule) -> None:
        self.has_amount, self.programme = rule.amount is not None, rule.bearer == "programme"
        self.by_mark, self.by_day = _told_by(rule)
        self.numbers: dict[Any, Numbers] = {}
        self.said: dict[Any, Said] = {}

    def keep(self, memo: dict[Any, Any], key: Any, told: Any) -> None:
        if len(memo) >= _HEADS:
            memo.clear()
        memo[key] = told


def _told_by(rule: Rule) -> tuple[frozenset[str], frozenset[str]]:
    """The statuses in which a rule's message depends on nothing but what was observed, and those in which on the deadline too."""
    if rule.yearly is not None:
        return frozenset({"pass"}), frozenset()
    nodes = [
        node
        for tree in (rule.applies, rule.condition, rule.fails_at_once)
        if tree is not None
        for node in c.walk(tree)
    ]
    lists = any(
        isinstance(node, (c.Contains, c.EachOf, c.Every, c.NoneOf))
        or (isinstance(node, c.Attested) and rule.items)
        for node in nodes
    )
    if lists or rule.amount is not None:
        return frozenset({"pass"}), frozenset()
    return frozenset({"pass", "needs_review", *(["fail"] if rule.by is None else [])}), frozenset({"pending"})


def heads_of(ruleset: RuleSet) -> tuple[Head, ...]:
    """What is remembered of each rule, in the rule set's order."""
    found: tuple[Head, ...] | None = ruleset._compiled.get("heads")
    if found is None:
        found = ruleset._compiled["heads"] = tuple(Head(rule) for rule in ruleset.rules)
    return found


class Telling:
    """Everything about one finding that is made only when it is looked at."""

    __slots__ = ("decision", "exemption", "rule", "scene")

    def __init__(self, rule: Rule, decision: Decision, scene: Scene, exemption: Any = None) -> None:
        self.rule, self.decision, self.scene, self.exemption = rule, decision, scene, exemption

    # --- numbers and words -------------------------------------------------------------------------------------------------

    def _numbers(self) -> Numbers:
        """What depends on the numbers alone, made once for the rule set for as long as the same numbers come."""
        told = self.decision
        by_year = told.by_year
        if by_year:
            return Numbers(Part(years={str(year): status for year, status in by_year.items()}))
        silent = told.status == "not_applicable"
        memo: dict[Any, Numbers] = self.scene.ruleset._compiled.setdefault("numbers", {})
        key = (self.rule.id, silent, told.mark)
        known = memo.get(key)
        if known is None:
            if len(memo) >= REMEMBERED:
                memo.clear()
            main = told.main
            observed, bound = (None, None) if main is None else (main.observed, main.bound)
            known = memo[key] = numbers_of(self.rule, self.scene.ruleset, observed, bound, silent)
        return known

    def _said(self) -> Said:
        """A message is made once for the rule set for as long as the same is found. Where a rule is met, its numbers say it all."""
        found = self._found()
        ruleset, told = self.scene.ruleset, self.decision
        known = remembered(ruleset, self.rule, (told.mark, found))
        if known is not None:
            return known
        main = told.main if found.status != "not_applicable" else None
        whole = found if main is None else found._replace(observed=main.observed, bound=main.bound)
        return said(ruleset, self.rule, (told.mark, found), whole)

    def _found(self) -> Found:
        """What the message depends on besides what was observed."""
        told, status, rule = self.decision, self.decision.status, self.rule
        if status == "not_applicable":
            return Found(status, why_not=told.why_not)
        if status == "fail" and rule.kind == "consequence":
            return Found(status, amount=self._total())
        if status == "pass" and rule.yearly is None:
            return Found(status)
        deadline = told.deadline if status in ("fail", "pending", "exempted") else None
        left, reached = (
            ((deadline - self.scene.as_of).days, None if rule.yearly else self._reached_on())
            if deadline is not None
            else (0, None)
        )
        missing = told.missing if status == "unknown" else ()
        exempted = self._exempted() if status == "exempted" else None
        lacking = () if status == "pass" else told.lacking
        return Found(
            status,
            None,
            None,
            lacking,
            missing,
            tuple(told.by_year.items()),
            deadline,
            left,
            reached,
            exempted=exempted,
        )

    def _exempted(self) -> tuple[str, str, str]:
        given = self.exemption
        return given.approved_by, given.date.first.isoformat(), given.reason

    # --- time --------------------------------------------------------------------------------------------------------------

    def _deadline(self) -> str | None:
        day = self.decision.deadline
        return day.isoformat() if day is not None and self.decision.status != "not_applicable" else None

    def _days_left(self) -> int | None:
        day = self.decision.deadline
        return (
            (day - self.scene.as_of).days
            if day is not None and self.decision.status != "not_applicable"
            else None
        )

    def _window(self) -> list[str] | None:
        window = self.decision.window
        return (
            [day.isoformat() for day in window]
            if window and self.decision.status != "not_applicable"
            else None
        )

    def _reached_on(self) -> str | None:
        """For a deadline that was missed: the first day after it on which the data shows the requirement met."""
        told, scene, rule = self.decision, self.scene, self.rule
        if (
            told.status != "fail"
            or told.deadline is None
            or rule.kind == "consequence"
            or self._stands_still()
        ):
            return None
        scenarios = scenarios_of(scene, needs_of(scene.ruleset, rule)).all
        moment = told.moment
        if moment is None or len(scenarios) != 1:
            return None
        deadline, last, grows = told.deadline, min(scene.as_of, scene.reported_on), self._only_grows()
        quick = getattr(told, "reached_on", None) if grows else None
        reached = quick(moment.start, deadline, last) if quick is not None else None
        if reached is not None:
            return None if reached[0] is None else str(reached[0].isoformat())

        def met(day: date) -> bool:
            return see(rule.require, scene, Moment(day, moment.start), scenarios[0], rule).value == TRUE

        days = sorted(
            day
            for day in {*(self._days_counted() if grows else scene.days()), add_days(deadline, 1)}
            if deadline < day <= last
        )
        if grows:
            at = bisect_left(days, True, key=met)
            return days[at].isoformat() if at < len(days) else None
        return next((day.isoformat() for day in days[:MANY_DAYS] if met(day)), None)

    def _stands_still(self) -> bool:
        """Whether nothing that the rule reads is dated, so that it is on every day as it was on the first."""
        if reads_days(self.scene, self.rule):
            return False
        for fact in (self.scene.facts[name] for name in c.facts_of(self.rule.require)):
            listed = self.scene.lists.get(fact.list_name or "")
            if listed is not None and listed.look_up:
                return False
            records = (
                [entry.record for entry in self.scene.listed(fact.list_name or "").entries]
                if listed is not None
                else []
            )
            records += (value_at(self.scene.subject, fact.table) or {}).values() if fact.table else ()
            if any(
                type(value) is Series
                for record in records
                if isinstance(record, Record)
                for value in vars(record).values()
            ):
                return False
        return True

    def _only_grows(self) -> bool:
        """Whether the requirement, once met, stays met: a total or a count of entries up to the day, with a fixed bound."""
        node = self.rule.require
        if (
            not isinstance(node, c.Compare)
            or isinstance(node.limit, c.Times)
            or (node.at_least is None and node.more_than is None)
        ):
            return False
        fact = self.scene.facts[node.fact]
        return fact.over is None and fact.reading in ("sum", "count", "distinct")

    def _days_counted(self) -> Iterable[date]:
        """The days on which what a rule counts may grow: those of the entries, where nothing else of them is dated; else all of the data."""
        node: Any = self.rule.require
        fact = self.scene.facts[node.fact]
        declared = self.scene.lists[fact.list_name or ""]
        looked_at = {*_attributes(fact.where), *([fact.distinct] if fact.distinct else [])}
        if (
            declared.held is not None
            or declared.scalar is not None
            or declared.date is None
            or looked_at & declared.look_up.keys()
        ):
            return self.scene.days()
        records = [record for path in declared.paths for record in value_at(self.scene.subject, path) or ()]
        if any(type(getattr(record, name)) is Series for record in records for name in looked_at):
            return self.scene.days()
        return (day for record in records for day in getattr(record, declared.date) or ANY_DAY)

    # --- places --------------------------------------------------------------------------------------------------------------

    def _paths(self) -> Sequence[Path]:
        """The places that the finding rests on; of a consequence that follows, those of its amount too."""
        read = cited_places(self.rule, self.decision, self.scene)
        if self.rule.amount is None or self.decision.status != "fail":
            return read
        return list(dict.fromkeys([*read, *amount_of(self.rule, self.scene).cites]))

    def _data(self) -> list[Part]:
        return data_at(self.scene, self._paths())

    def _at(self, where: str, mark: Mark) -> Part:
        return _place_of(self.scene, where, mark)

    def _place(self) -> Part:
        """Where to look to mend it: at what is missing or at the key nearest to it, else at the datum read, else at the attestations."""
        paths = [*self._missing(), *(part["path"] for part in self._data())]
        judged = "/attestations/-" if self.decision.status == "needs_review" else ""
        where = paths[0] if paths else judged
        subject = self.scene.subject
        whole = subject.nearest(
            ""
        )  # in a workbook the row of the centre; in a text its first line says as much
        return self._at(
            where,
            subject.nearest(where)
            if where
            else whole
            if whole.cell
            else Mark(1, 1, 1, 1)
            if subject.file
            else Mark(0, 0),
        )

    def _sources(self) -> list[Part]:
        if not self.scene.subject.sources:
            return []
        read = {tuple(str(step) for step in path) for path in self._paths()}
        above = {path[:size] for path in read for size in range(1, len(path) + 1)}
        found = []
        for source in self.scene.subject.sources:
            named = unpointer(source.path or "")
            if named in above or any(named[:size] in read for size in range(1, len(named) + 1)):
                found.append(
                    Part(
                        path=source.path,
                        title=source.title,
                        url=source.url,
                        date=source.date,
                        excerpt=source.excerpt,
                    )
                )
        return found

    def _missing(self) -> list[str]:
        return [pointer(path) for path in self.decision.missing] if self.decision.status == "unknown" else []

    def _lacking(self) -> list[str]:
        """What a list lacks: sections, indicators, tasks without an attestation, entries that are not as asked."""
        return [] if self.decision.status in ("pass", "not_applicable") else list(self.decision.lacking)

    def _years(self) -> list[Part]:
        return [
            Part(year=year, status=status, deadline=due.isoformat())
            for year, status, _, due in self.decision.years
        ]

    # --- trace ---------------------------------------------------------------------------------------------------------------

    def _trace(self) -> Part:
        told = self.decision.full
        found: dict[str, Any] = {}
        if told.why_not is not None:
            found["not_applicable"] = told.why_not
        if told.moment is not None:
            found["day"] = told.moment.day.isoformat()
        if told.applies is not None:
            found["applies"] = self._trace_of(told.applies)
        if told.seen is not None:
            found["when" if self.rule.kind == "consequence" else "require"] = self._trace_of(told.seen)
        if told.broken is not None:
            found["fails_at_once"] = self._trace_of(told.broken)
        if told.years:
            found["years"] = [
                Part(year=year, status=status, require=self._trace_of(seen))
                for year, status, seen, _ in told.years
            ]
        return Part(found)

    def _trace_of(self, seen: Seen) -> Part:
        ruleset = self.scene.ruleset
        key = ("described", self.rule.id, id(seen.node))  # a node lives as long as its rule set
        said = ruleset._compiled.get(key)
        if said is None:
            said = ruleset._compiled[key] = Text(
                *(describe(seen.node, ruleset, lang, self.rule) for lang in ("zh", "en"))
            )
        found: dict[str, Any] = {"condition": said, "value": NAMES[seen.value]}
        if seen.observed is not None:
            found["observed"] = _observed(seen.observed, unit_of(seen.node, ruleset))
        if seen.lacking:
            found["lacking"] = list(seen.lacking)
        if seen.missing:
            found["missing"] = [pointer(path) for path in seen.missing]
        if seen.parts:
            found["parts"] = [self._trace_of(inner) for inner in seen.parts]
        return Part(found)

    # --- amount of a consequence ---------------------------------------------------------------------------------------------

    def _amount(self) -> Part | None:
        """What is recovered: a range where the data leaves it open."""
        total = self._total()
        return None if total is None else _observed(total, "CNY")

    def _total(self) -> Range | None:
        return None if self.rule.amount is None else amount_of(self.rule, self.scene).range


def data_at(scene: Scene, paths: Sequence[Path]) -> list[Part]:
    """Places of the data as a finding shows them: with file, line and column."""
    places = scene.places
    for path in paths:
        if path not in places:
            where = pointer(path)
            places[path] = _place_of(scene, where, scene.subject.extent(where))
    return [places[path] for path in paths]


def _place_of(scene: Scene, where: str, mark: Mark) -> Part:
    line, column, end_line, end_column, cell = mark
    at = {
        "path": where,
        "file": scene.subject.file,
        "line": line or None,
        "column": column or None,
        "end_line": end_line or None,
        "end_column": end_column or None,
    }
    return Part(at | {"cell": cell}) if cell else Part(at)


TOLD: dict[str, Callable[[Telling], Any]] = {
    "numbers": Telling._numbers, "said": Telling._said, "deadline": Telling._deadline, "days_left": Telling._days_left, "window": Telling._window,
    "reached_on": Telling._reached_on, "years": Telling._years, "lacking": Telling._lacking, "place": Telling._place, "data": Telling._data,
    "sources": Telling._sources, "missing": Telling._missing, "trace": Telling._trace, "amount": Telling._amount,
}  # fmt: skip
"""What can be told, by the name that a finding knows it by."""


# --- numbers ----------------------------------------------------------------------------------------------------------------


def numbers_of(rule: Rule, ruleset: RuleSet, observed: Any, bound: Range | None, silent: bool) -> Numbers:
    """What is shown of what a rule observed; a rule that does not apply (`silent`) shows only what it asks."""
    required = _required(rule, ruleset, bound)
    if silent or observed is None:
        return Numbers(None, required)
    shown, operator = _observed(observed, unit_of(rule.condition, ruleset)), operator_of(rule.condition)
    if not operator or not isinstance(observed, Range) or bound is None:
        return Numbers(shown, required)
    gap = gap_of(observed, bound, operator)
    return Numbers(
        shown, required, decimal_text(gap) if gap is not None else None, _progress(observed, bound, operator)
    )


def _observed(observed: Any, unit: str | None) -> Part:
    if isinstance(observed, Range):
        return Part(low=decimal_text(observed.low), high=decimal_text(observed.high), unit=unit)
    return Part(value=_json_value(observed))


def _progress(observed: Range, bound: Range, operator: str) -> float | None:
    if (
        operator not in ("at_least", "more_than", "equals", "between")
        or isinstance(bound.low, float)
        or bound.low <= 0
    ):
        return None
    if observed.low >= (bound.low if operator == "between" else bound.high):
        return 1.0
    if not observed.exact or not (bound.exact or operator == "between"):
        return None  # how far it has come is not known
    return min(1.0, round(float(Fraction(observed.low) / Fraction(bound.low)), 4))


def _required(rule: Rule, ruleset: RuleSet, bound: Range | None) -> Part | None:
    node = rule.condition
    if node is None or c.children(node):
        return None
    match node:
        case c.Compare():
            unit = ruleset.facts[node.fact].unit
            if node.operator == "between":
                return Part(op="between", value=[decimal_text(end) for end in node.limit], unit=unit)
            if isinstance(node.limit, c.Times):
                value = decimal_text(bound.low) if bound is not None and bound.exact else None
                return Part(
                    op=c.OPERATORS[node.operator],
                    value=value,
                    unit=unit,
                    times=decimal_text(node.limit.times),
                    fact=node.limit.fact,
                )
            return Part(op=c.OPERATORS[node.operator], value=decimal_text(node.limit), unit=unit)
        case c.Share():
            strict = node.more_than is not None
            bound_of: Any = node.more_than if strict else node.at_least
            return Part(op=">" if strict else ">=", value=decimal_text(bound_of), unit="ratio")
        case c.Is():
            return Part(op="is", value=node.is_)
        case c.Among():
            return Part(op="among", value=list(node.among), open=node.open)
        case c.AnyAmong():
            return Part(op="any_among", value=list(node.any_among), open=node.open)
        case c.Contains():
            return Part(op="contains_all", value=list(node.contains_all))
        case c.EachOf():
            return Part(op="each_of", value=list(node.each_of))
    return None


def _attributes(where: c.Where | None) -> Iterator[str]:
    if where is not None:
        yield from where.each
        for way in where.any:
            yield from _attributes(way)


def _json_value(value: Any) -> Any:
    if isinstance(value, Span):
        return (
            value.first.isoformat()
            if value.exact
            else {"not_before": value.first.isoformat(), "not_after": value.last.isoformat()}
        )
    if isinstance(value, date):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


__all__ = ["TOLD", "Telling", "clauses_of", "data_at", "heads_of"]
