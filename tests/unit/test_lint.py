"""Every kind of fault of a rule file: found where it stands, under its code, and not found where there is
none."""

from __future__ import annotations

import json
import re
from fractions import Fraction
from pathlib import Path

import pytest
from click.testing import CliRunner

from tic_rules import parse_ruleset
from tic_rules.analysis.lint import explain_code, lint_file
from tic_rules.analysis.lint.faults import BY_CODE, CODES, Fault
from tic_rules.analysis.speech import modalities_in, numbers_in, says_length, years_in
from tic_rules.cli import main
from tic_rules.core.errors import RuleSetError
from tic_rules.model.shipped import rules_folder
from tic_rules.model.time import Shift

CLEAN = """\
id: made_up
version: 1.0.0
jurisdiction: zhejiang
document: {title: 示例指引, title_en: Example guideline, issued: 2024-01-01, in_force: {from: 2024-01-01}}

clauses:
  - {at: 前言, heading: 目的, disposition: context, asks_nothing: {zh: 说明目的, en: says why}}
  - {at: 一, heading: 人员, rules: [staff, zone]}
  - {at: 二, heading: 经费, disposition: heading, asks_nothing: {zh: 标题, en: heading}}
  - {at: 二（一）, heading: 投入, rules: [money, board]}

rules:
  - id: staff
    at: 一
    quote: 批复后 2 年内，原则上不少于 300 人
    topic: talent.headcount
    kind: condition
    modality: in_principle
    bearer: centre
    by: 2y
    require: {fact: headcount, at_least: 300}
    title: {zh: 两年内300人, en: 300 persons within two years}
    message: {zh: 不足300人, en: fewer than 300 persons}
    remedy: {zh: 加快引进, en: recruit more}

  - id: zone
    at: 一
    quote: 应设在国家高新区等区域
    topic: location.zone
    kind: condition
    modality: must
    bearer: centre
    require: {fact: zones, any_among: [national_high_tech_zone, provincial_high_tech_zone], open: true}
    title: {zh: 在列举的区域, en: in a listed zone}
    message: {zh: 不在列举的区域, en: in no listed zone}
    remedy: {zh: 调整选址, en: move}

  - id: money
    at: 二（一）
    quote: 批复创建后 2 年内投入不少于 10 亿元
    topic: funding.total
    kind: condition
    modality: must
    bearer: centre
    by: 2y
    since: approval
    require: {fact: investment, at_least: 10亿元}
    title: {zh: 投入10亿元, en: CNY 1 billion invested}
    message: {zh: 投入不足10亿元, en: less than CNY 1 billion invested}
    remedy: {zh: 落实出资, en: pay in}

  - id: board
    at: 二（一）
    quote: 理事会中应有企业和政府代表
    topic: governance.board
    kind: obligation
    modality: must
    bearer: centre
    require:
      all:
        - {fact: board, is: true}
        - {fact: board_members, some: {type: enterprise}}
    title: {zh: 设立理事会, en: a board}
    message: {zh: 没有理事会, en: no board}
    remedy: {zh: 设立理事会, en: set up a board}
"""

EXTRA = """
  - id: extra
    at: 二（一）
    quote: {quote}
    topic: talent.headcount
    kind: {kind}
    modality: {modality}
    bearer: centre
{more}
    title: {{zh: 再一条, en: one more}}
    message: {{zh: 不符, en: not met}}
    remedy: {{zh: 改正, en: mend}}
"""


def with_extra(quote: str, more: str, modality: str = "must", kind: str = "condition") -> str:
    """The clean file with one more rule."""
    indented = "\n".join(f"    {line}" for line in more.split("\n"))
    return CLEAN.replace("rules: [money, board]", "rules: [money, board, extra]") + EXTRA.format(
        quote=quote, more=indented, modality=modality, kind=kind
    )


def faults_of(tmp_path: Path, text: str) -> list[Fault]:
    file = tmp_path / "made_up.yaml"
    file.write_text(text, encoding="utf-8")
    return lint_file(file)


def test_the_made_up_file_is_clean(tmp_path: Path) -> None:
    assert faults_of(tmp_path, CLEAN) == []


@pytest.mark.parametrize(
    "path",
    sorted(path for path in rules_folder().glob("*.yaml") if path.stem != "normative"),
    ids=lambda path: path.stem,
)
def test_the_shipped_files_are_clean(path: Path) -> None:
    assert [(fault.code, fault.place, fault.message.en) for fault in lint_file(path)] == []


