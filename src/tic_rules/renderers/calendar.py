"""What falls due, as iCalendar (RFC 5545): an entry a day, clause and centre, with a reminder before it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import date

from tic_rules.core.dates import add_days
from tic_rules.core.errors import Text, visible
from tic_rules.renderers import FinishedRun, Options
from tic_rules.renderers.about import document_of, name_of
from tic_rules.renderers.overview import due_of
from tic_rules.renderers.spool import Spool
from tic_rules.results.outstanding import to_do
from tic_rules.results.report import Finding, Report
from tic_rules.results.time_words import day_text

AHEAD = 100
"""Years: every deadline that the reports carry."""
_NAME = Text("技术创新中心：到期事项", "Technology innovation centres: deadlines")


def piece(report: Report, options: Options, first: bool = True) -> list[tuple[date, str]]:
    """The days on which something falls due that is not met yet, each with its entry."""
    return [
        (day, _written(_event(day, finding, report, options.lang)))
        for day, finding in (*due_of(report, AHEAD), *_due_at_the_earliest(report))
    ]


def _due_at_the_earliest(report: Report) -> Iterator[tuple[date, Finding]]:
    """What is not decided and falls due on a day that the data leaves open: the first day that it may be."""
    for finding in report:
        if finding.counts and finding.status in ("pending", "unknown") and finding.deadline_range is not None:
            first = date.fromisoformat(finding.deadline_range[0])
            if first >= date.fromisoformat(report.as_of):
                yield first, finding


class CalendarWriter:
    """The entries in the order of their days, each once: several files of a centre say the same of a day. The
    same reports give the same bytes."""

    def __init__(self, options: Options) -> None:
        self.lang, self.spool = options.lang, Spool()
        self.days: dict[str, tuple[date, tuple[int, int]]] = {}
        """The entries by their UID."""

    def add(self, piece: list[tuple[date, str]]) -> str:
        for day, text in piece:
            mark = text.split("\r\n", 2)[1]
            if mark not in self.days:
                self.days[mark] = day, self.spool.add(text)
        return ""

    def end(self, run: FinishedRun) -> Iterator[str]:
        about = ("VERSION:2.0", f"PRODID:-//tic-rules//deadlines//{self.lang.upper()}", "CALSCALE:GREGORIAN")
        yield _written(("BEGIN:VCALENDAR", *about, f"X-WR-CALNAME:{_NAME.in_(self.lang)}"))
        in_order = sorted(self.days.values(), key=lambda one: one[0])
        yield from self.spool.parts([place for _, place in in_order])
        yield _written(("END:VCALENDAR",))

    def close(self) -> None:
        self.spool.close()


def _written(lines: Iterable[str]) -> str:
    return "".join(f"{folded}\r\n" for line in lines for folded in _fold(line))


def _event(day: date, finding: Finding, report: Report, lang: str) -> Iterator[str]:
    space, cited = "" if lang == "zh" else " ", finding.citation
    clause = f"{document_of(report).in_(lang)}{space}{cited['locator']}"
    as_of = day_text(report.as_of, lang)
    state = (f"基准日{as_of}：" if lang == "zh" else f"as of {as_of}: ") + finding.detail[lang]
    about = [state, clause, f"“{cited['quote']}”", to_do(finding)[lang]]
    centre, ident = name_of(report), report.centre and report.centre.get("id")
    key = f"{centre}\n{finding.rule}\n{day}\n{ident}".encode("utf-8", "surrogatepass")
    mark = hashlib.sha256(key).hexdigest()[:32]
    who = f"{centre}：" if lang == "zh" else f"{centre}: "
    yield "BEGIN:VEVENT"
    yield f"UID:{mark}@tic-rules"
    yield f"DTSTAMP:{_day(date.fromisoformat(report.as_of))}T000000Z"
    yield f"DTSTART;VALUE=DATE:{_day(day)}"
    yield f"DTEND;VALUE=DATE:{_day(add_days(day, 1))}"
    title = (who if centre else "") + finding.title[lang]
    if finding.deadline_range is not None:
        last = day_text(finding.deadline_range[1], lang)
        title += f"（最早；至{last}）" if lang == "zh" else f" (at the earliest; until {last})"
    yield f"SUMMARY:{_text(title)}"
    yield f"DESCRIPTION:{_text(chr(10).join(part for part in about if part))}"
    yield "TRANSP:TRANSPARENT"
    yield from ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-P30D")
    yield f"DESCRIPTION:{_text(finding.title[lang])}"
    yield from ("END:VALARM", "END:VEVENT")


def _day(day: date) -> str:
    return day.strftime("%Y%m%d")


def _text(text: str) -> str:
    """A value of type TEXT: commas, semicolons, backslashes and line ends are escaped."""
    lines = [visible(line) for line in text.split("\n")]
    return "\\n".join(line.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,") for line in lines)


def _fold(line: str) -> Iterator[str]:
    """Lines of at most 75 octets; the next ones begin with a space. A character is never cut."""
    room, kept, first = 75, "", True
    for char in line:
        size = len(char.encode())
        if size > room:
            yield kept if first else f" {kept}"
            kept, room, first = "", 74, False
        kept += char
        room -= size
    yield kept if first else f" {kept}"
