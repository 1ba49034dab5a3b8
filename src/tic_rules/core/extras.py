"""Libraries that a plain installation has not."""

from __future__ import annotations

import importlib
from types import ModuleType

from tic_rules.core.errors import TicRulesError, UsageError, fault


def lacking(extra: str, zh: str, en: str, *, code: str = "extra", file: str = "") -> TicRulesError:
    """The error where what an extra brings is not installed: what is wanted, and how to install it."""
    install = f"pip install 'tic-rules[{extra}]'"
    return fault(UsageError, code, f"{zh}：{install}", f"{en}: {install}", file=file)


def library(name: str) -> ModuleType:
    """A library of the extra `frames`, or pandas, which is in none. Raises UsageError that names it."""
    try:
        return importlib.import_module(name)
    except ImportError as error:
        wanted = "'tic-rules[frames]'" + " pandas" * (name == "pandas")
        zh = f"表格计算需要 {name}（{error}）：pip install {wanted}"
        en = f"tables need {name} ({error}): pip install {wanted}"
        raise fault(UsageError, "extra", zh, en) from None
