"""How large a text may be, and the error of a text that cannot be used."""

from __future__ import annotations

from collections.abc import Iterable

from tic_rules.core.errors import Diagnostic, Text

MAX_BYTES = 16 * 1024 * 1024
MAX_NODES = 100_000
MAX_DEPTH = 100
MAX_ENTRIES = 3_000
"""Of one list or mapping: a centre has tens, and a rule that looks at each of them takes its time."""


class BadText(Exception):
    """The text cannot be composed; the loaders turn it into DataError or RuleSetError."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = list(diagnostics)
        super().__init__(str(self.diagnostics))


TOO_DEEP = Text(f"嵌套超过 {MAX_DEPTH} 层", f"nested more than {MAX_DEPTH} levels deep")


def too_deep(file: str, line: int, column: int) -> Diagnostic:
    return Diagnostic("too-deep", TOO_DEEP, file, line, column)


def too_large(file: str, line: int, column: int) -> Diagnostic:
    zh, en = "内容展开后过大（别名引用？）", "the content grows too large (aliases?)"
    return Diagnostic("too-large", Text(zh, en), file, line, column)


def file_too_large(file: str, limit: int = MAX_BYTES) -> Diagnostic:
    """What is said of a file with more bytes than are read."""
    size = f"{limit // 2**20} MB" if limit >= 2**20 else f"{limit // 2**10} KB"
    text = Text(f"文件超过 {size} 上限", f"the file is over the limit of {size}")
    return Diagnostic("too-large", text, file)
