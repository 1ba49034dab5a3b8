"""Libraries that a plain installation has not."""

from __future__ import annotations

import importlib
from types import ModuleType

from tic_rules.core.errors import UsageError, fault


def library(name: str) -> ModuleType:
    """A library of the extra `frames`, or pandas, which is in none. Raises UsageError that names it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        wanted = "'tic-rules[frames]'" + " pandas" * (name == "pandas")
        zh = f"表格计算需要 {name}（{error}）：pip install {wanted}"
        en = f"tables need {name} ({error}): pip install {wanted}"
        raise fault(UsageError, "extra", zh, en) from None
