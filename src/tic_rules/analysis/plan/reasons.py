"""Why a rule is out of a plan's reach, in words."""

from __future__ import annotations

from datetime import date

from tic_rules.core.errors import Text
from tic_rules.core.logic import TRUE
from tic_rules.evaluation.decisions import Decision
from tic_rules.model.ruleset import Rule
from tic_rules.results.messages import occasions
from tic_rules.results.report import Finding
from tic_rules.results.time_words import day_text

KEPT = Text("只有改动要求保持不变的内容才能做到", "only a change of what is to be kept would do it")
IDENTITY = Text(
    "取决于中心是什么（领域、类别、建设期等）：方案不改变，也不代填，请据实填写",
    "it turns on what the centre is (its field, category or term): a plan does not change that, nor guess it",
)


def reason_before(rule: Rule, decision: Decision, latest: date | None, as_of: date) -> Text | None:
    """Why a failed rule can no longer be met; None where it still can. `latest` is the last day on which its
    deadline may lie."""
    if decision.why_not == "before_approval":
        return Text("批复之后才能完成", "this can only be done once the centre is approved")
    if decision.broken is not None and decision.broken.value == TRUE:
        return Text("已经发生，改变不了", "it has happened and cannot be undone")
    if decision.status != "fail":
        return None
    years = [(year, due) for year, status, _, due in decision.years if status == "fail" and due < as_of]
    if years:
        named = occasions(rule, [year for year, _ in years])
        return Text(f"{named.zh}的期限已过", f"the time for {named.en} is past")
    if latest is not None and latest < as_of:
        exempt, exact = rule.modality == "in_principle", decision.deadline is not None
        zh = f"期限{day_text(latest, 'zh')}{'' if exact else '（最晚）'}已过" + (
            "；本条为“原则上”的要求，可申请豁免" if exempt else "；如当时确已达到，请更正数据"
        )
        en = f"the deadline {latest}{'' if exact else ' (at the latest)'} has passed" + (
            "; an exemption may be sought" if exempt else "; if it was met in time, correct the data"
        )
        return Text(zh, en)
    if rule.kind in ("limit", "prohibition"):
        return Text(
            "限额或禁止已被突破，金额和支出不能收回",
            "a limit or prohibition is broken, and what was paid or spent does not shrink",
        )
    return None


def reason_old(ends: date) -> Text:
    """Why what is done today meets no rule where the data ends with an earlier day."""
    return Text(
        f"数据只到{day_text(ends, 'zh')}，需要先更新，更新后再作安排",
        f"the data ends on {ends} and has to be brought up to date first; then it can be planned for",
    )


def reason_after(finding: Finding, earlier: Finding, ends: date | None) -> Text:
    """Why a rule is still not met once the steps are taken; `ends` is the day with which the data ends, where
    that is not the as-of day."""
    if finding.trace.get("not_applicable") == "before_approval":
        return Text("批复之后才能完成", "this can only be done once the centre is approved")
    if finding.kind == "consequence" and finding.status == "fail":
        return Text("后果已经产生", "the consequence has followed already")
    if ends is not None and finding.status in ("unknown", "pending"):
        return reason_old(ends)
    if finding.status == "unknown":
        return Text(
            "需要先补充数据，补充后再作安排", "the data has to be supplied first; then it can be planned for"
        )
    if finding.status == "needs_review":
        return Text(
            "超出条文所列，需由主管部门判断，数据不能代替",
            "beyond what the clause lists: the authority has to judge, data cannot",
        )
    if finding.status == "pending":
        return Text("期限未到，但没有找到办法", "there is still time, but no way was found")
    if earlier.status != "fail":
        return Text("其他步骤使本条不再符合", "other steps make this fail")
    return Text("没有找到可行的办法", "no way was found")
