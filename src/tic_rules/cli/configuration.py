"""Settings of a project: `tic-rules.toml`, or `[tool.tic-rules]` in `pyproject.toml`; the nearest file from
here upward wins.

A setting stands for the option of the same name of `tic-rules check`; what is given on the command line
goes before it. Paths are taken from the folder of the file.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import click

from tic_rules.core.errors import Diagnostic, Text, UsageError
from tic_rules.core.files import read_named
from tic_rules.core.source import BadText, decode
from tic_rules.engines.checking import ENGINES
from tic_rules.model.loader import shipped_ids
from tic_rules.renderers import FORMATS
from tic_rules.results.report import VERDICTS

F = TypeVar("F", bound=Callable[..., Any])
MAX_SETTINGS = 1024 * 1024
"""Bytes of a settings file."""
OWN = "tic-rules.toml"
SHARED = "pyproject.toml"
SETTINGS_FILE = "tic_rules.settings"
"""Under which a run notes in its context the file that its settings came from."""


class Setting(NamedTuple):
    """One setting: the parameter of `check` that it stands for, and what it may be."""

    parameter: str
    kind: str
    choices: tuple[str, ...] = ()


SETTINGS = {
    "rules": Setting("rules", "rulesets"),
    "as-of": Setting("as_of", "day"),
    "fail-on": Setting("fail_on", "choice", VERDICTS[:3]),
    "baseline": Setting("baseline", "path"),
    "programme": Setting("programme", "path"),
    "format": Setting("format_", "choice", tuple(FORMATS)),
    "lang": Setting("lang", "choice", ("zh", "en")),
    "engine": Setting("engine", "choice", ENGINES),
    "jobs": Setting("jobs", "number"),
    "data-only": Setting("data_only", "flag"),
    "no-exemptions": Setting("no_exemptions", "flag"),
    "exit-zero": Setting("exit_zero", "flag"),
}


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings of a file, as options take them; `file` is None where there is none."""

    file: Path | None
    values: Mapping[str, Any]
    lines: Mapping[str, int]

    def defaults(self) -> dict[str, Any]:
        """By parameter of `check`."""
        return {SETTINGS[key].parameter: value for key, value in self.values.items()}


def find_configuration(start: Path) -> Configuration:
    """The nearest file from a folder upward; in one folder `tic-rules.toml` goes first. Raises UsageError."""
    for folder in (start, *start.parents):
        for name in (OWN, SHARED):
            file = folder / name
            if file.is_file():
                settings = _read(file)
                if settings is not None:
                    return settings
    return Configuration(None, {}, {})


def read_configuration(file: Path) -> Configuration:
    """The settings of a file that was named. Raises UsageError."""
    if not file.is_file():
        raise UsageError(
            [Diagnostic("config", Text("没有这个配置文件", "there is no such configuration file"), str(file))]
        )
    return _read(file) or Configuration(file, {}, {})


def _read(file: Path) -> Configuration | None:
    """None where the file says nothing to us."""
    try:
        text = decode(read_named(str(file), UsageError, MAX_SETTINGS), str(file))
    except BadText as error:
        raise UsageError(error.diagnostics) from None
    shared = file.name == SHARED
    if shared and "tic-rules" not in text:
        return None
    import tomllib  # only where there is a file to read

    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        place = re.search(r"at line (\d+), column (\d+)", str(error))
        line, column = (int(place[1]), int(place[2])) if place else (1, 1)
        said = str(error).split(" (at ")[0]
        raise UsageError(
            [
                Diagnostic(
                    "config",
                    Text(f"TOML 语法错误：{said}", f"TOML syntax error: {said}"),
                    str(file),
                    line,
                    column,
                )
            ]
        ) from None
    if shared:
        tools = table.get("tool")
        table = tools.get("tic-rules") if isinstance(tools, dict) else None  # type: ignore[assignment]
        if table is None:
            return None
    return _checked(file, text, table)


