"""Rules as code for China's technology innovation centres (技术创新中心).

    from tic_rules import Centre, check
    report = check(Centre.from_file("centre.yaml"), "zhejiang_2022", as_of="2026-06-30")
    report.verdict

The names are those of `tic_rules.api`, which is imported when one of them is first used. Importing prints
nothing, reads no network and starts no engine."""

from __future__ import annotations

import importlib
from typing import Any

# The dunder is the name that tools look for.
from tic_rules.core.version import VERSION as __version__  # noqa: N811, F401


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return ["__version__", *importlib.import_module("tic_rules.api").__all__]
    if not name.startswith("_"):
        api = importlib.import_module("tic_rules.api")
        if name in api.__all__:
            value = globals()[name] = getattr(api, name)
            return value
    raise AttributeError(f"module 'tic_rules' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__getattr__("__all__")})
