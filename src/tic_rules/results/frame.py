"""A report as a table of a dataframe library: one row a finding."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal, get_args

from tic_rules.core.errors import UsageError, fault
from tic_rules.core.extras import library

if TYPE_CHECKING:
    from tic_rules.results.finding import Finding
    from tic_rules.results.report import Report

Backend = Literal["polars", "pandas", "pyarrow"]
"""A library whose tables a report can be written as."""


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


_COLUMNS: Mapping[str, tuple[str, Callable[[Finding], object]]] = {
    **{
        name: ("String", attrgetter(name))
        for name in ("rule", "status", "severity", "kind", "modality", "bearer", "topic", "phase")
    },
    "title_zh": ("String", lambda f: f.title.zh),
    "title_en": ("String", lambda f: f.title.en),
    "message_zh": ("String", lambda f: f.message.zh),
    "message_en": ("String", lambda f: f.message.en),
    "document": ("String", lambda f: f.citation["document"]),
    "locator": ("String", lambda f: f.citation["locator"]),
    "quote": ("String", lambda f: f.citation["quote"]),
    "gap": ("String", lambda f: f.gap),
    "progress": ("Float64", lambda f: f.progress),
    "deadline": ("Date", lambda f: _day(f.deadline)),
    "days_left": ("Int64", lambda f: f.days_left),
    "reached_on": ("Date", lambda f: _day(f.reached_on)),
    "file": ("String", lambda f: f.place and f.place["file"]),
    "line": ("Int64", lambda f: f.place and f.place["line"]),
}
"""The columns: what narwhals calls their type, and their value. Amounts stay decimal text, as in the JSON."""


def frame_of(report: Report, backend: Backend) -> Any:
    """The findings of a report as a table of a library: rows in the rule set's order, before each what the
    report is about, so that the tables of several reports can be put together. Raises UsageError where a
    library is not installed, or is none of these."""
    if backend not in get_args(Backend):
        names = ", ".join(get_args(Backend))
        zh = f"没有 {backend} 的表；有：{names}"
        raise fault(UsageError, "frame", zh, f"no tables of {backend}; on hand: {names}")
    narwhals = library("narwhals")
    for needed in ("polars", "pyarrow", backend):
        library(needed)
    findings = report.findings
    about: Mapping[str, object] = report.centre or report.programme or {}
    day = date.fromisoformat(report.as_of)
    columns: dict[str, tuple[str, Iterable[object]]] = {
        "centre": ("String", [about.get("id")] * len(findings)),
        "ruleset": ("String", [report.ruleset["id"]] * len(findings)),
        "as_of": ("Date", [day] * len(findings)),
    }
    columns |= {name: (kind, map(value, findings)) for name, (kind, value) in _COLUMNS.items()}
    table = narwhals.DataFrame.from_dict(
        {name: list(values) for name, (_, values) in columns.items()},
        {name: getattr(narwhals, kind) for name, (kind, _) in columns.items()},
        backend="polars",
    )
    if backend == "pandas":
        return table.to_pandas()
    return table.to_arrow() if backend == "pyarrow" else table.to_native()
