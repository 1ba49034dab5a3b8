"""The reference: how a condition is seen, how a rule is decided, how unknown days are lived through.

This is the definition of the semantics; everything faster must agree with it. A condition says what it saw (`see`), a rule
is decided for one life of the centre (`decide`), and what the data leaves open about that life is settled by living every
life that the data allows (`settle`): the finding is what all of them agree on.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from fractions import Fraction
from typing import Any, NamedTuple

from tic_rules.core.quantities import FIRST_DAY, INFINITY, Range, add_days, add_years, year_end
from tic_rules.evaluation.facts import FALSE, REVIEW, TRUE, UNKNOWN, Moment, Path, Scene, any_of, negate
from tic_rules.evaluation.scenarios import Life, lives_of, needs_of
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.fields import value_at
from tic_rules.model.ruleset import Rule
from tic_rules.model.values import Series


class Seen(NamedTuple):
    """What a condition saw: its value, what it observed and against what, its parts, the places it read or missed."""

    value: int
    node: Any
    observed: Any = None
    bound: Any = None
    parts: tuple[Any, ...] = ()
    cites: tuple[Path, ...] = ()
    missing: tuple[Path, ...] = ()
    lacking: tuple[str, ...] = ()


# --- conditions -------------------------------------------------------------------------------------------------------------


def see(node: Any, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    """Look at a condition at a moment of a life. Evaluation order never changes the value."""
    seen: Seen = _SEE[type(node)](node, scene, moment, life, rule)
    return seen


def _all(node: c.All, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    parts = tuple([see(part, scene, moment, life, rule) for part in node.all])
    return Seen(min([part.value for part in parts]), node, parts=parts)


def _any(node: c.Either, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    parts = tuple([see(part, scene, moment, life, rule) for part in node.any])
    return Seen(any_of([part.value for part in parts]), node, parts=parts)


def _not(node: c.Not, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    part = see(node.not_, scene, moment, life, rule)
    return Seen(negate(part.value), node, parts=(part,))


def _review(node: c.Review, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    part = see(node.review, scene, moment, life, rule)
    return Seen(REVIEW if part.value == TRUE else part.value, node, parts=(part,))


def _attested(node: c.Attested, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    given = scene.attested.get(rule.id, [])
    asked: list[str | None] = [item.id for item in rule.items] or [None]
    values: list[int] = []
    cites: list[Path] = []
    missing: list[Path] = []
    lacking: list[str] = []
    for item in asked:
        own = [(index, a) for index, a in given if a.item == item]
        value, _ = latest_judgement(own, scene.as_of)
        values.append(value)
        cites.extend(("attestations", index) for index, _ in own)
        if value == UNKNOWN:
            missing.extend(("attestations", index, "date") for index, a in own if not a.date.exact)
        if value != TRUE and item is not None:
            lacking.append(item)
    return Seen(min(values), node, cites=tuple(cites), missing=tuple(missing), lacking=tuple(lacking))


def latest_judgement(own: list[tuple[int, Any]], as_of: date) -> tuple[int, int | None]:
    """The latest attestation up to the as-of day wins; two of one day that differ need review; none needs review."""
    if len(own) == 1 and own[0][1].date.last <= as_of:
        return (TRUE if own[0][1].met else FALSE), own[0][0]
    certain = [(index, a) for index, a in own if a.date.last <= as_of]
    possible = [(index, a) for index, a in own if a.date.first <= as_of < a.date.last]
    kept = [
        (i, a)
        for i, a in certain + possible
        if not any(other.date.first > a.date.last for _, other in certain)
    ]
    if not kept:
        return REVIEW, None
    unclear = next((i for i, a in kept if not a.date.exact), None)
    if len({a.met for _, a in kept}) > 1:
        return (REVIEW, None) if unclear is None else (UNKNOWN, unclear)
    if not certain:
        return UNKNOWN, unclear
    return (TRUE if kept[0][1].met else FALSE), kept[-1][0]


def _compare(node: c.Compare, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    left = scene.number(node.fact, moment)
    operator, limit = node.operator, node.limit
    cites, missing = left.cites, left.missing
    if type(limit) is c.Times:
        right = scene.number(limit.fact, moment)
        bound = right.range.times(limit.times)
        cites, missing = cites + right.cites, missing + right.missing
    else:
        bound = Range(*limit) if operator == "between" else Range(limit, limit)
    value = compare(operator, left.range, bound)
    return Seen(value, node, left.range, bound, (), cites, missing if value == UNKNOWN else ())


def compare(operator: str, x: Range, t: Range) -> int:
    """x against t, as ranges: true or false only where every number they may be agrees."""
    if operator == "at_least":
        return TRUE if x.low >= t.high else FALSE if x.high < t.low else UNKNOWN
    if operator == "at_most":
        return TRUE if x.high <= t.low else FALSE if x.low > t.high else UNKNOWN
    if operator == "more_than":
        return TRUE if x.low > t.high else FALSE if x.high <= t.low else UNKNOWN
    if operator == "less_than":
        return TRUE if x.high < t.low else FALSE if x.low >= t.high else UNKNOWN
    if x.high < t.low or x.low > t.high:
        return FALSE
    if operator == "between":
        return TRUE if x.low >= t.low and x.high <= t.high else UNKNOWN
    return TRUE if x.low == x.high == t.low == t.high else UNKNOWN


def _is(node: c.Is, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    return _single(node, node.fact, lambda v: TRUE if v == node.is_ else FALSE, scene, moment.day)


def _among(node: c.Among, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    outside = REVIEW if node.open else FALSE
    return _single(node, node.fact, lambda v: TRUE if v in node.among else outside, scene, moment.day)


def _given(node: c.Given, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    return _single(node, node.fact, lambda v: TRUE, scene, moment.day)


def _done(node: c.Done, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    spoken = min(moment.day, scene.reported_on)
    return _single(
        node,
        node.fact,
        lambda v: FALSE if v.first > moment.day else TRUE if v.last <= spoken else UNKNOWN,
        scene,
        moment.day,
    )


def _reads(node: c.Reads, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    return _single(node, node.fact, lambda v: TRUE if between(node, v) else FALSE, scene, moment.day)


def between(node: c.Reads, text: str) -> str:
    """What stands between the beginning and the end that a text must have; empty where it does not have them."""
    before, after = node.ends
    if node.ignoring_space:
        text = "".join(text.split())
    inner = text[len(before) : len(text) - len(after)]
    return (
        inner
        if text.startswith(before) and text.endswith(after) and len(text) > len(before) + len(after)
        else ""
    )


def _single(node: Any, fact: str, test: Any, scene: Scene, day: date) -> Seen:
    values, path, missing = scene.single(fact, day)
    results = {test(value) for value in values}
    value = results.pop() if len(results) == 1 else UNKNOWN
    cites = (path,) if values else ()
    if value == UNKNOWN and not missing:
        missing = (path,)
    return Seen(
        value,
        node,
        values[0] if len(values) == 1 else None,
        None,
        (),
        cites,
        missing if value == UNKNOWN else (),
    )


def _same(node: c.Same, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    """True where every text reads as asked and what stands between is the same; false where no texts that are possible agree."""
    parts = tuple(see(part, scene, moment, life, rule) for part in node.same)
    value = min(part.value for part in parts)
    told = [scene.single(part.fact, moment.day) for part in node.same]
    inner = [
        {between(part, text) for text in values} - {""}
        for part, (values, _, _) in zip(node.same, told, strict=True)
        if values
    ]
    missing: tuple[Path, ...] = ()
    if value != FALSE and inner and not set.intersection(*inner):
        value = FALSE
    elif value == TRUE and any(len(texts) > 1 for texts in inner):
        value = UNKNOWN
        missing = tuple(path for _, _, open_days in told for path in open_days)
    return Seen(value, node, parts=parts, missing=missing)


def _any_among(node: c.AnyAmong, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    words, more, path = scene.words(node.fact, moment.day)
    words = words or ()
    value = (
        TRUE
        if any(word in node.any_among for word in words)
        else UNKNOWN
        if more
        else REVIEW
        if node.open and words
        else FALSE
    )
    return Seen(value, node, words, None, (), (path,) if words else (), (path,) if value == UNKNOWN else ())


def _contains(node: c.Contains, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    words, more, path = scene.words(node.fact, moment.day)
    lacking = tuple(word for word in node.contains_all if word not in (words or ()))
    value = TRUE if not lacking else UNKNOWN if more else FALSE
    return Seen(
        value, node, words, None, (), (path,) if words else (), (path,) if value == UNKNOWN else (), lacking
    )


def _some(node: c.Some, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    return _look_through(node, node.fact, node.some, scene, moment)


def _look_through(
    node: Any, name: str, where: c.Where, scene: Scene, moment: Moment, of_a_year: bool = False
) -> Seen:
    fact = scene.facts[name]
    entries, more, listed = scene.entries_at(fact, moment)
    if of_a_year:
        entries = [(entry, counts) for entry, counts in entries if entry.year is not None]
    values: list[int] = []
    cites: list[Path] = []
    missing: list[Path] = []
    for entry, counts in entries:
        unclear: list[Path] = []
        value = min(counts, scene.matches(where, entry, moment.day, unclear))
        values.append(value)
        if value != FALSE:
            cites.append(entry.at)
        if value == UNKNOWN:
            missing.extend(unclear)
            if counts == UNKNOWN:
                missing.extend(_undated(entry, listed.declared))
    value = any_of(values)
    if value != TRUE and more:
        value = UNKNOWN
        missing.extend(more)
    return Seen(value, node, None, None, (), tuple(cites), tuple(missing) if value == UNKNOWN else ())


def _undated(entry: Any, declared: Any) -> Iterator[Path]:
    if declared.date and entry.when is not None and not entry.when.exact:
        yield (*entry.at, declared.date)
    if declared.year and entry.year is None:
        yield (*entry.at, declared.year)


def _every(node: c.Every, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    entries, more, listed = scene.entries_at(scene.facts[node.fact], moment)
    values: list[int] = []
    cites: list[Path] = []
    missing: list[Path] = []
    lacking: list[str] = []
    for entry, counts in entries:
        unclear: list[Path] = []
        value = scene.matches(node.every, entry, moment.day, unclear)
        if counts == UNKNOWN and value != TRUE:
            value = UNKNOWN
            unclear.extend(_undated(entry, listed.declared))
        values.append(value)
        cites.append(entry.at)
        if value == UNKNOWN:
            missing.extend(unclear)
        elif value != TRUE:
            lacking.append(name_of(entry.record, entry.at))
    certain = any(counts == TRUE for _, counts in entries)
    if more or not certain:
        values.append(UNKNOWN if more or entries else FALSE)
        missing.extend(more or (path for entry, _ in entries for path in _undated(entry, listed.declared)))
    value = min(values)
    return Seen(
        value, node, None, None, (), tuple(cites), tuple(missing) if value == UNKNOWN else (), tuple(lacking)
    )


def name_of(record: Any, at: Path) -> str:
    """What an entry of a list is called."""
    for attribute in ("name", "kind", "use"):
        named = getattr(record, attribute, None)
        if isinstance(named, str):
            return named
    return "/" + "/".join(str(part) for part in at)


def _none_of(node: c.NoneOf, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    entries, more, listed = scene.entries_at(scene.facts[node.fact], moment)
    values: list[int] = [TRUE]
    cites: list[Path] = []
    missing: list[Path] = []
    lacking: list[str] = []
    for entry, counts in entries:
        unclear: list[Path] = []
        value = negate(scene.matches(node.none_of, entry, moment.day, unclear))
        if value == TRUE and node.open:
            allowed = (
                FALSE if node.permitted is None else scene.matches(node.permitted, entry, moment.day, unclear)
            )
            value = TRUE if allowed == TRUE else REVIEW if allowed == FALSE else UNKNOWN
        if counts == UNKNOWN and value != TRUE:
            value = UNKNOWN
            unclear.extend(_undated(entry, listed.declared))
        values.append(value)
        if value != TRUE:
            cites.append(entry.at)
        if value == UNKNOWN:
            missing.extend(unclear)
        elif value != TRUE:
            lacking.append(name_of(entry.record, entry.at))
    if more:
        values.append(UNKNOWN)
        missing.extend(more)
    value = min(values)
    return Seen(
        value, node, None, None, (), tuple(cites), tuple(missing) if value == UNKNOWN else (), tuple(lacking)
    )


def _each_of(node: c.EachOf, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    from tic_rules.evaluation.facts import Entry

    table, more, path = scene.table(node.fact, moment.day)
    values: list[int] = []
    missing: list[Path] = []
    lacking: list[str] = []
    for key in node.each_of:
        record = (table or {}).get(key)
        if record is None:
            values.append(UNKNOWN if more else FALSE)
            lacking.append(key)
            continue
        unclear: list[Path] = []
        value = scene.matches(node.has, Entry((*path, key), record, None, None, None), moment.day, unclear)
        values.append(value)
        if value != TRUE:
            lacking.append(key)
            missing.extend(unclear)
    value = min(values)
    if value == UNKNOWN and more:
        missing.append(path)
    return Seen(
        value,
        node,
        None,
        None,
        (),
        (path,) if table else (),
        tuple(missing) if value == UNKNOWN else (),
        tuple(lacking),
    )


def _largest(node: c.Largest, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    groups = scene.groups(node.fact, moment)
    own = groups[node.largest]
    values: list[int] = [TRUE]
    missing: list[Path] = []
    for name, other in groups.items():
        if name != node.largest:
            value = compare("at_least", own.range, other.range)
            values.append(value)
            if value == UNKNOWN:
                missing.extend((*own.missing, *other.missing))
    value = min(values)
    cites = tuple(dict.fromkeys(cite for reading in groups.values() for cite in reading.cites))
    most = max((r.range.high for n, r in groups.items() if n != node.largest), default=0)
    least = max((r.range.low for n, r in groups.items() if n != node.largest), default=0)
    return Seen(
        value,
        node,
        own.range,
        Range(least, most),
        (),
        cites,
        tuple(dict.fromkeys(missing)) if value == UNKNOWN else (),
    )


def _share(node: c.Share, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    named, others = scene.share(node.fact, node.share_of, moment)
    strict = node.more_than is not None
    asked: Any = node.more_than if strict else node.at_least
    bound = Fraction(asked)
    own, rest = named.range.times(1 - bound), others.range.times(bound)
    value = compare("more_than" if strict else "at_least", own, rest)
    low, high = (
        _part_of(named.range.low, others.range.high, Fraction(0)),
        _part_of(named.range.high, others.range.low, Fraction(1)),
    )
    return Seen(
        value,
        node,
        Range(low, high),
        Range(bound, bound),
        (),
        named.cites,
        others.missing if value == UNKNOWN else (),
    )


def _part_of(own: Any, rest: Any, otherwise: Fraction) -> Fraction:
    """own / (own + rest), where both are known and there is something to share."""
    return Fraction(own) / Fraction(own + rest) if own + rest not in (0, INFINITY) else otherwise


def _not_after(node: c.NotAfter, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    day = life.term_end if node.not_after == "term_end" else life.approved
    return Seen(TRUE if day is not None and scene.as_of <= day else FALSE, node, day)


def _follows(node: c.Follows, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    value, missing = scene.followed[node.follows]
    return Seen(value, node, missing=missing)


def _running(node: c.Running, scene: Scene, moment: Moment, life: Life, rule: Rule) -> Seen:
    """Calendar years running; a year without an entry is open only where a result for it could exist that is not shown.

    An entry without a year may be of any one year: a run that lacks no more years than there are such entries is open.
    """
    fact = scene.facts[node.of]
    listed = scene.listed(fact.list_name or "")
    years = [entry.year for entry in listed.entries if entry.year is not None]
    ended = add_days(moment.day, 1).year - 1
    begun = life.approved.year if life.approved else ended
    loose = without_year(node, scene, moment)
    spare = min(len(loose), node.running)
    by_year: dict[int, Seen] = {}
    for year in range(max(min([begun, *years]) - spare, 1), min(max([ended, *years]) + spare, 9998) + 1):
        seen = _look_through(node, node.of, node.where, scene, moment._replace(year=year), of_a_year=True)
        if (
            seen.value == UNKNOWN
            and (not begun <= year <= ended or _settled(node, scene, moment, year))
            and not _open_entry(seen, scene, fact)
        ):
            seen = seen._replace(value=FALSE, missing=())
        by_year[year] = seen
    runs = [
        [by_year[year + step] for step in range(node.running)]
        for year in by_year
        if year + node.running - 1 in by_year
    ]
    values = [_run_of(run, spare) for run in runs]
    value = any_of(values)
    told = [run for run, of_run in zip(runs, values, strict=True) if of_run == value]
    if value != UNKNOWN:
        cites = (
            tuple(dict.fromkeys(cite for run in told for seen in run for cite in seen.cites))
            if value == TRUE
            else ()
        )
        return Seen(value, node, None, None, (), cites)
    missing = [path for run in told for seen in run if seen.value == UNKNOWN for path in seen.missing]
    if any(seen.value == FALSE for run in told for seen in run):
        missing.extend(
            path for entry, unclear in loose for path in (*unclear, *_undated(entry, listed.declared))
        )
    return Seen(value, node, missing=tuple(dict.fromkeys(missing)))


def without_year(node: c.Running, scene: Scene, moment: Moment) -> list[tuple[Any, list[Path]]]:
    """The entries that may be so and say no year, each with what leaves it open."""
    found = []
    for entry, _ in scene.entries_at(scene.facts[node.of], moment)[0]:
        unclear: list[Path] = []
        if entry.year is None and scene.matches(node.where, entry, moment.day, unclear) != FALSE:
            found.append((entry, unclear))
    return found


def _run_of(run: list[Seen], spare: int) -> int:
    """A run of years: false where it lacks more of them than entries without a year could fill."""
    lacking = sum(seen.value == FALSE for seen in run)
    return FALSE if lacking > spare else UNKNOWN if lacking else min(seen.value for seen in run)


def _settled(node: c.Running, scene: Scene, moment: Moment, year: int) -> bool:
    """Whether the data shows a result of that year of the kind that counts, so that none can be missing; not every list has results."""
    other = {name: test for name, test in node.where.each.items() if name != "result"}
    entries, _, _ = scene.entries_at(scene.facts[node.of], moment._replace(year=year))
    kind = c.Where.model_construct(each=other, any=())
    told = [
        entry
        for entry, counts in entries
        if counts == TRUE and getattr(entry.record, "result", True) is not None
    ]
    return any(scene.matches(kind, entry, moment.day, []) == TRUE for entry in told)


def _open_entry(seen: Seen, scene: Scene, fact: Any) -> bool:
    """Whether an entry that is shown leaves the year open, not only one that is not."""
    lists = scene.listed(fact.list_name or "").at
    return any(path not in lists for path in seen.missing)


_SEE: dict[Any, Any] = {
    c.All: _all, c.Either: _any, c.Not: _not, c.Review: _review, c.Attested: _attested, c.Compare: _compare, c.Is: _is, c.Among: _among,
    c.AnyAmong: _any_among, c.Contains: _contains, c.Given: _given, c.Done: _done, c.Reads: _reads, c.Same: _same, c.Some: _some, c.Every: _every,
    c.NoneOf: _none_of, c.EachOf: _each_of, c.Largest: _largest, c.Share: _share, c.NotAfter: _not_after, c.Follows: _follows, c.Running: _running,
}  # fmt: skip


# --- rules ------------------------------------------------------------------------------------------------------------------


class Decision(NamedTuple):
    """A rule decided for one life: the status and all that the finding is made of.

    `holds` says whether the requirement itself is true, whatever became of the rule; `if_false` is the status that it would
    have if it were false. Both serve to settle what several lives leave open.
    """

    status: str
    seen: Seen | None = None
    moment: Moment | None = None
    deadline: date | None = None
    window: tuple[date, date] | None = None
    why_not: str | None = None
    holds: bool = False
    if_false: str = "fail"
    applies: Seen | None = None
    broken: Seen | None = None
    years: tuple[tuple[int, str, Seen, date], ...] = ()
    missing: tuple[Path, ...] = ()
    agreed: bool = True

    @property
    def main(self) -> Seen | None:
        """The one condition that the finding's numbers are about; None where the clause asks several things."""
        return self.seen if self.seen is not None and not self.seen.parts else None

    @property
    def mark(self) -> Any:
        """What tells the numbers of this decision from those of others of the rule."""
        main = self.main
        return None if main is None else (main.observed, main.bound)

    @property
    def full(self) -> Decision:
        """The decision with all that was seen; other engines make it when it is looked at."""
        return self

    @property
    def by_year(self) -> dict[int, str]:
        """The status of each year that is owed."""
        return {year: status for year, status, _, _ in self.years} if self.years else {}

    @property
    def seens(self) -> list[Seen]:
        """What was seen, in the order in which it is told."""
        return [
            seen
            for seen in (self.applies, self.seen, self.broken, *(seen for _, _, seen, _ in self.years))
            if seen is not None
        ]

    @property
    def cites(self) -> tuple[Path, ...]:
        """The places that were read."""
        return tuple(dict.fromkeys(path for seen in self.seens for path in _cites(seen)))

    @property
    def lacking(self) -> tuple[str, ...]:
        """What lists lack, by name."""
        return tuple(dict.fromkeys(name for seen in self.seens for name in _lacking(seen)))


