"""What the data says without effect, and what a reader has to know of a check: the warnings of a report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from tic_rules.core.errors import Text
from tic_rules.core.quantities import LAST_DAY, Span, clip
from tic_rules.core.source import pointer
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.judgements import expired, judged_rules
from tic_rules.evaluation.scenarios import TOO_OPEN
from tic_rules.model.centre import CentreData, Record, Series, Subject
from tic_rules.model.loader import in_force
from tic_rules.model.ruleset import RuleSet
from tic_rules.results.report import Part


def warnings_of(scene: Scene, used: set[int]) -> tuple[Part, ...]:
    """The warnings of a check; `used` are the exemptions that have an effect, by their place in the data."""
    subject, ruleset, as_of = scene.subject, scene.ruleset, scene.as_of
    return (
        *_about_time(subject, ruleset, as_of),
        *_about_scenarios(scene),
        *_about_judgements(subject, ruleset, as_of),
        *_about_exemptions(subject, ruleset, used, as_of),
    )


def _about_time(subject: Subject, ruleset: RuleSet, as_of: date) -> Iterator[Part]:
    document = ruleset.document
    if not in_force(ruleset, as_of):
        span = document.in_force
        until = f"至{span.until}" if span.until else ""
        ends = f" until {span.until}" if span.until else ""
        yield Part(
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
        isinstance(subject, CentreData)
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


def _about_scenarios(scene: Scene) -> Iterator[Part]:
    """That the clock is too open for some rules to be decided at all."""
    if any(scenarios.cut for scenarios in scene.scenarios.values()):
        yield _warn(scene.subject, "open-clock", ("approved_on",), TOO_OPEN.zh, TOO_OPEN.en)


def _about_judgements(subject: Subject, ruleset: RuleSet, as_of: date) -> Iterator[Part]:
    """The attestations without effect, and why."""
    attested = judged_rules(ruleset)
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
        elif given.date.first > as_of:
            yield _warn(
                subject,
                "attestation",
                (*at, "date"),
                "认定意见的日期晚于基准日，不计入",
                "the attestation is dated after the as-of day and is ignored",
            )
        elif expired(given, as_of):
            until = given.expires_on.first
            yield _warn(
                subject,
                "expired",
                (*at, "expires_on"),
                f"规则 {shown} 的认定意见有效期至{until}，已过期，不计入",
                f"the attestation for {shown} stood until {until}; it has expired and is ignored",
            )


def _about_exemptions(subject: Subject, ruleset: RuleSet, used: set[int], as_of: date) -> Iterator[Part]:
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
        elif expired(given, as_of):
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


def _warn(subject: Subject, code: str, parts: tuple[str | int, ...], zh: str, en: str) -> Part:
    mark = subject.place(pointer(parts))
    at = {
        "code": code,
        "message": Text(zh, en),
        "file": subject.file,
        "line": mark.line or None,
        "column": mark.column or None,
        "path": pointer(parts),
    }
    return Part(at | {"cell": mark.cell}) if mark.cell else Part(at)


__all__ = ["warnings_of"]
