"""What the data says without effect, and what a reader has to know of a check: the warnings of a report."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache, partial
from typing import Any

from tic_rules.core.dates import FIRST_DAY, LAST_DAY, Span, add_years
from tic_rules.core.errors import Text, clip, normal
from tic_rules.core.numbers import INFINITY, Range
from tic_rules.core.source import pointer
from tic_rules.evaluation.entries import Moment, Path, series_at
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.judgements import expired
from tic_rules.evaluation.scenarios import TOO_OPEN, approved_between
from tic_rules.evaluation.settlement import left_to_judge
from tic_rules.inputs.nothing_said import says_nothing
from tic_rules.model.centre import Centre
from tic_rules.model.conditions import facts_of
from tic_rules.model.editions import successors
from tic_rules.model.fields import kind_of, records_in, words_at
from tic_rules.model.loader import in_force
from tic_rules.model.programme import Programme
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.model.subject import Record, Subject
from tic_rules.model.values import Series
from tic_rules.results.parts import Notice
from tic_rules.results.plausible import implausible
from tic_rules.results.time_words import day_text


def warnings_of(scene: Scene, used: set[int]) -> tuple[Notice, ...]:
    """The warnings of a check; `used` are the exemptions that have an effect, by their place in the data."""
    subject, ruleset, as_of = scene.subject, scene.ruleset, scene.as_of
    return (
        *_about_time(subject, ruleset, as_of),
        *_about_years(scene),
        *_about_units(subject),
        *_about_nothing(subject),
        *_about_centres(subject),
        *_about_counts(scene),
        *(_warn(subject, "implausible", at, said.zh, said.en) for at, said in implausible(subject, ruleset)),
        *_about_scenarios(scene),
        *_about_approval(scene),
        *_about_entries(scene, used),
    )


_zh = partial(day_text, lang="zh")
_NOWHERE = dict.fromkeys(("file", "line", "column", "path"))


def _about_editions(ruleset: RuleSet, as_of: date) -> Iterator[Notice]:
    """Rule sets on hand that replace the one that was used, whole or in part."""
    for successor in successors(ruleset, as_of):
        newer, day = successor.ruleset, successor.day
        zh, en = "", ""
        if successor.clauses:
            zh, en = f"的{'、'.join(successor.clauses)}", f" ({', '.join(successor.clauses)})"
        said = Text(
            f"《{ruleset.document.title}》{zh}自{_zh(day)}起由 {newer.id} 取代",
            f"{ruleset.document.title_en}{en} is replaced by {newer.id} from {day} on",
        )
        yield Notice(code="replaced", message=said, **_NOWHERE)


def _about_jurisdiction(subject: Subject, ruleset: RuleSet) -> Iterator[Notice]:
    """A document of another place, which does not bind."""
    if not isinstance(subject, (Centre, Programme)) or subject.jurisdiction in (None, ruleset.jurisdiction):
        return
    places, document = ruleset.vocabulary.words.get("jurisdictions", {}), ruleset.document
    of, here = (
        places[name].text if name in places else Text(name, name)
        for name in (str(subject.jurisdiction), ruleset.jurisdiction)
    )
    zh = f"《{document.title}》是{here.zh}的文件，数据所属地区是{of.zh}；仍按要求套用"
    en = f"the jurisdiction of {document.title_en} is {here.en}, that of the data is {of.en}"
    yield _warn(subject, "other-jurisdiction", ("jurisdiction",), zh, f"{en}; applied all the same")


def _about_time(subject: Subject, ruleset: RuleSet, as_of: date) -> Iterator[Notice]:
    document = ruleset.document
    if not in_force(ruleset, as_of):
        span = document.in_force
        begins, ends = (
            (f"{_zh(span.from_)}起", f" from {span.from_}") if span.from_ else ("", ""),
            (f"至{_zh(span.until)}", f" until {span.until}") if span.until else ("", ""),
        )
        said = Text(
            f"《{document.title}》在{_zh(as_of)}不在施行期内（{begins[0]}{ends[0]}），仍按要求套用",
            f"{document.title_en} is not in force on {as_of} (in force{begins[1]}{ends[1]}); "
            "applied all the same",
        )
        yield Notice(code="not-in-force", message=said, **_NOWHERE)
    yield from _about_editions(ruleset, as_of)
    yield from _about_jurisdiction(subject, ruleset)
    if subject.speaks_for is None:
        zh = f"数据没有写明填报截止日期（reported_on），按基准日{_zh(as_of)}理解"
        en = f"the data has no reported_on; it is taken to speak for {as_of}"
        yield _warn(subject, "no-reported-on", ("reported_on",), zh, en)
        return
    if as_of > add_years(subject.speaks_for, 1):
        zh = f"填报截止日期{_zh(subject.speaks_for)}比基准日{_zh(as_of)}早一年以上"
        en = f"the data speaks for {subject.speaks_for}, more than a year before the as-of day {as_of}"
        yield _warn(subject, "old-data", ("reported_on",), zh, en)
    if (
        isinstance(subject, Centre)
        and subject.stage == "applicant"
        and subject.approved_on is not None
        and subject.approved_on.last <= as_of
    ):
        zh = "所处阶段（stage）为申报中，却已有批复创建日期；以日期为准"
        en = "stage is applicant, yet the centre is approved; the date decides"
        yield _warn(subject, "contradiction", ("stage",), zh, en)
    reported_on = subject.speaks_for
    for parts, when in _dated(subject, ()):
        if reported_on < when.first != LAST_DAY:
            zh = f"日期晚于填报截止日期{_zh(subject.speaks_for)}，只作为上限"
            en = f"dated after reported_on {subject.speaks_for}; counts only as an upper bound"
            yield _warn(subject, "after-reported-on", parts, zh, en)


def _about_years(scene: Scene) -> Iterator[Notice]:
    """The figures of years that begin after the day that the data speaks for, and what is dated before its
    own year."""
    spoken = scene.subject.speaks_for
    if spoken is None or not isinstance(scene.subject, Centre):
        return
    for name, declared in scene.lists.items():
        if declared.year is None or declared.scalar is not None:
            continue
        for entry in scene.listed(name).entries:
            if entry.year is None:
                continue
            if entry.when is not None and entry.when.last.year < entry.year:
                zh = f"{entry.year}年度的事项，日期却在该年之前"
                en = f"of {entry.year}, yet dated before that year"
                yield _warn(scene.subject, "implausible", (*entry.at, declared.year), zh, en)
            elif declared.date is None and entry.year > spoken.year:
                begun = entry.year <= scene.as_of.year
                zh = f"年度晚于填报截止日期{_zh(spoken)}，{'只作为上限' if begun else '不计入'}"
                en = f"of a year after reported_on {spoken}; "
                en += "counts only as an upper bound" if begun else "does not count"
                yield _warn(scene.subject, "after-reported-on", (*entry.at, declared.year), zh, en)


def _about_units(subject: Subject) -> Iterator[Notice]:
    """The units that stand twice among hosts and other builders: each entry counts as a unit."""
    seen: set[str] = set()
    for role in ("hosts", "builders") if isinstance(subject, Centre) else ():
        for index, unit in enumerate(getattr(subject, role) or ()):
            if unit.name is None:
                continue
            if (plain := normal(unit.name) or unit.name) in seen:
                name = clip(unit.name)
                zh = f"{name}在依托单位和共建单位中重复填报，按两家计；依托单位不必再列为共建单位"
                en = f"{name} stands twice among hosts and other builders and counts as two units"
                yield _warn(subject, "repeated-unit", (role, index, "name"), zh, en)
            seen.add(plain)


def _about_nothing(subject: Subject) -> Iterator[Notice]:
    """The texts that say that there is nothing (无, 待定), and count as what is given; each field once."""
    places: dict[tuple[object, object], list[tuple[Path, str]]] = {}
    for at, text in _said_nothing(subject, ()):
        places.setdefault((at[0], isinstance(at[-1], str) and at[-1]), []).append((at, text))
    for (at, text), *others in places.values():
        many = 1 + len(others)
        zh = f"“{clip(text)}”按已填写的文字看待" + (f"（共{many}处）" if others else "")
        en = f"{clip(text)!r} counts as a text that is given" + (f" ({many} places)" if others else "")
        zh, en = f"{zh}；没有或不知道的请留空", f"{en}; leave it out where there is none"
        yield _warn(subject, "says-nothing", at, zh, en)


def _said_nothing(record: Record, at: Path) -> Iterator[tuple[Path, str]]:
    """The texts of the data, words of a vocabulary aside, that say so, each with its place."""
    for name in _speaking(type(record)):
        value = getattr(record, name)
        if isinstance(value, str):
            if says_nothing(value):
                yield (*at, name), value
        elif isinstance(value, Series):
            for index, entry in enumerate(value):
                if entry.value is not None and says_nothing(entry.value):
                    yield (*at, name, index, "value"), entry.value
        elif isinstance(value, tuple) and value and isinstance(value[0], str):
            yield from (((*at, name, index), text) for index, text in enumerate(value) if says_nothing(text))
        elif at or name != "sources":
            for place, inner in records_in(value):
                yield from _said_nothing(inner, (*at, name, *place))


@cache
def _speaking(record: type[Record]) -> tuple[str, ...]:
    """The fields that hold texts, or records that may."""
    kinds = ((name, kind_of(field).name) for name, field in record.model_fields.items())
    spoken = ("record", "list", "table", "text", "words")
    return tuple(name for name, kind in kinds if kind in spoken and not words_at(record, name))


def _about_centres(subject: Subject) -> Iterator[Notice]:
    """That a programme's centres of several files count once."""
    if not isinstance(subject, Programme) or not subject.repeated:
        return
    ids, many = [clip(one) for one in subject.repeated[:_NAMED]], len(subject.repeated)
    zh, en = "、".join(ids), ", ".join(ids)
    if many > _NAMED:
        zh, en = f"{zh}等{many}家中心", f"{en} and {many - _NAMED} more"
    zh = f"{zh}有不止一份文件：每家只计一次，以截至基准日最近一次填报的为准"
    en = f"{en}: given in more than one file, counted once, as the newest file up to the as-of day has it"
    yield _warn(subject, "several-files", ("centres",), zh, en)