def decide(rule: Rule, scene: Scene, life: Life) -> Decision:
    """A rule for one life of the centre, in which every day of the clock is known."""
    programme = scene.programme
    if programme != (rule.bearer == "programme"):
        return Decision("not_applicable", why_not="programme" if programme else "not_programme")
    if not programme and life.approved is None and rule.by != "application":
        if rule.by == "approval":
            return Decision("pending", why_not="before_approval", if_false="pending")
        return Decision(
            "not_applicable",
            why_not="before_approval",
            holds=_holds_anyway(rule, scene, life),
            if_false="not_applicable",
        )
    if rule.yearly is not None:
        return _yearly(rule, scene, life)
    clock = clock_of(rule, scene, life)
    if clock is None:
        return Decision("not_applicable", deadline=None, why_not="not_yet", if_false="not_applicable")
    return _judge(rule, scene, life, clock)


class Clock(NamedTuple):
    """When a rule is looked at: `late` is the status that it has then where it does not hold."""

    moment: Moment
    deadline: date | None
    late: str
    window: tuple[date, date] | None = None


def clock_of(rule: Rule, scene: Scene, life: Life) -> Clock | None:
    """The clock of a rule that is not owed year by year; None where its time has not come."""
    as_of = scene.as_of
    start = life.approved if rule.since == "approval" else rule.since
    first = start if isinstance(start, date) else FIRST_DAY
    if rule.from_ is not None:
        opens = life.approved if rule.from_ == "approval" else life.term_end
        return (
            None
            if opens is None or as_of <= opens
            else Clock(Moment(as_of, add_days(opens, 1)), None, "pending")
        )
    deadline = deadline_of(rule, life)
    last = (
        min(as_of, deadline)
        if deadline is not None
        else min(as_of, life.term_end)
        if rule.until and life.term_end
        else as_of
    )
    late = "fail" if (deadline is not None and as_of > deadline) or rule.by is None else "pending"
    window = (first, deadline or life.term_end or as_of) if rule.since is not None else None
    return Clock(Moment(last, first), deadline, late, window)


