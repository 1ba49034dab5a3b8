"""JSON: {"schema_version": 1, "reports": [...], "unusable": [...]}; JSON Lines: one report a line."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from tic_rules.core.errors import Diagnostic
from tic_rules.renderers import FinishedRun, Options
from tic_rules.results.report import SCHEMA_VERSION, Report


def piece(report: Report, options: Options, first: bool = True) -> str:
    if options.format == "jsonl":
        return report.to_json(indent=None) + "\n"
    return "    " + report.to_json(margin="    ")


class JsonWriter:
    """The same bytes as if everything had been written at once."""

    def __init__(self, options: Options) -> None:
        self.lines, self.count = options.format == "jsonl", 0

    def add(self, piece: str) -> str:
        self.count += 1
        if self.lines:
            return piece
        return (",\n" if self.count > 1 else self._head() + "\n") + piece

    def end(self, run: FinishedRun) -> Iterator[str]:
        if self.lines:
            return
        yield "\n  ]" if self.count else self._head() + "]"
        listed = json.dumps(list(unusable(run.diagnostics)), ensure_ascii=False, indent=2)
        yield ',\n  "unusable": ' + listed.replace("\n", "\n  ") + "\n}\n"

    @staticmethod
    def _head() -> str:
        return f'{{\n  "schema_version": {SCHEMA_VERSION},\n  "reports": ['


def unusable(diagnostics: Iterable[Diagnostic]) -> Iterator[dict[str, object]]:
    """The files that gave no report, or not all of theirs, each with its diagnostics."""
    by_file: dict[str, list[dict[str, object]]] = {}
    for diagnostic in diagnostics:
        by_file.setdefault(diagnostic.file, []).append(diagnostic.as_dict())
    for file, faults in by_file.items():
        yield {"file": file or None, "diagnostics": faults}
