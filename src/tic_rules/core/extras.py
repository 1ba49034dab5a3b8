"""Libraries that a plain installation has not."""

from __future__ import annotations

import importlib
from types import ModuleType

from tic_rules.core.errors import UsageError, fault


def library(name: str) -> ModuleType:
    """A library of the extra `frames`. Raises UsageError that names it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        zh = f"表格计算需要 {name}（{error}）：pip install 'tic-rules[frames]'"
        en = f"tables need {name} ({error}): pip install 'tic-rules[frames]'"
        raise fault(UsageError, "extra", zh, en) from None