def deadline_of(rule: Rule, life: Life) -> date | None:
    """The last day of a rule's time in a life; None where it has none, or where an applicant has not applied yet."""
    if rule.by == "application":
        known = [day for day in (life.applied, life.approved) if day is not None]
        return min(known) if known else None
    if rule.by == "approval":
        return life.approved
    if rule.by == "term_end":
        return life.term_end
    if rule.years is not None and life.approved is not None:
        return add_years(life.approved, rule.years)
    return rule.by if isinstance(rule.by, date) else None


def _holds_anyway(rule: Rule, scene: Scene, life: Life) -> bool:
    if rule.yearly or rule.from_ or rule.since or rule.until:
        return False
    seen = see(rule.condition, scene, Moment(scene.as_of), life, rule)
    return seen.value == (FALSE if rule.kind == "consequence" else TRUE)


def _judge(rule: Rule, scene: Scene, life: Life, clock: Clock) -> Decision:
    """The requirement at its moment; what breaks it at once; whether the rule applies at all."""
    moment, deadline, late, window = clock
    seen = see(rule.condition, scene, moment, life, rule)
    value = negate(seen.value) if rule.kind == "consequence" else seen.value
    broken = see(rule.fails_at_once, scene, moment, life, rule) if rule.fails_at_once is not None else None
    applies = see(rule.applies, scene, moment, life, rule) if rule.applies is not None else None
    status = _status(value, broken, late)
    told = Decision(status, seen, moment, deadline, window, None, value == TRUE, late, applies, broken)
    if applies is None or applies.value == TRUE:
        return told
    if applies.value == FALSE:
        return told._replace(status="not_applicable", why_not="applies", if_false="not_applicable")
    return (
        told
        if status == "pass"
        else told._replace(
            status="needs_review" if applies.value == REVIEW and status != "unknown" else "unknown"
        )
    )


