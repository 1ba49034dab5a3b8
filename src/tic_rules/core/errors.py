"""Errors and diagnostics: what is wrong, where, and what would be right, in Chinese and English."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

_HIDDEN = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]")


def visible(text: str) -> str:
    """A foreign text for people to see: control, direction and private characters as escapes."""
    if text.isprintable() and not _HIDDEN.search(text):
        return text
    return "".join(
        c
        if c == "\u3000" or (c.isprintable() and not _HIDDEN.match(c))
        else f"\\u{ord(c):04x}"
        if c <= "\uffff"
        else f"\\U{ord(c):08x}"
        for c in text
    )


def clip(text: str, width: int = 40) -> str:
    """A foreign text for a message: short and visible."""
    return visible(text) if len(text) <= width else visible(text[:width]) + "…"


def plural(number: int, one: str, more: str | None = None) -> str:
    """So many of something, in English: 1 clause, 2 clauses; `more` are the words for several."""
    return f"{number} {one if number == 1 else more or f'{one}s'}"


def normal(name: str) -> str:
    """A name without what people write differently: case, width, blanks, punctuation."""
    return re.sub(r"[\W_]+", "", unicodedata.normalize("NFKC", name).casefold())


def did_you_mean(name: str, names: Iterable[str], labels: Mapping[str, str] | None = None) -> Text:
    """What a message adds to an unknown name where a known one is near: ；是不是 …？ Else nothing. `labels`:
    what people call the names, each with the name that it stands for."""
    import difflib  # only for a fault: starting is to be quick

    spelled = {label.casefold(): one for label, one in (labels or {}).items()}
    spelled |= {one.casefold(): one for one in names}
    close = difflib.get_close_matches(name[:60].casefold(), spelled, n=1, cutoff=0.6)
    near = spelled[close[0]] if close else None
    return Text(f"；是不是 {near}？", f"; did you mean {near}?") if near else Text("", "")


class Text(NamedTuple):
    """One sentence in both languages of the project: `text.zh` or `text["zh"]`."""

    zh: str
    en: str

    @classmethod
    def of(cls, say: Callable[[str], str]) -> Text:
        """What a function says in each language: `zh`, `en`."""
        return cls(say("zh"), say("en"))

    @classmethod
    def listed(cls, texts: Iterable[Text], zh: str = "、", en: str = ", ") -> Text:
        """Words, titles or phrases in a row; `zh` and `en` stand between them."""
        items = list(texts)
        return cls(zh.join(item.zh for item in items), en.join(item.en for item in items))

    def __getitem__(self, key: Any) -> Any:
        return getattr(self, key) if isinstance(key, str) else tuple.__getitem__(self, key)

    def in_(self, lang: str) -> str:
        """The sentence in a language: `zh`, or English for any other."""
        return self.zh if lang == "zh" else self.en

    def as_dict(self) -> dict[str, str]:
        """The sentence as plain JSON values."""
        return {"zh": self.zh, "en": self.en}


class Diagnostic(NamedTuple):
    """One fault of one file. `line` and `column` count from 1; 0 means that the fault has no place in the
    text.

    In a workbook `cell` is the place (`contributions!C12`); line and column are then its row and its column.
    """

    code: str
    message: Text
    file: str = ""
    line: int = 0
    column: int = 0
    path: str = ""
    cell: str = ""

    @property
    def place(self) -> str:
        """`file:line:column`, as editors and compilers write it; `file:sheet!cell` in a workbook."""
        parts = (
            (self.file or "<data>", self.cell)
            if self.cell
            else (self.file or "<data>", self.line, self.column)
        )
        return visible(":".join(str(part) for part in parts if part))

    def render(self, lang: str = "en") -> str:
        """The diagnostic in one line: place, path (a cell says it by itself), message, code."""
        path = f" {clip(self.path, 200)}" if self.path and not self.cell else ""
        place = f"{self.place}:" if self.file or self.line or path else ""
        return f"{place}{path} {visible(self.message.in_(lang))} [{self.code}]".strip()

    def as_dict(self) -> dict[str, object]:
        """The diagnostic as plain JSON values."""
        fields: dict[str, object] = {
            "code": self.code,
            "message": self.message.as_dict(),
            "file": self.file or None,
            "line": self.line or None,
            "column": self.column or None,
            "path": self.path or None,
        }
        return fields | {"cell": self.cell} if self.cell else fields


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
    """What was asked for cannot be done: no as-of day, an extra that is not installed, an unknown name."""


def fault(kind: type[TicRulesError], code: str, zh: str, en: str, *, file: str = "") -> TicRulesError:
    """An error of one diagnostic without a place in a text."""
    return kind([Diagnostic(code, Text(zh, en), file=file)])
