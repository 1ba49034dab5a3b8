"""A centre that is watched: events come one by one, and each gives the findings that it changed.

    monitor = Monitor("zhejiang_2022", centre)
    entry = {"date": "2024-02-20", "amount": "1.5亿元", "payer": "host"}
    changes = monitor.apply({"add": "contributions", "entry": entry})
    changes.findings, changes.verdict
    monitor.apply({"day": "2024-03-02"})
    state = monitor.state()  # a plain document for JSON; Monitor.restore(state) goes on from it

At every step the findings are those of a fresh check of `monitor.data` on `monitor.day`."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Self

from tic_rules.analysis.construct import no_place, place_in
from tic_rules.core.dates import FIRST_DAY, parse_day
from tic_rules.core.errors import DataError, UsageError, fault
from tic_rules.core.scalars import Json, NotPlain
from tic_rules.core.scalars import plain as as_given
from tic_rules.core.source import pointer
from tic_rules.engines.check import as_of_day, check_subject
from tic_rules.model.centre import Centre
from tic_rules.model.document import Edit, Parts, apply, narrowed, plain
from tic_rules.model.fields import list_above, paths_of, value_at
from tic_rules.model.intake import subject_from
from tic_rules.model.loader import load_ruleset
from tic_rules.model.ruleset import RuleSet
from tic_rules.model.values import Series, written
from tic_rules.results.report import Finding, Part, Report, Verdict
from tic_rules.results.terms import dotted_of

LOOKED_AT = (
    "status",
    "severity",
    "observed",
    "required",
    "gap",
    "deadline",
    "window",
    "reached_on",
    "years",
    "lacking",
    "missing",
)
"""What makes a finding another one. That a day fewer is left does not."""

_NEEDED = {"day": {"day"}, "add": {"add", "entry"}, "set": {"set", "value"}}
_KEYS = {"day": {"day"}, "add": {"add", "entry", "day"}, "set": {"set", "value", "since", "day"}}
_SCHEMA = 1


@dataclass(frozen=True, slots=True)
class Changes:
    """What an event changed: findings as they are now, consequences that follow now and did not before, and
    the verdicts."""

    day: date
    findings: tuple[Finding, ...]
    before: Mapping[str, str]
    """The earlier status of each changed finding, by rule."""
    consequences: tuple[Part, ...]
    ended: tuple[str, ...]
    """Consequences that no longer follow."""
    verdict_before: str
    verdict: str

    def __iter__(self) -> Iterator[Finding]:
        return iter(self.findings)

    def __bool__(self) -> bool:
        return bool(self.findings) or self.verdict != self.verdict_before

    def as_dict(self) -> Json:
        """The changes as plain JSON values."""
        return {
            "day": self.day.isoformat(),
            "verdict": {"before": self.verdict_before, "now": self.verdict},
            "findings": [
                {"before": self.before[finding.rule], "finding": finding.as_dict()}
                for finding in self.findings
            ],
            "consequences": [part["rule"] for part in self.consequences],
            "ended": list(self.ended),
        }


class Monitor:
    """A centre, a rule set and a day, and what a check says of them. One monitor belongs to one thread."""

    __slots__ = ("_report", "_subject", "day", "ruleset")

    def __init__(
        self, ruleset: str | os.PathLike[str] | RuleSet, centre: object, *, day: date | str | None = None
    ) -> None:
        """`day` is the day to begin with, by default the data's reported_on. Raises as `check` does."""
        self.ruleset = load_ruleset(ruleset)
        # The plain document is what is saved: to begin with it makes a monitor and a restored one the same.
        read = subject_from(centre, Centre, self.ruleset.vocabulary)
        self._subject = self._sound(narrowed(plain(read), self.ruleset.centre_model))
        self.day = as_of_day(self._subject, day)
        self._report = check_subject(self._subject, self.ruleset, self.day)

    def _sound(self, document: dict[str, object]) -> Centre:
        return subject_from(document, Centre, self.ruleset.vocabulary)

    @property
    def report(self) -> Report:
        """The report as of now."""
        return self._report

    @property
    def verdict(self) -> Verdict:
        """The verdict over the data as it stands."""
        return self._report.verdict

    @property
    def data(self) -> Json:
        """The centre's data as of now, as a file would say it."""
        return plain(self._subject)

    def apply(self, event: Mapping[str, Any]) -> Changes:
        """Take one event in. Raises UsageError or DataError for one that cannot be; the monitor then stays as
        it was.

        {"day": D}: time has passed, and the data is complete up to D; data that speaks for a later day still
        does. {"add": list, "entry": {...}}: an entry came in. {"set": place, "value": v, "since": D}: a value
        is another, since a day or, without one, altogether; None is unknown. Both may carry "day" too."""
        is_event = isinstance(event, Mapping)
        kind = next((name for name in ("add", "set", "day") if is_event and name in event), None)
        if kind is None or event.keys() - _KEYS[kind] or _NEEDED[kind] - event.keys():
            keys = sorted(map(str, event)) if is_event else [type(event).__name__]
            zh = f"事件写法不对：{'、'.join(keys)}；写法有 day、add + entry、set + value"
            en = f"not an event: {', '.join(keys)}; known are day, add + entry, set + value"
            raise fault(UsageError, "event", zh, en)
        day = parse_day(event["day"]) if "day" in event else self.day
        if day < self.day:
            zh = f"{day} 早于 {self.day}：时间不会倒流"
            en = f"{day} is before {self.day}: time does not run back"
            raise fault(UsageError, "event", zh, en)
        edits = list(self._edits(kind, event))
        spoken = self._subject.speaks_for
        if day != self.day and spoken is not None and day > spoken:
            edits.append(Edit("set", ("reported_on",), day.isoformat()))
        subject = self._sound(apply(plain(self._subject), edits)) if edits else self._subject
        report = check_subject(subject, self.ruleset, day)
        changes = _changes(self._report, report, day)
        self._subject, self._report, self.day = subject, report, day
        return changes

    def _edits(self, kind: str, event: Mapping[str, Any]) -> Iterator[Edit]:
        if kind == "day":
            return
        dotted = str(event[kind])
        path = self._path(dotted, kind == "add")
        try:
            value = as_given(event["entry" if kind == "add" else "value"])
        except NotPlain as error:
            raise fault(DataError, *error.args) from None
        if kind == "add":
            yield Edit("append", path, value)
        elif event.get("since") is None:
            yield Edit("set", path, value)
        else:
            yield self._since(dotted, value, parse_day(event["since"]))

    def _path(self, dotted: str, add: bool) -> Parts:
        """The place that an event names; an entry of a list by its number. Raises UsageError."""
        vocabulary = self.ruleset.vocabulary
        path = place_in(self.data, dotted, vocabulary, add)
        if dotted_of(pointer(path), vocabulary) not in paths_of(self.ruleset.centre_model):
            raise no_place(dotted)
        return path

    def _since(self, dotted: str, value: object, since: date) -> Edit:
        """A value that holds from a day on; what was said before goes on holding for the days before."""
        path = tuple(dotted.split("."))
        if list_above(type(self._subject), dotted) is not None or any(part.isdecimal() for part in path):
            zh = f"{dotted} 在清单的条目里，不能用 since"
            en = f"{dotted} is in an entry of a list and takes no `since`"
            raise fault(UsageError, "event", zh, en)
        old = value_at(self._subject, dotted)
        entry = {"date": since.isoformat(), "value": value}
        if isinstance(old, Series):
            kept = [
                written(Series((dated,)))[0]
                for dated in old
                if not (dated.when.exact and dated.when.first == since)
            ]
            return Edit("set", path, [*kept, entry])
        if old is None:
            return Edit("set", path, [entry])
        stock = any(fact.stock == dotted for fact in self.ruleset.facts.values())
        spoken = (self._subject.speaks_for or self.day) if stock else FIRST_DAY
        before = [] if spoken == since else [{"date": spoken.isoformat(), "value": written(old)}]
        return Edit("set", path, [*before, entry])

    # --- saving and restoring -------------------------------------------------------------------------------

    def state(self) -> Json:
        """All that the monitor knows, as a plain document."""
        return {
            "schema_version": _SCHEMA,
            "ruleset": _identity(self.ruleset),
            "day": self.day.isoformat(),
            "data": self.data,
        }

    @classmethod
    def restore(
        cls, state: Mapping[str, Any], ruleset: str | os.PathLike[str] | RuleSet | None = None
    ) -> Self:
        """A monitor that goes on from a saved state. Raises UsageError where the state is not one or belongs
        to other rules: of another id or version or, unless `ruleset` is given, of another text."""
        if not _is_state(state):
            zh, en = "不是监测状态，或版本不符", "not a monitor's state, or one of another version"
            raise fault(UsageError, "state", zh, en)
        saved = state["ruleset"]
        rules = load_ruleset(saved["id"] if ruleset is None else ruleset)
        if (saved["id"], saved["version"]) != (rules.id, rules.version):
            one, other = (f"{of['id']} {of['version']}" for of in (saved, _identity(rules)))
            zh = f"状态属于规则集 {one}，不是 {other}"
            en = f"the state belongs to rule set {one}, not to {other}"
            raise fault(UsageError, "state", zh, en)
        if ruleset is None and saved.get("sha256", rules.sha256) != rules.sha256:  # not in older states
            zh = f"状态所用的规则与现有的 {rules.id} 文本不同；请用 ruleset 指明用哪一份"
            en = f"the state belongs to another text of {rules.id} than the one on hand; name it as `ruleset`"
            raise fault(UsageError, "state", zh, en)
        return cls(rules, state["data"], day=state["day"])


def _identity(ruleset: RuleSet) -> Json:
    """What tells a rule set from others; changed rules have no `sha256`."""
    return {"id": ruleset.id, "version": ruleset.version, "sha256": ruleset.sha256}


def _is_state(state: object) -> bool:
    """Whether a value has what `Monitor.state` gives."""
    if not isinstance(state, Mapping) or not {"ruleset", "day", "data"} <= state.keys():
        return False
    of, schema = state["ruleset"], state.get("schema_version")
    return schema == _SCHEMA and isinstance(of, Mapping) and {"id", "version"} <= of.keys()


def _changes(before: Report, after: Report, day: date) -> Changes:
    pairs = [
        (old, new)
        for old, new in zip(before, after, strict=True)
        if any(getattr(old, key) != getattr(new, key) for key in LOOKED_AT)
    ]
    earlier = {part["rule"] for part in before.consequences}
    now = after.consequences
    return Changes(
        day, tuple(new for _, new in pairs), {new.rule: old.status for old, new in pairs},
        tuple(part for part in now if part["rule"] not in earlier),
        tuple(sorted(earlier - {part["rule"] for part in now})), before.verdict, after.verdict,
    )  # fmt: skip