def _status(value: int, broken: Seen | None, late: str) -> str:
    if broken is not None and broken.value == TRUE:
        return "fail"
    if value == TRUE:
        return "pass"
    open_end = broken is not None and broken.value == UNKNOWN and late != "fail"
    if value == UNKNOWN or open_end:
        return "unknown"
    return late if value == FALSE else "needs_review"


def _yearly(rule: Rule, scene: Scene, life: Life) -> Decision:
    """Every full calendar year between approval and the as-of day; where nothing is owed yet, not applicable."""
    as_of, owed = scene.as_of, rule.yearly
    assert owed is not None
    assert life.approved is not None
    first = life.approved.year if life.approved == date(life.approved.year, 1, 1) else life.approved.year + 1
    last = as_of.year if as_of == year_end(as_of.year) or owed.running_year else as_of.year - 1
    told = []
    for year in range(first, last + 1):
        due = year_due(rule, year)
        seen = see(rule.require, scene, Moment(min(as_of, due), FIRST_DAY, year), life, rule)
        told.append((year, _status(seen.value, None, "fail" if as_of > due else "pending"), seen, due))
    if not told:
        return Decision("not_applicable", why_not="no_year", if_false="not_applicable")
    statuses = {status for _, status, _, _ in told}
    status = next(s for s in ("fail", "unknown", "needs_review", "pending", "pass") if s in statuses)
    late = "fail" if any(as_of > due for *_, due in told) else "pending"
    shown = next(due for _, s, _, due in told if s == status) if status in ("fail", "pending") else None
    return Decision(status, None, None, shown, holds=status == "pass", if_false=late, years=tuple(told))


