"""A centre file to fill in: the fields that chosen rule sets read, with labels, clauses, examples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from tic_rules.core.errors import Text, visible
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.extension import extended
from tic_rules.model.fields import fields_of, paths_of, record_in
from tic_rules.model.loader import words_of
from tic_rules.model.ruleset import Rule, RuleSet, Vocabulary
from tic_rules.model.spoken import title_of
from tic_rules.model.subject import Record
from tic_rules.model.tables import layout_of
from tic_rules.renderers.headers import Form, csv_line
from tic_rules.renderers.upright import offered, write_upright
from tic_rules.renderers.workbook import Writer, write_form
from tic_rules.results.explanation import facts_of_rule, paths_of_fact

LAST = ("incomplete", "sources", "attestations", "exemptions")
"""What stands at the end of a file to fill in."""
ALWAYS = (
    "id", "name", "jurisdiction", "stage", "reported_on", "applied_on", "approved_on", "term_years", *LAST,
)  # fmt: skip
"""What every file says, whatever rules read it."""


def clauses_by_field(rulesets: Sequence[RuleSet]) -> dict[str, list[str]]:
    """For every dotted path that a rule reads, and every list in whose entries it lies, the clauses that ask
    for it."""
    clauses: dict[str, list[str]] = defaultdict(list)
    for ruleset in rulesets:
        document = ruleset.document.number or ruleset.document.title
        lists = {path for listed in ruleset.vocabulary.lists.values() for path in listed.paths}
        for rule in ruleset:
            for path in _paths_of_rule(rule, ruleset):
                said = f"{document} {rule.at}"
                for place in (path, *(around for around in lists if path.startswith(f"{around}."))):
                    if said not in clauses[place]:
                        clauses[place].append(said)
    return clauses


def _paths_of_rule(rule: Rule, ruleset: RuleSet) -> Iterator[str]:
    if rule.bearer == "programme":  # of a centre's file it reads only what centres may not have in common
        yield from (node.of_each for node in c.walk(rule.condition) if isinstance(node, c.OfEach))
        return
    for name in dict.fromkeys(facts_of_rule(rule)):
        fact = ruleset.facts[name]
        yield from paths_of_fact(fact, ruleset.vocabulary)
        listed = ruleset.vocabulary.lists.get(
            fact.list_name or (ruleset.facts[fact.kinds].list_name if fact.kinds else "") or ""
        )
        for look in listed.look_up.values() if listed else ():
            yield from (path for unit in look.units.values() for path in ruleset.vocabulary.lists[unit].paths)
    dated = ("application", "approval", "term_end")
    counted = (rule.years, rule.yearly, rule.from_, rule.cycle, rule.after)
    if rule.by in dated or rule.since in dated[1:] or any(counted):
        yield "approved_on"
    if rule.by == "application":
        yield "applied_on"
    after = rule.after.after if rule.after is not None else None
    if rule.until or "term_end" in (rule.by, rule.from_, rule.since, after):
        yield "term_years"
    if rule.attested:
        yield "attestations"


class Fields(NamedTuple):
    """What a file says that chosen rule sets read: the model of its data, its words, the fields that are
    wanted, the clauses that ask for each, and the language of the comments."""

    model: type[Centre]
    vocabulary: Vocabulary
    wanted: frozenset[str]
    asked: Mapping[str, Sequence[str]]
    lang: str


def _fields(rulesets: Sequence[RuleSet], vocabulary: Vocabulary, lang: str) -> Fields:
    model, asked = extended(Centre, vocabulary), clauses_by_field(rulesets)
    return Fields(model, vocabulary, paths_of(model) & asked.keys() | set(ALWAYS), asked, lang)


_HEAD = Text(
    "# 技术创新中心数据填报表（tic-rules init）。留空表示未知；清单写 [] 表示确实没有。\n"
    "# 金额写元，或带单位的文字（10亿元、5000万元）；日期写 2022-03-01，只知道年月写 2022-03。\n"
    "# 只知道一部分：{at_least: 100}、{at_least: 15, at_most: 20}、"
    "{not_before: 2021-01-01, not_after: 2022-02-07}。\n"
    "# 随时间变化的数：[{date: 2024-02-01, value: 320}, {date: 2026-06-01, value: 560}]\n"
    "# 规则集：",
    "# Data of a technology innovation centre (tic-rules init). Empty means unknown; a list is [] where "
    "there is none.\n"
    "# Amounts in yuan, or with a unit (10亿元, 5000万元); dates as 2022-03-01, 2022-03 where only the month "
    "is known.\n"
    "# Known in part: {at_least: 100}, {at_least: 15, at_most: 20}, "
    "{not_before: 2021-01-01, not_after: 2022-02-07}.\n"
    "# A number that changes: [{date: 2024-02-01, value: 320}, {date: 2026-06-01, value: 560}]\n"
    "# Rule sets: ",
)
_JUDGED_BELOW = Text(
    "由人评审认定的条款（填在 attestations 中，每条须有 rule、met、by、date、evidence）：",
    "Clauses that people judge (under attestations, each with rule, met, by, date, evidence):",
)
_OPEN_BELOW = Text(
    "清单以“等”结尾而数据在清单之外的，或数据互相矛盾的，也填在 attestations 中，由评审认定：",
    "Clauses whose list is open (等), or whose data may contradict itself, are judged there too:",
)


def blank_file(rulesets: Sequence[RuleSet], lang: str = "zh") -> str:
    """YAML to fill in. Every value is left empty (unknown); it loads and checks as it is."""
    fields = _fields(rulesets, words_of(reversed(rulesets)), lang)
    lines = [*(_HEAD.in_(lang) + ", ".join(ruleset.id for ruleset in rulesets)).split("\n"), ""]
    places = {ruleset.jurisdiction for ruleset in rulesets}
    given = {"jurisdiction": places.pop()} if len(places) == 1 else {}
    lines.extend(_section(fields.model, "", fields, 0, given))
    lines.append("")
    for said, rules in ((_JUDGED_BELOW, _judged(rulesets)), (_OPEN_BELOW, _left_open(rulesets))):
        if rules:
            lines += [f"# {said.in_(lang)}", *(f"#   {ruleset.id}/{rule.id}" for ruleset, rule in rules)]
    return "".join(visible(line) + "\n" for line in lines)


_READ_ME = Text(
    "技术创新中心数据填报表\n"
    "主表一行一个中心；各清单在同名工作表中，一行一项，"
    "用中心编号与主表对应（只有一个中心时可不填中心编号）。\n"
    "留空表示未知。确实没有的清单，请在主表对应列写 无。\n"
    "金额写元，或带单位（1.2亿元、1200万元）；日期写 2026-06-30，只知道年月写 2026-06，"
    "只知道范围写 2021-01-01至2022-02-07。\n"
    "只知道一部分的数写 ≥100、15~20。随时间变化的数一行一个：2024-02-01: 320；"
    "也可另建工作表“历年数据”，列为 中心编号、字段、日期、数值。\n"
    "列可以换序，可以删去；以 # 开头的列和工作表不读。每列的批注写明含义、可选值和所依条款。",
    "Data of technology innovation centres\n"
    "One row a centre on the main sheet; each list has a sheet of its own, one row an entry, "
    "joined by the centre's id (needless where there is one centre).\n"
    "Empty means unknown. Where there is none of a list, write none in its column on the main sheet.\n"
    "Amounts in yuan, or with a unit (1.2亿元, 1200万元); dates as 2026-06-30, "
    "2026-06 where only the month is known, 2021-01-01~2022-02-07 for a span.\n"
    "Numbers known in part: >=100, 15~20. Numbers that change, one a line: 2024-02-01: 320; "
    "or on a sheet named series with the columns centre, field, date, value.\n"
    "Columns may be moved or left out; those that begin with # are not read, nor are such sheets.\n"
    "The comment of each column says what it holds and which clauses ask for it.",
)


_UPRIGHT = Text(
    "技术创新中心数据填报表（一个中心）\n"
    "每张表一类，一项一行：在“填写”列填写，留空表示不知道；“说明”写明怎么填，“依据”写明哪一条款要求。\n"
    "各清单（资金投入、共建单位等）在同名工作表中，一行一项；"
    "确实没有的，在“各清单有无”表对应一行写 无。\n"
    "金额：先在“基本信息”选金额单位（元、万元、亿元），某一项可另选单位，也可直接写 1.2亿元。\n"
    "日期写 2026-06-30，只知道年月写 2026-06；只知道一部分的数写 ≥100、15~20；"
    "随时间变化的数一行一个：2024-02-01: 320。\n"
    "可以加行、加列、加批注和公式；以 # 开头的工作表不读。\n"
    "检查（tic-rules check 本文件.xlsx --format xlsx --output 结果.xlsx）交还的就是这份文件："
    "“状态”列写明结论，最前面是“问题清单”；改好后可再检查。",
    "Data of one technology innovation centre\n"
    "One sheet a subject, one row an item: fill in the column value; empty means unknown. How to fill in "
    "and which clause asks for it stands beside it.\n"
    "Each list (investment, builders …) has a sheet of its own, one row an entry; where there is none, "
    "write none on the sheet “which lists”.\n"
    "Amounts: choose the unit of the file on the sheet main; an item may have its own, or be typed as "
    "1.2亿元.\n"
    "Dates as 2026-06-30, 2026-06 where only the month is known; numbers known in part: >=100, 15~20; "
    "numbers that change, one a line: 2024-02-01: 320.\n"
    "Rows, columns, comments and formulas may be added; sheets that begin with # are not read.\n"
    "The check (tic-rules check FILE.xlsx --format xlsx --output RESULT.xlsx) gives this very file back, "
    "with a status beside each item and the list of problems in front.",
)


def blank_workbook(rulesets: Sequence[RuleSet], lang: str, *, wide: bool = False) -> bytes:
    """An Excel workbook to fill in, with drop-downs and an explanation in front: one row an item for one
    centre, or, `wide`, one row a centre; a sheet for each list. Raises UsageError.
    """
    writer, form = Writer(), _form(rulesets, words_of(rulesets), lang)
    if wide:
        write_form(writer, form, ())
        _read_me(writer, rulesets, lang, _READ_ME)
    else:
        _read_me(writer, rulesets, lang, _UPRIGHT)
        write_upright(writer, form, rulesets)
    return writer.bytes()


def _form(rulesets: Sequence[RuleSet], words: Vocabulary, lang: str) -> Form:
    model, vocabulary, wanted, asked, _ = _fields(rulesets, words, lang)
    return Form(layout_of(model, vocabulary), vocabulary, lang, wanted, asked, offered(rulesets, lang))


_PEOPLE_JUDGE = Text(
    "由人评审认定的条款（在“评审判断”表的“规则”列选择或写名称）：",
    "Clauses that people judge (column rule of the sheet attestations):",
)
_LISTS_OPEN = Text(
    "清单以“等”结尾而数据在清单之外的，或数据互相矛盾的，也填在“评审判断”表中，由评审认定：",
    "Clauses whose list is open (等), or whose data may contradict itself, are judged on that sheet too:",
)


_READ_ME_WIDTH = 82
"""In characters: what a page of A4 bears, whatever font stands in for that of the book."""


def _read_me(writer: Writer, rulesets: Sequence[RuleSet], lang: str, text: Text) -> None:
    page = writer.book.add_worksheet("说明" if lang == "zh" else "read me")
    page.set_column(0, 0, _READ_ME_WIDTH)
    page.set_landscape()
    page.set_paper(9)
    lines = text.in_(lang).split("\n")
    several = len(rulesets) > 1
    for said, rules in ((_PEOPLE_JUDGE, _judged(rulesets)), (_LISTS_OPEN, _left_open(rulesets))):
        if rules:
            titles = (title_of(ruleset, rule, lang, with_document=several) for ruleset, rule in rules)
            lines += ["", said.in_(lang), *titles]
    for row, line in enumerate(lines):
        writer.put(page, row, 0, line, writer.style(text_wrap=True, bold=row == 0))
        writer.height(page, row, [(line, _READ_ME_WIDTH)])


def blank_table(rulesets: Sequence[RuleSet], lang: str) -> str:
    """The header of a CSV file with one row a centre."""
    form = _form(rulesets, words_of(reversed(rulesets)), lang)
    return csv_line([form.says(column.label) for column in form.main.columns if column.kind != "list"])


def _judged(rulesets: Sequence[RuleSet]) -> list[tuple[RuleSet, Rule]]:
    return [(ruleset, rule) for ruleset in rulesets for rule in ruleset if rule.attested]


def _left_open(rulesets: Sequence[RuleSet]) -> list[tuple[RuleSet, Rule]]:
    """The rules that an attestation settles where data alone leaves them open."""
    return [(ruleset, rule) for ruleset in rulesets for rule in ruleset if rule.open_to_judgement]


def _section(
    model: type[Record], prefix: str, fields: Fields, depth: int, given: Mapping[str, str]
) -> Iterator[str]:
    indent = "  " * depth
    words = {name: word for name, word, _ in fields_of(model) if word}
    listed = list(model.model_fields.items())
    if not prefix:
        listed.sort(key=lambda item: (item[0] in LAST) - (item[0] == "id"))
    for name, field in listed:
        path = prefix + name
        below = any(other.startswith(path + ".") for other in fields.wanted)
        if path not in fields.wanted and not below:
            continue
        inner = record_in(field.annotation)
        if inner is not None and below and not _is_list(field.annotation):
            label = _label(path, fields)
            yield f"{indent}{name}:" + (f"  # {label}" if label else "")
            yield from _section(inner, path + ".", fields, depth + 1, given)
            continue
        yield from (indent + line for line in _comment(path, fields, words.get(name)))
        if inner is not None:
            yield from (indent + line for line in _entry_comment(inner, path, fields))
        yield f"{indent}{name}:" + (f" {given[path]}" if path in given else "")


def _is_list(annotation: object) -> bool:
    return "tuple[" in str(annotation) or "dict[" in str(annotation)


def _label(path: str, fields: Fields) -> str:
    field = fields.vocabulary.fields.get(path)
    return Text(field.zh, field.en).in_(fields.lang) if field else ""


def _example(path: str, fields: Fields) -> str:
    field = fields.vocabulary.fields.get(path)
    return Text("例：", "example: ").in_(fields.lang) + field.example if field and field.example else ""


def _allowed(word: str | None, fields: Fields) -> str:
    words = fields.vocabulary.words.get(word or "", {})
    return " | ".join(f"{name} {label.text.in_(fields.lang)}" for name, label in words.items())


def _asks(path: str, fields: Fields) -> str:
    """The clauses that ask for a field, the first six by name."""
    clauses = fields.asked.get(path, ())
    rest = Text(f" 等{len(clauses)}条", f" and {len(clauses) - 6} more") if len(clauses) > 6 else Text("", "")
    named = Text("；", "; ").in_(fields.lang).join(clauses[:6])
    return f"  〔{named}{rest.in_(fields.lang)}〕" if clauses else ""


def _comment(path: str, fields: Fields, word: str | None) -> Iterator[str]:
    yield f"# {_label(path, fields) or path}{_asks(path, fields)}"
    if word is not None:
        yield f"#   {_allowed(word, fields)}"
    if example := _example(path, fields):
        yield f"#   {example}"


def _entry_comment(inner: type[Record], path: str, fields: Fields, depth: int = 1) -> Iterator[str]:
    """What an entry of a list holds."""
    words = {name: word for name, word, _ in fields_of(inner) if word}
    for name, about in inner.model_fields.items():
        there = f"{path}.{name}"
        example = _example(there, fields)
        choices = _allowed(words.get(name), fields)
        said = Text("", "")
        if name in words:
            said = Text(f"：{choices}", f": {choices}")
        elif example:
            said = Text(f"（{example}）", f" ({example})")
        label = _label(there, fields) or name
        yield f"#{'   ' * depth}{name} {label}{said.in_(fields.lang)}{_asks(there, fields)}"
        below = record_in(about.annotation)
        if below is not None:
            yield from _entry_comment(below, there, fields, depth + 1)
