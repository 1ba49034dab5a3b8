"""Official texts as people have them: copies laid out otherwise have the same clauses, sentences and
fingerprint.
"""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from agreement import THOROUGH

from tic_rules import load_ruleset, shipped_ids
from tic_rules.analysis.coverage.layout import fold, read_official
from tic_rules.analysis.coverage.numbering import numeral, parent_of, written
from tic_rules.analysis.coverage.official import OfficialText, cut
from tic_rules.cli import coverage, new
from tic_rules.core.limits import BadText

SOURCES = os.environ.get("TIC_RULES_SOURCES")
needs_texts = pytest.mark.skipif(
    SOURCES is None,
    reason="TIC_RULES_SOURCES names no folder with the official texts, which the project does not carry",
)

TITLE = "某省示例中心建设指引（试行）"
PARTS = """\
某省示例中心建设指引（试行）
为推进示例中心建设，支撑高质量发展，依据有关规定，制定本指引。
一、总体要求
（一）功能定位。示例中心定位于实现从科学到技术的转化，促进重大基础研究成果产业化。示例中心既要靠近创新源头，又要靠近市场需求；提供多元化的技术创新服务，切实解决企业的实际技术难题。
（二）主要任务
1.组织攻关。将研发作为产业、将技术作为产品，组织开展重大共性关键技术、前沿引领技术、现代工程技术、颠覆性技术等战略研究和技术攻关。
2.转化应用。推动重大技术创新成果示范应用与工程化产业化，其中1.5亿元用于试验。
专栏1  布局重点领域
优势特色领域：包括高速列车、核电、智能电网、高端装备、新材料、生物医药、现代农业等领域，支撑重大战略实施。
前瞻引领领域：包括大数据、量子通信、精准医学、合成生物学、人工智能、深海装备等领域，引领产业变革。
加强集群建设。建设一批创新型产业集群，加强集群共性技术平台建设，打造集群创新核心动力源，带动区域发展。
二、保障措施
（一）经费支持。批复创建后2年内，各类资金投入原则上合计10亿元以上；5年内，投入原则上合计25亿元以上，财政资金不得用于基本建设。
（二）绩效评价。主管部门开展年度绩效评价，评价结果作为下一年度经费支持的重要依据，连续两次不合格的，予以摘牌。
主管部门作为示例中心建设的牵头部门，负责总体规划布局、监督评估与运行管理等工作，并会同有关部门组织实施。
附件：1.评价指标
2.编写提纲
附件1
评价指标
1.目标定位
1.1 国内一流水平的平台
附件2
编写提纲
一、建设基础
二、总体思路
"""

ARTICLES_TITLE = "某省示例中心管理办法"
ARTICLES = """\
某省示例中心管理办法
第一章 总则
第一条 为规范示例中心管理，提高建设水平，根据国家和省有关规定，结合本省实际，制定本办法。
第二条 申报示例中心应当同时具备下列条件：
（一）注册满1年，具有独立法人资格，近三年未发生重大安全事故，未列入失信名单；
（二）固定研发人员不少于50人，其中：
1.博士或者具有高级职称的人员占比不低于百分之三十，并且稳定在岗；
2.青年人才有培养计划。
不符合前款规定条件的单位，不得申报示例中心，已经申报的，由主管部门退回申报材料，并且说明理由。
主管部门可以采取下列方式支持示例中心：
（一）按照上年度研发投入的一定比例给予补助；
（二）优先推荐承担重大科技项目。
第二章 管理
第三条 示例中心应当于每年1月31日前报送上一年度报告，由主管部门会同有关部门组织审核，并且公开审核结果。
逾期不报送的，由主管部门责令限期改正，仍不改正的，两年内不得申报各类科技计划项目，并且予以通报。
第四条 示例中心名称、法定代表人等发生变更的，应当在变更之日起30日内向主管部门备案。
第三章 附则
第五条 本办法自2024年1月1日起施行。
"""

Wrapping = Callable[[str, int], list[str]]


def by_characters(line: str, width: int) -> list[str]:
    return [line[start : start + width] for start in range(0, len(line), width)] or [""]


def by_columns(line: str, width: int) -> list[str]:
    """As a typesetter wraps: two columns a Chinese character, no mark at the beginning of a line."""
    lines, used = [""], 0
    for char in line:
        takes = 2 if unicodedata.east_asian_width(char) in "WFA" else 1
        if used + takes > 2 * width and char not in "，。；：、）》”！？":
            lines.append("")
            used = 0
        lines[-1] += char
        used += takes
    return lines


