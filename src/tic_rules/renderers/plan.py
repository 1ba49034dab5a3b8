"""A plan for people and programs: text, JSON, Markdown, and a page of its own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from datetime import date
from itertools import groupby

from tic_rules.analysis.plan import ActionPlan, Step
from tic_rules.core.errors import Text
from tic_rules.renderers import sinks
from tic_rules.renderers.sinks import line, markdown
from tic_rules.results.labels import VERDICT
from tic_rules.results.outstanding import remedy_of
from tic_rules.results.time_words import day_text

FORMATS = ("text", "json", "markdown", "html")
KIND = {
    "data": Text("补充数据", "data to supply"),
    "paper": Text("材料", "paper to file"),
    "organ": Text("机构与治理", "organ and governance"),
    "people": Text("人员与团队", "people and teams"),
    "money": Text("资金", "money"),
    "output": Text("成效", "results"),
    "judgement": Text("提请评审", "judgement to ask for"),
    "decision": Text("主管部门决定", "decision of the authority"),
    "exemption": Text("申请豁免", "exemption to seek"),
}
PROMISE = Text(
    "各步骤做完、评审通过后，以更新后的数据重新检查，结论如上；这已经由检查程序验证。"
    "金额和人数以基准日数据为起点，不减少。",
    "Once all steps are taken and the judgements are favourable, a check of the changed data gives this "
    "verdict: the evaluator was asked. "
    "Amounts and headcounts start from the as-of day and never shrink.",
)


def render(plans: Sequence[ActionPlan], format_: str, lang: str) -> str:
    """The plans in a format."""
    if format_ == "json":
        return sinks.as_json({"schema_version": 1, "plans": [plan.as_dict() for plan in plans]})
    if format_ == "html":
        from tic_rules.renderers.html import render as page

        words = {"kind": KIND, "verdict": VERDICT, "promise": PROMISE, "thin": THIN}
        made_of = {"due": due, "by_day": by_day, "names": _name, "why": _why, "data_first": data_first}
        return page("plan.html.j2", lang=lang, plans=plans, remedy_of=remedy_of, **words, **made_of)
    write = _markdown if format_ == "markdown" else _text
    return "\n".join("".join(line(shown) + "\n" for shown in write(plan, lang)) for plan in plans)


def by_day(steps: Sequence[Step]) -> list[tuple[date | None, list[Step]]]:
    """The steps by the day that they are due, entries of one kind together; what has no day comes first."""
    return [(day, list(_together(group))) for day, group in groupby(steps, key=lambda step: step.by)]


def _together(steps: Iterable[Step]) -> Iterator[Step]:
    """Steps of which several ask for one more entry of the same kind as one that asks for them all."""
    alike: dict[tuple[object, ...], list[Step]] = {}
    for number, step in enumerate(steps):
        one_more = "增加一项" in step.text.zh
        alike.setdefault((step.kind, step.text, step.rules, "" if one_more else number), []).append(step)
    for first, *more in alike.values():
        number = len(more) + 1
        zh = first.text.zh.replace("增加一项", f"增加{number}项") if more else first.text.zh
        en = first.text.en.replace("one more", f"{number} more") if more else first.text.en
        yield replace(first, text=Text(zh, en))


def due(day: date | None, lang: str) -> str:
    if day is None:
        soon = Text(
            "尽快（没有确定的期限，或期限已过须补齐数据）",
            "as soon as possible (no known deadline, or one that has passed and lacks data)",
        )
        return soon.in_(lang)
    return f"{day_text(day, lang)}前（含当日）" if lang == "zh" else f"by {day}"


def _name(plan: ActionPlan) -> str:
    centre = plan.before.centre
    return (centre and (centre.name or centre.id)) or "—"


def _clauses(plan: ActionPlan, rules: Sequence[str], lang: str) -> str:
    named = [f"{plan.before[rule].citation['locator']} {plan.before[rule].title.in_(lang)}" for rule in rules]
    return ("；" if lang == "zh" else "; ").join(named)


def _verdicts(plan: ActionPlan, lang: str) -> str:
    return f"{VERDICT[plan.before.verdict].in_(lang)} → {VERDICT[plan.verdict].in_(lang)}"


def _why(plan: ActionPlan) -> Text:
    """Why the verdict stays as it is, although all steps are taken."""
    reason = plan.after.waiting.reason
    if not plan.steps:
        return reason
    return Text(f"各步骤做完后仍然如此：{reason.zh}", f"With all steps taken it stays so: {reason.en}")


def _document(plan: ActionPlan, lang: str) -> str:
    """The document that is planned for, and the day."""
    document = plan.before.ruleset["document"]
    title = f"《{document['title']}》  ·  基准日" if lang == "zh" else f"{document['title_en']}  ·  as of"
    return f"{title} {day_text(plan.before.as_of, lang)}"


def _text(plan: ActionPlan, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    yield _name(plan)
    yield _document(plan, lang)
    yield f"{'结论：' if zh else 'Verdict: '}{_verdicts(plan, lang)}"
    if plan.before.verdict == plan.verdict:
        yield _why(plan).in_(lang)
    yield ""
    yield from _data_first(plan, lang)
    if not (plan.steps or plan.lost or plan.open):
        yield "没有需要做的事。" if zh else "There is nothing to do."
    for day, steps in by_day(plan.steps):
        yield f"◷ {due(day, lang)}"
        for step in steps:
            yield f"  □ [{KIND[step.kind].in_(lang)}] {step.text.in_(lang)}"
            if step.rules:
                yield f"      {'依据：' if zh else 'for: '}{_clauses(plan, step.rules, lang)}"
        yield ""
    yield from _alternatives(plan, lang)
    for sign, what, rests in (("✗", _LOST, plan.lost), ("?", _OPEN, plan.open)):
        if rests:
            yield f"{sign} {what.in_(lang)} ({len(rests)})"
            for rest in rests:
                yield f"  {_clauses(plan, (rest.rule,), lang)}{'：' if zh else ': '}{rest.why.in_(lang)}"
            yield ""
    if plan.steps:
        yield PROMISE.in_(lang)


_LOST, _OPEN = Text("已经无法做到", "Can no longer be met"), Text("本方案不能解决", "Left open by this plan")
THIN = 8
"""More data than this missing, and the list of it stands before the steps."""


def data_first(plan: ActionPlan) -> list[Text]:
    """What to supply first, where little is known: the steps rest on it. Empty where little is missing."""
    waits = [wait for wait in plan.before.waiting.data if wait.counted]
    if len(waits) <= THIN:
        return []
    return [
        Text(
            f"{wait.label.zh}：{wait.counted}条待此",
            f"{wait.label.en}: {wait.counted} {'waits' if wait.counted == 1 else 'wait'} for it",
        )
        for wait in waits
    ]


def _data_first(plan: ActionPlan, lang: str) -> Iterator[str]:
    listed, zh = data_first(plan), lang == "zh"
    if not listed:
        return
    yield f"? 先补数据（共{len(listed)}项）" if zh else f"? Data to supply first ({len(listed)})"
    yield from (f"  □ {one.in_(lang)}" for one in listed[:THIN])
    if more := len(listed) - THIN:
        yield f"  … 另有{more}项" if zh else f"  … {more} more"
    yield ""


def _alternatives(plan: ActionPlan, lang: str) -> Iterator[str]:
    if not plan.alternatives:
        return
    yield "⇄ 也可以这样做" if lang == "zh" else "⇄ Other ways"
    for other in plan.alternatives:
        ways = ("；" if lang == "zh" else "; ").join(text.in_(lang) for text in other.texts)
        yield f"  {_clauses(plan, (other.rule,), lang)}{'：' if lang == 'zh' else ': '}{ways}"
    yield ""


def _markdown(plan: ActionPlan, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    yield f"# {markdown(_name(plan))}"
    yield ""
    yield markdown(_document(plan, lang))
    yield ""
    yield f"{'结论：' if zh else 'Verdict: '}**{_verdicts(plan, lang)}**"
    if plan.before.verdict == plan.verdict:
        yield ""
        yield _why(plan).in_(lang)
    yield ""
    if listed := data_first(plan):
        yield f"## 先补数据（共{len(listed)}项）" if zh else f"## Data to supply first ({len(listed)})"
        yield ""
        yield from (f"- {markdown(one.in_(lang))}" for one in listed)
        yield ""
    if plan.steps:
        yield "| 期限 | 类别 | 事项 | 依据 |" if zh else "| By | Kind | Step | For |"
        yield "|---|---|---|---|"
        for step in (step for _, steps in by_day(plan.steps) for step in steps):
            day = "—" if step.by is None else day_text(step.by, lang)
            what, clauses = markdown(step.text.in_(lang)), markdown(_clauses(plan, step.rules, lang))
            yield f"| {day} | {KIND[step.kind].in_(lang)} | {what} | {clauses} |"
        yield ""
    for title, rests in ((_LOST, plan.lost), (_OPEN, plan.open)):
        if rests:
            yield f"## {title.in_(lang)}"
            yield ""
            for rest in rests:
                clause, why = markdown(_clauses(plan, (rest.rule,), lang)), markdown(rest.why.in_(lang))
                yield f"- {clause}{'：' if zh else ': '}{why}"
            yield ""
    if plan.alternatives:
        yield "## 也可以这样做" if zh else "## Other ways"
        yield ""
        for other in plan.alternatives:
            ways = markdown(("；" if zh else "; ").join(text.in_(lang) for text in other.texts))
            yield f"- {markdown(_clauses(plan, (other.rule,), lang))}{'：' if zh else ': '}{ways}"
        yield ""
    yield PROMISE.in_(lang) if plan.steps else ""
