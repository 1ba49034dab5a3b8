"""The report at a terminal: worst first, one screen for a typical centre, the rest behind --verbose."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from tic_rules.core.errors import Text, visible
from tic_rules.renderers import Options, Run
from tic_rules.renderers.about import about_of
from tic_rules.renderers.tally import Tally
from tic_rules.results.labels import BEARER, MODALITY, PHASE, STATUS, VERDICT
from tic_rules.results.report import Finding, Part, Report
from tic_rules.results.time_words import day_text
from tic_rules.results.waiting import waiting_of, whence

SIGNS = {
    "fail": "✗",
    "note": "–",
    "pending": "◷",
    "unknown": "?",
    "needs_review": "◇",
    "exempted": "△",
    "not_applicable": "·",
    "pass": "✓",
}
COLOURS = {
    "fail": "bold red",
    "note": "yellow",
    "pending": "cyan",
    "unknown": "magenta",
    "needs_review": "blue",
    "exempted": "yellow",
    "not_applicable": "bright_black",
    "pass": "green",
}
VERDICT_COLOURS = {
    "non_compliant": "bold red",
    "undetermined": "bold magenta",
    "on_course": "bold cyan",
    "compliant": "bold green",
}
GROUPS = ("fail", "exempted", "unknown", "needs_review", "pending", "note", "pass", "not_applicable")
"""Worst first."""
_OPEN = ("unknown", "needs_review", "pending")
SHOWN = 8
"""How many findings of a group are shown one by one before they are gathered, or the rest is folded."""
APART = Text("由评审认定，不影响据数据的结论", "Left to judgement, not in the verdict by data")
NAMED = 3
"""How many rules are named of those that one missing datum would settle."""


Line = tuple[tuple[str, str], ...]
"""A line as (style, text) pieces."""


@lru_cache(maxsize=4096)
def cells(text: str) -> int:
    """How many columns a terminal gives a text: wide characters count two, combining ones none."""
    if text.isascii():
        return len(text)
    return sum(map(_width, text))


@lru_cache(maxsize=8192)
def _width(char: str) -> int:
    return 0 if unicodedata.combining(char) else 2 if unicodedata.east_asian_width(char) in "WF" else 1


def pad(text: str, width: int) -> str:
    return text + " " * max(0, width - cells(text))


def cut(text: str, width: int) -> str:
    """As much of a text as fits into a number of columns, with … where something is left out."""
    if cells(text) <= width:
        return text
    kept, used = [], 0
    for char in text:
        used += cells(char)
        if used > width - 1:
            break
        kept.append(char)
    return "".join(kept) + "…"


def lined_up(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Lines of a table whose columns are as wide as their widest text."""
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        yield "  ".join(map(pad, row, widths)).rstrip()


_OPENING = "（《“「〔"
"""A line does not end with these."""
_CLOSING = "，。；：、）》”」〕！？"
"""A line does not begin with these."""


def wrap(text: str, width: int) -> list[str]:
    """Lines of that many columns, and two for a mark that closes; Chinese may break anywhere."""
    lines, line, used = [], "", 0
    for piece in _pieces(text):
        if line and used + cells(piece.rstrip()) > width and not (piece[:1] in _CLOSING and used <= width):
            lines.append(line.rstrip())
            line, used = "", 0
        added = piece if line else piece.lstrip()
        line, used = line + added, used + cells(added)
        while used > width + 2 and cells(line.rstrip()) > width + 2:
            cut = _fitting(line, width)
            lines.append(line[:cut])
            line = line[cut:]
            used = cells(line)
    return [*lines, line.rstrip()] if line.strip() or not lines else lines


def fitted(text: str, room: int | None) -> list[str]:
    """A text in lines of at most that many columns; as it is where there is no terminal."""
    return [text] if room is None or cells(text) <= room else wrap(text, room - 2)


def _fitting(text: str, width: int) -> int:
    used = 0
    for number, char in enumerate(text):
        used += cells(char)
        if used > width:
            return max(number, 1)
    return len(text)


def _pieces(text: str) -> Iterator[str]:
    """Words with the space after them, wide characters alone, an opening bracket with what it opens."""
    word = ""
    for char in text:
        wide = cells(char) == 2
        if wide and word and word[-1] not in _OPENING:
            yield word
            word = ""
        word += char
        if char == " " or (wide and char not in _OPENING):
            yield word
            word = ""
    if word:
        yield word


def piece(report: Report, options: Options, first: bool = True) -> str:
    return _printed([_one_line(report, options)] if options.quiet else _report(report, options), options)


class Sheet:
    """Report after report, and a summary at the end where there are several centres."""

    def __init__(self, options: Options) -> None:
        self.options, self.count = options, 0

    def add(self, piece: str) -> str:
        self.count += 1
        return piece if self.count == 1 or self.options.quiet else "\n" + piece

    def end(self, run: Run) -> Iterator[str]:
        if run.tally.many and self.count:
            yield _printed([(), *_summary(run.tally, self.options)], self.options)