def indented(line: str, width: int) -> list[str]:
    return by_columns("　　" + line, width)


PAGE_MARKS = ("－ {} －", "— {} —", "- {} -", "第{}页", "第 {} 页 共 20 页", "{}")


def wrapped(text: str, width: int, wrapping: Wrapping, mark: str = "", page: int = 23) -> str:
    """A copy with wrapped lines; with a mark, with page numbers between them."""
    lines: list[str] = []
    for number, line in enumerate((part for whole in text.split("\n") for part in wrapping(whole, width)), 1):
        lines.append(line)
        if mark and number % page == 0:
            lines += ["", mark.format(number // page), ""]
    return "\n".join(lines)


FULL_WIDTH = str.maketrans(
    {chr(code): chr(code + 0xFEE0) for code in range(ord("!"), ord("~")) if chr(code) != '"'}
)
HALF_WIDTH = str.maketrans(
    {chr(code + 0xFEE0): chr(code) for code in range(ord("!"), ord("~") + 1)}
    | {"“": '"', "”": '"', "。": "｡"}
)
BEFORE = """\
首页 > 政策文件
索引号：000014349/2022-00001
关于印发《某文件》的通知
各市、县人民政府，省级有关部门：
现将文件印发给你们，应当认真贯彻执行。
2022年3月1日
"""
AFTER = """
某某省科学技术厅
2022年3月1日
（此件公开发布）
抄送：省委办公厅。
打印 关闭 分享到
"""


def same(copy: str, plain: str, title: str) -> OfficialText:
    """The copy as it is read, when clauses, sentences and fingerprint are those of the plain text."""
    read, wanted = cut(copy, title), cut(plain, title)
    assert [clause.at for clause in read.clauses] == [clause.at for clause in wanted.clauses]
    assert [(clause.text, clause.direct) for clause in read.clauses] == [
        (clause.text, clause.direct) for clause in wanted.clauses
    ]
    assert [(s.key, s.path) for s in read.sentences] == [(s.key, s.path) for s in wanted.sentences]
    assert read.sha256 == wanted.sha256
    return read


MADE_UP = pytest.mark.parametrize(
    ("plain", "title"), [(PARTS, TITLE), (ARTICLES, ARTICLES_TITLE)], ids=["parts", "articles"]
)


# --- made-up texts ----------------------------------------------------------------------------------------


@MADE_UP
@pytest.mark.parametrize("width", [28, 31, 34, 37, 40])
@pytest.mark.parametrize("wrapping", [by_columns, indented])
def test_wrapped_lines_with_page_numbers(plain: str, title: str, width: int, wrapping: Wrapping) -> None:
    mark = PAGE_MARKS[width % len(PAGE_MARKS)]
    read = same(wrapped(plain, width, wrapping, mark, page=7), plain, title)
    assert {"page-numbers", "wrapped"} <= {note.code for note in read.notes}


@pytest.mark.parametrize("mark", ["[{}]", "~ {} ~", "P{}", "- {} / 20 -"])
def test_further_marks_of_pages(mark: str) -> None:
    read = same(wrapped(PARTS, 34, by_columns, mark, page=7), PARTS, TITLE)
    assert "page-numbers" in {note.code for note in read.notes}


@pytest.mark.parametrize("head", ["{title}", "{title}  {page}", "- {page} -\n{title}"])
@pytest.mark.parametrize("beginning", ["{title}", "2022年3月1日{title}"])
@MADE_UP
def test_a_title_at_the_head_of_each_page_is_passed_over(
    plain: str, title: str, beginning: str, head: str
) -> None:
    begun = plain.replace(title, beginning.format(title=title), 1)
    pages = [begun.splitlines()[start : start + 5] for start in range(0, len(begun.splitlines()), 5)]
    copy = "\n".join(
        "\n".join([*([head.format(title=title, page=page)] if page > 1 else ()), *lines])
        for page, lines in enumerate(pages, 1)
    )
    assert "running-head" in {note.code for note in same(copy, plain, title).notes}


def test_a_line_of_an_annex_that_nearly_fills_its_line_stands_by_itself() -> None:
    plain = PARTS.replace("评价指标", "示例中心建设成效评价指标体系一览")
    plain = plain.replace("1.目标定位", "一级指标二级指标\n1.目标定位")
    for width in (17, 18, 19):
        same(wrapped(plain, width, by_characters), plain, TITLE)


def test_a_paragraph_behind_a_section_whose_first_sentence_fills_its_line() -> None:
    first = "（二）绩效评价。主管部门每年组织开展绩效评价。"
    start = PARTS.index("（二）绩效评价。")
    plain = PARTS[:start] + first + PARTS[PARTS.index("评价结果作为", start) :]
    parts = [cut(text, TITLE).clause("二") for text in (plain, wrapped(plain, len(first), by_characters))]
    assert parts[0] is not None
    assert parts[1] is not None
    assert parts[0].tail.startswith("主管部门作为")
    assert parts[1].tail.endswith(parts[0].tail)


@MADE_UP
def test_other_widths_of_characters_and_ends_of_lines(plain: str, title: str) -> None:
    same(plain.translate(FULL_WIDTH), plain, title)
    same(plain.translate(HALF_WIDTH), plain, title)
    same("\ufeff" + plain.replace("\n", "\r\n"), plain, title)
    same(plain.replace("\n", "\f\r"), plain, title)


@MADE_UP
def test_what_stands_before_and_behind_is_passed_over_and_told(plain: str, title: str) -> None:
    read = same(BEFORE + plain.rstrip() + AFTER, plain, title)
    notes = {note.code: note.lines for note in read.notes}
    assert notes["before-title"] == tuple(range(1, 7))
    last = BEFORE.count("\n") + plain.count("\n")
    assert notes["after-end"] == tuple(range(last + 1, last + 6))
    more = f"各地不得延误。\n{BEFORE}{plain.rstrip()}{AFTER}\n各中心应当按期报送。\n"
    told = {note.code: note.message.zh for note in same(more, plain, title).notes}
    assert "第1、6行有应、须、不得一类的用语" in told["before-title"]
    assert "行有应、须、不得一类的用语" in told["after-end"]


def test_a_title_behind_a_date_on_its_line_and_one_on_two_lines() -> None:
    same(PARTS.replace(TITLE, f"2022年3月1日{TITLE}"), PARTS, TITLE)
    same(PARTS.replace(TITLE, "某省示例中心建设指引\n（试行）"), PARTS, TITLE)


@MADE_UP
@pytest.mark.parametrize("line", ["附件下载", "文件下载：某指引.pdf", "下载附件", "浏览次数：128"])
def test_what_a_page_says_below_a_text_is_passed_over(plain: str, title: str, line: str) -> None:
    same(f"{plain.rstrip()}\n{line}\n", plain, title)


def test_a_text_without_its_title_says_so() -> None:
    assert "no-title" in {note.code for note in cut(PARTS, "另一份文件").notes}


def test_a_table_of_contents_is_passed_over() -> None:
    contents = "目 录\n一、总体要求………1\n二、保障措施………2\n"
    read = same(PARTS.replace("一、总体要求\n", f"{contents}一、总体要求\n", 1), PARTS, TITLE)
    assert ("contents", (3, 4, 5)) in {(note.code, note.lines) for note in read.notes}


def test_a_box_ends_where_its_labels_end_or_a_heading_begins() -> None:
    clauses = {clause.at: clause.text for clause in cut(PARTS, TITLE).clauses}
    assert clauses["专栏1"].endswith("引领产业变革。")
    assert "加强集群建设" in clauses["一（二）2"]
    unlabelled = PARTS.replace("优势特色领域：", "实施重大战略，").replace("前瞻引领领域：", "引领产业变革，")
    text = {clause.at: clause.text for clause in cut(unlabelled, TITLE).clauses}
    assert text["专栏1"].endswith("引领产业变革。")
    one_line = PARTS.replace("布局重点领域\n", "布局重点领域").replace("实施。\n前瞻", "实施。前瞻")
    assert {c.at: c.text for c in cut(one_line, TITLE).clauses} == clauses


def test_a_box_whose_end_cannot_be_told_is_noted() -> None:
    text = "一、总则\n（一）任务。做事。\n专栏1 赛事\n甲乙丙丁，戊己庚辛。\n子丑寅卯，辰巳午未。\n二、附则\n"
    read = cut(text)
    assert ("box-end", (5,)) in {(note.code, note.lines) for note in read.notes}
    assert next(c for c in read.clauses if c.at == "一（一）").tail == "子丑寅卯,辰巳午未。"


def test_chapters_articles_paragraphs_and_items() -> None:
    read = cut(ARTICLES, ARTICLES_TITLE)
    wanted = """前言 第一章 第一条 第二条 第二条第一款 第二条（一） 第二条（二） 第二条（二）1 第二条（二）2
        第二条第二款 第二条第三款 第二条第三款（一）
        第二条第三款（二） 第二章 第三条 第三条第一款 第三条第二款 第四条 第三章 第五条"""
    assert [clause.at for clause in read.clauses] == wanted.split()
    assert {clause.at for clause in read.clauses if clause.optional} == {
        "第二条第一款", "第二条第二款", "第二条第三款", "第三条第一款", "第三条第二款",
    }  # fmt: skip
    by_at = {clause.at: clause for clause in read.clauses}
    assert by_at["第二条（二）"].text.endswith("2.青年人才有培养计划。")
    assert by_at["第二条第三款"].text.endswith("重大科技项目。")
    assert "不得申报示例中心" in by_at["第二条"].direct


def test_a_reference_at_the_beginning_of_a_line_is_no_article() -> None:
    text = "第一条 为规范管理，根据第二条、\n第三条制定本办法。\n第二条 甲。\n第三条 乙。\n"
    assert [clause.at for clause in cut(text).clauses] == ["第一条", "第二条", "第三条"]
    text = "第一条 甲。\n第二条 乙应当办理的。\n第三条规定的除外。\n第三条 丙。\n"
    at_line = [(clause.at, clause.line) for clause in cut(text).clauses if not clause.optional]
    assert at_line == [("第一条", 1), ("第二条", 2), ("第三条", 4)]


@pytest.mark.parametrize("blank", ["", " ", "　"])
def test_an_article_may_begin_with_the_centre_as_a_reference_to_it_may(blank: str) -> None:
    told = ("中心应当接受检查。", "中小企业可以参加。", "中心不得出租。", "中央财政给予支持。")
    text = "\n".join(f"第{written(n)}条{blank}{said}" for n, said in enumerate(told, 1))
    assert [clause.at for clause in cut(text).clauses] == ["第一条", "第二条", "第三条", "第四条"]
    assert [clause.at for clause in cut(f"{text}\n第五条 甲应符合\n第二条中的要求。").clauses][-1] == "第五条"


def test_a_first_article_may_begin_as_a_reference_to_it_goes_on() -> None:
    text = "第一条 与高等学校共建的中心，适用本办法。\n第二条 第三方评价每年进行一次。\n"
    assert [clause.at for clause in cut(text).clauses] == ["第一条", "第二条"]


def test_chapters_and_articles_may_be_numbered_in_digits() -> None:
    text = "第1章 总则\n第1节 目的\n第1条 甲。\n第2条 乙。\n第 3 条 丙。\n"
    wanted = ["第一章", "第一章第一节", "第一条", "第二条", "第三条"]
    assert [clause.at for clause in cut(text).clauses] == wanted


@pytest.mark.parametrize(
    ("text", "gap"),
    [
        (PARTS.replace("（一）经费支持", "（三）经费支持"), ("", "二（三）")),
        (ARTICLES.replace("第四条", "第六条").replace("第五条", "第七条"), ("第三条", "第六条")),
    ],
)
def test_a_number_that_the_text_leaves_out_is_noted(text: str, gap: tuple[str, str]) -> None:
    messages = [note.message.en for note in cut(text).notes if note.code == "numbering-gap"]
    assert messages[0] == f"the numbering jumps: {gap[1]} follows {gap[0] or 'the beginning'}"


def test_a_sentence_ends_with_its_mark_or_its_paragraph() -> None:
    read = cut("一、总则\n甲应做到：一、甲；二、乙。“丙。”丁！\n戊?己\n庚为1.5万元.辛.\n")
    assert [sentence.text for sentence in read.sentences] == [
        "一、总则", "甲应做到：一、甲；", "二、乙。", "“丙。”", "丁！", "戊?", "己", "庚为1.5万元.", "辛.",
    ]  # fmt: skip
    assert [sentence.line for sentence in read.sentences] == [1, 2, 2, 2, 2, 3, 3, 4, 4]


def test_numerals_and_parents() -> None:
    numerals = {"十": 10, "十二": 12, "二十三": 23, "一百零二": 102, "一百一十": 110, "二〇": 20, "7": 7}
    assert {text: numeral(text) for text in numerals} == numerals
    assert [written(number) for number in (1, 10, 12, 20, 23)] == ["一", "十", "十二", "二十", "二十三"]
    assert [numeral(written(number)) for number in range(1, 1002)] == [*range(1, 1002)]
    parents = {
        "第十二条第二款": "第十二条", "第四条（二）": "第四条", "第十二条第二款（一）": "第十二条第二款",
        "第二条（二）1": "第二条（二）", "第二章第一节": "第二章", "第四条": "", "专栏12": "",
    }  # fmt: skip
    assert {at: parent_of(at) for at in parents} == parents


def test_articles_may_be_numbered_digit_by_digit() -> None:
    articles = [*map(written, range(1, 10)), "一〇", "一一"]
    read = cut("\n".join(f"第{number}条 应当如此。" for number in articles))
    assert [clause.at for clause in read.clauses] == [f"第{written(number)}条" for number in range(1, 12)]


def test_fold_makes_forms_one() -> None:
    assert fold("（１）　“甲”—— 乙，Ｒ＆Ｄ") == fold('(1) "甲"—乙,R&D')
    assert fold("1.5") != fold("15")


def test_files_in_other_encodings_are_read() -> None:
    for encoding, name in (("gb18030", "GBK"), ("utf-16", "UTF-16")):
        text, notes = read_official(PARTS.encode(encoding), "text.txt")
        assert text.lstrip("\ufeff") == PARTS
        assert [note.message.en for note in notes] == [f"read as {name}"]
    assert read_official(b"\xef\xbb\xbf" + PARTS.encode(), "text.txt") == (PARTS, [])
    for command in (new.command, coverage.command):
        said = {option.name: getattr(option, "help", "") for option in command.params}
        assert "(UTF-8, UTF-16 or GBK)" in said["source"]


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"%PDF-1.7\0\xff\xfe", "txt"),
        ("目录\n".encode("utf-16-le"), "UTF-16 with its byte-order mark"),
        (b"\x81", "UTF-8"),
        ("应当。".encode() * 100_000, "512 KB"),
    ],
    ids=["pdf", "utf-16", "half", "large"],
)
def test_what_is_no_text_is_refused(raw: bytes, said: str) -> None:
    with pytest.raises(BadText) as error:
        read_official(raw, "text.pdf")
    assert error.value.diagnostics[0].file == "text.pdf"
    assert said in error.value.diagnostics[0].message.en