OWN_FACT = "vocabulary: {facts: {extra: {label: {zh: 甲, en: a}, stock: staff.nobody, unit: person}}}"
NARROW = (
    "applies: {fact: zones, any_among: [national_high_tech_zone]}\n    not_applicable: "
    "{zh: 不在, en: not there}"
)
BARRED = (
    "{fact: spending_entries, none_of: {use: investment}}, {fact: spending_entries, some: {use: investment}}"
)
REPLACED = [
    # code, what is replaced, by what, the line that it stands on, what the line holds
    ("TR001", "id: made_up", "id: [made_up", None),
    ("TR001", "version: 1.0.0", "version: 1.0.0\nversion: 1.0.1", "version: 1.0.1"),
    ("TR002", "kind: obligation", "kind: wish", "kind: wish"),
    ("TR002", "    by: 2y\n    require: {fact: headcount", "    bye: 2y\n    require: {fact: headcount",
        "bye: 2y"),
    ("TR003", "remedy: {zh: 加快引进, en: recruit more}", "remedy: {zh: 加快引进}", "remedy: {zh: 加快引进}"),
    ("TR003", "en: recruit more", "en: 加快引进", "en: 加快引进"),
    ("TR003", "zh: 加快引进", "zh: recruit more", "zh: recruit more"),
    ("TR003", "en: says why", "en: 说明目的", "en: 说明目的"),
    ("TR004", "topic: funding.total", "topic: 待填", "topic: 待填"),
    ("TR101", "fact: headcount", "fact: headcont", "headcont"),
    ("TR101", "some: {type: enterprise}", "some: {sort: enterprise}", "sort: enterprise"),
    ("TR101", "jurisdiction: zhejiang", f"jurisdiction: zhejiang\n{OWN_FACT}", "staff.nobody"),
    ("TR102", "at_least: 10亿元", "at_least: 10", "at_least: 10}"),
    ("TR102", "at_least: 300", "at_least: 300元", "at_least: 300元"),
    ("TR103", "fact: board, is: true", "fact: board, at_least: 1", "fact: board"),
    ("TR104", "topic: talent.headcount", "topic: talent.heads", "talent.heads"),
    ("TR104", "jurisdiction: zhejiang", "jurisdiction: atlantis", "atlantis"),
    ("TR105", "at: 一\n    quote: 应设在", "at: 二\n    quote: 应设在", None),
    ("TR105", "rules: [money, board]", "rules: [money, board, gone]", "gone"),
    ("TR106", "id: zone", "id: staff", None),
    ("TR107", "national_high_tech_zone,", "national_hightech_zone,", "national_hightech_zone"),
    ("TR107", "type: enterprise", "type: enterprize", "enterprize"),
    ("TR108", "\nclauses", "\nvocabulary: {fields: {place: {zh: 甲, en: a, type: date}}}\nclauses", "place"),
    ("TR201", "fact: headcount, at_least: 300", "fact: headcount, less_than: 0", "less_than: 0"),
    ("TR201", "- {fact: board, is: true}", (
        "- {fact: board, is: true}\n        - "
        "{fact: board, is: false}"
    ), None),
    ("TR202", "fact: headcount, at_least: 300", "fact: headcount, at_least: 0", "at_least: 0"),
    ("TR202", (
        "require: "
        "{fact: headcount, at_least: 300}"
    ), "require: {any: [{fact: headcount, at_least: 300}, {fact: headcount, less_than: 300}]}", "any:"),
    ("TR202", "require: {fact: zones", f"{NARROW}\n    require: {{fact: zones", "require"),
    ("TR203", "by: 2y\n    since: approval", "by: application\n    since: approval", "by: application"),
    ("TR203", "by: 2y\n    require: {fact: headcount", "by: 2023-12-31\n    require: {fact: headcount",
        "2023-12-31"),
    ("TR301", ", open: true", "", "any_among"),
    ("TR301", "any_among: [national_high_tech_zone, provincial_high_tech_zone], open: true",
        "any_among: [national_high_tech_zone]", "any_among"),
    ("TR302", "国家高新区等区域", "国家高新区的区域", "any_among"),
    ("TR303", "modality: in_principle", "modality: must", "modality: must"),
    ("TR304", "原则上不少于", "不少于", "modality: in_principle"),
    ("TR305", "应设在国家高新区等区域", "鼓励设在国家高新区等区域", "modality: must"),
    ("TR306", "fact: headcount, at_least: 300", "fact: headcount, more_than: 300", "more_than: 300"),
    ("TR307", "原则上不少于 300 人", "原则上超过 300 人", "at_least: 300"),
    ("TR308", "fact: headcount, at_least: 300", "fact: headcount, at_most: 300", "at_most: 300"),
    ("TR308", "fact: headcount, at_least: 300", "fact: headcount, equals: 300", "equals: 300"),
    ("TR309", "fact: headcount, at_least: 300", "fact: headcount, at_least: 310", "at_least: 310"),
    ("TR310", "    by: 2y\n    require: {fact: headcount", "    by: 3y\n    require: {fact: headcount",
        "by: 3y"),
    ("TR310", "    by: 2y\n    require: {fact: headcount", "    require: {fact: headcount", None),
    ("TR310", "理事会中应有", "理事会每年应有", None),
    ("TR310", "应设在国家高新区等区域\n", "期满时应设在国家高新区等区域\n", None),
    ("TR311", "理事会中应有企业", "理事会中主要应有企业", "quote: 理事会中主要"),
    ("TR312", "理事会中应有企业和政府代表", "理事会中应有企业和政府代表" * 6, "quote: 理事会"),
    ("TR313", "理事会中应有企业和政府代表", "理事会…", "quote: 理事会…"),
    ("TR314", "at_least: 10亿元", "at_least: 10元", "at_least: 10元"),
    ("TR314", "fact: headcount, at_least: 300", "fact: headcount, at_least: 300万", "at_least: 300万"),
    ("TR401", "{at: 二, heading: 经费, disposition: heading, asks_nothing: {zh: 标题, en: heading}}",
        "{at: 二, heading: 经费}", "{at: 二, heading: 经费}"),
    ("TR402", "at: 二（一）", "at: 二（二）", "at: 二（二）"),
    ("TR403", "{from: 2024-01-01}}", "{from: 2024-01-01}, based_on: [国家方案, zhejang_2022]}", "document"),
    ("TR403", "{from: 2024-01-01}}", "{from: 2024-01-01}, replaces: [made_up]}", "document"),
    ("TR403", "{from: 2024-01-01}}",
        "{from: 2024-01-01}, replaces: [{id: national_2020, clauses: [三（一）, 九（九）]}]}", "document"),
    ("TR402", "  - {at: 二, heading: 经费, disposition: heading, asks_nothing: {zh: 标题, en: heading}}\n",
        "", "at: 二（一）"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "old", "new", "line"),
    REPLACED,
    ids=[f"{code}-{number}" for number, (code, *_) in enumerate(REPLACED)],
)
def test_a_fault_is_found_where_it_stands(
    tmp_path: Path, code: str, old: str, new: str, line: str | None
) -> None:
    assert old in CLEAN
    text = CLEAN.replace(old, new)
    found = [fault for fault in faults_of(tmp_path, text) if fault.code == code]
    assert found, [(fault.code, fault.message.en) for fault in faults_of(tmp_path, text)]
    assert found[0].file.endswith("made_up.yaml")
    if line is not None:
        assert line in text.split("\n")[found[0].line - 1]
    assert found[0].column > 0


