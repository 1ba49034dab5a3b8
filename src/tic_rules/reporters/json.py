"""JSON: {"schema_version": 1, "reports": [...]}; JSON Lines: one report a line."""

from __future__ import annotations

import json
from collections.abc import Sequence

from tic_rules.findings import SCHEMA_VERSION, Report
from tic_rules.reporters import Options


def render(reports: Sequence[Report], options: Options) -> str:
    if options.format == "jsonl":
        return "".join(report.to_json(indent=None) + "\n" for report in reports)
    return json.dumps({"schema_version": SCHEMA_VERSION, "reports": [report.as_dict() for report in reports]}, ensure_ascii=False, indent=2) + "\n"
