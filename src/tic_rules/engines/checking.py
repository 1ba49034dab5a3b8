"""One check: a subject, a rule set, a day. Attestations and exemptions are sorted out, rules decided, the report wired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, NamedTuple

from tic_rules.core.errors import Text, UsageError, fault
from tic_rules.core.quantities import LAST_DAY, NotADate, Span, clip, parse_span
from tic_rules.core.source import pointer
from tic_rules.core.version import VERSION
from tic_rules.evaluation.evaluate import Decision, check_rules
from tic_rules.evaluation.facts import Scene, series_at
from tic_rules.evaluation.scenarios import TOO_OPEN
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.loader import in_force
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import RuleSet
from tic_rules.model.subject import Record, Subject
from tic_rules.model.values import Series
from tic_rules.results.evidence import finding_of
from tic_rules.results.finding import Finding
from tic_rules.results.numbers import shown
from tic_rules.results.parts import Consequence, Notice, Part
from tic_rules.results.report import About, Report

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
    scene = sorted_scene(subject, ruleset, as_of)
    decisions = _decided(scene, engine, isolated)
    exempted, used = _exemptions(scene, decisions)
    about = About(
        Part(name="tic-rules", version=VERSION, engine=engine),
        _centre(subject),
        _programme(subject),
        _about(ruleset),
        as_of.isoformat(),
    )
    findings = _findings(scene, decisions, exempted)
    return Report(
        about,
        findings,
        lambda: _consequences(scene, findings),
        lambda: _warnings(scene, used),
        subject,
    )


def _findings(
    scene: Scene, decisions: Sequence[Decision], exempted: Mapping[str, _Exempted]
) -> tuple[Finding, ...]:
    """The finding of every rule. An engine that says `statuses` makes a decision when it is looked at."""
    statuses = getattr(decisions, "statuses", None) or [decision.status for decision in decisions]
    findings = []
    for place, (rule, status) in enumerate(zip(scene.ruleset.rules, statuses, strict=True)):
        given = exempted.get(rule.id)
        if given is None:
            findings.append(finding_of(rule, scene, status, partial(decisions.__getitem__, place)))
        else:
            exemption, decision = given
            findings.append(finding_of(rule, scene, decision.status, partial(_same, decision), exemption))
    return tuple(findings)


def _same(decision: Decision) -> Decision:
    return decision


class _Exempted(NamedTuple):
    """What an exemption made of a decision; `exemption` is None where it has no effect."""

    exemption: Any
    decision: Decision


def _exemptions(scene: Scene, decisions: Sequence[Decision]) -> tuple[dict[str, _Exempted], set[int]]:
    """The rules for which complete exemptions are given, decided with them, and the exemptions that were used."""
    exempted: dict[str, _Exempted] = {}
    used: set[int] = set()
    for rule_id, given in exemptions_of(scene.subject, scene.ruleset).items():
        decision = decisions[scene.ruleset.place_of(rule_id)]
        exempted[rule_id] = _Exempted(*_exempt(decision, given, scene.as_of, used))
    return exempted, used


def _consequences(scene: Scene, findings: Sequence[Finding]) -> list[Consequence]:
    """The consequences that follow, with the chain that led to each and its amount."""
    name = scene.ruleset.id
    failing = {finding.id for finding in findings if finding.status == "fail"}
    following = []
    for rule, finding in zip(scene.ruleset, findings, strict=True):
        if rule.kind != "consequence" or finding.status != "fail":
            continue
        followed = (node.follows for node in c.walk(rule.when) if isinstance(node, c.Follows))
        total = finding._evidence.total()
        following.append(
            Consequence(
                rule=f"{name}/{rule.id}",
                because=[f"{name}/{other}" for other in followed if other in failing],
                then=rule.then.text if rule.then else None,
                amount=None if total is None else shown(total, "CNY"),
                data=finding.data,
            )
        )
    return following


def _warnings(scene: Scene, used: set[int]) -> tuple[Notice, ...]:
    subject, ruleset, as_of = scene.subject, scene.ruleset, scene.as_of
    return (
        *_about_time(subject, ruleset, as_of),
        *_about_lives(scene),
        *_about_judgements(subject, ruleset, as_of),
        *_about_exemptions(subject, ruleset, used, as_of),
    )


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
    _sort_judgements(scene)
    return scene


def _centre(subject: Subject) -> Part | None:
    if not isinstance(subject, Centre):
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


# --- judgements and exemptions ----------------------------------------------------------------------------------------------


def _warn(subject: Subject, code: str, parts: tuple[str | int, ...], zh: str, en: str) -> Notice:
    mark = subject.place(pointer(parts))
    at = {
        "code": code,
        "message": Text(zh, en),
        "file": subject.file,
        "line": mark.line or None,
        "column": mark.column or None,
        "path": pointer(parts),
    }
    return Notice(at | {"cell": mark.cell}) if mark.cell else Notice(at)


def _sort_judgements(scene: Scene) -> None:
    """Give every attestation with an effect to its rule."""
    if not scene.subject.attestations:
        return
    items, as_of, attested = _items_of(scene.ruleset), scene.as_of, scene.attested
    for index, given in enumerate(scene.subject.attestations):
        own = items.get(given.rule or "")
        if own is None:
            continue
        rule, of_items = own
        day, item = given.date, given.item
        if day is None or day[0] > as_of or given.met is None or given.by is None or given.evidence is None:
            continue
        if (item not in of_items if of_items else item is not None) or (
            given.expires_on is not None and _expired(given, as_of)
        ):
            continue
        if rule in attested:
            attested[rule].append((index, given))
        else:
            attested[rule] = [(index, given)]


class _Judged(NamedTuple):
    """A rule that takes attestations, and the items that it takes one of."""

    rule: str
    items: frozenset[str]


def _items_of(ruleset: RuleSet) -> dict[str, _Judged]:
    """The rules that take attestations, by their full id."""
    found = ruleset._compiled.get("items")
    if found is None:
        attested = [
            rule
            for rule in ruleset.rules
            if any(isinstance(node, c.Attested) for node in c.walk(rule.condition))
        ]
        found = ruleset._compiled["items"] = {
            f"{ruleset.id}/{rule.id}": _Judged(rule.id, frozenset(item.id for item in rule.items))
            for rule in attested
        }
    return found


def _about_judgements(subject: Subject, ruleset: RuleSet, as_of: date) -> Iterator[Notice]:
    """The attestations without effect, and why."""
    attested = _items_of(ruleset)
    for index, given in enumerate(subject.attestations):
        at = ("attestations", index)
        if given.rule is None:
            yield _warn(
                subject,
                "attestation",
                at,
                "认定意见没有写明规则（rule），不起作用",
                "an attestation without a rule has no effect",
            )
            continue
        own, _, rule_id = given.rule.partition("/")
        if own != ruleset.id:
            continue
        shown = clip(rule_id)
        if rule_id not in ruleset:
            yield _warn(
                subject,
                "unknown-rule",
                (*at, "rule"),
                f"没有规则 {shown}，该认定意见不起作用",
                f"there is no rule {shown}; the attestation has no effect",
            )
            continue
        items = attested[given.rule].items if given.rule in attested else frozenset()
        absent = [name for name in ("met", "by", "date", "evidence") if getattr(given, name) is None]
        if given.rule not in attested:
            yield _warn(
                subject,
                "not-attested",
                (*at, "rule"),
                f"规则 {shown} 由数据判定，认定意见不起作用",
                f"rule {shown} is decided by data; the attestation has no effect",
            )
        elif absent:
            yield _warn(
                subject,
                "attestation",
                at,
                f"认定意见缺少 {'、'.join(absent)}，不起作用",
                f"the attestation lacks {', '.join(absent)} and has no effect",
            )
        elif items and given.item not in items:
            yield _warn(
                subject,
                "attestation",
                at,
                f"规则 {shown} 按事项认定，需写明 item：{'、'.join(sorted(items))}",
                f"rule {shown} takes one attestation an item; name one of {', '.join(sorted(items))}",
            )
        elif not items and given.item is not None:
            yield _warn(
                subject,
                "attestation",
                (*at, "item"),
                f"规则 {shown} 不分事项，该认定意见不起作用",
                f"rule {shown} has no items; the attestation has no effect",
            )
        elif given.date is not None and given.date.first > as_of:
            yield _warn(
                subject,
                "attestation",
                (*at, "date"),
                "认定意见的日期晚于基准日，不计入",
                "the attestation is dated after the as-of day and is ignored",
            )
        elif _expired(given, as_of):
            assert given.expires_on is not None
            until = given.expires_on.first
            yield _warn(
                subject,
                "expired",
                (*at, "expires_on"),
                f"规则 {shown} 的认定意见有效期至{until}，已过期，不计入",
                f"the attestation for {shown} stood until {until}; it has expired and is ignored",
            )


def _expired(given: Any, as_of: date) -> bool:
    return given.expires_on is not None and given.expires_on.first < as_of


def exemptions_of(subject: Subject, ruleset: RuleSet) -> dict[str, list[tuple[int, Any]]]:
    """The complete exemptions from rules in principle, by rule."""
    found: dict[str, list[tuple[int, Any]]] = {}
    for index, given in enumerate(subject.exemptions):
        own, _, rule_id = (given.rule or "").partition("/")
        complete = all(getattr(given, name) is not None for name in ("reason", "approved_by", "date"))
        if (
            own == ruleset.id
            and rule_id in ruleset
            and ruleset[rule_id].modality == "in_principle"
            and complete
        ):
            found.setdefault(rule_id, []).append((index, given))
    return found


def _exempt(
    decision: Decision, given: list[tuple[int, Any]], as_of: date, used: set[int]
) -> tuple[Any, Decision]:
    """An exemption matters only where the rule fails; one whose day is not certain leaves it unknown."""
    if decision.status != "fail":
        return None, decision
    given = [(index, exemption) for index, exemption in given if not _expired(exemption, as_of)]
    for index, exemption in given:
        if exemption.date.last <= as_of:
            used.add(index)
            return exemption, decision._replace(status="exempted")
    perhaps = [(index, exemption) for index, exemption in given if exemption.date.first <= as_of]
    if perhaps:
        used.update(index for index, _ in perhaps)
        return perhaps[0][1], decision._replace(
            status="unknown", missing=tuple(("exemptions", index, "date") for index, _ in perhaps)
        )
    return None, decision


def _about_lives(scene: Scene) -> Iterator[Notice]:
    """That the clock is too open for some rules to be decided at all."""
    if any(lives.cut for lives in scene.lives.values()):
        yield _warn(scene.subject, "open-clock", ("approved_on",), TOO_OPEN.zh, TOO_OPEN.en)


def _about_exemptions(subject: Subject, ruleset: RuleSet, used: set[int], as_of: date) -> Iterator[Notice]:
    for index, given in enumerate(subject.exemptions):
        at = ("exemptions", index)
        if given.rule is None:
            yield _warn(
                subject,
                "exemption",
                at,
                "豁免没有写明规则（rule），不起作用",
                "an exemption without a rule has no effect",
            )
            continue
        own, _, rule_id = given.rule.partition("/")
        if own != ruleset.id or index in used:
            continue
        shown = clip(rule_id)
        absent = [name for name in ("reason", "approved_by", "date") if getattr(given, name) is None]
        if rule_id not in ruleset:
            yield _warn(
                subject,
                "unknown-rule",
                (*at, "rule"),
                f"没有规则 {shown}，该豁免不起作用",
                f"there is no rule {shown}; the exemption has no effect",
            )
        elif ruleset[rule_id].modality != "in_principle":
            yield _warn(
                subject,
                "exemption",
                (*at, "rule"),
                f"规则 {shown} 不是“原则上”的要求，不能豁免",
                f"rule {shown} is not one in principle; no exemption is possible",
            )
        elif absent:
            yield _warn(
                subject,
                "exemption",
                at,
                f"豁免缺少 {'、'.join(absent)}，不起作用",
                f"the exemption lacks {', '.join(absent)} and has no effect",
            )
        elif _expired(given, as_of):
            assert given.expires_on is not None
            until = given.expires_on.first
            yield _warn(
                subject,
                "expired",
                (*at, "expires_on"),
                f"规则 {shown} 的豁免有效期至{until}，已过期，不起作用",
                f"the exemption from {shown} stood until {until}; it has expired and has no effect",
            )
        else:
            yield _warn(
                subject,
                "unused-exemption",
                at,
                f"规则 {shown} 没有不符合，或豁免日期晚于基准日，该豁免未使用",
                f"the exemption is unused: rule {shown} does not fail, or the exemption is dated after the as-of day",
            )


# --- time -------------------------------------------------------------------------------------------------------------------


def _about_time(subject: Subject, ruleset: RuleSet, as_of: date) -> Iterator[Notice]:
    document = ruleset.document
    if not in_force(ruleset, as_of):
        span = document.in_force
        until = f"至{span.until}" if span.until else ""
        ends = f" until {span.until}" if span.until else ""
        yield Notice(
            code="not-in-force",
            message=Text(
                f"《{document.title}》在{as_of}不在施行期内（{span.from_}起{until}），仍按要求套用",
                f"{document.title_en} is not in force on {as_of} (in force from {span.from_}{ends}); applied all the same",
            ),
            file=None,
            line=None,
            column=None,
            path=None,
        )
    if subject.speaks_for is None:
        yield _warn(
            subject,
            "no-reported-on",
            ("reported_on",),
            f"数据没有写明 reported_on，按基准日{as_of}理解",
            f"the data has no reported_on; it is taken to speak for {as_of}",
        )
        return
    if (
        isinstance(subject, Centre)
        and subject.stage == "applicant"
        and subject.approved_on is not None
        and subject.approved_on.last <= as_of
    ):
        yield _warn(
            subject,
            "contradiction",
            ("stage",),
            "stage 为 applicant，却已有批复日期；以日期为准",
            "stage is applicant, yet the centre is approved; the date decides",
        )
    for parts, when in _dated(subject, ()):
        if subject.speaks_for < when.first != LAST_DAY:
            yield _warn(
                subject,
                "after-reported-on",
                parts,
                f"日期晚于数据报告日{subject.speaks_for}，只作为上限",
                f"dated after reported_on {subject.speaks_for}; counts only as an upper bound",
            )


_NOT_FACTS = frozenset({"attestations", "exemptions", "sources", "reported_on"})


def _dated(record: Any, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Span]]:
    """Every day that a fact of the data is dated with, and its place."""
    for name, value in record:
        if value is None or (not at and name in _NOT_FACTS) or isinstance(value, (str, bool, int)):
            continue
        if isinstance(value, Span):
            yield (*at, name), value
        elif isinstance(value, Series):
            for index, entry in enumerate(value):
                yield (*at, name, index, "date"), entry.when
        elif isinstance(value, tuple):
            for index, item in enumerate(value):
                if isinstance(item, Record):
                    yield from _dated(item, (*at, name, index))
        elif isinstance(value, Record):
            yield from _dated(value, (*at, name))


__all__ = ["ENGINES", "as_of_day", "check_subject", "parse_day", "series_at"]
