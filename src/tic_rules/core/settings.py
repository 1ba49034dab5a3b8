"""Where the settings of a project stand: `tic-rules.toml`, or `[tool.tic-rules]` in `pyproject.toml`.

The nearest file from here upward is taken, or the one that TIC_RULES_CONFIG names."""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any, NamedTuple

from tic_rules.core.errors import Diagnostic, Text, UsageError
from tic_rules.core.files import read_named
from tic_rules.core.source import bad_text_as, decode

MAX_SETTINGS = 1024 * 1024
"""Bytes of a settings file."""
OWN = "tic-rules.toml"
SHARED = "pyproject.toml"
NAMED = "TIC_RULES_CONFIG"
"""The variable that names the settings file, in the place of the nearest one."""


_IN_CHINESE = {
    "Expected '='": "键后应有半角的 =",
    "Expected ']": "表名后缺少 ]",
    "Expected newline": "取值后有多余的内容",
    "Expected": "引号没有成对",
    "Unterminated string": "引号没有成对",
    "Illegal character": "引号没有成对，或有控制字符",
    "Invalid value": "取值写法不对：文字要加半角引号",
    "Invalid date": "没有这个日期",
    "Unclosed array": "缺少 ] 或逗号",
    "Unclosed inline table": "缺少 } 或逗号",
    "Cannot": "同一个键写了两次",
    "Duplicate": "同一个键写了两次",
    "Unescaped": "引号中的反斜杠要写两个，或改用单引号",
}
"""What the parser says is wrong, by how it begins."""


_MAY_BE_OURS = re.compile(r"""^[ \t\[]*["']?tool["']?[ \t]*(?:[]=]|\.[ \t]*["']?tic-rules)""", re.MULTILINE)
"""A line that may begin the table of ours, in any of the forms of TOML."""


class SettingsFile(NamedTuple):
    """A settings file: its text, and the table in it that is for this program."""

    file: Path
    text: str
    table: object

    def line(self, key: str) -> int:
        """The line of a key, for people; 1 where the file writes it in a form that is not looked for."""
        start = max(self.text.find("[tool.tic-rules]" if self.file.name == SHARED else ""), 0)
        place = re.compile(rf"""^[ \t]*["']?{re.escape(key)}["']?[ \t]*=""", re.MULTILINE).search(
            self.text, start
        )
        return self.text.count("\n", 0, place.start()) + 1 if place else 1


def nearest_settings(start: Path) -> SettingsFile | None:
    """The settings from a folder upward; in one folder `tic-rules.toml` goes first. Raises UsageError."""
    for folder in (start, *start.parents):
        for name in (OWN, SHARED):
            file = folder / name
            if os.path.lexists(file) if name == OWN else file.is_file():  # a link of ours that leads nowhere
                settings = read_settings(file)
                if settings is not None:
                    return settings
    return None


def settings_here() -> SettingsFile | None:
    """The settings here: of the file that TIC_RULES_CONFIG names, else of the nearest. Raises UsageError."""
    named = os.environ.get(NAMED)
    return read_settings(Path(named)) if named else nearest_settings(Path.cwd())


def read_settings(file: Path) -> SettingsFile | None:
    """The settings of a file; None where it says nothing to us. Raises UsageError."""
    with bad_text_as(UsageError):
        text = decode(read_named(str(file), UsageError, MAX_SETTINGS), str(file))
    shared = file.name == SHARED
    if shared and not ("tic-rules" in text and _MAY_BE_OURS.search(text)):
        return None
    import tomllib  # only where there is a file to read

    try:
        table: Any = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"at line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        said = str(error).split(" (at ")[0]
        zh = next((zh for start, zh in _IN_CHINESE.items() if said.startswith(start)), "写法不对")
        message = Text(f"TOML 语法错误：{zh}", f"TOML syntax error: {said}")
        raise UsageError([Diagnostic("config", message, str(file), line, column)]) from None
    if shared:
        tools = table.get("tool")
        table = tools.get("tic-rules") if isinstance(tools, dict) else None
        if table is None:
            return None
    return SettingsFile(file, text, table)
