"""JSON: {"schema_version": 1, "reports": [...]}; JSON Lines: one report a line."""

from __future__ import annotations

from collections.abc import Iterator

from tic_rules.renderers import Options, Run
from tic_rules.results.report import SCHEMA_VERSION, Report


def piece(report: Report, options: Options, first: bool = True) -> str:
    if options.format == "jsonl":
        return report.to_json(indent=None) + "\n"
    return "    " + report.to_json(margin="    ")


class Sheet:
    """The same bytes as if all reports had been written at once."""

    def __init__(self, options: Options) -> None:
        self.lines, self.count = options.format == "jsonl", 0

    def add(self, piece: str) -> str:
        self.count += 1
        if self.lines:
            return piece
        return (",\n" if self.count > 1 else self._head() + "\n") + piece

    def end(self, run: Run) -> Iterator[str]:
        if not self.lines:
            yield "\n  ]\n}\n" if self.count else self._head() + "]\n}\n"

    @staticmethod
    def _head() -> str:
        return f'{{\n  "schema_version": {SCHEMA_VERSION},\n  "reports": ['
