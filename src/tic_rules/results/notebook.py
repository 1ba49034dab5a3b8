"""A report as a notebook shows it: a small part of an HTML page, every value escaped."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

from tic_rules.core.errors import visible

if TYPE_CHECKING:
    from tic_rules.results.finding import Finding
    from tic_rules.results.report import Report

_SHOWN = ("fail", "unknown", "needs_review", "pending", "exempted")
"""The statuses whose findings are listed; of the others only the number is said."""


def page_part(report: Report) -> str:
    """The verdict, the number of findings of each status, and those not passed, the ones that count first."""
    about: Mapping[str, object] = report.centre or report.programme or {}
    name = about.get("name") or about.get("id") or about.get("file") or "?"
    counts = " · ".join(f"{status} {number}" for status, number in report.summary.items() if number)
    listed = [finding for finding in report if finding.status in _SHOWN]
    listed.sort(key=lambda finding: (not finding.counts, _SHOWN.index(finding.status)))
    titles = ("状态 status", "条款 clause", "规则 rule", "说明 message")
    head = "".join(f"<th>{title}</th>" for title in titles)
    of = f"<strong>{_text(name)}</strong> · {_text(report.ruleset['id'])} · {_text(report.as_of)}"
    verdict = f"<strong>{_text(report.verdict)}</strong><br>{_text(counts)}"
    rows = "".join(map(_row, listed))
    table = f"<table><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"
    return f"<div><p>{of}: {verdict}</p>{table}</div>"


def _row(finding: Finding) -> str:
    message = f"{_text(finding.message.zh)}<br><small>{_text(finding.message.en)}</small>"
    rule = f"<code>{_text(finding.id)}</code>"
    cells = (_text(finding.status), _text(finding.citation["locator"]), rule, message)
    return "<tr>" + "".join(f'<td style="text-align:left">{cell}</td>' for cell in cells) + "</tr>"


def _text(value: object) -> str:
    return escape(visible(str(value)))