def test_english_in_the_place_of_chinese_is_not_called_no_english(tmp_path: Path) -> None:
    english = CLEAN.replace("{zh: 加快引进, en: recruit more}", "{zh: recruit more, en: recruit more}")
    assert [fault.message.en for fault in faults_of(tmp_path, english)] == [
        "this is not Chinese: recruit more"
    ]


@pytest.mark.parametrize(
    ("applies", "require", "code"),
    [
        ("{fact: hostss, some: {leading: true}}", "{fact: hosts, some: {type: enterprise}}", "TR101"),
        ("{fact: hosts, some: {leading: true}}", "{fact: hostss, every: {type: enterprise}}", "TR101"),
        ("{fact: funding_by_kind, largest: finance}", "{fact: funding_by_kind, largest: financ}", "TR103"),
        ("{fact: headcount, largest: finance}", "{fact: funding_by_kind, largest: finance}", "TR103"),
    ],
)
def test_what_does_not_fit_is_told_and_not_reasoned_about(
    tmp_path: Path, applies: str, require: str, code: str
) -> None:
    """Where `applies` and `require` were of one kind, and the name of one was not known, lint ended in a
    KeyError."""
    faults = faults_of(tmp_path, clean_with("依托单位应为企业的", require=require, applies=applies))
    assert [fault.code for fault in faults] == [code]


def test_a_threshold_on_a_sum_of_a_list_that_is_not_there_is_told(tmp_path: Path) -> None:
    own = "{facts: {investment: {label: {zh: 甲, en: a}, sum: amount, of: contribution, unit: CNY}}}"
    faults = faults_of(tmp_path, CLEAN.replace("clauses:", f"vocabulary: {own}\nclauses:", 1))
    assert faults[0].message.en == "unknown list contribution; did you mean contributions?"


ADDED = [
    ("TR204", "原则上至少 200 人，批复后 2 年内", (
        "by: 2y\nrequire: "
        "{fact: headcount, at_least: 200}"
    ), "in_principle"),
    ("TR205", "批复后 2 年内不超过 100 人", "by: 2y\nrequire: {fact: headcount, at_most: 100}", "must"),
    ("TR102", "投入不低于 2 人", "require: {fact: investment, at_least: {times: 2, fact: headcount}}",
        "must"),
    ("TR309", (
        "省财政补助不得低于市县的 2 "
        "倍"
    ), "require: {fact: provincial_subsidy, at_least: {times: 3, fact: local_subsidy}}", "must"),
    ("TR201", "出资方不少于 6 类", "require: {fact: funding_kinds, at_least: 6}", "must"),
    ("TR201", "财政资金不得用于投资", f"require: {{all: [{BARRED}]}}", "must"),
]  # fmt: skip


def test_a_clause_that_is_its_own_heading_is_named_once(tmp_path: Path) -> None:
    file = tmp_path / "example_2024.yaml"
    named = "{at: 前言, heading: 目的, disposition: context, asks_nothing: {zh: 说明目的, en: says why}}"
    assert named in CLEAN
    file.write_text(CLEAN.replace(named, "{at: 前言, heading: 前言}"), encoding="utf-8")
    (fault,) = [fault for fault in lint_file(str(file)) if fault.code == "TR401"]
    assert fault.message.zh == "条款 前言 没有着落"


@pytest.mark.parametrize(
    ("code", "quote", "more", "modality"),
    ADDED,
    ids=[f"{code}-{number}" for number, (code, *_) in enumerate(ADDED)],
)
def test_a_rule_that_does_not_go_with_the_others_is_found(
    tmp_path: Path, code: str, quote: str, more: str, modality: str
) -> None:
    found = [fault for fault in faults_of(tmp_path, with_extra(quote, more, modality)) if fault.code == code]
    assert len(found) == 1
    assert found[0].rule in ("extra", None)


@pytest.mark.parametrize(
    ("quote", "more", "modality"),
    [
        (
            "批复后 5 年内不少于 200 人",
            "by: 5y\nrequire: {fact: headcount, at_least: 200}",
            "must",
        ),  # staff may leave: 300 after two years say nothing of five
        ("批复后 5 年内不少于 400 人", "by: 5y\nrequire: {fact: headcount, at_least: 400}", "must"),
        ("批复后 2 年内不超过 400 人", "by: 2y\nrequire: {fact: headcount, at_most: 400}", "must"),
        ("建设期满时不少于 200 人", "by: term_end\nrequire: {fact: headcount, at_least: 200}", "must"),
    ],
)
def test_rules_that_ask_for_different_things_are_left_alone(
    tmp_path: Path, quote: str, more: str, modality: str
) -> None:
    assert faults_of(tmp_path, with_extra(quote, more, modality)) == []