def year_due(rule: Rule, year: int) -> date:
    """The last day on which what a rule owes for a year is looked for."""
    assert rule.yearly is not None
    return year_end(year + 1 if rule.yearly.looked_for_until == "end_of_next_year" else year)


# --- lives ------------------------------------------------------------------------------------------------------------------


def settle(rule: Rule, scene: Scene) -> Decision:
    """A rule over every life that the data allows: what all of them agree on, otherwise unknown, naming the days to make exact."""
    needs = needs_of(scene.ruleset, rule)
    lives = lives_of(scene, needs)
    if lives.cut:
        some = [decide(rule, scene, life) for life in lives.all]
        named = (
            *lives.open,
            *(path for decision in some if decision.status == "unknown" for path in missing_of(decision)),
        )
        return Decision("unknown", missing=tuple(dict.fromkeys(named)), agreed=False)
    first = decide(rule, scene, lives.all[0])
    if len(lives.all) == 1:
        return first._replace(missing=missing_of(first)) if first.status == "unknown" else first
    told = [first, *(decide(rule, scene, life) for life in lives.all[1:])]
    statuses = {decision.status for decision in told}
    if len(statuses) == 1:
        status = first.status
    elif statuses == {"pass", "not_applicable"} and all(decision.holds for decision in told):
        status = "pass"
    elif statuses == {"fail", "pending"} and day_not_needed(rule, scene, lives.all):
        status = "fail"
    else:
        status = "unknown"
    shown = next((decision for decision in told if decision.status == status), first)
    deadlines = {decision.deadline for decision in told}
    windows = {decision.window for decision in told}
    seen = _hull([decision for decision in told if decision.seen is not None], shown)
    settled = shown._replace(
        status=status,
        seen=seen,
        agreed=len(deadlines) == 1,
        deadline=shown.deadline if len(deadlines) == 1 else None,
        window=shown.window if len(windows) == 1 else None,
    )
    if status != "unknown":
        return settled
    missing = [path for decision in told if decision.status == "unknown" for path in missing_of(decision)]
    looks, behind = reads_days(scene, rule), day_not_needed(rule, scene, lives.all)
    told_apart = {
        ("fail" if behind else decision.if_false, decision.moment if looks else None) for decision in told
    }
    if (
        len({"fail" if behind and status == "pending" else status for status in statuses}) > 1
        or len(told_apart) > 1
    ):
        missing = [*lives.open, *missing]
    return settled._replace(missing=tuple(dict.fromkeys(missing)))


