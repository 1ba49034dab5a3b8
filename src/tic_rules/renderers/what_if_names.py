"""What a what-if is about, for people."""

from __future__ import annotations

from tic_rules.core.errors import Text
from tic_rules.results.report import Report


def name_of(report: Report) -> Text:
    """What a report is about: the centre by its name, or the programme."""
    if report.programme is not None:
        return Text("项目群总体", "The programme")
    about = report.centre
    name = about and (about.name or about.id or about.file)
    return Text(name or "—", name or "—")


__all__ = ["name_of"]