def _printed(lines: Iterable[Line], options: Options) -> str:
    if options.colour:
        return _coloured(lines)
    return "".join(visible("".join(text for _, text in line).rstrip()) + "\n" for line in lines)


def _one_line(report: Report, options: Options) -> Line:
    """--quiet: a centre in one line."""
    about, verdict = about_of(report), options.verdict_of(report)
    name = visible(" ".join(str(about[key]) for key in ("name", "id") if about.get(key)))
    name = name or visible(str(about.get("file") or "—"))
    return (
        (VERDICT_COLOURS[verdict], pad(VERDICT[verdict].in_(options.lang), 14)),
        ("", f"  {name}  {report.ruleset.id}  {_counts(report, options.lang)}"),
    )


def _summary(tally: Tally, options: Options) -> Iterator[Line]:
    """Centres by verdict, the clauses that failed most, and what the baseline knows."""
    lang = options.lang
    zh = lang == "zh"
    yield (("bold", "汇总" if zh else "Summary"),)
    rows = list(tally.verdicts(lang))
    width = max(cells(name) for name, _ in rows)
    yield from ((("", f"  {pad(name, width)}  {number}"),) for name, number in rows)
    worst = tally.worst(lang)
    if worst:
        yield (("bold", "不符合最多的条款" if zh else "Clauses that failed most"),)
    wide = max((cells(locator) for _, locator, _, _ in worst), default=0)
    for number, locator, title, rule in worst:
        text = f"  {number:>4}  {pad(locator, wide)}  {title}  {rule}"
        yield (("", text if options.width is None else cut(text, max(options.width, 40))),)
    if options.baseline is not None:
        yield (("", tally.against_baseline(lang)),)


def _at(place: Part) -> str:
    """`file:line:column`; `file:sheet!cell` in a workbook."""
    where = place.get("cell") or f"{place['line']}:{place['column']}"
    return visible(f"{place['file'] or ''}:{where}")


def _coloured(lines: Iterable[Line]) -> str:
    import io

    from rich.console import Console
    from rich.text import Text as Styled

    shown = io.StringIO()
    console = Console(
        file=shown, force_terminal=True, width=10_000, highlight=False, emoji=False, markup=False
    )
    for line in lines:
        styled = Styled.assemble(*((visible(text), style) for style, text in line))
        console.print(styled, soft_wrap=True)
    return shown.getvalue()


def _report(report: Report, options: Options) -> Iterator[Line]:
    lang = options.lang
    zh = lang == "zh"
    yield _head(report, zh)
    document = report.ruleset["document"]
    number = f" {document['number']}" if document["number"] else ""
    day = day_text(report.as_of, lang)
    title = f"《{document['title']}》" if zh else document["title_en"] + ("," if number else "")
    yield (("", f"{title}{number}  ·  {'基准日' if zh else 'as of'} {day}"),)
    yield _verdict(report, options)
    if not options.data_only and report.verdict != "compliant":
        yield (("", f"{'　　　' if zh else '         '}{report.waiting.reason.in_(lang)}"),)
    parts = [f"{PHASE[phase].in_(lang)} {VERDICT[v].in_(lang)}" for phase, v in report.phases.items() if v]
    if parts:
        yield (("bright_black", f"{'阶段：' if zh else 'Phases: '}{'  '.join(parts)}"),)
    if options.verbose:
        bearers = [f"{BEARER[b].in_(lang)} {VERDICT[v].in_(lang)}" for b, v in report.bearers.items() if v]
        if bearers:
            yield (("bright_black", f"{'责任方：' if zh else 'Bearers: '}{'  '.join(bearers)}"),)
    yield from _findings(report, options)
    yield from _consequences(report, lang)
    yield from _warnings(report, lang)


def _head(report: Report, zh: bool) -> Line:
    """Whom the report is about."""
    about = about_of(report)
    name = about.get("name") or about.get("file")
    if not name and report.programme:
        name = "总体布局" if zh else "programme"
    return ("bold", visible(str(name or "—"))), ("", f"  {visible(str(about.get('id') or ''))}")


def _verdict(report: Report, options: Options) -> Line:
    lang, verdict = options.lang, options.verdict_of(report)
    by_data = Text("据数据的结论：", "Verdict by data: ")
    label = by_data if options.data_only else Text("结论：", "Verdict: ")
    shown = VERDICT[verdict].in_(lang)
    return ("", label.in_(lang)), (VERDICT_COLOURS[verdict], shown), ("", f"    {_counts(report, lang)}")