def _about_counts(scene: Scene) -> Iterator[Notice]:
    """The numbers of a programme that are less than its centres that are given."""
    warned: set[Path] = set()
    for rule in scene.ruleset if scene.programme else ():
        trees = [rule.applies, rule.require, rule.fails_at_once] if rule.bearer == "programme" else []
        for fact in (scene.facts[name] for tree in trees if tree is not None for name in facts_of(tree)):
            given = scene.value_of(fact) if fact.else_count is not None else None
            start = rule.since if isinstance(rule.since, date) else FIRST_DAY
            day = min(scene.as_of, scene.reported_on)
            values = series_at(given, day, scene.reported_on)[0] if type(given) is Series else [given]
            most = max((value.high for value in values if isinstance(value, Range)), default=INFINITY)
            if fact.at not in warned and scene.shown(fact, Moment(day, start)) > most:
                warned.add(fact.at)
                zh = f"填报的{fact.label.zh}少于已给出文件的中心数，前后矛盾，只作为下限"
                en = f"{fact.label.en}: less than the centres whose files are given; taken as a lower bound"
                yield _warn(scene.subject, "contradiction", fact.at, zh, en)


_NAMED = 5
"""So many centres are named in a warning."""
_DAYLESS = frozenset({type(None), str, bool, int, Range})
_NOT_FACTS = frozenset({"attestations", "exemptions", "sources", "reported_on"})


