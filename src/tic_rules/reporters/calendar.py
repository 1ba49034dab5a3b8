"""What falls due, as a calendar file (iCalendar, RFC 5545): one entry a day, clause and centre, with a reminder a month before."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

from tic_rules.errors import visible
from tic_rules.findings import Report
from tic_rules.quantities import add_days
from tic_rules.reporters import Options
from tic_rules.reporters.overview import Due, due_soon

AHEAD = 100
"""Years: every deadline that the reports carry."""


def render(reports: Sequence[Report], options: Options) -> str:
    """Everything that is not met yet and still has time. The same reports give the same bytes."""
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//tic-rules//deadlines//ZH", "CALSCALE:GREGORIAN", f"X-WR-CALNAME:{_name(options.lang)}"]
    for due in due_soon(reports, AHEAD):
        lines.extend(_event(due, reports[due.report], options.lang))
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _fold(line))


def _name(lang: str) -> str:
    return "技术创新中心：到期事项" if lang == "zh" else "Technology innovation centres: deadlines"


def _event(due: Due, report: Report, lang: str) -> Iterator[str]:
    finding = due.finding
    about = [
        finding.detail[lang],
        f"{report.ruleset['document']['title']} {finding.citation['locator']}",
        f"“{finding.citation['quote']}”",
        finding.remedy[lang],
    ]
    named: Any = report.centre or {}
    mark = hashlib.sha256(f"{due.centre}\n{finding.rule}\n{due.day}\n{named.get('id')}".encode()).hexdigest()[:32]
    who = f"{due.centre}：" if lang == "zh" else f"{due.centre}: "
    yield "BEGIN:VEVENT"
    yield f"UID:{mark}@tic-rules"
    yield f"DTSTAMP:{_day(date.fromisoformat(report.as_of))}T000000Z"
    yield f"DTSTART;VALUE=DATE:{_day(due.day)}"
    yield f"DTEND;VALUE=DATE:{_day(add_days(due.day, 1))}"
    yield f"SUMMARY:{_text((who if due.centre else '') + finding.title[lang])}"
    yield f"DESCRIPTION:{_text(chr(10).join(part for part in about if part))}"
    yield "TRANSP:TRANSPARENT"
    yield from ("BEGIN:VALARM", "ACTION:DISPLAY", "TRIGGER:-P30D", f"DESCRIPTION:{_text(finding.title[lang])}", "END:VALARM")
    yield "END:VEVENT"


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


__all__ = ["render"]
