"""What a report waits for: missing data, judgements, the reason of its verdict; what there is to do."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date
from typing import TYPE_CHECKING

from tic_rules.core.errors import Text, plural
from tic_rules.model.shipped import shared_vocabulary
from tic_rules.model.vocabulary import Vocabulary
from tic_rules.results.parts import Part, Parts
from tic_rules.results.terms import dotted_of, field_text, first_of

if TYPE_CHECKING:
    from tic_rules.results.finding import Finding
    from tic_rules.results.report import Report


class Wait(Part):
    """One thing that is missing and the rules that wait for it, those that count for the verdict first."""

    __slots__ = ()
    field: str
    """Its place in the centre file, without the numbers of entries: `hosts.type`."""
    label: Text
    places: list[str]
    rules: list[str]
    counted: int
    """How many of the rules count for the verdict."""
    alone: list[str]
    """The rules for which nothing else is missing: what this would settle, or leave to judgement alone."""
    public: bool
    """Whether public pages say it; otherwise whoever the report is about has to file it."""


class Waiting(Part):
    """What is missing, most rules first; the rules that wait for a judgement; why the verdict is so."""

    __slots__ = ()
    reason: Text
    data: list[Wait]
    judgements: list[str]


def whence(wait: Wait, report: Report) -> Text:
    """Where a datum that a report waits for is to be had: from public pages, or from whom it is about."""
    if wait.get("public"):  # not in reports of before it was written
        return Text("公开可查", "on public pages")
    if report.programme is None:
        return Text("须由中心填报", "for the centre to file")
    return Text("须由主管部门填报", "for the department to file")


def waiting_of(findings: Iterable[Finding], whole: Waiting | None = None) -> Waiting:
    """What the undecided findings wait for; `whole` names the fields of a report that was read back."""
    listed = list(findings)
    vocabulary = vocabulary_of(listed)
    waits = [_wait(field, asking, vocabulary) for field, asking in _by_field(listed, vocabulary).items()]
    if whole is not None:
        named = {
            one.field: {key: one[key] for key in ("label", "public") if key in one} for one in whole.data
        }
        waits = [Wait({**wait, **named.get(wait.field, {})}) for wait in waits]
    waits.sort(key=lambda wait: (-wait.counted, -len(wait.rules), wait.field))
    judged = sorted(
        (finding for finding in listed if finding.status == "needs_review"), key=lambda one: not one.counts
    )
    return Waiting(
        reason=reason_of(listed, waits), data=Parts(waits), judgements=Parts(one.rule for one in judged)
    )


def reason_of(findings: Iterable[Finding], waits: Iterable[Wait]) -> Text:
    """Why the verdict is what it is: what fails, how many data and judgements are open, what is still due."""
    listed = list(findings)
    counted = [finding for finding in listed if finding.counts]
    number = Counter(finding.status for finding in counted)
    fails, judged, due = number["fail"], number["needs_review"], number["pending"]
    data = sum(1 for wait in waits if wait.counted)
    absent = sum(finding.status == "fail" and not finding.counts for finding in listed)
    zh = f"{fails}条不符合" if fails else "没有不符合的条款"
    en = plural(fails, "fails", "fail") if fails else "nothing fails"
    if absent and not fails:
        zh, en = f"{absent}条不符合，不影响结论", f"{plural(absent, 'fails', 'fail')}, outside the verdict"
    elif absent:
        zh, en = f"{zh}（另有{absent}条不影响结论）", f"{en} ({absent} more outside the verdict)"
    zh += f"；待补数据{data}项" if data else ""
    zh += f"；待评审{judged}条" if judged else ""
    open_ = [plural(data, "datum", "data")] if data else []
    open_ += [plural(judged, "judgement")] if judged else []
    if open_:
        en += f"; {' and '.join(open_)} {'is' if data + judged == 1 else 'are'} open"
    if due:
        zh, en = f"{zh}；待完成{due}条", f"{en}; {due} {'is' if due == 1 else 'are'} still due"
    return Text(zh, en)


def open_deadlines(finding: Finding) -> list[date]:
    """The days, in order, on which what is still due falls due: of what is owed several times each, also
    where an earlier one was missed."""
    owed = finding.years or (Part(status=finding.status, deadline=finding.deadline),)
    days = {one["deadline"] for one in owed if one["status"] == "pending" and one["deadline"] is not None}
    return [date.fromisoformat(day) for day in sorted(days)]


# --- what to do ---------------------------------------------------------------------------------------------

_NOTHING = Text("", "")
_NAMED = 3
"""So many missing fields are named."""
_NEVER_OWED = frozenset({"consequence", "limit", "prohibition"})
"""What nobody has to bring about while there is time: its remedy undoes what has happened."""


def remedy_of(finding: Finding) -> Text:
    """The rule's remedy, where there is something to remedy: a failure, or what is still owed; else empty."""
    owed = finding.status == "pending" and finding.kind not in _NEVER_OWED
    return finding.remedy if owed or finding.status in ("fail", "exempted") else _NOTHING


def to_do(finding: Finding) -> Text:
    """What a finding asks to do: remedy it, supply what is missing, have it judged; else empty."""
    vocabulary = vocabulary_of([finding])
    if finding.status == "unknown":
        fields = dict.fromkeys(dotted_of(path, vocabulary) for path in finding.missing)
        if not fields:
            return Text("把所依据的数据写准", "make the data exact that it rests on")
        listed = first_of([_label(field, vocabulary) for field in fields], _NAMED)
        return Text(f"补填或写准：{listed.zh}", f"fill in or make exact: {listed.en}")
    if finding.status == "needs_review":
        listed = field_text("/attestations", vocabulary)
        return Text(
            f"提请评审认定，把意见填入“{listed.zh}”",
            f"have it judged, and record the judgement in {listed.en}",
        )
    return remedy_of(finding)


def _by_field(
    findings: Iterable[Finding], vocabulary: Vocabulary
) -> dict[str, list[tuple[Finding, list[str], bool]]]:
    """Of each missing field: the rules that wait for it, its places, whether it is all that they lack."""
    asked: dict[str, list[tuple[Finding, list[str], bool]]] = {}
    for finding in findings:
        if finding.status != "unknown":
            continue
        places: dict[str, list[str]] = {}
        for path in finding.missing:
            places.setdefault(dotted_of(path, vocabulary), []).append(path)
        for field, paths in places.items():
            asked.setdefault(field, []).append((finding, paths, len(places) == 1))
    return asked


def _wait(field: str, asking: list[tuple[Finding, list[str], bool]], vocabulary: Vocabulary) -> Wait:
    ordered = sorted(asking, key=lambda one: not one[0].counts)
    return Wait(
        field=field,
        label=_label(field, vocabulary),
        places=Parts(dict.fromkeys(path for _, paths, _ in asking for path in paths)),
        rules=Parts(finding.rule for finding, _, _ in ordered),
        counted=sum(finding.counts for finding, _, _ in asking),
        alone=Parts(finding.rule for finding, _, alone in ordered if alone),
        public=(label := vocabulary.fields.get(field)) is not None and label.public,
    )


def _label(field: str, vocabulary: Vocabulary) -> Text:
    return field_text("/" + field.replace(".", "/"), vocabulary)


def vocabulary_of(findings: list[Finding]) -> Vocabulary:
    """The vocabulary of the rule set that was checked; findings that were read back have the shared one."""
    evidence = next((finding.evidence for finding in findings if finding.evidence is not None), None)
    return shared_vocabulary() if evidence is None else evidence.scene.ruleset.vocabulary