def _checked(file: Path, text: str, table: Any) -> Configuration:
    if not isinstance(table, dict):
        raise UsageError(
            [Diagnostic("config", Text("[tool.tic-rules] 应为表", "[tool.tic-rules] is a table"), str(file))]
        )
    values: dict[str, Any] = {}
    lines: dict[str, int] = {}
    faults = []
    for key, value in table.items():
        lines[key] = _line(text, key, after="[tool.tic-rules]" if file.name == SHARED else "")
        wrong = None
        if key not in SETTINGS:
            import difflib

            close = difflib.get_close_matches(key, SETTINGS, n=1)
            hint = (
                (f"；是否为 {close[0]}？", f"; did you mean {close[0]}?")
                if close
                else (f"；可用：{'、'.join(SETTINGS)}", f"; known are {', '.join(SETTINGS)}")
            )
            wrong = Text(f"没有设置项 {key}{hint[0]}", f"no setting {key}{hint[1]}")
        else:
            values[key], wrong = _value(SETTINGS[key], value, file.parent)
        if wrong is not None:
            faults.append(Diagnostic("config", wrong, str(file), lines[key], 1, key))
    if faults:
        raise UsageError(faults)
    return Configuration(file, values, lines)


def _line(text: str, key: str, after: str) -> int:
    """The line of a key, for people; 1 where the file writes it in a form that is not looked for."""
    start = max(text.find(after), 0)
    place = re.compile(rf"""^[ \t]*["']?{re.escape(key)}["']?[ \t]*=""", re.MULTILINE).search(text, start)
    return text.count("\n", 0, place.start()) + 1 if place else 1


def _value(setting: Setting, value: Any, folder: Path) -> tuple[Any, Text | None]:
    """A value as the option takes it, or what would be right."""
    match setting.kind:
        case "rulesets":
            listed = [value] if isinstance(value, str) else value
            if isinstance(listed, list) and listed and all(isinstance(item, str) for item in listed):
                return [item if item in shipped_ids() else _from(folder, item) for item in listed], None
            return None, Text(
                '应为规则集编号或路径的列表，例：["zhejiang_2022"]',
                'a list of rule sets is expected, by id or by path: ["zhejiang_2022"]',
            )
        case "day":
            if isinstance(value, (str, date)):
                return value if isinstance(value, str) else value.isoformat()[:10], None
            return None, Text("应为日期，例：2026-06-30", "a date is expected: 2026-06-30")
        case "choice":
            return (
                (value, None)
                if value in setting.choices
                else (
                    None,
                    Text(
                        f"应为 {'、'.join(setting.choices)} 之一",
                        f"one of {', '.join(setting.choices)} is expected",
                    ),
                )
            )
        case "path":
            return (
                (_from(folder, value), None)
                if isinstance(value, str) and value
                else (None, Text("应为文件路径", "the path of a file is expected"))
            )
        case "number":
            fits = isinstance(value, int) and not isinstance(value, bool) and value >= 1
            return (
                (value, None)
                if fits
                else (None, Text("应为1以上的整数", "a whole number from 1 on is expected"))
            )
        case _:
            return (
                (value, None)
                if isinstance(value, bool)
                else (None, Text("应为 true 或 false", "true or false is expected"))
            )


def _from(folder: Path, path: str) -> str:
    """A path from the folder of the file, as seen from here where that is shorter."""
    full = folder / path
    try:
        return str(full.relative_to(Path.cwd()))
    except ValueError:
        return str(full)


def _load(ctx: click.Context, _parameter: click.Parameter, named: str | None) -> None:
    """Take the settings as defaults of the command's options."""
    settings = read_configuration(Path(named)) if named is not None else find_configuration(Path.cwd())
    ctx.meta[SETTINGS_FILE] = str(settings.file) if settings.file is not None else None
    ctx.default_map = {**settings.defaults(), **(ctx.default_map or {})}


def config_option(command: F) -> F:
    """--config, and the settings of the nearest file where it is not given."""
    return click.option(
        "--config", metavar="FILE", is_eager=True, expose_value=False, callback=_load,
        help=f"A settings file. Default: the nearest {OWN}, or {SHARED} with [tool.tic-rules].",
    )(command)  # fmt: skip