def _dated(record: object, at: tuple[str | int, ...]) -> Iterator[tuple[tuple[str | int, ...], Span]]:
    """Every day that a fact of the data is dated with, and its place."""
    for name, value in vars(record).items():
        if type(value) in _DAYLESS or (not at and name in _NOT_FACTS):
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


def _about_approval(scene: Scene) -> Iterator[Notice]:
    """That the centre was, or may have been, approved before the document came into force."""
    centre, force = scene.subject, scene.force
    if force is None or not isinstance(centre, Centre):
        return
    span, document = approved_between(centre, scene.as_of), scene.ruleset.document
    if span is None:
        applicant = centre.stage == "applicant" or (centre.stage is None and centre.applied_on is not None)
        if applicant:
            return
    elif span.first >= force or span.first > scene.as_of:
        return
    certain = span is not None and span.last < force
    zh, en = ("", "was") if certain else ("可能", "may have been")
    yield _warn(
        centre,
        "approved-before",
        ("approved_on",),
        f"中心{zh}在《{document.title}》施行（{_zh(force)}）之前获批：对申报和批复的要求、此前届满的期限不适用，"
        "此前的评价、验收和支出不产生不利后果",
        f"the centre {en} approved before {document.title_en} came into force ({force}): what it asks of "
        "application and approval, and deadlines that ended before that day, do not apply; earlier "
        "evaluations, acceptances and spending have no adverse effect",
    )