def _counts(report: Report, lang: str) -> str:
    return "  ".join(f"{STATUS[status].in_(lang)} {n}" for status, n in report.summary.items() if n)


def _findings(report: Report, options: Options) -> Iterator[Line]:
    """The findings in groups, worst first; with `data_only`, those that wait for a judgement apart."""
    width = max((cells(f.citation["locator"]) for f in report), default=8)
    if not options.data_only:
        yield from _groups(report, report.findings, width, options)
        return
    yield from _groups(report, [finding for finding in report if not finding.judged], width, options)
    judged = [finding for finding in report if finding.judged]
    if judged:
        yield ()
        yield (("bold", APART.in_(options.lang)),)
        yield from _groups(report, judged, width, options)


def _groups(report: Report, findings: Sequence[Finding], width: int, options: Options) -> Iterator[Line]:
    zh = options.lang == "zh"
    groups: dict[str, list[Finding]] = {key: [] for key in GROUPS}
    for finding in findings:
        groups["note" if finding.severity == "note" else finding.status].append(finding)
    titles: dict[str, str] = {key: STATUS[key].in_(options.lang) for key in STATUS}
    titles["note"] = "鼓励或可选事项，未做到" if zh else "encouraged or optional, absent"
    folded = []
    for key, members in groups.items():
        if not members:
            continue
        if not options.verbose and (key == "not_applicable" or (key == "pass" and len(members) > SHOWN)):
            folded.append(f"{titles[key]} {len(members)}")
            continue
        yield ()
        told = _of_which(members, options.lang) if key in _OPEN else ""
        yield (COLOURS[key], f"{SIGNS[key]} {titles[key]}"), ("", f" ({len(members)}{told})")
        gathered = None if options.verbose or len(members) <= SHOWN else _GATHERED.get(key)
        if gathered is not None:
            yield from gathered(report, members, options)
            continue
        shown = members if options.verbose or key == "fail" else members[:SHOWN]
        for finding in shown:
            if key in ("fail", "exempted", "note") or options.verbose:
                yield from _in_full(report, finding, key, width, options)
            else:
                yield _in_one_line(report, finding, key, width, options)
        rest = len(members) - len(shown)
        if rest:
            more = Text(f"另有{rest}项（--verbose 全部列出）", f"{rest} more (--verbose shows all)")
            yield (("bright_black", f"    … {more.in_(options.lang)}"),)
    if folded:
        counts = ("，" if zh else ", ").join(folded)
        yield ()
        yield (("bright_black", f"{'已折叠：' if zh else 'Folded: '}{counts} (--verbose)"),)


def _of_which(members: Sequence[Finding], lang: str) -> str:
    """How many of what is open the verdict looks at, where that is not all: its reason counts these."""
    counted = sum(finding.counts for finding in members)
    if counted == len(members):
        return ""
    some, none = f"，其中{counted}条影响结论", "，均不影响结论"
    return Text(some if counted else none, f", {counted or 'none'} for the verdict").in_(lang)


def _by_what_is_missing(report: Report, members: Sequence[Finding], options: Options) -> Iterator[Line]:
    """Unknowns by the data that they wait for, most rules first, and what each datum would settle alone."""
    zh = options.lang == "zh"
    by_rule = {finding.rule: finding for finding in members}
    waits = waiting_of(members).data
    width = max((min(cells(wait.label.in_(options.lang)), 40) for wait in waits), default=0)
    room = _room(options)
    for wait in waits[:SHOWN]:
        number, counted = len(wait.rules), wait.counted
        text = f"  {pad(wait.label.in_(options.lang), width)}  "
        text += f"{number:>3}条待此" if zh else f"{number:>3} {'waits' if number == 1 else 'wait'}"
        if counted < number:
            some = Text(
                f"其中{counted}条影响结论" if counted else "不影响结论",
                f"{counted or 'none'} for the verdict",
            )
            text += f"（{some.zh}）" if zh else f" ({some.en})"
        text += f"  {whence(wait, report).in_(options.lang)}"
        alone = [by_rule[rule] for rule in wait.alone]
        if alone:
            names = [f"{one.citation['locator']} {one.title.in_(options.lang)}" for one in alone[:NAMED]]
            more = "" if len(alone) <= NAMED else f"等{len(alone)}条" if zh else f" … {len(alone)} in all"
            listed = ("；" if zh else "; ").join(names) + more
            text += f"；补上即可判定：{listed}" if zh else f"; settles alone: {listed}"
        yield (("", text if room is None else cut(text, room)),)
    if len(waits) > SHOWN:
        rest, every, counted = len(waits) - SHOWN, len(waits), sum(1 for wait in waits if wait.counted)
        left = Text(
            f"另缺{rest}项，共{every}项，其中{counted}项影响结论（--verbose 逐条列出）",
            f"{rest} more, {every} in all, {counted} for the verdict (--verbose: rule by rule)",
        )
        yield (("bright_black", f"    … {left.in_(options.lang)}"),)
    for finding in members:
        if not finding.missing:
            yield _in_one_line(report, finding, "unknown", 8, options)