def test_what_applies_at_another_time_implies_nothing_and_what_counts_from_later_on_conflicts_with_nothing(
    tmp_path: Path,
) -> None:
    """A rule for those with ten people may apply after five years and not after two; no project since
    approval goes with one before it."""
    where = "applies: {fact: headcount, at_least: 10}\nrequire: {fact: unit_count, at_least: 3}"
    none = "{not: {fact: projects, some: {}}}"
    for one, other in (
        (f"by: 2y\n{where}", f"by: 5y\n{where}"),
        (f"since: approval\nrequire: {none}", "require: {fact: projects, some: {}}"),
    ):
        first, extra = (with_extra("应当承担项目", more) for more in (one, other))
        second = extra[extra.index("\n  - id: extra") :].replace("id: extra", "id: second")
        text = first.replace("board, extra]", "board, extra, second]") + second
        assert {fault.code for fault in faults_of(tmp_path, text)} & OF_PAIRS == set()


OPEN = "{fact: category, among: [field], open: true}"


@pytest.mark.parametrize(
    "more",
    [
        "by: 2y\nrequire: {fact: headcount, at_least: 200}\nfails_at_once: {fact: misspent, more_than: 0}",
        f"require: {{all: [{OPEN}, {{fact: category, among: [comprehensive]}}]}}",
        f"require: {{all: [{OPEN}, {{not: {OPEN}}}]}}",
        f"require: {{any: [{OPEN}, {{not: {OPEN}}}]}}",
    ],
)
def test_what_fails_by_itself_or_a_person_may_pass_is_no_fault(tmp_path: Path, more: str) -> None:
    """What fails a rule at once no other asks; what 等 leaves to be judged neither fails nor holds."""
    faults = faults_of(tmp_path, with_extra("原则上至少 200 人，批复后 2 年内等", more, "in_principle"))
    assert {fault.code for fault in faults} & {"TR201", "TR202", "TR204"} == set()


OUTCOME = """when: {fact: evaluations, latest: date, of: {by: third_party}, has: {result: unqualified}}
then: {zh: 予以调整, en: the centre is adjusted}
otherwise:
  when: {fact: headcount, at_least: %s}
  then: {zh: 获得支持, en: it is supported}"""


@pytest.mark.parametrize(("number", "codes"), [("200", []), ("0", ["TR202", "TR309"]), ("250", ["TR309"])])
def test_what_a_good_result_brings_is_looked_at_too(tmp_path: Path, number: str, codes: list[str]) -> None:
    quote = "评估不合格的予以调整，不少于 200 人的获得支持"
    text = with_extra(quote, OUTCOME % number, kind="consequence")
    faults = faults_of(tmp_path, text)
    assert [fault.code for fault in faults] == codes
    assert all(f"at_least: {number}}}" in text.split("\n")[fault.line - 1] for fault in faults)


def test_a_good_result_that_a_bad_one_rules_out_is_told(tmp_path: Path) -> None:
    more = """when: {fact: headcount, at_least: 200}
then: {zh: 予以调整, en: the centre is adjusted}
otherwise:
  when: {fact: headcount, at_least: %s}
  then: {zh: 获得支持, en: it is supported}"""
    quote = "不少于 200 人的予以调整，不少于 300 人、100 人的获得支持"
    for number, codes in (("300", ["TR201"]), ("200", ["TR201"]), ("100", [])):
        faults = faults_of(tmp_path, with_extra(quote, more % number, kind="consequence"))
        assert [fault.code for fault in faults] == codes


def test_every_code_is_tried() -> None:
    tried = {code for code, *_ in REPLACED} | {code for code, *_ in ADDED}
    assert tried == {code.code for code in CODES}


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    text = (
        CLEAN.replace("fact: headcount", "fact: headcont")
        .replace("at_least: 10亿元", "at_least: 10")
        .replace(", open: true", "")
    )
    assert {"TR101", "TR102", "TR301", "TR309"} <= {fault.code for fault in faults_of(tmp_path, text)}


@pytest.mark.parametrize(
    ("bound", "said"),
    [
        ("at_least: 300元", ("金额", "an amount of money")),
        ("at_least: 300万元", ("金额", "an amount of money")),
        ("at_least: 300块", ("金额", "an amount of money")),
        ("at_least: ¥300", ("金额", "an amount of money")),
        ("at_least: RMB 300", ("金额", "an amount of money")),
        ("at_least: 300人民币", ("金额", "an amount of money")),
        ("at_least: 300整", ("金额", "an amount of money")),
        ("at_least: 300%", ("百分数或几分之几", "a part of a whole")),
        ("at_least: 百分之三十", ("百分数或几分之几", "a part of a whole")),
        ("between: [100, 300元]", ("金额", "an amount of money")),
        ("at_least: {times: 2元, fact: headcount}", ("金额", "an amount of money")),
    ],
)
def test_a_bound_in_another_unit_than_its_facts_is_refused(bound: str, said: tuple[str, str]) -> None:
    """Loading refuses it, so that no check reads 300% of a headcount as 3."""
    text = CLEAN.replace("at_least: 300", bound)
    line = next(number for number, line in enumerate(text.splitlines(), 1) if bound in line)
    with pytest.raises(RuleSetError) as raised:
        parse_ruleset(text)
    (fault,) = raised.value.diagnostics
    assert (fault.code, fault.line) == ("wrong-unit", line)
    assert said[0] in fault.message.zh
    assert said[1] in fault.message.en


