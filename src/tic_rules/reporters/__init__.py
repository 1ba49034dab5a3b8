"""Reports to text, one file a format. A format's file is imported when it is asked for."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from tic_rules.findings import Report

FORMATS = {
    "text": "tic_rules.reporters.text",
    "json": "tic_rules.reporters.json",
    "jsonl": "tic_rules.reporters.json",
}
"""Each module has `render(reports, options)`; `jsonl` is told apart by `options.format`."""


@dataclass(frozen=True, slots=True)
class Options:
    """How a report is to be shown. `width` is None where there is no terminal to fit."""

    format: str = "text"
    lang: str = "en"
    verbose: bool = False
    width: int | None = None
    fail_on: tuple[str, ...] = ("non_compliant",)
    colour: bool = False
    diagnostics: tuple[Any, ...] = ()


def render(reports: Sequence[Report], options: Options) -> str:
    """The reports in a format."""
    module = importlib.import_module(FORMATS[options.format])
    return module.render(reports, options)  # type: ignore[no-any-return]
