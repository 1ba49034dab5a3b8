"""Where an official text begins and ends in what people have: at its title, before signature and address."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Sequence

from tic_rules.analysis.coverage.layout import LONG, Line, fold
from tic_rules.analysis.coverage.paragraphs import Paragraph

# --- the title --------------------------------------------------------------------------------------------

_KIND = re.compile(
    r"(?:指引|办法|方案|规定|细则|规划|条例|意见|措施|纲要|计划|制度|规程|准则)(?:\(.{1,12}\))?$"
)
_REST = re.compile(
    "(?:与|和|及|的|建设|运行|管理|工作|实施|组建|认定|考核|评估|评价|暂行|试行|若干){0,6}" + _KIND.pattern
)
"""The last line of a title that goes over two: 暂行办法, 建设与运行管理办法（试行）."""
_FIRST = re.compile(r"\s*(?:一、|第\s*[一1]\s*[章条])")


def running_heads(lines: Sequence[Line], title: str) -> set[Line]:
    """The lines beside the title's own that say it again, as each page's head does, alone or with the
    page's number."""
    wanted = fold(title)
    head = re.compile(rf"(?:-?\d{{1,4}}-?)?{re.escape(wanted)}(?:-?\d{{1,4}}-?)?")
    alike = range(len(title) // 2, len(title) + LONG)
    short = ((n, line) for n, line in enumerate(lines) if len(line.text) in alike)
    said = {n: line for n, line in short if wanted and head.fullmatch(fold(line.text))}
    if not said or _title_at([line for n, line in enumerate(lines) if n not in said], wanted):
        return set(said.values())
    begun = next((n for n in range(min(said), len(lines)) if _FIRST.match(lines[n].text)), len(lines))
    return {line for n, line in said.items() if n > begun}


def from_title(lines: Sequence[Line], title: str) -> tuple[list[Line], list[Line], list[Line]]:
    """The lines before the title, those of the title, those behind it; without a title all are behind."""
    place = _title_at(lines, fold(title)) if title else _guessed(lines)
    if place is None:
        return [], [], list(lines)
    first, within, last = place
    before = list(lines[:first])
    head = lines[first]
    if within:
        before.append(head._replace(text=head.text[:within]))
        head = head._replace(text=head.text[within:])
    return before, [head, *lines[first + 1 : last + 1]], list(lines[last + 1 :])


def _title_at(lines: Sequence[Line], wanted: str) -> tuple[int, int, int] | None:
    """The last place where the title has its lines for itself, a day before it left out."""
    folded = [fold(line.text) for line in lines]
    numbered = max((n for n, line in enumerate(lines) if _FIRST.match(line.text)), default=len(lines))
    place = None
    for first in range(min(numbered, len(lines))):
        joined, last = "", first
        while last < len(lines) and len(joined) < len(wanted) + 20 and last - first < 4:
            joined += folded[last]
            if joined.endswith(wanted):
                prefix = joined[: -len(wanted)]
                if prefix == "" or (prefix.endswith(("日", ")", "号")) and len(prefix) < len(folded[first])):
                    place = first, _offset(lines[first].text, len(prefix)), last
                break
            last += 1
    return place


def _offset(text: str, length: int) -> int:
    """Where the folded text of a line has grown to a length."""
    return bisect_left(range(len(text) + 1), length, key=lambda at: len(fold(text[:at])))


def _guessed(lines: Sequence[Line]) -> tuple[int, int, int] | None:
    """The last line before the first number that looks like a title, with the one that it goes on from."""
    first = next((n for n, line in enumerate(lines) if _FIRST.match(line.text)), 0)
    for n in reversed(range(first)):
        if len(lines[n].text) <= 2 * LONG and _KIND.search(fold(lines[n].text)):
            above = fold(lines[n - 1].text) if n and _REST.fullmatch(fold(lines[n].text)) else ""
            begins = 4 <= len(above) <= 2 * LONG and not re.search("[。;:,!?日号]$", above)
            return n - begins, 0, n
    return None


# --- the end ----------------------------------------------------------------------------------------------

_DAY = (
    r"(?:\d{4}|[一二三四五六七八九〇零O○]{4})年[\d一二三四五六七八九十]{1,2}月[\d一二三四五六七八九十]{1,3}日"
)
_ENDING = re.compile(
    rf"(?:.{{2,30}}[厅部局委室会院府])?{_DAY}(?:印发|发布|公布|印)?|\(?此件.*"
    r"|(?:抄送|主送|分送|抄报|附注|联系人|联系电话|联系方式|信息公开选项|公开方式)[:：].*"
    r"|(?:打印|关闭|分享|返回顶部|扫一扫|责任编辑|编辑|来源|信息来源|发布时间|上一篇|下一篇|上一条|下一条"
    r"|相关(?:链接|附件|解读|文档)|(?:附件|文件)下载|下载(?:附件|文件)|浏览次数"
    r"|版权所有|主办单位|网站地图|字体).*"
)
_SIGNED = re.compile(r"[^,。;:、]{2,40}(?:厅|部|局|委|委员会|政府|办公室|院)")
_REACH = 15


def without_ends(paragraphs: list[Paragraph]) -> tuple[list[Paragraph], list[Line], list[Line]]:
    """The paragraphs without what is no part of the document: the lines behind the end of text and annexes,
    and those of the list of annexes."""
    listed = [paragraph for paragraph in paragraphs if not paragraph.path]
    regions: list[list[Paragraph]] = [[]]
    for paragraph in paragraphs:
        if not paragraph.path:
            continue
        top = paragraph.path[0]
        if regions[-1] and top.startswith("附") and top != regions[-1][-1].path[0]:
            regions.append([])
        regions[-1].append(paragraph)
    dropped = [paragraph for region in regions for paragraph in _ending_of(region)]
    gone = {id(paragraph) for paragraph in (*listed, *dropped)}
    kept = [paragraph for paragraph in paragraphs if id(paragraph) not in gone]
    ending, annexes = ([line for part in parts for line in part.lines] for parts in (dropped, listed))
    return kept, ending, annexes


def _ending_of(region: Sequence[Paragraph]) -> Sequence[Paragraph]:
    """The last paragraphs of a text or an annex from the first that ends it, and the names that sign it."""
    for index in range(max(len(region) - _REACH, 1), len(region)):
        rest = region[index:]
        if _ENDING.fullmatch(fold(region[index].text)) and not any(paragraph.marked for paragraph in rest):
            while index > 1 and not (last := region[index - 1]).marked and _SIGNED.fullmatch(fold(last.text)):
                index -= 1
            return region[index:]
    return ()