def _as_a_list(report: Report, members: Sequence[Finding], options: Options) -> Iterator[Line]:
    """Judgements, each by locator and title, run on."""
    zh, room = options.lang == "zh", _room(options)
    ordered = sorted(members, key=lambda finding: not finding.counts)
    by_clause: dict[str, list[str]] = {}
    for one in ordered:
        said = f"{one.title.in_(options.lang)}{_modality(report, one, options)}"
        by_clause.setdefault(one.citation["locator"], []).append(said)
    between = "；" if zh else "; "
    text = between.join(f"{at} {between.join(said)}" for at, said in by_clause.items())
    yield from ((("", f"  {part}"),) for part in fitted(text, (room or 110) - 2))


_GATHERED = {"unknown": _by_what_is_missing, "needs_review": _as_a_list}


def _room(options: Options) -> int | None:
    """The columns of the terminal; None where there is no terminal to fit."""
    return None if options.width is None else max(options.width, 40)


def _start(finding: Finding, width: int) -> str:
    return f"  {pad(finding.citation['locator'], width)}  "


def _modality(report: Report, finding: Finding, options: Options) -> str:
    """How strictly the clause asks, where it is not simply a must, and what the baseline makes of it."""
    text = "" if finding.modality == "must" else f" [{MODALITY[finding.modality].in_(options.lang)}]"
    mark = options.mark(report, finding)
    if mark:
        text += f"（{mark}）" if options.lang == "zh" else f" ({mark})"
    return text


def _in_one_line(report: Report, finding: Finding, key: str, width: int, options: Options) -> Line:
    lang, room, head = options.lang, _room(options), _start(finding, width)
    detail = finding.message.in_(lang) if key == "not_applicable" else finding.detail.in_(lang)
    text = f"{finding.title.in_(lang)}{_modality(report, finding, options)}"
    if detail:
        text += f"：{detail}" if lang == "zh" else f": {detail}"
    return (("", head + (text if room is None else cut(text, room - cells(head)))),)


def _in_full(report: Report, finding: Finding, key: str, width: int, options: Options) -> Iterator[Line]:
    """Title, message, the clause's words with the place of the datum, and its reading."""
    lang, room, indent = options.lang, _room(options), " " * (width + 4)
    inner = None if room is None else room - cells(indent)
    yield (
        ("", _start(finding, width)),
        ("bold" if key == "fail" else "", finding.title.in_(lang)),
        ("bright_black", f"{_modality(report, finding, options)}  {finding.id}"),
    )
    message = finding.message.in_(lang)
    detail = message if key == "not_applicable" else finding.detail.in_(lang)
    if key != "pass" or detail:
        yield from ((("", indent + part),) for part in fitted(message, inner))
    if key in ("fail", "exempted") or options.verbose:
        place = next((p for p in finding.data if p["line"]), None)
        quoted, where = f"“{finding.citation['quote']}”", f"  {_at(place)}" if place else ""
        shown = quoted if inner is None else cut(quoted, inner - cells(where))
        yield (("bright_black", indent + shown + where),)
    if options.verbose and finding.reading is not None:
        reading = ("理解：" if lang == "zh" else "Reading: ") + finding.reading.in_(lang)
        yield from ((("bright_black", indent + part),) for part in fitted(reading, inner))


def _consequences(report: Report, lang: str) -> Iterator[Line]:
    """What follows, with its amount and what it follows from."""
    by_rule = {finding.rule: finding for finding in report} if report.consequences else {}
    for number, consequence in enumerate(report.consequences):
        if number == 0:
            yield ()
            yield (("bold red", "后果" if lang == "zh" else "Consequences"),)
        finding = by_rule[consequence["rule"]]
        because = Text.listed(
            by_rule[rule].title if rule in by_rule else Text(rule, rule) for rule in consequence["because"]
        ).in_(lang)
        chain = Text(f"（因：{because}）", f" (because of: {because})").in_(lang) if because else ""
        said = [text.in_(lang) for text in (consequence["then"], finding.detail) if text and text.zh]
        then = ("，" if lang == "zh" else ", ").join(said)
        yield (("", f"  {finding.citation['locator']}  {then}{chain}"), ("bright_black", f"  {finding.id}"))


def _warnings(report: Report, lang: str) -> Iterator[Line]:
    for number, warning in enumerate(report.warnings):
        if number == 0:
            yield ()
            yield (("yellow", "提示" if lang == "zh" else "Warnings"),)
        place = f"{_at(warning)} " if warning["line"] else ""
        yield (("", f"  {place}{warning['message'].in_(lang)}"),)