def _about_scenarios(scene: Scene) -> Iterator[Notice]:
    """That the clock is too open for some rules to be decided at all."""
    if any(scenarios.cut for scenarios in scene.scenarios.values()):
        yield _warn(scene.subject, "open-clock", ("approved_on",), TOO_OPEN.zh, TOO_OPEN.en)


_ENTRIES = {
    "attestations": (Text("认定意见", "attestation"), ("met", "by", "date", "evidence")),
    "exemptions": (Text("豁免", "exemption"), ("reason", "approved_by", "date")),
}
"""What the entries of these lists are called, and what each has to say."""
_Why = tuple[str, str | None, str, str]
"""A code, the field of the entry (None for the whole of it), and what is wrong, in Chinese and English."""


def _about_entries(scene: Scene, used: set[int]) -> Iterator[Notice]:
    """The attestations and exemptions without effect, and why."""
    for name in _ENTRIES:
        for index, given in enumerate(getattr(scene.subject, name)):
            if name == "exemptions" and index in used:
                continue
            why = _why_without_effect(given, name, scene)
            if why is not None:
                code, part, zh, en = why
                at = (name, index) if part is None else (name, index, part)
                yield _warn(scene.subject, code, at, zh, en)


def is_misnamed(name: str, ruleset: RuleSet) -> bool:
    """Whether what should be a rule set's id and a rule's is neither one of this rule set nor of another."""
    of_set, slash, _ = name.partition("/")
    return not (of_set and slash) or (of_set != ruleset.id and normal(of_set) == normal(ruleset.id))


