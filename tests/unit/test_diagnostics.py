"""Bad files: each is told what, where and what would be right, all at once, in both languages; never a
traceback."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner

from tic_rules import Centre, DataError, Programme, RuleSetError, TicRulesError, parse_ruleset
from tic_rules.cli import main
from tic_rules.core.errors import visible
from tic_rules.model.shipped import rules_folder

ROOT = Path(__file__).parents[2]

CENTRES: dict[str, tuple[str, list[tuple[int, int, str, str]]]] = {
    "a field misspelt, with a hint": (
        "id: x\nstaff: {headcout: 3}\n",
        [(2, 9, "/staff/headcout", "did you mean headcount?")],
    ),
    "keys in Chinese, as a form calls them": (
        "编号: x\n批复日期:\nhosts: [{单位名称: 甲}]\n",
        [
            (1, 1, "/编号", "did you mean id?"),
            (2, 1, "/批复日期", "did you mean approved_on?"),
            (3, 10, "/hosts/0/单位名称", "did you mean name?"),
        ],
    ),
    "an unknown heading": ("id: x\nstaf: {}\n", [(2, 1, "/staf", "did you mean staff?")]),
    "an impossible date": ("id: x\napproved_on: 2021-02-30\n", [(2, 14, "/approved_on", "no such day")]),
    "a date in another form": (
        "id: x\napplied_on: 1 March 2021\n",
        [(2, 13, "/applied_on", "is not a date")],
    ),
    "a currency that is not yuan": (
        "contributions:\n  - {amount: 5万美元}\n",
        [(2, 14, "/contributions/0/amount", "not in yuan")],
    ),
    "a negative headcount": ("staff: {headcount: -3}\n", [(1, 20, "/staff/headcount", "cannot be negative")]),
    "half a person": ("staff: {headcount: 3.5}\n", [(1, 20, "/staff/headcount", "whole number")]),
    "not a number": ("staff: {headcount: .nan}\n", [(1, 20, "/staff/headcount", "not a number")]),
    "NaN": ("contributions: [{amount: NaN}]\n", [(1, 26, "/contributions/0/amount", "not an amount")]),
    "a yes that is not true": (
        "legal: {independent: yes}\n",
        [(1, 22, "/legal/independent", "true or false")],
    ),
    "a text in the place of words": (
        "fields: 集成电路、人工智能\n",
        [(1, 9, "/fields", "a list is expected; write [集成电路, 人工智能]")],
    ),
    "a word that is not in the vocabulary": ("zones: [moon]\n", [(1, 9, "/zones/0", "is not one of")]),
    "a word as people say it": (
        "jurisdiction: 浙江\nhosts: [{type: 企业}]\n",
        [
            (1, 15, "/jurisdiction", "; did you mean zhejiang?"),
            (2, 16, "/hosts/0/type", "; did you mean enterprise?"),
        ],
    ),
    "a key given twice": ("id: x\nname: a\nname: b\n", [(3, 1, "", "given twice (first on line 2)")]),
    "a list in place of a mapping": ("staff: [1]\n", [(1, 8, "/staff", "a mapping is expected")]),
    "text in place of a list": ("hosts: example\n", [(1, 8, "/hosts", "a list is expected")]),
    "a list at the top": (
        "- id: x\n",
        [(1, 1, "", "must be a mapping (key: value); several centres go into")],
    ),
    "broken YAML": ("id: [1\nname: x\n", [(2, 5, "", "YAML syntax error")]),
    "a total that falls": (
        "outputs: {incubated_enterprises: [{date: 2022-01-01, value: 5}, {date: 2023-01-01, value: 4}]}\n",
        [(1, 91, "/outputs/incubated_enterprises/1/value", "cannot fall")],
    ),
    "two values of one day": (
        "staff: {teams: [{date: 2022-01-01, value: 5}, {date: 2022-01-01, value: 4}]}\n",
        [(1, 16, "/staff/teams", "two different values")],
    ),
    "ends of a range that cross": (
        "staff: {teams: {at_least: 5, at_most: 4}}\n",
        [(1, 16, "/staff/teams", "at_least is more than at_most")],
    ),
    "an incomplete list that is none": (
        "incomplete: [contribution]\n",
        [(1, 14, "/incomplete/0", "no list named contribution; did you mean contributions?")],
    ),
    "words that are no list": (
        "fields: 集成电路、新材料\n",
        [(1, 9, "/fields", "a list is expected; write [集成电路, 新材料]")],
    ),
    "a stage that is none": ("stage: maybe\n", [(1, 8, "/stage", "is not one of")]),
    "an empty stage": ("stage: ''\n", [(1, 8, "/stage", '"" is not one of')]),
    "an acceptance that was not held, with a result": (
        "acceptance: {held: false, result: passed}\n",
        [(1, 20, "/acceptance/held", "yet a date or a result")],
    ),
    "an empty file": ("", [(1, 1, "", "empty")]),
    "only a comment": ("# nothing\n", [(1, 1, "", "empty")]),
    "a tag": ("id: !!python/object/apply:os.system [ls]\n", [(1, 5, "", "tags are not allowed")]),
    "several faults at once": (
        "id: x\nstaf: {}\nstaff: {teams: -1}\napproved_on: 2021-13-01\n",
        [
            (2, 1, "/staf", "unknown key"),
            (3, 16, "/staff/teams", "negative"),
            (4, 14, "/approved_on", "no such day"),
        ],
    ),
}


def test_a_hidden_character_is_shown_by_its_own_escape() -> None:
    assert visible("a\u200b\U000e0041") == r"a\u200b\U000e0041"


@pytest.mark.parametrize("name", CENTRES)
def test_a_bad_centre_file(name: str) -> None:
    text, expected = CENTRES[name]
    with pytest.raises(DataError) as caught:
        Centre.from_text(text, file="centre.yaml")
    found = caught.value.diagnostics
    assert [(d.line, d.column, d.path) for d in found] == [
        (line, column, path) for line, column, path, _ in expected
    ]
    assert all(said in d.message.en for d, (*_, said) in zip(found, expected, strict=True)), [
        d.message.en for d in found
    ]
    assert all(any("\u4e00" <= char <= "\u9fff" for char in d.message.zh) for d in found)
    assert all(d.file == "centre.yaml" for d in found)


@pytest.mark.parametrize("data", [{1: 2}, {"staff": {None: 3}}, {"hosts": [{b"name": "x"}]}])
def test_a_key_that_is_no_text(data: dict[object, object]) -> None:
    with pytest.raises(DataError) as caught:
        Centre.from_data(data)  # type: ignore[arg-type]
    assert [(one.message.zh, one.message.en) for one in caught.value.diagnostics] == [
        ("键应为文字", "a key is a text")
    ]


BYTES = {
    "GBK": ("id: x\nname: 示例中心\n".encode("gbk"), 2, "GBK"),
    "UTF-16": ("id: x\n".encode("utf-16"), 1, "UTF-16"),
    "binary": (bytes(range(256)) * 20, None, ""),
    "a NUL": (b"id: x\nname: a\x00b\n", 2, "not allow"),
    "too large": (b"# " + b"x" * (17 * 1024 * 1024), None, "limit"),
    "deep flow": (b"a: " + b"[" * 100_000, 1, "levels deep"),
    "deep block": (b"- " * 100_000, 1, "levels deep"),
    "an alias bomb": (
        b"a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        + b"".join(b"a%d: &a%d [%s]\n" % (n, n, b", ".join([b"*a%d" % (n - 1)] * 10)) for n in range(1, 10)),
        None,
        "too large",
    ),
}


@pytest.mark.parametrize("name", BYTES)
def test_a_file_that_is_no_text_is_told_with_exit_status_2(name: str, tmp_path: Path) -> None:
    raw, line, said = BYTES[name]
    path = tmp_path / "centre.yaml"
    path.write_bytes(raw)
    result = CliRunner().invoke(
        main, ["check", str(path), "--rules", "zhejiang_2022", "--as-of", "2026-06-30", "--lang", "en"]
    )
    assert result.exit_code == 2
    assert result.exception is None or isinstance(result.exception, SystemExit)
    assert said in result.stderr
    assert f"{path}:{line}:" in result.stderr if line else str(path) in result.stderr


def test_a_broken_file_keeps_no_other_from_being_checked(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("id: [", encoding="utf-8")
    good = (ROOT / "examples" / "jiangsu.yaml").read_text(encoding="utf-8")
    (tmp_path / "b.yaml").write_text(good, encoding="utf-8")
    result = CliRunner().invoke(main, ["check", str(tmp_path), "--lang", "en"])
    assert result.exit_code == 2
    assert "a.yaml:2:1:" in result.stderr
    assert "compliant" in result.stdout


def test_a_folder_without_centre_files(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["check", str(tmp_path), "--lang", "en"])
    assert result.exit_code == 2
    assert "no centre files" in result.stderr


RULE_FAULTS: dict[str, tuple[str, str, str]] = {
    "an unknown key": (
        "    topic: positioning\n",
        "    topic: positioning\n    colour: red\n",
        "extra-forbidden",
    ),
    "an unknown topic": ("    topic: positioning\n", "    topic: nowhere\n", "unknown-topic"),
    "an unknown modality": ("    modality: must\n", "    modality: should\n", "literal-error"),
    "an unknown operator": (
        "    require: {fact: investment, at_least: 10亿元}\n",
        "    require: {fact: investment, exceeds: 10亿元}\n",
        "operator",
    ),
    "an unknown fact": (
        "    require: {fact: investment, at_least: 10亿元}\n",
        "    require: {fact: investments, at_least: 10亿元}\n",
        "unknown-fact",
    ),
    "a fact of another kind": (
        "    require: {fact: investment, at_least: 10亿元}\n",
        "    require: {fact: independent, at_least: 10亿元}\n",
        "wrong-fact",
    ),
    "two bounds": (
        "    require: {fact: investment, at_least: 10亿元}\n",
        "    require: {fact: investment, at_least: 1, at_most: 2}\n",
        "compare",
    ),
    "no number": (
        "    require: {fact: investment, at_least: 10亿元}\n",
        "    require: {fact: investment, at_least: 许多}\n",
        "quantity",
    ),
    "a clause that is not there": ("    at: 二（五）\n", "    at: 九（九）\n", "dangling-clause"),
    "a rule twice": ("  - id: investment-5y\n", "  - id: investment-2y\n", "duplicate-id"),
    "a fact of a programme": (
        "    require: {fact: investment, at_least: 10亿元}\n",
        "    require: {fact: programme_centres, at_least: 10}\n",
        "wrong-fact",
    ),
    "a word that is not in the vocabulary": (
        "among: [city_government",
        "among: [citi_government",
        "unknown-word",
    ),
    "an attribute that entries do not have": (
        "some: {kind: annual}",
        "some: {knd: annual}",
        "unknown-attribute",
    ),
    "a fact on a path that is not there": (
        "\nclauses:",
        "\nvocabulary: {facts: {foo: {label: {zh: 甲, en: a}, stock: staff.foo, unit: person}}}\nclauses:",
        "unknown-path",
    ),
    "a consequence that waits for itself": (
        "{follows: revoked-on-failed-acceptance}",
        "{follows: funds-recovered}",
        "cycle",
    ),
    "a date that is none": ("issued: 2022-01-14", "issued: 2022-02-31", "date"),
}


@pytest.mark.parametrize("name", RULE_FAULTS)
def test_a_bad_rule_file(name: str) -> None:
    good = (rules_folder() / "zhejiang_2022.yaml").read_text(encoding="utf-8")
    before, after, code = RULE_FAULTS[name]
    assert before in good
    bad = good.replace(before, after, 1)
    with pytest.raises(RuleSetError) as caught:
        parse_ruleset(bad, "mine.yaml")
    found = [d for d in caught.value.diagnostics if d.code == code]
    assert found, caught.value.diagnostics
    assert all(d.line and d.column for d in found)
    changed = next(
        n
        for n, (a, b) in enumerate(zip(bad.splitlines(), [*good.splitlines(), ""], strict=False), 1)
        if a != b
    )
    assert abs(found[0].line - changed) <= 40
    assert found[0].file == "mine.yaml"


IN_FORCE, TITLE = "in_force: {from: 2022-01-14", "    title: {zh: "


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("version: 2.0.0", "version: 2.0", "'2.0' is not well written; example: 1.0.0"),
        ("id: zhejiang_2022", "id: zhejiang-2022", "example: shandong_2024"),
        ("id: investment-2y", "id: investment_2y", "example: annual-report"),
        ("jurisdiction: zhejiang", "jurisdiction: zhejang", "zhejang; did you mean zhejiang?"),
        ("text_sha256: ", "text_sha256: z", "is no fingerprint (64 digits of 0-9, a-f)"),
        ("looked_for_until: end_of_next_year", "looked_for_until: 01-31", "{next_year: 01-31}"),
        (IN_FORCE, f"{IN_FORCE}, to: 2027-01-13", "to; known here: from, until"),
        (TITLE, "    title: {chinese: 甲, zh: ", "chinese; known here: zh, en"),
        (
            TITLE,
            "    title: {zh: at last, in time}\n    x-title: {zh: ",
            "in time; where it follows a comma, the whole text stands in quotes",
        ),
        (
            "\nclauses:",
            "\nvocabulary: {fields: {area: {zh: 甲, en: a, type: number, unit: persn}}}\nclauses:",
            "unknown unit persn; did you mean person?",
        ),
        (
            "\nclauses:",
            "\nvocabulary: {fields: {area: {zh: 甲, en: a, type: word, words: payer}}}\nclauses:",
            "unknown list of words payer; did you mean payers?",
        ),
        (
            "\nclauses:",
            "\nvocabulary: {facts: {a: {label: {zh: 甲, en: a}, age: second_nam, unit: year}}}\nclauses:",
            "unknown fact second_nam; did you mean second_name?",
        ),
    ],
)
def test_a_bad_rule_file_is_told_what_would_be_right(before: str, after: str, said: str) -> None:
    good = (rules_folder() / "zhejiang_2022.yaml").read_text(encoding="utf-8")
    assert before in good
    with pytest.raises(RuleSetError) as caught:
        parse_ruleset(good.replace(before, after, 1), "mine.yaml")
    assert said in str(caught.value)


def test_all_faults_of_a_rule_file_at_once() -> None:
    bad = (
        (rules_folder() / "jiangsu_2020.yaml")
        .read_text(encoding="utf-8")
        .replace("modality: must", "modality: shall")
        .replace("kind: condition", "kind: wish")
    )
    with pytest.raises(RuleSetError) as caught:
        parse_ruleset(bad, "mine.yaml")
    assert len(caught.value.diagnostics) > 20


EXAMPLE = ROOT / "tests" / "operators" / "example_2024.yaml"


def _faults(*changes: tuple[str, str]) -> list[tuple[str, str]]:
    text = EXAMPLE.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    with pytest.raises(RuleSetError) as caught:
        parse_ruleset(text, "example.yaml")
    assert all(fault.line for fault in caught.value.diagnostics)
    return [(fault.code, fault.path) for fault in caught.value.diagnostics]


def test_a_fault_of_one_kind_hides_none_of_another() -> None:
    assert _faults(
        ("type: number, unit: square_metre", "type: number, unit: square"),
        ("age: registered,", "age: registred,"),
        ("    quote: 注册满1年\n", ""),
        ("topic: goals", "topic: goal"),
        ("{severity: major}", "{severity: mayor}"),
    ) == [
        ("unknown-unit", "/vocabulary/fields/premises.area"),
        ("unknown-fact", "/vocabulary/facts/years_registered"),
        ("missing", "/rules/0/quote"),
        ("unknown-word", "/rules/6/require/all/0"),
    ], "the faulty rule is not looked at further"
    assert _faults(
        ("modality: must", "modality: ought"), ("  - id: rd-three-years", "  - id: rd-two-years")
    ) == [
        ("dangling-rule", "/clauses/1/rules/1"),
        ("literal-error", "/rules/0/modality"),
        ("dangling-clause", "/rules/1/id"),
    ]


def test_a_faulty_part_is_one_fault_and_makes_none_of_what_names_it() -> None:
    data = yaml.load(EXAMPLE.read_text(encoding="utf-8"), yaml.BaseLoader)
    vocabulary = data["vocabulary"]
    parts = [
        *data["rules"],
        *data["clauses"],
        *(part for each in vocabulary.values() for part in each.values()),
    ]
    for part in parts[::2]:
        part["colour"] = "red"
        with pytest.raises(RuleSetError) as caught:
            parse_ruleset(json.dumps(data).replace('"true"', "true").replace('"false"', "false"))
        assert len(caught.value.diagnostics) == 1, (part, caught.value)
        del part["colour"]


def test_a_file_whose_rules_are_all_faulty_is_not_called_empty() -> None:
    text = EXAMPLE.read_text(encoding="utf-8").replace("    topic: goals\n", "")
    with pytest.raises(RuleSetError) as caught:
        parse_ruleset(text)
    assert {fault.code for fault in caught.value.diagnostics} == {"missing"}


@pytest.mark.parametrize(
    ("old", "new", "zh", "en"),
    [
        ("by: application", "by: aplication", "是不是 application？", "2y, term_end, a date, or"),
        ("by: application", "by: 6m", "应为 application、approval", "after: term_end} is expected"),
        ("by: application", "by: 2022-02-31", "“2022-02-31”不是一天；例：", "is no day; example: 2022-03-01"),
        ("since: term_end", "since: termend", "是不是 term_end？", "approval, term_end or a date"),
        ("at_least: 50}", "at_least: 50人}", "“50人”不是金额或数字", "not an amount or a number; examples"),
        ("at_least: 50}", "between: [50]}", "缺少第 2 项", "item 2 of the list is missing"),
        ("at_least: 50}", "between: [50, 60, 70]}", "最多 2 项", "at most 2 are possible"),
        ("{fact: area, at_least: 3000}",
         "{same: [{fact: name, reads: [a, b]}]}", "至少要有 2 项", "least 2"),
        ("fact: checks, some", "fact: failed_checks, some", "的 where 只用于", "`where` of failed_checks"),
        ("running: 2, of: checks", "running: 2, of: failed_checks", "的 where 只用于", "`where` of failed_"),
        ("{months: 6, after: term_end}", "{months: 0, after: term_end}", "不能小于 1", "be less than 1"),
        ("running: 2, of: checks", "running: 11, of: checks", "不能大于 10", "cannot be more than 10"),
        ("kind: obligation", "kind: [obligation]", "应为其中一个词：condition", "is expected: condition"),
        ("next_year: 01-31", "next_year: 02-30", "应为月和日，例如 01-31", "a month and a day are expected"),
    ],
)  # fmt: skip
def test_a_fault_of_a_rule_file_says_what_goes_there(old: str, new: str, zh: str, en: str) -> None:
    text = EXAMPLE.read_text(encoding="utf-8")
    assert old in text
    with pytest.raises(RuleSetError) as caught:
        parse_ruleset(text.replace(old, new, 1))
    (fault,) = caught.value.diagnostics
    assert zh in fault.message.zh
    assert en in fault.message.en


def test_errors_derive_from_one_and_carry_their_diagnostics() -> None:
    assert issubclass(DataError, TicRulesError)
    assert issubclass(RuleSetError, TicRulesError)
    with pytest.raises(TicRulesError) as caught:
        Centre.from_data({"staff": {"teams": -1}})
    (only,) = caught.value.diagnostics
    assert (only.code, only.path, only.line) == ("negative", "/staff/teams", 0)
    assert "/staff/teams" in str(caught.value)


def test_data_of_the_other_kind_is_told_as_what_it_is() -> None:
    figures, centre = "jurisdiction: zhejiang\nalliances: 3", "reported_on: 2026-06-30\nhosts: []"
    with pytest.raises(
        DataError, match=r"alliances is a figure of a programme, not of a centre: .*`check --programme`"
    ):
        Centre.from_text(figures)
    with pytest.raises(DataError, match="hosts is a field of a centre, not of a programme"):
        Programme.from_text(centre)
    with pytest.raises(DataError, match=r"clauses is a key of a rule file, not of data: .*`--rules`"):
        Centre.from_text((ROOT / "rules" / "zhejiang_2022.yaml").read_text(encoding="utf-8"))
    assert Programme.from_text(figures)
    assert Centre.from_text(centre)
    with pytest.raises(DataError) as stray:
        Centre.from_text(centre + "\nversion: 1")
    assert "rule file" not in str(stray.value)


def test_several_centres_where_one_is_read_are_told_what_to_do(tmp_path: Path) -> None:
    lines = '{"id": "a"}\n{"id": "b"}\n'
    with pytest.raises(DataError, match=r"^c\.json:2:1: .*; save JSON Lines as \.jsonl \[json\]$"):
        Centre.from_text(lines, file="c.json")
    with pytest.raises(DataError, match=r"content after the end of the value \[json\]$"):
        Centre.from_text('{"id": "a"}}', file="c.json")
    (tmp_path / "c.jsonl").write_text(lines, encoding="utf-8")
    with pytest.raises(DataError, match="and only one is looked at: save it in a file of its own"):
        Centre.from_file(tmp_path / "c.jsonl")
