"""What is assumed, and what changes through time, in words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from functools import partial

from tic_rules.analysis.what_if import Course, WhatIf
from tic_rules.core.errors import Text, plural
from tic_rules.core.numbers import NotANumber, parse_number
from tic_rules.core.source import pointer
from tic_rules.evaluation.scenarios import TOO_OPEN
from tic_rules.model.centre import Centre
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.model.tables import names_of
from tic_rules.model.vocabulary import Vocabulary
from tic_rules.results.explanation import time_of
from tic_rules.results.labels import BEARER, KIND, MODALITY, PHASE, VERDICT, described, join, number_text
from tic_rules.results.terms import dotted_of, field_label, field_text, groups_at, term
from tic_rules.results.time_words import day_text

_LABELLED = {
    "modality": (Text("程度", "modality"), MODALITY), "bearer": (Text("责任方", "owed by"), BEARER),
    "kind": (Text("类别", "kind"), KIND), "phase": (Text("阶段", "phase"), PHASE),
}  # fmt: skip
_TIMES = ("by", "from", "since", "until", "after", "yearly", "cycle")
_ENDS = {
    "at_least": Text("不少于", "at least "), "at_most": Text("不超过", "at most "),
    "not_before": Text("不早于", "not before "), "not_after": Text("不晚于", "not after "),
}  # fmt: skip
_NONE = Text("无", "none")


# --- what is assumed ----------------------------------------------------------------------------------------


def assumed_value(place: str, value: object, vocabulary: Vocabulary) -> Text:
    """A value put in a dotted place (`staff.headcount`), or appended to a list (`hosts+`), by its labels."""
    dotted = place.removesuffix("+")
    path = pointer(vocabulary.path_of(dotted))
    label = field_text(path, vocabulary)
    shown = Text.of(partial(_value, dotted_of(path, vocabulary), value, vocabulary))
    if dotted != place:
        return Text(f"{label.zh}增加一项（{shown.zh}）", f"{label.en}: one more ({shown.en})")
    return Text(f"{label.zh} = {shown.zh}", f"{label.en} = {shown.en}")


def _value(dotted: str, value: object, vocabulary: Vocabulary, lang: str) -> str:
    """A value of a field for people: 是, 申报中, 9个, 8亿元; of an entry, each part with its label."""
    column, zh = names_of(Centre, vocabulary).at(dotted), lang == "zh"
    if isinstance(value, (list, tuple)):
        between = (
            ("；" if zh else "; ") if any(isinstance(one, Mapping) for one in value) else "、" if zh else ", "
        )
        return between.join(_value(dotted, one, vocabulary, lang) for one in value) or _NONE.in_(lang)
    if isinstance(value, Mapping) and column is not None and value.keys() == {"date", "value"}:
        return f"{value['date']}{'：' if zh else ': '}{_value(dotted, value['value'], vocabulary, lang)}"
    if isinstance(value, Mapping):
        return join([_part(dotted, name, one, vocabulary, lang) for name, one in value.items()], lang)
    if column is not None and column.kind == "truth":
        value = {"true": True, "false": False}.get(str(value), value)
    if column is None or column.kind not in ("money", "count", "number", "rate"):
        return term(vocabulary, value, lang, groups_at(vocabulary, [dotted]))
    unit = {"money": "CNY", "rate": "ratio"}.get(column.kind, column.measure)
    try:
        return number_text(parse_number(value, money=unit == "CNY"), unit, vocabulary.units, lang)
    except NotANumber:
        return term(vocabulary, value, lang, ())


def _part(dotted: str, name: str, value: object, vocabulary: Vocabulary, lang: str) -> str:
    """A part of an entry with its label, or an end of a range."""
    if name in _ENDS:
        return _ENDS[name].in_(lang) + _value(dotted, value, vocabulary, lang)
    path = pointer((*dotted.split("."), name))
    label = field_label(path, vocabulary, lang).rsplit("/", 1)[-1]
    inner = _value(dotted_of(path, vocabulary), value, vocabulary, lang)
    return f"{label}{'：' if lang == 'zh' else ' '}{inner}"


def assumed_rule(rule: Rule, ruleset: RuleSet, part: str | None, value: str) -> Text:
    """A rule of a document with a change: what it asks now, or what the changed part (`by`, …) is."""
    if part in _LABELLED:
        label, words = _LABELLED[part]
        word = words[getattr(rule, part)]
        said = Text(f"{label.zh}为{word.zh}", f"{label.en} {word.en}")
    elif part in _TIMES:
        said = time_of(rule, ruleset.vocabulary)
    elif part is None or part in ruleset.facts:
        said = described(rule.condition, ruleset, rule)
    else:
        said = Text(f"{part} = {value}", f"{part} = {value}")
    clause = f"{ruleset.document.number or f'《{ruleset.document.title}》'} {rule.at}"
    return Text(f"{clause} {rule.title.zh}：{said.zh}", f"{clause} {rule.title.en}: {said.en}")


# --- through time -------------------------------------------------------------------------------------------


def told_over(result: WhatIf) -> Text | None:
    """How the verdict moves through time, what turns and falls due, and what the changes make of it; None
    where no span of time was asked for."""
    now, then = result.course_before, result.course_after
    if now is None:
        return None
    limit = [TOO_OPEN] if now.too_open or (then is not None and then.too_open) else []
    if then is None:
        return _joined([_moves(now), _counts(now), *limit])
    if now.stretches == then.stretches:
        same = Text("改变前后，结论在每一天都一样", "with the changes the verdict is the same on every day")
        return _joined([same, _moves(then), _counts(then), *limit])
    changes = Text(
        f"现状：{_moves(now).zh}；改变后：{_moves(then).zh}",
        f"as it is, {_moves(now).en}; with the changes, {_moves(then).en}",
    )
    return _joined([changes, _shift(now, then), *limit])


def _moves(course: Course) -> Text:
    """The verdict's way: from what to what, since when."""
    first, *rest = course.stretches
    head = [VERDICT[first.verdict].in_(lang) for lang in ("zh", "en")]
    if not rest:
        return Text(
            f"{day_text(first.first, 'zh')}至{day_text(first.last, 'zh')}结论一直是{head[0]}",
            f"the verdict is {head[1]} from {first.first} to {first.last} throughout",
        )
    zh = "，".join(f"{day_text(one.first, 'zh')}起为{VERDICT[one.verdict].zh}" for one in rest)
    en = ", ".join(f"{VERDICT[one.verdict].en} from {one.first}" for one in rest)
    return Text(f"结论起初为{head[0]}，{zh}", f"the verdict is {head[1]} at first, {en}")