def day_not_needed(rule: Rule, scene: Scene, lives: tuple[Life, ...]) -> bool:
    """Whether an approved centre's application or approval, on a day that is left out, is behind it: what is not met then has failed."""
    centre = scene.subject
    if rule.by not in ("application", "approval") or not isinstance(centre, Centre):
        return False
    left_out = centre.approved_on is None or (rule.by == "application" and centre.applied_on is None)
    return left_out and all(life.approved is not None for life in lives)


def reads_days(scene: Scene, rule: Rule) -> bool:
    """Whether what a rule reads can differ from day to day."""
    trees = [tree for tree in (rule.applies, rule.require, rule.fails_at_once, rule.when) if tree is not None]
    for fact in (scene.facts[name] for tree in trees for name in c.facts_of(tree)):
        if fact.reading in ("stock", "sum", "groups", "kinds") or fact.type == "date":
            return True
        listed = scene.lists.get(fact.list_name or "")
        if listed is not None and (listed.date or listed.year):
            return True
        if fact.value is not None and isinstance(value_at(scene.subject, fact.value), Series):
            return True
    return False


def _hull(told: list[Decision], shown: Decision) -> Seen | None:
    """What was seen, with the range that all lives together leave."""
    seen = shown.seen
    if seen is None or not isinstance(seen.observed, Range):
        return seen
    observed = seen.observed
    for decision in told:
        if decision.seen is not None and isinstance(decision.seen.observed, Range):
            observed = observed.hull(decision.seen.observed)
    return seen._replace(observed=observed)