def test_a_bound_in_the_unit_of_its_fact_is_none_of_another() -> None:
    for old, new in (
        ("at_least: 300", "at_least: 300"),
        ("at_least: 300", "at_least: {times: 150%, fact: headcount}"),
        ("fact: headcount, at_least: 300", "fact: spending_by_use, share_of: [named], at_most: 三分之一"),
    ):
        assert parse_ruleset(CLEAN.replace(old, new))
    with pytest.raises(RuleSetError, match="a part of a whole"):
        parse_ruleset(CLEAN.replace("at_least: 10亿元", "at_least: 30%"))


def test_a_file_that_is_not_there_is_no_fault_of_a_rule_file(tmp_path: Path) -> None:
    with pytest.raises(RuleSetError):
        lint_file(tmp_path / "none.yaml")


# --- how documents speak ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "value", "claims"),
    [
        ("原则上合计 10 亿元以上", 10**9, {"at_least"}),
        ("原则上汇聚不少于 300 人", 300, {"at_least"}),
        ("总额不超过 2 亿元", 2 * 10**8, {"at_most"}),
        ("不得低于省财政补助的 2 倍", 2, {"at_least"}),
        ("超过三家的", 3, {"more_than"}),
        ("不满十二人", 12, {"less_than"}),
        ("建设期一般为 5年", 5, set()),
        ("达到 34 万亿元", 34 * 10**12, {"at_least"}),
        ("资产负债率不得高于 70%", Fraction(7, 10), {"at_most"}),
        ("不大于 3 次", 3, {"at_most"}),
        ("不应低于 60 分", 60, {"at_least"}),
        ("发明专利 10 件（含）以上", 10, {"at_least"}),
        ("研发人员50人（含50人）以上，硕士以上", 50, {"at_least"}),
        ("在本省注册满 3 年", 3, {"at_least"}),
        ("建设期满 6 个月后", 6, set()),
        ("建设期届满6个月后", 6, set()),
        ("给予补助，最高 500 万元", 5 * 10**6, {"at_most"}),
        ("同一领域最多2家", 2, {"at_most"}),
        ("研发人员超50人", 50, {"more_than"}),
        ("不得超 50 人", 50, {"at_most"}),
        ("补助上限500万元", 5 * 10**6, {"at_most"}),
        ("补助上限为500万元", 5 * 10**6, {"at_most"}),
        ("投入下限3亿元", 3 * 10**8, {"at_least"}),
        ("补助上限另行规定，首批3家", 3, set()),
        ("赶超一流、超一流团队", 1, set()),
    ],
)
def test_numbers_and_their_comparisons(text: str, value: int, claims: set[str]) -> None:
    assert next(set(number.claims) for number in numbers_in(text) if number.value == value) == claims


@pytest.mark.parametrize(
    ("quote", "modalities"),
    [
        ("原则上应为独立法人实体", {"in_principle"}),
        ("建设期一般为3年", {"in_principle"}),
        ("由主要依托单位牵头", set()),
        ("鼓励探索组建", {"encouraged"}),
        ("给予一定的资金支持", set()),
        ("支持独立法人的中心", {"encouraged"}),
        ("可采用会员制", {"may"}),
        ("可持续发展", set()),
    ],
)
def test_modality_words(quote: str, modalities: set[str]) -> None:
    assert modalities_in(quote) == modalities


def test_years_of_a_deadline() -> None:
    assert years_in("批复创建后 2 年内；五年内；首年") == {1, 2, 5}
    assert says_length(Shift(days=120), "收到之日起一百二十日内")
    assert says_length(Shift(2), "两年内")
    assert not says_length(Shift(days=120), "收到之日起二十日内")
    assert not says_length(Shift(days=20), "收到之日起一百二十日内")
    assert not says_length(Shift(months=2), "十二个月内")
    assert says_length(Shift(months=36), "近36个月内")
    assert says_length(Shift(months=36), "近三年")
    assert says_length(Shift(2), "二十四个月内")
    assert not says_length(Shift(1), "每年12月31日前")
    assert not says_length(Shift(months=3), "每年3月31日前")
    assert not says_length(Shift(months=12), "十一年内")


# --- the command --------------------------------------------------------------------------------------------


def run(*args: str) -> tuple[int, str, str]:
    result = CliRunner().invoke(main, list(args))
    return result.exit_code, result.stdout, result.stderr


def test_the_command_is_quiet_about_a_clean_file_and_fails_on_errors(tmp_path: Path) -> None:
    clean, broken = tmp_path / "clean.yaml", tmp_path / "broken.yaml"
    clean.write_text(CLEAN, encoding="utf-8")
    broken.write_text(CLEAN.replace("at_least: 300", "at_least: 310"), encoding="utf-8")
    assert run("lint", str(clean), "--lang", "en")[:2] == (0, f"{clean}: clean\n")
    code, out, _ = run("lint", str(clean), str(broken), "--lang", "en")
    assert code == 1
    assert re.search(r"broken\.yaml:21:\d+: error TR309 staff: the number 310 ", out)
    assert "fix: " in out
    assert run("lint", str(broken), "--lang", "zh")[1].count("改法：") == 1


def test_warnings_fail_only_where_asked(tmp_path: Path) -> None:
    file = tmp_path / "long.yaml"
    file.write_text(
        CLEAN.replace("理事会中应有企业和政府代表", "理事会中应有企业和政府代表" * 6), encoding="utf-8"
    )
    assert run("lint", str(file))[0] == 0
    assert run("lint", str(file), "--fail-on", "warning")[0] == 1


def test_a_text_that_is_too_long_is_a_fault_among_others(tmp_path: Path) -> None:
    file = tmp_path / "long.yaml"
    file.write_text(CLEAN.replace("zh: 没有理事会", "zh: " + "无" * 2001), encoding="utf-8")
    status, said, _ = run("lint", str(file), "--format", "json")
    fault = json.loads(said)["files"][0]["faults"][0]
    assert (status, fault["code"], fault["line"]) == (1, "TR002", 64)
    assert fault["message"]["en"] == "longer than 2000 characters"