def _why_without_effect(given: Any, name: str, scene: Scene) -> _Why | None:
    """Why an attestation or an exemption has no effect; None where it has, or is of another rule set."""
    ruleset, (noun, required) = scene.ruleset, _ENTRIES[name]
    if given.rule is None:
        zh = f"{noun.zh}没有写明规则（rule），不起作用"
        return noun.en, None, zh, f"an {noun.en} without a rule has no effect"
    of_set, _, rule_id = given.rule.partition("/")
    if of_set != ruleset.id:
        if not is_misnamed(given.rule, ruleset):
            return None
        named = given.rule.rpartition("/")[2]
        right, shown = f"{ruleset.id}/{named if named in ruleset else '…'}", clip(given.rule)
        en = f"the rule {shown} has to be written as {right}; this entry has no effect"
        return "unknown-rule", "rule", f"规则 {shown} 应写成 {right}，该条不起作用", en
    if rule_id not in ruleset:
        zh, en = f"没有规则 {clip(rule_id)}，该{noun.zh}不起作用", f"there is no rule {clip(rule_id)}"
        return "unknown-rule", "rule", zh, f"{en}; the {noun.en} has no effect"
    rule = ruleset[rule_id]
    why = _why_not_judged(rule, scene) if name == "attestations" else _why_not_exempted(rule)
    if why is not None:
        return why
    if absent := [one for one in required if getattr(given, one) is None]:
        labels = (ruleset.vocabulary.fields[f"{name}.{one}"] for one in absent)
        lacks = Text.listed(Text(label.zh, label.en) for label in labels)
        zh = f"{noun.zh}缺少{lacks.zh}，不起作用"
        return noun.en, None, zh, f"the {noun.en} lacks: {lacks.en}; it has no effect"
    why_not = _why_not_attested if name == "attestations" else _why_unused
    return why_not(given, rule, scene.as_of)


def _why_not_judged(rule: Rule, scene: Scene) -> _Why | None:
    if rule.attested or left_to_judge(rule, scene):
        return None
    if rule.open_to_judgement:
        zh = f"规则 {rule.id} 现无须评审之处（数据不足的先补数据），认定意见暂不起作用"
        en = f"data leaves nothing of rule {rule.id} to be judged so far (give what is missing first)"
        return "not-attested", "rule", zh, f"{en}; the attestation has no effect yet"
    zh, en = f"规则 {rule.id} 由数据判定", f"rule {rule.id} is decided by data"
    return "not-attested", "rule", f"{zh}，认定意见不起作用", f"{en}; the attestation has no effect"


def _why_not_exempted(rule: Rule) -> _Why | None:
    if rule.modality == "in_principle":
        return None
    zh = f"规则 {clip(rule.id)} 不是“原则上”的要求，不能豁免"
    return "exemption", "rule", zh, f"rule {clip(rule.id)} is not one in principle; no exemption is possible"


def _why_not_attested(given: Any, rule: Rule, as_of: date) -> _Why | None:
    items = sorted({item.id for item in rule.items})
    if items and given.item not in items:
        zh = f"规则 {rule.id} 按事项认定，需写明“事项”（item）：{'、'.join(items)}"
        en = f"rule {rule.id} takes one attestation an item; name one of {', '.join(items)}"
        return "attestation", None, zh, en
    if not items and given.item is not None:
        zh, en = f"规则 {rule.id} 不分事项", f"rule {rule.id} has no items"
        return "attestation", "item", f"{zh}，该认定意见不起作用", f"{en}; the attestation has no effect"
    if given.date.first > as_of:
        zh, en = (
            "认定意见的日期晚于基准日，不计入",
            "the attestation is dated after the as-of day and is ignored",
        )
        return "attestation", "date", zh, en
    if expired(given, as_of):
        until = given.expires_on.first
        zh = f"规则 {rule.id} 的认定意见有效期至{_zh(until)}，已过期，不计入"
        en = f"the attestation for {rule.id} stood until {until}; it has expired and is ignored"
        return "expired", "expires_on", zh, en
    return None


def _why_unused(given: Any, rule: Rule, as_of: date) -> _Why:
    shown = clip(rule.id)
    if given.expires_on is not None and expired(given, as_of):
        until = given.expires_on.first
        zh = f"规则 {shown} 的豁免有效期至{_zh(until)}，已过期，不起作用"
        en = f"the exemption from {shown} stood until {until}; it has expired and has no effect"
        return "expired", "expires_on", zh, en
    zh = f"规则 {shown} 没有不符合，或豁免日期晚于基准日，该豁免未使用"
    en = f"the exemption is unused: rule {shown} does not fail, or the exemption is dated after the as-of day"
    return "unused-exemption", None, zh, en


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