# --- the official texts -----------------------------------------------------------------------------------


def official(name: str) -> tuple[str, str]:
    return (Path(SOURCES or "") / f"{name}.txt").read_text(encoding="utf-8"), load_ruleset(
        name
    ).document.title


@needs_texts
@pytest.mark.parametrize("name", shipped_ids())
@pytest.mark.parametrize("width", range(28, 41, 1 if THOROUGH else 3))
def test_copies_of_the_official_texts_with_wrapped_lines(name: str, width: int, tmp_path: Path) -> None:
    plain, title = official(name)
    for wrapping in (by_characters, by_columns, indented):
        copy = tmp_path / f"{wrapping.__name__}.txt"
        copy.write_text(
            wrapped(plain, width, wrapping, PAGE_MARKS[width % len(PAGE_MARKS)]), encoding="utf-8"
        )
        same(read_official(copy.read_bytes(), copy.name)[0], plain, title)


@needs_texts
@pytest.mark.parametrize("name", shipped_ids())
def test_copies_of_the_official_texts_otherwise_marked(name: str, tmp_path: Path) -> None:
    plain, title = official(name)
    copies = {
        "full": plain.translate(FULL_WIDTH).encode(),
        "half": plain.translate(HALF_WIDTH).encode(),
        "crlf": b"\xef\xbb\xbf" + plain.replace("\n", "\r\n").encode(),
        "gbk": plain.encode("gb18030"),
        "around": (BEFORE + plain.rstrip() + AFTER).encode(),
        "headed": re.sub(r"((?:.*\n){30})", rf"\1{title}\n", plain).encode(),
        "all": wrapped(
            (BEFORE + plain.rstrip() + AFTER).translate(FULL_WIDTH), 34, indented, PAGE_MARKS[0]
        ).encode("gb18030"),
    }
    for kind, raw in copies.items():
        copy = tmp_path / f"{kind}.txt"
        copy.write_bytes(raw)
        same(read_official(copy.read_bytes(), copy.name)[0], plain, title)


@needs_texts
def test_a_box_of_an_official_text_set_in_paragraphs() -> None:
    plain, title = official("national_13fyp")
    copy = plain
    for run_in in ("优势特色领域：", "重大关键领域：", "前瞻引领领域：", "大力实施职工素质建设工程，造就"):
        assert copy.count(run_in) == 1
        copy = copy.replace(run_in, f"\n{run_in}")
    read, wanted = cut(copy, title), cut(plain, title)
    assert [(c.at, c.text) for c in read.clauses] == [(c.at, c.text) for c in wanted.clauses]
    assert read.sha256 == wanted.sha256


@needs_texts
@pytest.mark.parametrize("name", shipped_ids())
def test_another_text_has_another_fingerprint(name: str) -> None:
    plain, title = official(name)
    assert cut(plain.replace("应", "可", 1), title).sha256 != cut(plain, title).sha256
