"""What was made of the shipped rule files, kept for the next process, as Python keeps the code of its modules.

It lies in `__pycache__` beside the rule files and is made anew whenever they, or the modules that read them, have changed.
Where nothing can be written, or PYTHONDONTWRITEBYTECODE is set, nothing is kept. Only classes of the model are ever loaded.
"""

from __future__ import annotations

import os
import pickle
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from tic_rules.version import VERSION

_READERS = ("conditions", "kept", "linking", "loading", "quantities", "ruleset", "shapes", "source")
"""The modules that say what becomes of a rule file."""

_ALLOWED = {("datetime", "date"), ("fractions", "Fraction"), ("builtins", "set"), ("builtins", "frozenset")}


class Keeper:
    """The place of one kept thing, and the stamp of what it is made of."""

    def __init__(self, name: str, files: Iterable[Path]) -> None:
        files = tuple(files)
        self.path = files[0].parent / "__pycache__" / f"{name}.{sys.implementation.cache_tag}.kept"
        self.stamp = _stamp((*files, *(Path(__file__).parent / f"{module}.py" for module in _READERS)))

    def load(self) -> Any:
        """What was kept; None where there is nothing that fits."""
        try:
            with open(self.path, "rb") as file:
                return _Unpickler(file).load() if file.read(len(self.stamp)) == self.stamp else None
        except Exception:  # a damaged file is as good as none
            return None

    def save(self, value: Any) -> None:
        if sys.dont_write_bytecode or not self.stamp:
            return
        written = self.path.with_suffix(f".{os.getpid()}")
        try:
            self.path.parent.mkdir(exist_ok=True)
            written.write_bytes(self.stamp + pickle.dumps(value, protocol=5))
            written.replace(self.path)
        except OSError:
            return


def _stamp(files: Iterable[Path]) -> bytes:
    """Changes with the program and with the size or time of any of the files; empty where one cannot be seen."""
    try:
        stats = [(file.name, stat.st_size, stat.st_mtime_ns) for file in files for stat in (file.stat(),)]
    except OSError:
        return b""
    return f"{VERSION} {stats}\n".encode()


class _Unpickler(pickle.Unpickler):
    def find_class(self, module: str, name: str) -> Any:
        if module in ("tic_rules.conditions", "tic_rules.ruleset") or (module, name) in _ALLOWED:
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} is no part of a rule set")