def test_a_number_of_each_year_needs_no_yearly_duty(tmp_path: Path) -> None:
    text = CLEAN.replace("理事会中应有企业", "理事会每年应召开会议，应有企业")
    assert {fault.code for fault in faults_of(tmp_path, text)} == {"TR310"}
    meetings = text.replace("{fact: board, is: true}", "{fact: board_meetings, more_than: 0}")
    assert faults_of(tmp_path, meetings) == []


def test_machine_formats(tmp_path: Path) -> None:
    file = tmp_path / "broken.yaml"
    file.write_text(CLEAN.replace("at_least: 300", "at_least: 310"), encoding="utf-8")
    told = json.loads(run("lint", str(file), "--format", "json")[1])
    assert told["files"][0]["errors"] == 1
    fault = told["files"][0]["faults"][0]
    assert (fault["code"], fault["severity"], fault["rule"], fault["line"]) == ("TR309", "error", "staff", 21)
    assert set(fault["message"]) == set(fault["fix"]) == {"zh", "en"}
    assert run("lint", str(file), "--format", "github", "--lang", "en")[1].startswith(
        f"::error file={file},line=21,col="
    )


def test_a_key_left_empty_is_answered_with_what_may_stand_there(tmp_path: Path) -> None:
    (fault,) = faults_of(tmp_path, CLEAN.replace("kind: obligation", "kind:"))
    assert fault.message.en.startswith("one of these words is expected: condition, ")
    assert fault.message.zh.startswith("应为其中一个词：condition、")


def test_a_version_is_answered_with_one(tmp_path: Path) -> None:
    for old, new in (
        ("version: 1.0.0", "version: 1.0"),
        ("kind: obligation", "kind: obligation\n    new_in: v2"),
    ):
        (fault,) = faults_of(tmp_path, CLEAN.replace(old, new))
        assert fault.message.en.endswith("is not well written; example: 1.0.0")


def test_a_jurisdiction_that_is_missing_is_one_fault(tmp_path: Path) -> None:
    file = tmp_path / "nowhere.yaml"
    file.write_text(CLEAN.replace("jurisdiction: zhejiang\n", ""), encoding="utf-8")
    assert [fault.code for fault in lint_file(file)] == ["TR002"]
    file.write_text(CLEAN.replace("jurisdiction: zhejiang\n", 'jurisdiction: ""\n'), encoding="utf-8")
    assert [fault.message.en[:23] for fault in lint_file(file)] == ['unknown jurisdiction ""']


def test_a_missing_file_is_status_2_and_does_not_keep_the_others_from_being_read(tmp_path: Path) -> None:
    file = tmp_path / "clean.yaml"
    file.write_text(CLEAN, encoding="utf-8")
    code, out, err = run("lint", str(tmp_path / "none.yaml"), str(file), "--lang", "en")
    assert code == 2
    assert "clean" in out
    assert "none.yaml" in err
    assert run("lint", str(tmp_path / "none.yaml"))[1] == ""


def test_the_program_explains_a_code() -> None:
    code, out, _ = run("explain", "TR309", "--lang", "en")
    assert code == 0
    assert BY_CODE["TR309"].why.en in out


def test_every_code_is_explained_in_both_languages() -> None:
    assert explain_code("tr309") is BY_CODE["TR309"]
    assert explain_code("investment-2y") is None
    for code in CODES:
        assert re.search("[\u4e00-\u9fff]", code.title.zh + code.why.zh)
        assert code.title.en.isascii() or re.search("[a-z]", code.title.en)
        assert len(code.why.en) > 40


def test_the_page_on_rule_files_lists_every_code() -> None:
    page = (Path(__file__).parents[2] / "docs" / "rule-files.md").read_text(encoding="utf-8")
    assert re.findall(r"^\| (TR\d+) \| (\w+) \| (.+?) \| (.+?) \|$", page, re.MULTILINE) == [
        (c.code, c.severity, c.title.en, c.title.zh) for c in CODES
    ]


# --- real wording that is right as it is --------------------------------------------------------------------


def clean_with(
    quote: str, rest: str = "", require: str = "{fact: headcount, at_least: 50}", **keys: str
) -> str:
    """The clean file with one more rule."""
    lines = {"modality": "must", "kind": "condition", "topic": "talent.headcount"} | keys
    rule = f"  - id: more\n    at: 一\n    quote: {quote}\n    bearer: centre\n    require: {require}\n"
    rule += "".join(f"    {key}: {value}\n" for key, value in lines.items())
    rule += f"{rest}    title: &m {{zh: 另一条, en: another}}\n    message: *m\n    remedy: *m\n"
    return CLEAN.replace("rules: [staff, zone]", "rules: [staff, zone, more]") + "\n" + rule


OF_SOMETHING = "{fact: investment, more_than: 0}"
RATIO = "{fact: funding_by_kind, share_of: [finance], at_least: %s}\n    applies: " + OF_SOMETHING


