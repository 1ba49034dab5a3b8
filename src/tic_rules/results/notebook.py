"""A report as a notebook shows it: a small part of an HTML page, every value escaped."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
    head = "".join(
        f"<th>{_text(title)}</th>" for title in ("状态 status", "条款 clause", "规则 rule", "说明 message")
    )
    return "".join(
        (
            (
                f"<div><p><strong>{_text(name)}</strong> · {_text(report.ruleset['id'])} · "
                f"{_text(report.as_of)}: "
            ),
            f"<strong>{_text(report.verdict)}</strong><br>{_text(counts)}</p>",
            f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(map(_row, listed))}</tbody></table></div>",
        )
    )


def _row(finding: Finding) -> str:
    return "<tr>" + "".join(f'<td style="text-align:left">{cell}</td>' for cell in _cells(finding)) + "</tr>"


def _cells(finding: Finding) -> Iterator[str]:
    yield _text(finding.status)
    yield _text(finding.citation["locator"])
    yield f"<code>{_text(finding.id)}</code>"
    yield f"{_text(finding.message.zh)}<br><small>{_text(finding.message.en)}</small>"


def _text(value: object) -> str:
    return escape(visible(str(value)))