def _counts(course: Course) -> Text:
    """How many findings turn, on how many days, and how much falls due."""
    turns = [turn for turn in course.turns if any(flip.finding.counts for flip in turn.flips)]
    number = sum(flip.finding.counts for turn in turns for flip in turn.flips)
    due = sum(len(findings) for _, findings in course.due)
    return Text(
        f"有{len(turns)}天判定改变，共{number}项；{due}条到期",
        f"{plural(number, 'finding that counts changes', 'findings that count change')}, "
        f"on {plural(len(turns), 'day')}; {plural(due, 'clause falls due', 'clauses fall due')}",
    )


def _shift(now: Course, then: Course) -> Text:
    """How many days of each verdict the changes give or take."""
    before, after = Counter[str](), Counter[str]()
    for course, days in ((now, before), (then, after)):
        for one in course.stretches:
            days[one.verdict] += (one.last - one.first).days + 1
    moved = [(name, before[name], after[name]) for name in VERDICT if before[name] != after[name]]
    return Text(
        "，".join(f"{VERDICT[name].zh}由{old}天变为{new}天" for name, old, new in moved),
        ", ".join(f"{VERDICT[name].en} {plural(new, 'day')} instead of {old}" for name, old, new in moved),
    )


def _joined(parts: Sequence[Text]) -> Text:
    said = Text.listed((part for part in parts if part.zh), "；", "; ")
    return Text(f"{said.zh}。", f"{said.en}.")