@pytest.mark.parametrize(
    ("quote", "require"),
    [
        ("金融机构出资不低于三分之一", RATIO % "1/3"),
        ("金融机构出资不低于总额的1/3", RATIO % "1/3"),
        ("金融机构出资不少于三分之二", RATIO % "2/3"),
        ("金融机构出资占比不低于百分之三十", RATIO % "30%"),
        ("金融机构出资占比不低于30%", RATIO % "30%"),
        ("金融机构出资占比不低于百分之三点五", RATIO % "3.5%"),
        ("金融机构出资占比达到百分之百", RATIO % "100%"),
        ("各类资金投入不少于千万元", "{fact: investment, at_least: 1000万元}"),
        ("近三年内固定研发人员不少于50人", "{fact: headcount, at_least: 50}"),
        ("经许可、认可的不可替代的人员不少于50人", "{fact: headcount, at_least: 50}"),
        ("可研报告所列人员不少于50人", "{fact: headcount, at_least: 50}"),
        ("高等学校和同等水平人员不少于50人", "{fact: headcount, at_least: 50}"),
    ],
)
def test_real_wording_raises_no_alarm(tmp_path: Path, quote: str, require: str) -> None:
    assert [fault.message.en for fault in faults_of(tmp_path, clean_with(quote, require=require))] == []


@pytest.mark.parametrize(
    ("quote", "require", "code"),
    [
        ("金融机构出资不低于三分之一", RATIO % "1/2", "TR309"),
        ("金融机构出资占比不低于百分之三十", RATIO % "3%", "TR309"),
        ("金融机构出资占比超过百分之三十", RATIO % "30%", "TR307"),
        ("批复创建后三年内人员不少于50人", "{fact: headcount, at_least: 50}", "TR310"),
        ("人员可不少于50人", "{fact: headcount, at_least: 50}", "TR305"),
        ("批复后人员不少于50人", "{fact: headcount, at_least: 50}\n    since: approval", "TR103"),
        ("期满后提出申请", "{fact: executive_meeting, done: true}\n    since: term_end", "TR103"),
        ("批复后人员不少于50人", "{fact: nothing_such, at_least: 50}\n    since: approval", "TR101"),
        ("期满后获得奖励", "{fact: projects, some: {}}\n    by: term_end\n    since: term_end", "TR203"),
        ("省级、国家级等人员不少于50人，占30%以上", "{fact: headcount, at_least: 40}", "TR309"),
    ],
)
def test_what_is_wrong_with_such_wording_is_seen(tmp_path: Path, quote: str, require: str, code: str) -> None:
    assert code in {fault.code for fault in faults_of(tmp_path, clean_with(quote, require=require))}


@pytest.mark.parametrize(
    ("quote", "modality", "said"),
    [
        ("人员不少于50人", "encouraged", "no word of the quote makes it less than a must; "),
        ("人员应不少于50人", "encouraged", "no word of the quote makes it less than a must; "),
        ("鼓励人员不少于50人", "may", "the quote speaks of encouraged (encouraged); "),
    ],
)
def test_what_a_quote_says_of_modality_is_told_as_it_says_it(
    tmp_path: Path, quote: str, modality: str, said: str
) -> None:
    (fault,) = faults_of(tmp_path, clean_with(quote, modality=modality))
    assert (fault.code, fault.message.en) == ("TR305", f"{said}the modality is {modality}")


OF_PAIRS = {"TR204", "TR205"}


@pytest.mark.parametrize(
    ("quote", "condition", "codes"),
    [
        ("人员不少于50人", "{not: {fact: headcount, less_than: 50}}", set()),
        ("人员不少于50人", "{not: {fact: headcount, at_least: 50}}", {"TR308"}),
        ("人员不少于50人", "{not: {fact: headcount, at_most: 50}}", {"TR306"}),
        ("人员不少于50人", "{not: {not: {fact: headcount, at_least: 50}}}", set()),
        ("人员不少于50人", "{not: {review: {fact: headcount, less_than: 50}}}", set()),
        ("人员超过50人", "{not: {fact: headcount, less_than: 50}}", {"TR307"}),
        ("人员低于50人的，不予受理", "{not: {fact: headcount, less_than: 50}}", set()),
        ("人员低于50人的，不予受理", "{fact: headcount, at_least: 50}", set()),
    ],
)
def test_a_comparison_within_not_is_turned(
    tmp_path: Path, quote: str, condition: str, codes: set[str]
) -> None:
    assert {f.code for f in faults_of(tmp_path, clean_with(quote, require=condition))} - OF_PAIRS == codes


def test_what_mends_a_comparison_within_not_is_its_contrary(tmp_path: Path) -> None:
    wrong = clean_with("人员不少于50人", require="{not: {fact: headcount, at_least: 50}}")
    (fix,) = (fault.fix for fault in faults_of(tmp_path, wrong) if fault.code == "TR308")
    assert fix is not None
    assert fix.en == "write less_than"


def test_a_high_school_ends_no_list(tmp_path: Path) -> None:
    listed = "{fact: zones, any_among: [national_high_tech_zone, provincial_high_tech_zone]}"
    once = clean_with("应设在高等学校所在的国家或省级高新区", require=listed)
    again = clean_with("应设在高等学校所在的国家、省级高新区等区域", require=listed)
    codes = [{fault.code for fault in faults_of(tmp_path, text)} - {"TR204"} for text in (once, again)]
    assert codes == [set(), {"TR301"}]


