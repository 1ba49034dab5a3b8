"""One check: a subject, a rule set, a day. Attestations and exemptions are sorted out, rules decided, the
report wired."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from functools import partial
from typing import get_args

from tic_rules.core.dates import FIRST_DAY, Span, parse_day
from tic_rules.core.errors import Diagnostic, Text, UsageError, fault
from tic_rules.core.version import VERSION
from tic_rules.engines.explanation import Concluded
from tic_rules.evaluation.exemptions import exempt, exemptions_of
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.judgements import sort_judgements
from tic_rules.evaluation.scenarios import approved_between
from tic_rules.evaluation.settlement import check_rules, follow
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre, last_name
from tic_rules.model.intake import fitting
from tic_rules.model.programme import Approval, Programme
from tic_rules.model.ruleset import RuleSet
from tic_rules.model.subject import Exemption, Subject
from tic_rules.results.evidence import finding_of
from tic_rules.results.finding import Finding
from tic_rules.results.numbers import shown
from tic_rules.results.parts import (
    AboutCentre,
    AboutDocument,
    AboutProgramme,
    AboutRules,
    Consequence,
    Engine,
    Notice,
    Parts,
    Tool,
)
from tic_rules.results.provenance import provenance_of
from tic_rules.results.report import Report
from tic_rules.results.warnings import warnings_of

ENGINES: tuple[Engine, ...] = get_args(Engine)


def as_of_day(subject: Subject, as_of: date | str | None) -> date:
    """The as-of day: the one asked for, else reported_on, else an error; never today."""
    if as_of is not None:
        return parse_day(as_of)
    if subject.speaks_for is None:
        text = Text(
            "没有基准日：请填写填报截止日期（reported_on），或用 --as-of（Python 中为 as_of）给出",
            "no as-of day: fill in the day of the report (reported_on), or give --as-of (as_of in Python)",
        )
        mark = subject.nearest(("reported_on",))
        place = (mark.line, mark.column, "/reported_on", mark.cell)
        raise UsageError([Diagnostic("as-of", text, subject.file or "", *place)])
    return subject.speaks_for


def check_subject(
    subject: Subject,
    ruleset: RuleSet,
    as_of: date,
    engine: Engine = "native",
    isolated: bool = False,
    exemptions: bool = True,
) -> Report:
    """Decide every rule of a rule set for a subject on a day.

    `isolated` keeps the durable engine in a process of its own; `exemptions` says whether those of the data
    count."""
    given = subject = fitting(subject, ruleset.vocabulary)
    if not exemptions and subject.exemptions:
        subject = subject.model_copy(update={"exemptions": ()})
    scene = sorted_scene(subject, ruleset, as_of)
    concluded = _decided(scene, engine, isolated)
    exemptions_in_use, used = _exempted(scene, concluded)
    about: dict[str, object] = {
        "tool": Tool(name="tic-rules", version=VERSION, engine=concluded.engine),
        "centre": None,
        "programme": None,
        "ruleset": _about(ruleset),
        "as_of": as_of.isoformat(),
        "subject": subject,
    }
    if isinstance(subject, Centre):
        about["centre"] = AboutCentre(id=subject.id, name=last_name(subject), file=subject.file)
    elif isinstance(subject, Programme):
        about["programme"] = AboutProgramme(file=subject.file, centres=len(subject.approvals))
    statuses = dict(zip(ruleset.rule_ids, concluded.statuses, strict=True))
    return Report(
        {**about, "_statuses": statuses},
        findings=lambda _: _findings(scene, concluded, exemptions_in_use),
        consequences=lambda report: Parts(_consequences(scene, report.findings)),
        warnings=lambda _: _warnings(scene, used),
        provenance=lambda _: provenance_of(given, ruleset, exemptions=exemptions),
    )


def with_centres(programme: Programme, ruleset: RuleSet, centres: Iterable[Centre], as_of: date) -> Programme:
    """Figures of a programme with the centres given that are of the rule set's jurisdiction and approved.

    A centre of several files counts once, as the newest says that does not speak for a day after `as_of`;
    files without an id are each of a centre of their own."""
    fields = any(isinstance(node, c.OfEach) for rule in ruleset for _, node in c.nodes_of(rule))
    files: dict[object, list[Centre]] = {}
    for place, centre in enumerate(centres):
        if centre.jurisdiction == ruleset.jurisdiction:
            files.setdefault(centre.id or place, []).append(centre)

    def newest(centre: Centre) -> tuple[bool, date]:
        spoken = centre.speaks_for or as_of
        return spoken <= as_of, spoken

    each = (max(of_one, key=newest) for of_one in files.values())
    approved = [one for one in each if one.approved_on is not None or one.stage == "approved"]
    approvals = tuple(
        Approval(
            id=centre.id,
            approved_on=approved_between(centre, as_of) or Span(FIRST_DAY, as_of),
            fields=centre.fields if fields else None,
        )
        for centre in approved
    )
    repeated = tuple(str(key) for key, one in files.items() if len(one) > 1)
    return programme.with_centres(approvals, repeated, tuple(centre._text() for centre in approved))


def _findings(scene: Scene, concluded: Concluded, exemptions: Mapping[str, Exemption]) -> tuple[Finding, ...]:
    """The finding of every rule; its decision is made when it is looked at."""
    return tuple(
        finding_of(rule, scene, status, partial(concluded.__getitem__, place), exemptions.get(rule.id))
        for place, (rule, status) in enumerate(zip(scene.ruleset, concluded.statuses, strict=True))
    )


def _exempted(scene: Scene, concluded: Concluded) -> tuple[dict[str, Exemption], set[int]]:
    """Let complete exemptions change what is concluded: those that do, by rule, and all that were used."""
    exemptions: dict[str, Exemption] = {}
    used: set[int] = set()
    for rule_id, given in exemptions_of(scene.subject, scene.ruleset).items():
        place = scene.ruleset.place_of(rule_id)
        exemption, concluded[place] = exempt(concluded[place], given, scene.as_of, used)
        if exemption is not None:
            exemptions[rule_id] = exemption
    return exemptions, used


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
    """What the report warns of. Whether an attestation had an effect is seen by the reference, whatever
    engine decided."""
    for rule in scene.ruleset.rules if scene.subject.attestations else ():
        follow(rule, scene)
    return warnings_of(scene, used)


def _decided(scene: Scene, engine: Engine, isolated: bool) -> Concluded:
    """The rules decided: a centre with an open clock the compiled engine leaves to the reference."""
    if engine == "durable":
        from tic_rules.engines import rete

        return rete.check_rules(scene, isolated)
    if isolated:
        zh, en = (
            f"isolated 只用于 durable 引擎，不用于 {engine}",
            f"isolated is for the durable engine, not for {engine}",
        )
        raise fault(UsageError, "engine", zh, en)
    if engine == "compiled":
        from tic_rules.engines import python

        concluded = python.check_rules(scene)
        if concluded is not None:
            return concluded
        engine = "reference"
    decisions = check_rules(scene)
    return Concluded(scene, (decision.status for decision in decisions), engine, decisions)


def sorted_scene(subject: Subject, ruleset: RuleSet, as_of: date) -> Scene:
    """A subject on a day with its attestations sorted to their rules, as a check looks at it."""
    scene = Scene(fitting(subject, ruleset.vocabulary), ruleset, as_of)
    sort_judgements(scene)
    return scene


def _about(ruleset: RuleSet) -> AboutRules:
    document = ruleset.document
    issued = document.issued.isoformat() if document.issued else None
    named = AboutDocument(
        number=document.number, title=document.title, title_en=document.title_en, issued=issued
    )
    return AboutRules(id=ruleset.id, version=ruleset.version, document=named)
