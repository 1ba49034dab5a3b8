"""Errors and diagnostics: what is wrong, where, and what would be right, in Chinese and English."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple


class Text(NamedTuple):
    """One sentence in both languages of the project: `text.zh` or `text["zh"]`."""

    zh: str
    en: str

    def __getitem__(self, key: Any) -> Any:
        return getattr(self, key) if isinstance(key, str) else tuple.__getitem__(self, key)

    def in_(self, lang: str) -> str:
        return self.zh if lang == "zh" else self.en

    def as_dict(self) -> dict[str, str]:
        return {"zh": self.zh, "en": self.en}


class Diagnostic(NamedTuple):
    """One fault of one file. `line` and `column` count from 1; 0 means that the fault has no place in the text."""

    code: str
    message: Text
    file: str = ""
    line: int = 0
    column: int = 0
    path: str = ""

    @property
    def place(self) -> str:
        """`file:line:column`, as editors and compilers write it."""
        return ":".join(str(part) for part in (self.file or "<data>", self.line, self.column) if part)

    def render(self, lang: str = "en") -> str:
        path = f" {self.path}" if self.path else ""
        return f"{self.place}:{path} {self.message.in_(lang)} [{self.code}]"

    def as_dict(self) -> dict[str, object]:
        return {
            "code": self.code,
            "message": self.message.as_dict(),
            "file": self.file or None,
            "line": self.line or None,
            "column": self.column or None,
            "path": self.path or None,
        }


class TicRulesError(Exception):
    """The base of every error that the package raises; carries all diagnostics at once."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics: list[Diagnostic] = list(diagnostics)
        super().__init__("\n".join(d.render() for d in self.diagnostics))

    def __reduce__(self) -> tuple[object, ...]:
        return type(self), (self.diagnostics,)


class DataError(TicRulesError):
    """A centre's (or a programme's) data cannot be used."""


class RuleSetError(TicRulesError):
    """A rule file cannot be used, or no rule set fits."""


class UsageError(TicRulesError):
    """What was asked for cannot be done: a missing as-of day, an extra that is not installed, an unknown name."""


def fault(kind: type[TicRulesError], code: str, zh: str, en: str, *, file: str = "", path: str = "") -> TicRulesError:
    """An error of one diagnostic without a place in a text."""
    return kind([Diagnostic(code, Text(zh, en), file=file, path=path)])