@pytest.mark.parametrize(
    ("quote", "reading", "keys"),
    [
        ("人员达到规定规模的要求", "按不少于50人理解", {}),
        ("人员不足50人的不予受理", "按不少于50人理解", {}),
        ("到2026年6月底人员不少于50人", "", {"by": "2026-06-30"}),
        ("2026年10月1日前人员不少于50人", "", {"by": "2026-10-01"}),
        ("二〇二六年十月三十一日前人员不少于50人", "", {"by": "2026-10-31"}),
        ("到二○二六年六月底人员不少于50人", "", {"by": "2026-06-30"}),
        ("每年三月三十一日前人员不少于50人", "", {"yearly": "{looked_for_until: {next_year: 03-31}}"}),
        ("到2026年人员不少于50人", "以当年6月30日为限", {"by": "2026-06-30"}),
        ("在三年内人员不少于50人", "三年是起步期，随时按不少于50人检查", {}),
        ("年均人员不少于50人", "按年度逐年检查", {"yearly": "{looked_for_until: end_of_year}"}),
        ("期满时人员不少于50人", "不待期满，随时检查", {}),
        ("批复后人员不少于50人", "自批复起1年", {"by": "1y"}),
        (
            "评价后30日内人员不少于50人",
            "",
            {"by": "{days: 30, after: evaluations}", "since": "approval"},
        ),
        (
            "中心不得委托研发",
            "",
            {"require": "{fact: contract_research, at_most: 0}", "topic": "scope.no_rivalry"},
        ),
        ("近三年人员不少于50人", "自批复起2年", {"by": "2y"}),
        ("到2026年人员不少于50人", "2026年是规划期末，随时检查", {}),
        ("变更后30日内人员不少于50人", "不按30日计，随时检查", {}),
        ("近六个月内人员不少于50人，最近30日内不变", "", {}),
    ],
)
def test_a_reading_or_a_day_that_is_said_silences(
    tmp_path: Path, quote: str, reading: str, keys: dict[str, str]
) -> None:
    told = f"    reading: {{zh: {reading}, en: read so}}\n" if reading else ""
    assert [fault.message.en for fault in faults_of(tmp_path, clean_with(quote, told, **keys))] == []


def test_what_a_prohibition_permits_is_not_its_modality(tmp_path: Path) -> None:
    quote = "财政资金不得用于投资、偿还债务等，可用于仪器设备"
    barred = "{fact: spending_entries, none_of: {use: [investment, debt_repayment]}"
    barred += ", permitted: {use: equipment}, open: true}"
    keys = {"kind": "prohibition", "topic": "funding.use"}
    assert faults_of(tmp_path, clean_with(quote, require=barred, **keys)) == []
    (fault,) = faults_of(tmp_path, clean_with(quote, require=barred, modality="may", **keys))
    assert (fault.code, fault.fix and fault.fix.en) == (
        "TR305",
        "write modality: must, or say in the reading: 按可以理解",
    )


@pytest.mark.parametrize(
    ("asks", "share", "applies", "faults"),
    [
        ("不低于", "at_least: 1/3", {}, ["TR103"]),
        ("超过", "more_than: 1/3", {}, ["TR103"]),
        ("不超过", "at_most: 1/3", {}, []),
        ("不低于", "at_least: 1/3", {"applies": OF_SOMETHING}, []),
        ("不低于", "at_least: 1/3", {"applies": "{fact: headcount, more_than: 0}"}, ["TR103"]),
    ],
)
def test_a_share_of_nothing_is_no_share(
    tmp_path: Path, asks: str, share: str, applies: dict[str, str], faults: list[str]
) -> None:
    require = f"{{fact: funding_by_kind, share_of: [finance], {share}}}"
    rule = clean_with(f"金融机构出资占比{asks}1/3", require=require, **applies)
    assert [fault.code for fault in faults_of(tmp_path, rule)] == faults


@pytest.mark.parametrize(
    ("quote", "keys", "said"),
    [
        ("到2026年人员不少于50人", {}, "2026年"),
        ("二〇二六年底人员不少于50人", {}, "2026年"),
        ("变更后30日内人员不少于50人", {}, "30日"),
        ("批复后三个月内人员不少于50人", {}, "3个月"),
        ("期满后6个月内承担项目", {"since": "term_end", "require": "{fact: projects, some: {}}"}, "6个月"),
        ("期满后半年内承担项目", {"since": "term_end", "require": "{fact: projects, some: {}}"}, "半年"),
    ],
)
def test_a_deadline_of_the_quote_that_is_left_out_is_told(
    tmp_path: Path, quote: str, keys: dict[str, str], said: str
) -> None:
    (fault,) = faults_of(tmp_path, clean_with(quote, **keys))
    assert (fault.code, fault.message.zh) == ("TR310", f"引文写明期限（{said}），规则没有照写")


@pytest.mark.parametrize(
    ("quote", "unit", "most"), [("论证后6个月内的", "month", 6), ("论证后3年内的", "year", 3)]
)
def test_an_age_of_the_quote_is_no_deadline(tmp_path: Path, quote: str, unit: str, most: int) -> None:
    told = f"{{age: plan_argued, unit: {unit}, label: {{zh: 论证至今, en: since the review}}}}"
    text = clean_with(quote, require=f"{{fact: since_argued, at_most: {most}}}")
    assert (
        faults_of(
            tmp_path,
            text.replace("clauses:", f"vocabulary: {{facts: {{since_argued: {told}}}}}\nclauses:", 1),
        )
        == []
    )


def test_a_reading_does_not_settle_another_deadline_than_the_quote_has(tmp_path: Path) -> None:
    said = "    reading: {zh: 自批复起3年, en: three years from approval}\n"
    faults = faults_of(tmp_path, clean_with("批复后两年内人员不少于50人", said, by="3y"))
    assert [fault.message.zh for fault in faults] == ["期限是3年，引文说2年"]


def test_a_day_that_is_not_said_is_not_silenced(tmp_path: Path) -> None:
    faults = faults_of(tmp_path, clean_with("到2026年6月底人员不少于50人", by="2026-07-31"))
    assert {fault.code for fault in faults} == {"TR310"}
