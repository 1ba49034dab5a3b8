"""One check: a subject, a rule set, a day. Attestations and exemptions are sorted out, rules decided, the report wired."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from itertools import count, repeat
from typing import Any

from tic_rules.core.errors import UsageError, fault
from tic_rules.core.quantities import NotADate, parse_span
from tic_rules.core.version import VERSION
from tic_rules.evaluation.decisions import Decision
from tic_rules.evaluation.exemptions import exempt, exemptions_of
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.judgements import sort_judgements
from tic_rules.evaluation.settlement import check_rules
from tic_rules.model import conditions as c
from tic_rules.model.centre import CentreData, Programme, Series, Subject
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.report import Finding, Part, Report, Teller
from tic_rules.results.telling import TOLD, Telling, clauses_of, heads_of
from tic_rules.results.warnings import warnings_of

ENGINES = ("native", "reference", "compiled", "durable")


def parse_day(day: date | str) -> date:
    """An as-of day. Raises UsageError."""
    try:
        span = parse_span(day)
    except NotADate as error:
        raise fault(UsageError, "as-of", *error.args) from None
    if not span.exact:
        raise fault(UsageError, "as-of", f"“{day}”要精确到日", f"{day} must be exact to the day")
    return span.first


def as_of_day(subject: Subject, as_of: date | str | None) -> date:
    """The as-of day: the one asked for, else reported_on, else an error; never today."""
    if as_of is not None:
        return parse_day(as_of)
    if subject.speaks_for is None:
        raise fault(
            UsageError,
            "as-of",
            "没有基准日：请给出 as_of，或在数据中写明 reported_on",
            "no as-of day: give as_of, or reported_on in the data",
            file=subject.file or "",
        )
    return subject.speaks_for


def check_subject(
    subject: Subject, ruleset: RuleSet, as_of: date, engine: str = "native", isolated: bool = False
) -> Report:
    """Decide every rule of a rule set for a subject on a day; `isolated` keeps the durable engine in a process of its own."""
    scene = Scene(subject, ruleset, as_of)
    sort_judgements(scene)
    made = _Check(scene, _decided(scene, engine, isolated))
    return Report(
        Part(name="tic-rules", version=VERSION, engine=engine), _centre(subject), _programme(subject), _about(ruleset), as_of.isoformat(),
        made.findings, made.consequences, made.warnings, made.statuses, subject,
    )  # fmt: skip


class _Check(Teller):
    """The rules decided; what a report shows of them is made when it is looked at."""

    def __init__(self, scene: Scene, decisions: Any) -> None:
        super().__init__()
        self.scene, self.decisions = scene, decisions
        self.exempted: dict[str, tuple[Any, Decision]] = {}
        self.used: set[int] = set()
        self.told: dict[int, Telling] = {}
        self.known: Sequence[str] = getattr(decisions, "statuses", None) or [
            decision.status for decision in decisions
        ]
        self.marks: Any = getattr(decisions, "marks", None)
        self.deadlines: Any = getattr(decisions, "deadlines", None) or (None,) * len(self.known)
        self.heads, self.apart = heads_of(scene.ruleset), set[int]()
        for rule_id, given in exemptions_of(scene.subject, scene.ruleset).items():
            place = scene.ruleset.place_of(rule_id)
            self.apart.add(place)
            self.exempted[rule_id] = exempt(decisions[place], given, scene.as_of, self.used)

    def statuses(self) -> dict[str, str]:
        found = dict(zip(self.scene.ruleset.rule_ids, self.known, strict=True))
        for rule_id, (_, decision) in self.exempted.items():
            found[rule_id] = decision.status
        return found

    def findings(self) -> tuple[Finding, ...]:
        statuses = self.statuses().values() if self.exempted else self.known
        return tuple(map(Finding, statuses, clauses_of(self.scene.ruleset), count(), repeat(self)))

    def all(self, key: str) -> list[Any]:
        found: list[Any] = [None] * len(self.known)
        if self.marks is not None and key in _ALL:
            found = _ALL[key](self)
            for place in self.apart:
                found[place] = None
        setattr(self, key, found)
        return found

    def all_numbers(self) -> list[Any]:
        told = zip(self.heads, self.known, self.marks, strict=True)
        return [head.numbers.get((status == "not_applicable", mark)) for head, status, mark in told]

    def all_said(self) -> list[Any]:
        as_of, programme, found = self.scene.as_of, self.scene.programme, list[Any]()
        for head, status, mark, deadline in zip(
            self.heads, self.known, self.marks, self.deadlines, strict=True
        ):
            if status in head.by_mark:
                found.append(head.said.get((status, mark)))
            elif status in head.by_day and deadline is not None:
                found.append(head.said.get((status, mark, deadline, as_of)))
            else:
                found.append(head.said.get(None) if head.programme != programme else None)
        return found

    def tell(self, place: int, key: str) -> Any:
        told = TOLD[key](self._telling(place))
        if self.marks is not None and place not in self.apart:
            head, status, mark, deadline = (
                self.heads[place],
                self.known[place],
                self.marks[place],
                self.deadlines[place],
            )
            if key == "numbers":
                head.keep(head.numbers, (status == "not_applicable", mark), told)
            elif key == "said" and status in head.by_mark:
                head.keep(head.said, (status, mark), told)
            elif key == "said" and status in head.by_day and deadline is not None:
                head.keep(head.said, (status, mark, deadline, self.scene.as_of), told)
            elif key == "said" and head.programme != self.scene.programme:
                head.keep(
                    head.said, None, told
                )  # it speaks to the other kind of subject: that is all there is to say
        return told

    def _telling(self, place: int) -> Telling:
        telling = self.told.get(place)
        if telling is None:
            rule = self.scene.ruleset.rules[place]
            exemption, decision = self.exempted.get(rule.id) or (None, self.decisions[place])
            telling = self.told[place] = Telling(rule, decision, self.scene, exemption)
        return telling

    def consequences(self) -> list[Part]:
        ruleset, statuses = self.scene.ruleset, self.statuses()
        following = [rule for rule in ruleset if rule.kind == "consequence" and statuses[rule.id] == "fail"]
        return [self._consequence(ruleset.place_of(rule.id), rule, statuses) for rule in following]

    def _consequence(self, place: int, rule: Rule, statuses: dict[str, str]) -> Part:
        own = self.scene.ruleset.id
        because = [
            f"{own}/{node.follows}"
            for node in c.walk(rule.when)
            if isinstance(node, c.Follows) and statuses[node.follows] == "fail"
        ]
        then = rule.then.text if rule.then else None
        return Part(
            rule=f"{own}/{rule.id}",
            because=because,
            then=then,
            amount=self.tell(place, "amount"),
            data=self.tell(place, "data"),
        )

    def warnings(self) -> tuple[Part, ...]:
        return warnings_of(self.scene, self.used)


_ALL: dict[str, Callable[[_Check], list[Any]]] = {
    "numbers": _Check.all_numbers,
    "said": _Check.all_said,
}


def _decided(scene: Scene, engine: str, isolated: bool) -> Sequence[Any]:
    """The rules decided: by the reference, unless another engine is named."""
    if engine == "durable":
        from tic_rules.engines import rete

        return rete.check_rules(scene, isolated)
    if isolated:
        zh, en = (
            f"isolated 只用于 durable 引擎，不用于 {engine}",
            f"isolated is for the durable engine, not for {engine}",
        )
        raise fault(UsageError, "engine", zh, en)
    if engine in ("native", "reference"):
        return check_rules(scene)
    from tic_rules.engines import python

    return python.check_rules(scene)


def sorted_scene(subject: Subject, ruleset: RuleSet, as_of: date) -> Scene:
    """A subject on a day with its attestations sorted to their rules, as a check looks at it."""
    scene = Scene(subject, ruleset, as_of)
    sort_judgements(scene)
    return scene


def _centre(subject: Subject) -> Part | None:
    if not isinstance(subject, CentreData):
        return None
    name = subject.name
    if isinstance(name, Series):
        values = [entry.value for entry in name if entry.value is not None]
        name = values[-1] if values else None
    return Part(id=subject.id, name=name, file=subject.file)


def _programme(subject: Subject) -> Part | None:
    return Part(file=subject.file, centres=len(subject.approvals)) if isinstance(subject, Programme) else None


def _about(ruleset: RuleSet) -> Part:
    found: Part | None = ruleset._compiled.get("about")
    if found is None:
        document = ruleset.document
        issued = document.issued.isoformat() if document.issued else None
        named = Part(number=document.number, title=document.title, title_en=document.title_en, issued=issued)
        found = ruleset._compiled["about"] = Part(id=ruleset.id, version=ruleset.version, document=named)
    return found


__all__ = ["ENGINES", "as_of_day", "check_subject", "parse_day"]
