"""Every sentence accounted for: normative words, the dispositions beside a rule file, and what the command
shows of them.
"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from test_lint import CLEAN

from tic_rules import load_ruleset
from tic_rules.analysis.coverage.account import Coverage, coverage
from tic_rules.analysis.coverage.layout import fold
from tic_rules.analysis.coverage.normative import norms
from tic_rules.analysis.coverage.official import cut
from tic_rules.cli import main

TEXT = """\
示例指引
为推动示例工作，制定本指引。
一、人员。批复后 2 年内，原则上不少于 300 人。应设在国家高新区等区域。鼓励引进海外人才；支持柔性引才。
二、经费
（一）投入。批复创建后 2 年内投入不少于 10 亿元。理事会中应有企业和政府代表。经费用途可调剂。
主管部门应加强检查。
"""

GIVEN = """\
- {at: 前言, begins: 为推动示例, disposition: context, reason: {zh: 目的, en: purpose}}
- at: 一
  begins: 鼓励引进
  through: 支持柔性
  disposition: aim
  reason: {zh: 没有可检验的内容, en: nothing that can be checked}
- {at: 二（一）, begins: 经费用途, disposition: covered, by: [money], reason: {zh: 见投入, en: see the money}}
- {at: 二, begins: 主管部门应, disposition: delegated, reason: {zh: 由部门承担, en: for the department}}
"""


class Made:
    """A rule file in a folder, with its text and the dispositions beside it."""

    def __init__(self, folder: Path) -> None:
        self.rules, self.text = folder / "made_up.yaml", folder / "text.txt"
        self.beside = folder / "sentences" / "made_up.yaml"
        self.beside.parent.mkdir()
        self.write()

    def write(self, rules: str = CLEAN, text: str = TEXT, given: str | None = GIVEN) -> None:
        stamped = f"in_force: {{from: 2024-01-01}}, text_sha256: {cut(text).sha256}}}"
        self.rules.write_text(rules.replace("in_force: {from: 2024-01-01}}", stamped), encoding="utf-8")
        self.text.write_text(text, encoding="utf-8")
        if given is None:
            self.beside.unlink(missing_ok=True)
        else:
            self.beside.write_text(given, encoding="utf-8")

    @property
    def coverage(self) -> Coverage:
        return coverage(load_ruleset(self.rules), self.text.read_text(encoding="utf-8"), "text.txt")

    def faults(self) -> list[tuple[str, str, int, int]]:
        return [
            (fault.code, Path(fault.file).name, fault.line, fault.column) for fault in self.coverage.faults
        ]

    def run(self, *args: str) -> Result:
        return CliRunner().invoke(main, ["coverage", str(self.rules), "--lang", "en", *args])


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return Made(tmp_path)


# --- words ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("创新中心应为独立法人", ["应"]),
        ("中心应当设立理事会，必须公开", ["应当", "必须"]),
        ("既要靠近市场，又要靠近源头", ["要", "要"]),
        ("主要任务和重要要求，创新要素按纲要配置，确有需要", []),
        ("响应、适应、相应的应用研究与供应链效应", []),
        ("技术许可、认可、可行性论证、自主可控、可复制可推广、可持续，不可替代，可能", []),
        ("可采用会员制，可以由企业牵头", ["可", "可"]),
        ("不得用于基本建设，不得不说明的除外", ["不得"]),
        ("原则上合计10亿元，一般为5年，一般性支出", ["原则上", "一般"]),
        ("支持鼓励优先探索推动实行建立", ["支持", "鼓励", "优先", "探索", "推动", "实行", "建立"]),
        ("允许、禁止、严禁、倡导、提倡", ["允许", "禁止", "严禁", "倡导", "提倡"]),
        ("发挥应有作用，专家组中企业家应占一定比例，应有企业代表", ["应", "应"]),
        ("有效应对变革，中心应对资金专账核算", ["应"]),
    ],
)
def test_normative_words_and_their_exceptions(text: str, words: list[str]) -> None:
    assert [said.word.zh for said in norms().within(fold(text))] == words


def test_each_word_points_to_a_modality() -> None:
    modality = {word.zh: word.modality for word in norms().words}
    assert (modality["应"], modality["原则上"], modality["可"], modality["鼓励"]) == (
        "must",
        "in_principle",
        "may",
        "encouraged",
    )


# --- what covers a sentence -------------------------------------------------------------------------------


def test_a_set_whose_sentences_are_all_accounted_for(made: Made) -> None:
    found = made.coverage
    assert found.faults == ()
    assert (len(found.sentences), found.normative, found.open) == (13, 8, 0)
    states = {sentence.sentence.text: sentence.state for sentence in found.sentences}
    assert states["应设在国家高新区等区域。"] == "rules"
    assert states["支持柔性引才。"] == "aim"
    assert states["主管部门应加强检查。"] == "delegated"
    assert states["一、人员。"] == states["（一）投入。"] == states["二、经费"] == "heading"


def test_without_dispositions_every_word_that_no_rule_quotes_is_open(made: Made) -> None:
    made.write(given=None)
    assert made.faults() == [("open", "text.txt", line, 0) for line in (2, 3, 3, 5, 6)]


def test_a_word_beside_the_quote_is_open(made: Made) -> None:
    made.write(
        CLEAN.replace("原则上不少于 300 人", "…不少于 300 人").replace(
            "modality: in_principle", "modality: must"
        )
    )
    assert [(s.open[0].word.zh, s.rules) for s in made.coverage.sentences if s.open] == [
        ("原则上", ("staff",))
    ]


@pytest.mark.parametrize(("quote", "open_"), [("会中应有企业", 0), ("会中应有企…政府代表", 1)])
def test_a_piece_has_six_characters_at_least(made: Made, quote: str, open_: int) -> None:
    made.write(CLEAN.replace("quote: 理事会中应有企业和政府代表", f"quote: {quote}"))
    assert made.coverage.open == open_


def test_pieces_stand_as_close_together_as_they_can(made: Made) -> None:
    text = TEXT.replace("理事会中应有", "理事会要健全。理事会中应有")
    made.write(CLEAN.replace("quote: 理事会中应有企业和政府代表", "quote: 理事会…中应有企业和政府代表"), text)
    assert [s.open[0].word.zh for s in made.coverage.sentences if s.open] == ["要"]


def test_a_heading_asks_nothing_unless_it_obliges(made: Made) -> None:
    for heading, open_ in (("建立机制", 0), ("应建机制", 1)):
        made.write(
            CLEAN.replace("heading: 投入", f"heading: {heading}"),
            TEXT.replace("（一）投入", f"（一）{heading}"),
        )
        assert made.coverage.open == open_


def test_a_sentence_of_an_encoded_clause_that_asks_nothing_needs_no_reason(made: Made) -> None:
    made.write(text=TEXT.replace("经费用途可调剂。", "经费用途可调剂。经费分两批到位。"))
    found = made.coverage
    assert found.faults == ()
    assert [s.state for s in found.sentences if s.sentence.text == "经费分两批到位。"] == ["clause"]


# --- the file beside the rules ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("code", "old", "new", "line", "column", "zh", "en"),
    [
        ("sentence-clause", "at: 二,", "at: 三,", 8, 8, "没有列出条款 三", "lists no clause 三"),
        ("sentence-unknown", "经费用途,", "经费用处,", 7, 22, "没有以“经费用处”开头", (
            "no sentence of "
            "二（一） begins with 经费用处"
        )),
        ("sentence-unknown", "begins: 鼓励引进", "begins: 投入不少于", 3, 11, "没有以", "no sentence of 一"),
        ("sentence-unknown", "through: 支持柔性", "through: 批复后2", 4, 12, "没有以", "; it stands in 一"),
        ("sentence-rule", "by: [money]", "by: [mony]", 7, 54, "没有规则 mony", "there is no rule mony"),
        ("sentence-overlap", "begins: 经费用途, disposition: covered, by: [money]", (
            "begins: 主管部门, "
            "disposition: aim"
        ), 8, 19, "第7行", "on line 7"),
        ("sentence-stale", "begins: 经费用途", "begins: 理事会中", 7, 22, "已由规则全部引用", (
            "quote these "
            "sentences already"
        )),
        ("begins", "begins: 经费用途", "begins: 经费用", 7, 3, "不足4个字", "fewer than 4 characters"),
        ("by", "covered, by: [money]", "covered", 7, 3, "by", "by"),
        ("by", "aim\n", "aim\n  by: [money]\n", 2, 3, "by", "by"),
        ("literal-error", "disposition: aim", "disposition: ignored", 5, 16, "允许的取值", "is not one of"),
        ("extra-forbidden", "begins: 鼓励引进", "begin: 鼓励引进", 3, 3, "是不是 begins", (
            "did you "
            "mean begins"
        )),
        ("duplicate-key", "at: 前言,", "at: 前言, at: 前言,", 1, 12, "重复", "given twice"),
    ],
)  # fmt: skip
def test_faults_of_the_file(
    made: Made, code: str, old: str, new: str, line: int, column: int, zh: str, en: str
) -> None:
    assert old in GIVEN
    made.write(given=GIVEN.replace(old, new, 1))
    fault = next(fault for fault in made.coverage.faults if fault.code == code)
    assert (Path(fault.file), fault.line, fault.column) == (made.beside, line, column)
    assert zh in fault.message.zh
    assert en in fault.message.en


def test_dispositions_beside_a_file_in_chinese_alone_need_no_english(made: Made) -> None:
    given = re.sub(", en: [^}]*}", "}", GIVEN)
    made.write("languages: [zh]\n" + CLEAN, given=given)
    assert made.faults() == []
    made.write(given=given)
    assert {code for code, *_ in made.faults()} == {"missing", "open"}


def test_a_beginning_that_two_sentences_share_does_not_name_one(made: Made) -> None:
    made.write(text=TEXT.replace("鼓励引进海外人才；", "鼓励引进海外人才；鼓励引进领军人才；"))
    fault = next(fault for fault in made.coverage.faults if fault.code == "sentence-not-unique")
    assert (fault.line, "第3、3行" in fault.message.zh) == (3, True)


def test_unknown_clauses_and_rules_are_told_without_the_text(made: Made) -> None:
    made.write(
        given=GIVEN.replace("at: 二,", "at: 三,").replace("[money]", "[mony]").replace("经费用途", "没有这句")
    )
    found = coverage(load_ruleset(made.rules))
    assert [fault.code for fault in found.faults] == ["sentence-rule", "sentence-clause"]


@pytest.mark.parametrize("given", ["{at: 一}", "- [", "&a [*a, *a]", "\x00", "[" * 300])
def test_a_file_that_is_no_list_of_entries_is_told_and_no_traceback(made: Made, given: str) -> None:
    made.write(given=given)
    found = made.coverage
    assert found.open == 5
    assert any(Path(fault.file) == made.beside for fault in found.faults)


def test_an_entry_may_explain_the_half_of_a_sentence_that_no_rule_quotes(made: Made) -> None:
    text = TEXT.replace("企业和政府代表。", "企业和政府代表，每季度召开一次会议。")
    half = (
        GIVEN
        + "- {at: 二（一）, begins: 理事会中, disposition: context, reason: {zh: 会议, en: the meetings}}\n"
    )
    made.write(text=text, given=half)
    assert made.faults() == []
    assert [(s.state, s.rules) for s in made.coverage.sentences if s.reason and s.reason.zh == "会议"] == [
        ("context", ("board",))
    ]


def test_the_number_of_a_sentence_may_be_said_or_left_out(made: Made) -> None:
    text = TEXT.replace("二、经费", "二、支持的经费")
    for begins in ("二、支持的", "支持的经费"):
        given = (
            f"{GIVEN}- "
            f"{{at: 二, begins: {begins}, disposition: heading, reason: {{zh: 标题, en: a heading}}}}\n"
        )
        made.write(text=text, given=given)
        assert made.faults() == []


# --- the command ------------------------------------------------------------------------------------------


def test_exit_status_and_counts(made: Made) -> None:
    result = made.run("--source", str(made.text))
    assert result.exit_code == 0
    assert "13 sentences, 8 of them with normative words, 0 open." in result.output
    made.write(given=GIVEN.replace("- {at: 二, begins", "# - {at: 二, begins"))
    result = made.run("--source", str(made.text))
    assert result.exit_code == 1
    assert "13 sentences, 8 of them with normative words, 1 open." in result.output
    assert (
        "text.txt:6: 应 in clause 二（一） is neither quoted "
        "by a rule nor explained: 主管部门应加强检查。 [open]"
    ) in result.output


def test_the_whole_text_is_shown_with_what_covers_it(made: Made) -> None:
    made.write(given=GIVEN.replace("- {at: 二, begins", "# - {at: 二, begins"))
    for form in ("text", "markdown", "html"):
        if form == "html":
            pytest.importorskip("jinja2", reason="the extra html is not installed")
        shown = made.run("--source", str(made.text), "--format", form).output
        plain = re.sub(r"\s+", " ", shown)
        for sentence in made.coverage.sentences:
            assert re.sub(r"\s+", " ", sentence.sentence.text) in plain, form
        for cover in (
            "nothing covers 应",
            "nothing that can be checked",
            "covered by a rule of another clause (money)",
        ):
            assert cover in plain, form


def test_no_text_is_shown_without_the_source(made: Made) -> None:
    for form in ("text", "markdown", "json", "html"):
        if form == "html":
            pytest.importorskip("jinja2", reason="the extra html is not installed")
        result = made.run("--format", form)
        assert result.exit_code == 0
        assert "鼓励引进海外人才" not in result.output


def test_json_has_each_sentence_and_the_notes(made: Made) -> None:
    before = "浙江省某某厅\n关于印发《示例指引》的通知\n现印发给你们。\n"
    made.text.write_text(before + TEXT, encoding="utf-8")
    told = json.loads(made.run("--source", str(made.text), "--format", "json").output)
    assert (told["counts"]["sentences"], told["counts"]["normative"], told["counts"]["open"]) == (13, 8, 0)
    assert told["notes"][0]["code"] == "before-title"
    assert told["notes"][0]["lines"] == [1, 2, 3]
    sentence = next(item for item in told["sentences"] if item["text"] == "理事会中应有企业和政府代表。")
    assert sentence == {
        "at": "二（一）", "line": 8, "text": "理事会中应有企业和政府代表。", "state": "rules",
        "rules": ["board"], "by": [],
        "reason": None, "normative": [{"word": "应", "modality": "must", "open": False}],
    }  # fmt: skip
    without = json.loads(made.run("--format", "json").output)
    assert (without["sentences"], without["counts"]["open"]) == ([], None)


def test_the_notes_are_told(made: Made) -> None:
    made.text.write_bytes(
        ("示例省科技厅文件\n" + TEXT + "示例省科技厅办公室\n2024年1月2日印发\n").encode("gb18030")
    )
    result = made.run("--source", str(made.text))
    assert result.exit_code == 0
    for note in ("read as GBK", "passed over (line 1)", "passed over (lines 8-9)"):
        assert note in result.output


# --- articles ---------------------------------------------------------------------------------------------

ARTICLES = """\
示例指引
第一条 批复后 2 年内，原则上不少于 300 人。
应设在国家高新区等区域。
第二条 中心应当做到：
（一）批复创建后 2 年内投入不少于 10 亿元；
（二）理事会中应有企业和政府代表。
"""
IN_ARTICLES = (
    CLEAN.replace("at: 一\n    quote: 批", "at: 第一条\n    quote: 批")
    .replace("at: 一\n", "at: 第一条第二款\n")
    .replace("{at: 一, heading: 人员, rules: [staff, zone]}", "{at: 第一条, heading: 人员, rules: [staff]}\n "
    " - {at: 第一条第二款, heading: 区域, rules: [zone]}")
    .replace("at: 二,", "at: 第二条,")
    .replace("at: 二（一）, heading: 投入, "
    "rules: [money, "
    "board]", "at: 第二条（一）, heading: 投入, rules: [money]}\n  - {at: 第二条（二）, heading: 理事会, "
    "rules: [board]")
    .replace("at: 二（一）\n    quote: 理", "at: 第二条（二）\n    quote: 理")
    .replace("at: 二（一）\n", "at: 第二条（一）\n")
)  # fmt: skip
LED = (
    "- {at: 第二条, begins: 中心应当, disposition: heading, reason: {zh: 引出各项, en: leads to the items}}\n"
)


def test_articles_paragraphs_and_items_are_covered(made: Made) -> None:
    made.write(IN_ARTICLES, ARTICLES, LED)
    assert made.faults() == []
    assert [s.at for s in made.coverage.sentences] == [
        "前言", "第一条", "第一条第二款", "第二条", "第二条（一）", "第二条（二）",
    ]  # fmt: skip


@pytest.mark.parametrize("form", ["parts", "articles"])
def test_a_clause_left_out_is_caught(made: Made, form: str) -> None:
    rules, text, given = (CLEAN, TEXT, GIVEN) if form == "parts" else (IN_ARTICLES, ARTICLES, LED)
    listed = "二（一）" if form == "parts" else "第二条（二）"
    line = next(line for line in text.split("\n") if "理事会中" in line)
    made.write(rules, text.replace(line + "\n", ""), given)
    assert ("clause-unknown", "made_up.yaml") in {
        fault[:2] for fault in made.faults()
    }  # the text has it no more
    kept = re.sub(rf"\n  - {{at: {listed}, .*", "", rules)
    assert kept != rules
    start = kept.index("\n  - id: money") if form == "parts" else kept.index("\n  - id: board")
    made.write(kept[:start] + "\n", text, given)
    assert "clause-missing" in {fault[0] for fault in made.faults()}


def test_of_the_paragraphs_of_an_article_all_are_listed_or_none(made: Made) -> None:
    text = ARTICLES.replace("第二条 中心", "每年报告一次。\n第二条 中心")
    made.write(IN_ARTICLES, text, LED)
    fault = next(fault for fault in made.coverage.faults if fault.code == "clause-missing")
    assert "第一条第三款" in fault.message.en
    none = IN_ARTICLES.replace("  - {at: 第一条第二款, heading: 区域, rules: [zone]}\n", "")
    none = none.replace("heading: 人员, rules: [staff]", "heading: 人员, rules: [staff, zone]").replace(
        "at: 第一条第二款", "at: 第一条"
    )
    made.write(none, text, LED)
    assert made.faults() == []
