"""Words for people, in Chinese and English: conditions in plain words, values with units."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from tic_rules.core.errors import Text
from tic_rules.core.numbers import Number, Range, decimal_text, yuan_text
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.terms import groups_of, places_of, term
from tic_rules.results.time_words import window_words

STATUS = {
    "pass": Text("符合", "pass"),
    "fail": Text("不符合", "fail"),
    "pending": Text("待完成", "pending"),
    "unknown": Text("数据不足", "unknown"),
    "needs_review": Text("待评审", "needs review"),
    "not_applicable": Text("不适用", "not applicable"),
    "exempted": Text("已豁免", "exempted"),
}
VERDICT = {
    "non_compliant": Text("不合规", "non-compliant"),
    "undetermined": Text("尚不能判定", "undetermined"),
    "on_course": Text("推进中", "on course"),
    "compliant": Text("合规", "compliant"),
}
KIND = {
    "condition": Text("条件", "condition"),
    "obligation": Text("义务", "obligation"),
    "prohibition": Text("禁止", "prohibition"),
    "procedure": Text("程序", "procedure"),
    "limit": Text("限额", "limit"),
    "entitlement": Text("应得支持", "entitlement"),
    "preference": Text("优先与鼓励", "preference"),
    "consequence": Text("后果", "consequence"),
    "target": Text("目标", "target"),
}
MODALITY = {
    "must": Text("应当", "must"),
    "in_principle": Text("原则上", "in principle"),
    "encouraged": Text("鼓励", "encouraged"),
    "may": Text("可以", "may"),
}
BEARER = {
    "centre": Text("创新中心", "centre"),
    "host": Text("依托单位", "host"),
    "province": Text("省", "province"),
    "local_government": Text("地方政府", "local government"),
    "ministry": Text("科技部", "ministry"),
    "department": Text("省级部门", "department"),
    "programme": Text("总体布局", "programme"),
}
PHASE = {
    "application": Text("申报", "application"),
    "approval": Text("批复", "approval"),
    "construction": Text("建设", "construction"),
    "term_end": Text("期满", "end of term"),
}
VALUE = {
    "true": Text("成立", "true"),
    "false": Text("不成立", "false"),
    "unknown": Text("未知", "unknown"),
    "needs_review": Text("待评审", "needs review"),
}

_OPERATORS = {
    "at_least": Text("不少于", "at least"),
    "at_most": Text("不超过", "at most"),
    "more_than": Text("超过", "more than"),
    "less_than": Text("不满", "less than"),
    "equals": Text("等于", "exactly"),
}


# --- values -------------------------------------------------------------------------------------------------


def status_text(status: str, for_the_verdict: bool) -> Text:
    """A status in words; where that alone differs, also whether it is one for the verdict."""
    text = STATUS[status]
    return Text(f"{text.zh}（影响结论）", f"{text.en} (for the verdict)") if for_the_verdict else text


def number_text(number: Number, unit: str | None, units: Mapping[str, object], lang: str) -> str:
    """A number with its unit, as people write it."""
    if unit == "CNY":
        return yuan_text(number, lang)
    if unit == "ratio":
        return f"{_short(number * 100, lang)}%" if not isinstance(number, float) else "∞"
    plain = _short(number, lang)
    named = units.get(unit or "")
    word = getattr(named, lang, "") if named else ""
    if lang == "zh":
        return f"{plain}{word}"
    return f"{plain} {word.removesuffix('s') if plain == '1' else word}".strip()


def bound_text(number: Number, unit: str | None, units: Mapping[str, object], lang: str) -> str:
    """A number that a rule sets, as people write it: a third is 1/3."""
    return _part_text(number) if unit == "ratio" else number_text(number, unit, units, lang)


def difference_text(number: Number, unit: str | None, units: Mapping[str, object], lang: str) -> str:
    """What lies between two numbers, as people write it: between percentages, percentage points."""
    if unit != "ratio":
        return number_text(number, unit, units, lang)
    points = _short(100 * number, lang)
    if lang == "zh":
        return f"{points}个百分点"
    return f"{points} percentage {'point' if points == '1' else 'points'}"


def _part_text(number: Number) -> str:
    """A part of a whole: 30%; one whose percentage has no end as a fraction, 1/3."""
    text = decimal_text(100 * number) or "∞"
    return f"{text}%" if len(text.partition(".")[2]) <= 4 else str(number)


def _short(number: Number, lang: str) -> str:
    """A number as people write it; one with many places is cut and called about so much."""
    text = decimal_text(number) or "∞"
    whole, _, places = text.partition(".")
    return text if len(places) <= 4 else f"{'约' if lang == 'zh' else 'about '}{whole}.{places[:4]}"


def range_text(value: Range, unit: str | None, units: Mapping[str, object], lang: str) -> str:
    """A range: one number where it is exact, otherwise what is known of it."""
    if value.exact:
        return number_text(value.low, unit, units, lang)
    low, high = (number_text(end, unit, units, lang) for end in value)
    if isinstance(value.high, float):
        if value.low == 0:
            return "未知" if lang == "zh" else "unknown"
        return f"至少{low}" if lang == "zh" else f"at least {low}"
    if unit not in ("CNY", "ratio"):  # the unit once: 4至5类
        low = number_text(value.low, None, units, lang)
    return f"{low}至{high}" if lang == "zh" else f"{low} to {high}"


def join(parts: Iterable[str], lang: str, last: str = "") -> str:
    listed = list(parts)
    comma, before = ("、", last) if lang == "zh" else (", ", f" {last} ")
    if len(listed) < 2 or not last:
        return comma.join(listed)
    return comma.join(listed[:-1]) + before + listed[-1]


# --- conditions in plain words ------------------------------------------------------------------------------


def describe(node: c.Condition, ruleset: RuleSet, lang: str, rule: Rule | None = None) -> str:
    """A condition in plain words."""
    return _Describer(ruleset, lang, rule).say(node)


def described(node: c.Condition, ruleset: RuleSet, rule: Rule | None = None) -> Text:
    """A condition in plain words, in both languages."""
    return Text.of(lambda lang: describe(node, ruleset, lang, rule))


def multiple_text(part: c.Times, ruleset: RuleSet, lang: str) -> str:
    """A multiple of another fact in plain words."""
    return _Describer(ruleset, lang, None).multiple(part)


class _Describer:
    def __init__(self, ruleset: RuleSet, lang: str, rule: Rule | None) -> None:
        self.facts, self.vocabulary, self.lang, self.rule = ruleset.facts, ruleset.vocabulary, lang, rule
        self.ruleset = ruleset

    def t(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def label(self, fact: str) -> str:
        return str(getattr(self.facts[fact].label, self.lang))

    def words(
        self,
        words: Iterable[object],
        fact: str,
        attribute: str | None = None,
        last: tuple[str, str] = ("或", "or"),
    ) -> str:
        """Words of what a fact reads, or of an attribute of its entries."""
        groups = groups_of(self.vocabulary, self.facts[fact], attribute)
        said = [term(self.vocabulary, word, self.lang, groups) for word in words]
        return join(said, self.lang, self.t(*last))

    def amount(self, number: Number, fact: str) -> str:
        """A number with its unit, which English leaves out where the fact's label says it already."""
        unit, units = self.facts[fact].unit, self.vocabulary.units
        named = units.get(unit or "")
        if self.lang == "en" and named and named.en and named.en.removesuffix("s") in self.label(fact):
            unit = None
        return bound_text(number, unit, units, self.lang)

    def say(self, node: c.Condition) -> str:
        t = self.t
        match node:
            case c.All():
                return t("；", "; ").join(self.inner(part) for part in node.all)
            case c.Either():
                return t("，或者", ", or ").join(self.inner(part) for part in node.any)
            case c.Not():
                return t(f"并非：{self.inner(node.not_)}", f"not: {self.inner(node.not_)}")
            case c.Review():
                return t(
                    f"{self.inner(node.review)}（由人评审）", f"{self.inner(node.review)} (a person judges)"
                )
            case c.Attested():
                if self.rule is not None and self.rule.items:
                    count = len(self.rule.items)
                    return t(
                        f"{count}个事项各有有效的认定意见", f"a valid attestation for each of {count} items"
                    )
                return t("有有效的认定意见，认定为符合", "a valid attestation that it is met")
            case c.Compare():
                return self.compare(node)
            case c.Same():
                same = t("，中间文字相同", ", with the same between")
                return t("；", "; ").join(self.say(part) for part in node.same) + same
            case c.Follows():
                return self.followed(self.ruleset[node.follows])
            case c.NotAfter():
                term_end = node.not_after == "term_end"
                end = t("建设期满", "the end of the term") if term_end else t("批复", "approval")
                return t(f"尚未过{end}之日", f"not yet past {end}")
        return self.say_fact(node)

    def followed(self, rule: Rule) -> str:
        """What follows by a rule; with its title where the same follows by others."""
        then, title = (str(getattr(text, self.lang)) for text in (rule.then, rule.title))
        alike = [other for other in self.ruleset if other.then == rule.then]
        return then if len(alike) == 1 else self.t(f"{then}（{title}）", f"{then} ({title})")

    def say_fact(self, node: c.Condition) -> str:
        """What is asked of a fact: its word, that it is there, how it reads, its parts, its years."""
        t = self.t
        label = self.label(node.fact) if hasattr(node, "fact") else ""
        match node:
            case c.Is():
                verb = t("：", ": ") if isinstance(node.is_, bool) else t("为", _is(label))
                return f"{label}{verb}{self.words([node.is_], node.fact)}"
            case c.Among() | c.AnyAmong():
                words = node.among if isinstance(node, c.Among) else node.any_among
                more = t("等" if node.open else "", ", among others" if node.open else "")
                verb = t("为", " include " if isinstance(node, c.AnyAmong) else _is(label))
                if len(words) > 1:
                    verb = t("属于", f"{verb}one of ")
                return f"{label}{verb}{self.words(words, node.fact, None, ('', ''))}{more}"
            case c.Contains():
                asked = self.words(node.contains_all, node.fact, None, ("、", ""))
                return f"{label}{t('包括', ' include ')}{asked}"
            case c.Given():
                return t(f"有{label}", f"{label} is given")
            case c.Done():
                return label + t("", " has taken place")
            case c.Reads():
                before, after = node.reads
                reads = t(f"为“{before}×××{after}”", f" reads “{before} *** {after}”")
                return f"{label}{reads}"
            case c.Largest():
                group = self.groups([node.largest], node.fact)
                return t(
                    f"{label}中，{group}最多（可并列）",
                    f"of {label}, {group}: the largest part (a tie is enough)",
                )
            case c.Share():
                groups = self.groups(node.share_of, node.fact)
                word, bound = _OPERATORS[node.operator], _part_text(node.limit)
                return t(
                    f"{label}中，{groups}的占比{word.zh}{bound}", f"of {label}, {groups}: {word.en} {bound}"
                )
            case c.EachYear():
                when, holds = window_words(node.each_year), self.inner(node.holds)
                return t(f"{when.zh}每年：{holds}", f"{when.en}, each: {holds}")
        return self.say_lists(node, label)

    def groups(self, names: Iterable[str], fact: str) -> str:
        """Groups of a sum."""
        declared = self.facts[fact].groups or {}
        labels = [str(getattr(declared[name].label, self.lang)) for name in names]
        return join(labels, self.lang, self.t("与", "and"))

    def inner(self, node: c.Condition) -> str:
        text = self.say(node)
        compound = isinstance(node, (c.All, c.Either)) and len(c.children(node)) > 1
        return self.t(f"（{text}）", f"({text})") if compound else text

    def compare(self, node: c.Compare) -> str:
        label, limit = self.label(node.fact), node.limit
        if node.operator == "between":
            low, high = (self.amount(end, node.fact) for end in limit)
            return self.t(f"{label}在{low}至{high}之间", f"{label}: between {low} and {high}")
        word = _OPERATORS[node.operator].in_(self.lang)
        if isinstance(limit, c.Times):
            multiple = self.multiple(limit)
            return self.t(f"{label}{word}{multiple}", f"{label}: {word} {multiple}")
        amount = self.amount(limit, node.fact)
        return self.t(f"{label}{word}{amount}", f"{label}: {word} {amount}")

    def limit(self, fact: str) -> str:
        """Another fact that is a limit: what it is called, and of what it is the least or the most."""
        label, of = self.label(fact), self.facts[fact]
        if of.smaller is None and of.larger is None:
            return label
        parts = join([self._operand(part, fact) for part in of.operands], self.lang, self.t("、", "and"))
        if of.smaller is not None:
            return self.t(f"{label}（{parts}中较小的）", f"{label} (the smaller of {parts})")
        return self.t(f"{label}（{parts}中较大的）", f"{label} (the larger of {parts})")

    def _operand(self, part: str | Number | c.Times, fact: str) -> str:
        """What a fact is made of: another fact, a part of it, or a number."""
        if isinstance(part, str):
            return self.label(part)
        if not isinstance(part, c.Times):
            return self.amount(part, fact)
        return self.multiple(part)

    def multiple(self, part: c.Times) -> str:
        """Another fact, a part of it or so many times it."""
        other = self.limit(part.fact)
        if part.times == 1:
            return other
        if part.times > 1:
            factor = decimal_text(part.times)
            return self.t(f"{other}的{factor}倍", f"{factor} times {other}")
        share = _part_text(part.times)
        return self.t(f"{other}的{share}", f"{share} of {other}")

    def say_lists(self, node: c.Condition, label: str) -> str:
        """What is asked of the entries of a list."""
        t = self.t
        match node:
            case c.Some():
                if not node.some.each and not node.some.any:
                    return t(f"有{label}", f"there are {label}")
                some = self.where(node.some, node.fact)
                return t(f"{label}中至少有一个：{some}", f"at least one of {label}: {some}")
            case c.Every():
                every = self.where(node.every, node.fact)
                return t(f"所有{label}：{every}", f"all {label}: {every}")
            case c.NoneOf():
                rest = t("；其他需评审" if node.open else "", "; others need review" if node.open else "")
                if node.permitted is not None:
                    fine = self.where(node.permitted, node.fact)
                    rest = t(f"；除{fine}的以外，其他需评审", f"{rest}, except where {fine}")
                barred = self.where(node.none_of, node.fact)
                return t(f"{label}中没有：{barred}{rest}", f"none of {label}: {barred}{rest}")
            case c.Latest():
                among, has = self.among(node.of, node.fact), self.where(node.has, node.fact)
                dated = node.latest == "date"
                last = t("最近一次", "the latest") if dated else t("最近年度", "that of the latest year")
                return t(f"{label}{among}中{last}：{has}", f"of {label}{among}, {last}: {has}")
            case c.EachOf():
                count, has = len(node.each_of), self.where(node.has, node.fact)
                judged = ""
                if node.review is not None:
                    to_judge = self.where(node.review, node.fact)
                    judged = t(f"；{to_judge}的，需评审", f"; where {to_judge}, a person judges")
                return t(
                    f"{label}共{count}项，每一项：{has}{judged}",
                    f"each of the {count} {label}: {has}{judged}",
                )
            case c.OfEntry():
                event = self.rule.event if self.rule is not None else None
                entry = self.where(node.entry, event or "")
                return t(f"该项：{entry}", f"the entry: {entry}")
            case c.OfEach():
                of = self.attribute(node.of_each, node.fact)
                return t(
                    f"{label}中，每个{of}不超过{node.at_most}个",
                    f"of {label}, at most {node.at_most} for each of {of}",
                )
            case c.Running():
                of, number, where = self.label(node.of), node.running, self.where(node.where, node.of)
                if node.by == "year":
                    return t(f"连续{number}年{of}：{where}", f"{number} years running, {of}: {where}")
                of += self.among(node.among, node.of) if node.among is not None else ""
                return t(f"{of}连续{number}次：{where}", f"{number} of {of} one after the other: {where}")
        raise TypeError(node)

    def among(self, where: c.Where, fact: str) -> str:
        """Which entries are looked at, in brackets; empty for all."""
        said = self.where(where, fact)
        return said and self.t(f"（{said}）", f" ({said})")

    def where(self, where: c.Where, fact: str) -> str:
        parts = [self.test(name, test, fact) for name, test in where.each.items()]
        if where.any:
            ways = [self.where(way, fact) for way in where.any]
            parts.append(self.t(f"（{'，或者'.join(ways)}）", f"({', or '.join(ways)})"))
        return self.t("，", ", ").join(parts)

    def attribute(self, name: str, fact: str) -> str:
        """The label of an attribute: of the list that is looked through, else of any that has this name."""
        fields = self.vocabulary.fields
        places = places_of(self.vocabulary, self.facts[fact], name)
        declared = next((fields[place] for place in places if place in fields), None)
        declared = declared or next(
            (f for path, f in fields.items() if path.rsplit(".", 1)[-1] == name), None
        )
        return str(getattr(declared, self.lang)) if declared else name

    def test(self, name: str, test: c.Test, fact: str) -> str:
        label = self.attribute(name, fact)
        listed = self.vocabulary.lists.get(self.facts[fact].list_name or "")
        if listed is not None and listed.scalar == name:
            label = self.t("", "it")
        if test.given:
            return self.t(f"有{label}", f"{label} given")
        if test.done:
            return self.t(f"届时已有{label}", f"{label} by then")
        if test.other_than is not None:
            others = self.words(test.other_than, fact, name)
            return self.t(f"{label}不是{others}", f"{label} not {others}")
        words = [w for w in test.one_of or () if w is not None]
        blank = self.t("或未填", " or not given") if None in (test.one_of or ()) else ""
        if words == [True]:
            return label + blank
        more = self.t("等" if test.open else "", ", among others" if test.open else "") + blank
        said = self.words(words, fact, name)
        return self.t(f"{label}为{said}{more}", f"{label}{_is(label)}{said}{more}")


def _is(label: str) -> str:
    """What joins a label and its word in English: category is field; recommended by a host."""
    return " " if label.endswith((" by", " to", " with")) else " is "