def missing_of(decision: Decision) -> tuple[Path, ...]:
    """The places whose absence leaves a decision open, and only those."""
    parts = [
        decision.applies,
        decision.seen,
        decision.broken,
        *(seen for _, status, seen, _ in decision.years if status == "unknown"),
    ]
    if (
        decision.applies is not None
        and decision.applies.value == UNKNOWN
        and decision.seen is not None
        and decision.seen.value != UNKNOWN
    ):
        parts = [decision.applies]
    return tuple(dict.fromkeys(path for seen in parts if seen is not None for path in absent(seen)))


def absent(seen: Seen) -> Iterator[Path]:
    """The missing places of a condition that is unknown: those of its unknown parts, no others."""
    if seen.value != UNKNOWN:
        return
    yield from seen.missing
    for part in seen.parts:
        yield from absent(part)


def _cites(seen: Seen) -> Iterator[Path]:
    yield from seen.cites
    for inner in seen.parts:
        yield from _cites(inner)


def _lacking(seen: Seen) -> Iterator[str]:
    if seen.value != TRUE:
        yield from seen.lacking
    for inner in seen.parts:
        if inner.value != TRUE:
            yield from _lacking(inner)


def check_rules(scene: Scene) -> list[Decision]:
    """Every rule of the scene's rule set, in its order; consequences by forward chaining to a fixed point."""
    decisions: dict[str, Decision] = {}
    waiting = []
    for rule in scene.ruleset.rules:
        if rule.waits_for:
            waiting.append(rule)
            continue
        decisions[rule.id] = decision = settle(rule, scene)
        if rule.kind == "consequence":
            scene.followed[rule.id] = _followed(decision)
    while waiting:
        ready = [rule for rule in waiting if all(other in scene.followed for other in rule.waits_for)]
        for rule in ready:
            decisions[rule.id] = decision = settle(rule, scene)
            if rule.kind == "consequence":
                scene.followed[rule.id] = _followed(decision)
        waiting = [rule for rule in waiting if rule not in ready]
    return [decisions[rule.id] for rule in scene.ruleset.rules]


def _followed(decision: Decision) -> tuple[int, tuple[Path, ...]]:
    value = (
        TRUE
        if decision.status == "fail"
        else UNKNOWN
        if decision.status in ("unknown", "needs_review")
        else FALSE
    )
    return value, decision.missing


__all__ = [
    "Centre",
    "Decision",
    "Life",
    "Seen",
    "absent",
    "check_rules",
    "compare",
    "decide",
    "see",
    "settle",
]
