"""Rules as code for China's technology innovation centres (技术创新中心).

    from tic_rules import Centre, check
    report = check(Centre.from_file("centre.yaml"), "zhejiang_2022", as_of="2026-06-30")
    report.verdict

Importing prints nothing, reads no network and starts no engine; what a name needs is imported when the name is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from tic_rules.core.version import VERSION as __version__  # noqa: N811 - the dunder is the name that tools look for

if TYPE_CHECKING:
    from tic_rules.api import (
        Centre,
        DataError,
        Diagnostic,
        Finding,
        Programme,
        Report,
        Rule,
        RuleSet,
        RuleSetError,
        Text,
        TicRulesError,
        UsageError,
        check,
        check_programme,
        check_table,
        facts_table,
        load_ruleset,
        parse_ruleset,
        row_function,
        rulesets_in_force,
        shipped_ids,
    )

__all__ = [
    "Centre",
    "DataError",
    "Diagnostic",
    "Finding",
    "Programme",
    "Report",
    "Rule",
    "RuleSet",
    "RuleSetError",
    "Text",
    "TicRulesError",
    "UsageError",
    "__version__",
    "check",
    "check_programme",
    "check_table",
    "facts_table",
    "load_ruleset",
    "parse_ruleset",
    "row_function",
    "rulesets_in_force",
    "shipped_ids",
]


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module 'tic_rules' has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module("tic_rules.api"), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
