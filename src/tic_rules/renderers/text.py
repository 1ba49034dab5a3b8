"""The report at a terminal: worst first, one screen for a typical centre, the rest behind --verbose."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from tic_rules.core.errors import Text, visible
from tic_rules.renderers import FinishedRun, Options
from tic_rules.renderers.about import about_of
from tic_rules.renderers.tally import Tally
from tic_rules.results.labels import BEARER, MODALITY, PHASE, STATUS, VERDICT
from tic_rules.results.outstanding import waiting_of, whence
from tic_rules.results.report import Finding, Part, Report
from tic_rules.results.time_words import day_text

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
_WEIGHED = ("fail", "unknown", "needs_review", "pending")
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
    return _printed(
        [_one_line(report, options)] if options.quiet else _Screen(report, options).lines(), options
    )


class TextWriter:
    """Report after report, and a summary at the end where there are several centres."""

    def __init__(self, options: Options) -> None:
        self.options, self.count = options, 0

    def add(self, piece: str) -> str:
        self.count += 1
        return piece if self.count == 1 or self.options.quiet else "\n" + piece

    def end(self, run: FinishedRun) -> Iterator[str]:
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


def _counts(report: Report, lang: str) -> str:
    return "  ".join(f"{STATUS[status].in_(lang)} {n}" for status, n in report.summary.items() if n)


class _Screen:
    """A report as it is printed."""

    def __init__(self, report: Report, options: Options) -> None:
        self.report, self.options, self.lang = report, options, options.lang
        self.width = max((cells(f.citation["locator"]) for f in report), default=8)
        self.room = None if options.width is None else max(options.width, 40)
        """The columns of the terminal; None where there is no terminal to fit."""

    def t(self, zh: str, en: str) -> str:
        return zh if self.lang == "zh" else en

    def lines(self) -> Iterator[Line]:
        report, lang, t = self.report, self.lang, self.t
        yield self._head()
        document = report.ruleset["document"]
        number = f" {document['number']}" if document["number"] else ""
        title = f"《{document['title']}》" if lang == "zh" else document["title_en"] + ("," if number else "")
        yield (("", f"{title}{number}  ·  {t('基准日', 'as of')} {day_text(report.as_of, lang)}"),)
        yield self._verdict()
        if not self.options.data_only and report.verdict != "compliant":
            yield (("", f"{t('　　　', '         ')}{report.waiting.reason.in_(lang)}"),)
        parts = [
            f"{PHASE[phase].in_(lang)} {VERDICT[v].in_(lang)}" for phase, v in report.phases.items() if v
        ]
        if parts:
            yield (("bright_black", f"{t('阶段：', 'Phases: ')}{'  '.join(parts)}"),)
        bearers = [f"{BEARER[b].in_(lang)} {VERDICT[v].in_(lang)}" for b, v in report.bearers.items() if v]
        if self.options.verbose and bearers:
            yield (("bright_black", f"{t('责任方：', 'Bearers: ')}{'  '.join(bearers)}"),)
        yield from self._findings()
        yield from self._consequences()
        if report.warnings:
            yield from ((), (("yellow", t("提示", "Warnings")),))
        for warning in report.warnings:
            place = f"{_at(warning)} " if warning["line"] else ""
            yield (("", f"  {place}{warning['message'].in_(lang)}"),)

    def _head(self) -> Line:
        """Whom the report is about."""
        about = about_of(self.report)
        name = about.get("name") or about.get("file")
        if not name and self.report.programme:
            name = self.t("总体布局", "programme")
        return ("bold", visible(str(name or "—"))), ("", f"  {visible(str(about.get('id') or ''))}")

    def _verdict(self) -> Line:
        verdict = self.options.verdict_of(self.report)
        label = self.t("结论：", "Verdict: ")
        if self.options.data_only:
            label = self.t("据数据的结论：", "Verdict by data: ")
        shown = VERDICT[verdict].in_(self.lang)
        return ("", label), (VERDICT_COLOURS[verdict], shown), ("", f"    {_counts(self.report, self.lang)}")

    def _findings(self) -> Iterator[Line]:
        """The findings in groups, worst first; with `data_only`, those that wait for a judgement apart."""
        if not self.options.data_only:
            yield from self._groups(self.report.findings)
            return
        yield from self._groups([finding for finding in self.report if not finding.judged])
        judged = [finding for finding in self.report if finding.judged]
        if judged:
            yield from ((), (("bold", APART.in_(self.lang)),))
            yield from self._groups(judged)

    def _groups(self, findings: Sequence[Finding]) -> Iterator[Line]:
        t, verbose = self.t, self.options.verbose
        groups: dict[str, list[Finding]] = {key: [] for key in GROUPS}
        for finding in findings:
            groups["note" if finding.severity == "note" else finding.status].append(finding)
        titles: dict[str, str] = {key: STATUS[key].in_(self.lang) for key in STATUS}
        titles["note"] = t("鼓励或可选事项，未做到", "encouraged or optional, absent")
        gathered = {"unknown": self._by_what_is_missing, "needs_review": self._as_a_list}
        folded = []
        for key, members in groups.items():
            if not members:
                continue
            if not verbose and (key == "not_applicable" or (key == "pass" and len(members) > SHOWN)):
                folded.append(f"{titles[key]} {len(members)}")
                continue
            yield ()
            of_which = self._of_which(members) if key in _WEIGHED else ""
            yield (COLOURS[key], f"{SIGNS[key]} {titles[key]}"), ("", f" ({len(members)}{of_which})")
            if not verbose and len(members) > SHOWN and key in gathered:
                yield from gathered[key](members)
                continue
            shown = members if verbose or key == "fail" else members[:SHOWN]
            for finding in shown:
                if key in ("fail", "exempted", "note") or verbose:
                    yield from self._in_full(finding, key)
                else:
                    yield self._in_one_line(finding, key, self.width)
            rest = len(members) - len(shown)
            if rest:
                more = t(f"另有{rest}项（--verbose 全部列出）", f"{rest} more (--verbose shows all)")
                yield (("bright_black", f"    … {more}"),)
        if folded:
            yield ()
            counts = t("，", ", ").join(folded)
            yield (("bright_black", f"{t('已折叠：', 'Folded: ')}{counts} (--verbose)"),)

    def _of_which(self, members: Sequence[Finding]) -> str:
        """How many of them the verdict looks at, where that is not all: its reason counts these."""
        counted = sum(finding.counts for finding in members)
        if counted == len(members):
            return ""
        zh = f"，其中{counted}条影响结论" if counted else "，均不影响结论"
        return self.t(zh, f", {counted or 'none'} for the verdict")

    def _by_what_is_missing(self, members: Sequence[Finding]) -> Iterator[Line]:
        """Unknowns by the data that they wait for, most rules first, and what each would settle alone."""
        lang, t, room = self.lang, self.t, self.room
        by_rule = {finding.rule: finding for finding in members}
        waits = waiting_of(members).data
        width = max((min(cells(wait.label.in_(lang)), 40) for wait in waits), default=0)
        for wait in waits[:SHOWN]:
            number, counted = len(wait.rules), wait.counted
            text = f"  {pad(wait.label.in_(lang), width)}  "
            text += t(f"{number:>3}条待此", f"{number:>3} {'waits' if number == 1 else 'wait'}")
            if counted < number:
                zh = f"其中{counted}条影响结论" if counted else "不影响结论"
                text += t(f"（{zh}）", f" ({counted or 'none'} for the verdict)")
            text += f"  {whence(wait, self.report).in_(lang)}"
            alone = [by_rule[rule] for rule in wait.alone]
            if alone:
                names = [f"{one.citation['locator']} {one.title.in_(lang)}" for one in alone[:NAMED]]
                more = "" if len(alone) <= NAMED else t(f"等{len(alone)}条", f" … {len(alone)} in all")
                text += t("；补上即可判定：", "; settles alone: ") + t("；", "; ").join(names) + more
            yield (("", text if room is None else cut(text, room)),)
        if len(waits) > SHOWN:
            rest, every, counted = len(waits) - SHOWN, len(waits), sum(1 for wait in waits if wait.counted)
            left = t(
                f"另缺{rest}项，共{every}项，其中{counted}项影响结论（--verbose 逐条列出）",
                f"{rest} more, {every} in all, {counted} for the verdict (--verbose: rule by rule)",
            )
            yield (("bright_black", f"    … {left}"),)
        for finding in members:
            if not finding.missing:
                yield self._in_one_line(finding, "unknown", 8)

    def _as_a_list(self, members: Sequence[Finding]) -> Iterator[Line]:
        """Judgements, each by locator and title, run on."""
        by_clause: dict[str, list[str]] = {}
        for one in sorted(members, key=lambda finding: not finding.counts):
            said = f"{one.title.in_(self.lang)}{self._modality(one)}"
            by_clause.setdefault(one.citation["locator"], []).append(said)
        between = self.t("；", "; ")
        text = between.join(f"{at} {between.join(said)}" for at, said in by_clause.items())
        yield from ((("", f"  {part}"),) for part in fitted(text, (self.room or 110) - 2))

    def _modality(self, finding: Finding) -> str:
        """How strictly the clause asks, where it is not simply a must, and what the baseline makes of it."""
        text = "" if finding.modality == "must" else f" [{MODALITY[finding.modality].in_(self.lang)}]"
        mark = self.options.mark(self.report, finding)
        return text + (mark and self.t(f"（{mark}）", f" ({mark})"))

    def _in_one_line(self, finding: Finding, key: str, width: int) -> Line:
        head = f"  {pad(finding.citation['locator'], width)}  "
        detail = (finding.message if key == "not_applicable" else finding.detail).in_(self.lang)
        text = f"{finding.title.in_(self.lang)}{self._modality(finding)}"
        if detail:
            text += self.t(f"：{detail}", f": {detail}")
        return (("", head + (text if self.room is None else cut(text, self.room - cells(head)))),)

    def _in_full(self, finding: Finding, key: str) -> Iterator[Line]:
        """Title, message, the clause's words with the place of the datum, and its reading."""
        lang, indent = self.lang, " " * (self.width + 4)
        inner = None if self.room is None else self.room - cells(indent)
        yield (
            ("", f"  {pad(finding.citation['locator'], self.width)}  "),
            ("bold" if key == "fail" else "", finding.title.in_(lang)),
            ("bright_black", f"{self._modality(finding)}  {finding.id}"),
        )
        message = finding.message.in_(lang)
        if key != "pass" or finding.detail.in_(lang):
            yield from ((("", indent + part),) for part in fitted(message, inner))
        if key in ("fail", "exempted") or self.options.verbose:
            place = next((p for p in finding.data if p["line"]), None)
            quoted, where = f"“{finding.citation['quote']}”", f"  {_at(place)}" if place else ""
            shown = quoted if inner is None else cut(quoted, inner - cells(where))
            yield (("bright_black", indent + shown + where),)
        if self.options.verbose and finding.reading is not None:
            reading = self.t("理解：", "Reading: ") + finding.reading.in_(lang)
            yield from ((("bright_black", indent + part),) for part in fitted(reading, inner))

    def _consequences(self) -> Iterator[Line]:
        """What follows, with its amount and what it follows from."""
        t, lang, following = self.t, self.lang, self.report.consequences
        by_rule = {finding.rule: finding for finding in self.report} if following else {}
        if following:
            yield from ((), (("bold red", t("后果", "Consequences")),))
        for consequence in following:
            finding = by_rule[consequence["rule"]]
            because = Text.listed(
                by_rule[rule].title if rule in by_rule else Text(rule, rule)
                for rule in consequence["because"]
            ).in_(lang)
            chain = t(f"（因：{because}）", f" (because of: {because})") if because else ""
            said = [text.in_(lang) for text in (consequence["then"], finding.detail) if text and text.zh]
            then = t("，", ", ").join(said)
            head = f"  {finding.citation['locator']}  {then}{chain}"
            yield (("", head), ("bright_black", f"  {finding.id}"))
