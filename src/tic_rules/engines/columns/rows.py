"""A centre as rows of a table: one row, or one a scenario where days of its clock are open. Facts are read as
by the compiled engine.

Nothing is decided here that a bound, a list of words or a deadline decides. Lists are looked through here: a
table holds what an entry-wise condition came to (false, unknown, needs review, true as 0 to 3)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from math import inf, nextafter

from tic_rules.core.dates import ANY_DAY, FIRST_DAY, LAST_DAY, Span
from tic_rules.core.logic import FALSE, TRUE, UNKNOWN
from tic_rules.core.numbers import INFINITY, Number
from tic_rules.engines.columns import names as n
from tic_rules.engines.columns.shared_rows import counted_scenarios, shared_rows
from tic_rules.engines.lowering import Days, Logic, LoweredRule, before_approval, look, years_owed
from tic_rules.engines.lowering import form as f
from tic_rules.engines.lowering.clock import deadline, mark
from tic_rules.engines.lowering.lower import may_review
from tic_rules.engines.lowering.tables import CLOSED
from tic_rules.engines.python.lists import View
from tic_rules.engines.python.logic import Values
from tic_rules.evaluation.entries import Memo, Moment
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.judgements import expired
from tic_rules.evaluation.scenarios import Scenario
from tic_rules.evaluation.settlement import day_not_needed
from tic_rules.model.ruleset import RuleSet
from tic_rules.model.subject import Exemption

Row = dict[str, object]
Write = Callable[[Row, View], None]
"""Reads a column at a view of a centre and writes it to a row."""


def reader_of(ruleset: RuleSet) -> CentreReader:
    """What reads centres for a rule set; made when it is first asked for, kept with the rule set."""
    reader: CentreReader | None = ruleset._compiled.get("table reader")
    if reader is None:
        reader = ruleset._compiled["table reader"] = CentreReader(ruleset)
    return reader


class CentreReader:
    """A rule set as it is put to centres: what it reads, each made into a function once."""

    def __init__(self, ruleset: RuleSet) -> None:
        self.ruleset, self.values = ruleset, Values(ruleset)
        self.groups = n.rules_by_needs(ruleset)
        self.bounds: dict[str, set[Number]] = {}
        """The numbers of the law that each fact is compared with."""
        for rule in n.centre_rules(ruleset):
            for node in _readings_of(rule):
                if isinstance(node, f.RangeComparison) and isinstance(node.right, f.Bounds):
                    assert isinstance(node.left, f.Measure)
                    self.bounds.setdefault(node.left.fact, set()).update((node.right.low, node.right.high))
        self._writes: dict[tuple[str, str], list[Write]] = {}

    def writes_of(self, rule: LoweredRule, look: str) -> list[Write]:
        """What writes the columns that a rule reads at a look day."""
        key = (rule.id, look)
        if key not in self._writes:
            columns = [column for node in _readings_of(rule) for column in n.columns_of(node, look)]
            self._writes[key] = [write for column in columns if (write := self._write(column)) is not None]
        return self._writes[key]

    def _write(self, column: n.Column) -> Write | None:
        node, readings = column.of, self.values.readings
        match column.kind:
            case n.ColumnKind.WORD:
                return self._words(column)
            case n.ColumnKind.DAYS:
                assert isinstance(node, f.Happened)
                return _days(column, readings.single(node.fact))
            case n.ColumnKind.HAS | n.ColumnKind.ANY_WORD:
                assert isinstance(node, f.Fold)
                return _has(column, readings.words(node.over.fact))
        if isinstance(node, f.RangeComparison):
            if column.kind is not n.ColumnKind.TRUTH:
                return self._ends(column, node)
            assert isinstance(node.left, f.Measure)
            if self.ruleset.facts[node.left.fact].reading != "sum":
                return None
        assert not isinstance(node, f.Chosen), "a term is read as a word"
        return self._truth(column.name, node)

    def _truth(self, name: str, node: Logic) -> Write:
        """What a piece of logic comes to."""
        value = self.values.of(node)

        def truth(row: Row, view: View) -> None:
            row[name] = value(view, None)

        return truth

    def _ends(self, column: n.Column, node: f.RangeComparison) -> Write:
        """The ends of a range, or of a margin, which is taken exactly so that a double keeps its sign."""
        left, low, high = self.values.readings.ranged(node.left), column.low, column.high
        if column.kind is n.ColumnKind.MARGIN:
            right, zero = self.values.readings.ranged(node.right), (0,)

            def margin(row: Row, view: View) -> None:
                (least, most), (other_least, other_most) = left(view), right(view)
                row[low], row[high] = _end(least - other_most, zero), _end(most - other_least, zero)

            return margin
        assert isinstance(node.left, f.Measure)
        bounds = tuple(self.bounds[node.left.fact])

        def ends(row: Row, view: View) -> None:
            least, most = left(view)
            row[low], row[high] = _end(least, bounds), _end(most, bounds)

        return ends

    def _words(self, column: n.Column) -> Write:
        """A word; where it may be one of several, the others in columns of their own."""
        assert isinstance(column.of, (f.Choice, f.Between))
        possible, name = self.values.possible(column.of), column.name

        def words(row: Row, view: View) -> None:
            values = possible(view)
            if len(values) == 1:
                row[name] = values[0]
            else:
                for place, value in enumerate(dict.fromkeys(values), 1):
                    row[column.other(place)] = value

        return words


def _has(column: n.Column, read: Callable[[View], tuple[tuple[str, ...], bool]]) -> Write:
    """Whether a list of words holds one word, or any."""
    name, word = column.name, column.part

    def has(row: Row, view: View) -> None:
        given, more = read(view)
        holds = word in given if word else bool(given)
        row[name] = TRUE if holds else UNKNOWN if more else FALSE

    return has


def _days(column: n.Column, read: Callable[[View], list[Span]]) -> Write:
    """The first and the last day that a date may be; an end that is open is null."""

    def days(row: Row, view: View) -> None:
        spans = read(view)
        if any(span == ANY_DAY for span in spans):
            return
        for place, (first, last) in enumerate(spans, 1):
            row[f"{column.other(place)}__first"] = first if first != FIRST_DAY else None
            row[f"{column.other(place)}__last"] = last if last != LAST_DAY else None

    return days


def _end(number: Number, bounds: Iterable[Number]) -> float | None:
    """An end of a range as a cell: the nearest double, moved to its own side of a bound that it meets and
    differs from; null where there is none."""
    if abs(number) == INFINITY:
        return None
    double = float(number)
    for bound in bounds:
        if double == float(bound) and number != bound:
            return nextafter(double, -inf if number < bound else inf)
    return double


def _readings_of(rule: LoweredRule) -> Iterator[Logic]:
    """What a rule is decided from; where it may be left to a person whether it applies, the judgement on it
    as a whole."""
    for part in rule.logic:
        yield from n.readings_of(part)
    if rule.applies is not None and may_review(rule.applies):
        yield rule.whole


# --- rows of a centre ---------------------------------------------------------------------------------------


def rows_of(
    scene: Scene, reader: CentreReader, number: int, exempted: Mapping[str, Iterable[Exemption]]
) -> Iterator[Row]:
    """The rows of a centre. `exempted` are its complete exemptions by rule."""
    common: Row = {
        n.CENTRE: number, n.ID: getattr(scene.subject, "id", None), n.AS_OF: scene.as_of,
        n.REPORTED_ON: scene.reported_on,
    }  # fmt: skip
    common |= {
        n.exemption_of(scene.ruleset, rule): _exempted(given, scene.as_of) for rule, given in exempted.items()
    }
    common |= _behind(scene, reader)
    rows = shared_rows(scene, list(reader.groups)) or [(Scenario(None, None, None), [])]
    uncounted = any(not counted_scenarios(scene, needs) for needs in reader.groups)
    for place, (scenario, counted) in enumerate(rows):
        approved, _, term_end = scenario
        row = common | {n.SCENARIO: place, n.APPROVED: FALSE if approved is None else TRUE}
        row |= {n.APPROVED_ON: approved, n.TERM_END: term_end}
        if len(rows) > 1 or uncounted:
            row |= {n.counts_of(needs): TRUE if needs in counted else FALSE for needs in reader.groups}
        reading = _Reading(scene, reader, scenario, row)
        for needs in counted:
            for rule in reader.groups[needs]:
                reading.read(rule)
        yield row


def _behind(scene: Scene, reader: CentreReader) -> Row:
    """Whether a day that is left out is behind the centre all the same, by rule."""
    behind: Row = {}
    for needs, rules in reader.groups.items():
        scenarios = counted_scenarios(scene, needs)
        for rule in rules if len(scenarios) > 1 else ():
            if rule.clock.by in ("application", "approval"):
                past = day_not_needed(scene.ruleset[rule.id], scene, scenarios)
                behind[n.behind_of(scene.ruleset, rule.id)] = TRUE if past else FALSE
    return behind


def _exempted(given: Iterable[Exemption], as_of: date) -> int:
    """Whether a complete exemption stands on the as-of day."""
    standing = [one for one in given if not expired(one, as_of)]
    if any(one.date is not None and one.date.last <= as_of for one in standing):
        return TRUE
    return UNKNOWN if any(one.date is not None and one.date.first <= as_of for one in standing) else FALSE


class _Reading:
    """Fills a row with what the rules read in one scenario."""

    def __init__(self, scene: Scene, reader: CentreReader, scenario: Scenario, row: Row) -> None:
        self.scene, self.reader, self.row = scene, reader, row
        self.days = Days(scene.as_of, *scenario, scene.force)
        self._check: Memo = {}
        self._views: dict[Moment, View] = {}

    def read(self, rule: LoweredRule) -> None:
        """What a rule reads, and the days of its clock."""
        clock, days = rule.clock, self.days
        if clock.yearly:
            for moment, _, _ in years_owed(clock, days):
                self._look(rule, n.look_of_year(clock, moment.year or 0), moment)
            return
        if clock.by is not None:
            self.row[n.due_of(clock.by)] = deadline(clock, days)
        elif isinstance(clock.opens, int):
            self.row[n.due_of(clock.opens)] = mark(clock, days)
        if days.approved is not None or before_approval(clock) is None:
            moment, late, holds = look(clock, days)
            if late == CLOSED and not holds:
                return
        elif clock.timeless and clock.by != "approval":
            moment = Moment(self.scene.as_of)
        else:
            return
        self._look(rule, n.look_of(clock), moment)

    def _look(self, rule: LoweredRule, look: str, moment: Moment) -> None:
        view = self._views.get(moment)
        if view is None:
            view = self._views[moment] = View(self.scene, self.days, moment, self._check)
        self.row[n.day_of(look)] = moment.day
        for write in self.reader.writes_of(rule, look):
            write(self.row, view)
