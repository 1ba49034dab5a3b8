"""Settings of a project: `tic-rules.toml`, or `[tool.tic-rules]` in `pyproject.toml`; the nearest file from
here upward wins.

A setting stands for the option of the same name of `tic-rules check`; what is given on the command line
goes before it. Paths are taken from the folder of the file."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import NamedTuple

import click

from tic_rules.cli.common import ExactDay, F, exact_day
from tic_rules.core.errors import Diagnostic, Text, UsageError, did_you_mean, fault
from tic_rules.core.settings import NAMED, OWN, SHARED, SettingsFile, read_settings, settings_here
from tic_rules.engines.check import ENGINES
from tic_rules.model.catalogue import FOLDERS
from tic_rules.renderers import FORMATS
from tic_rules.results.report import VERDICTS

_RULESET = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
"""An id of a rule set, no path."""


class Setting(NamedTuple):
    """One setting: the parameter of `check` that it stands for, if it is an option, and what it may be."""

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
    FOLDERS: Setting("", "folders"),
}


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings of a file, as options take them; `file` is None where there is none."""

    file: Path | None
    values: Mapping[str, object]
    lines: Mapping[str, int]

    def defaults(self) -> dict[str, object]:
        """By parameter of `check`."""
        parameters = {SETTINGS[key].parameter: value for key, value in self.values.items()}
        return {name: value for name, value in parameters.items() if name}


def configuration_here() -> Configuration:
    """The settings of the nearest file upward, or of that of TIC_RULES_CONFIG. Raises UsageError."""
    return _checked(settings_here(), None)


def read_configuration(file: Path) -> Configuration:
    """The settings of a file that was named. Raises UsageError."""
    return _checked(read_settings(file), file)


def _checked(settings: SettingsFile | None, named: Path | None) -> Configuration:
    if settings is None:
        return Configuration(named, {}, {})
    file, table = settings.file, settings.table
    if not isinstance(table, dict):
        zh, en = "[tool.tic-rules] 应为表", "[tool.tic-rules] is a table"
        raise fault(UsageError, "config", zh, en, file=str(file))
    values: dict[str, object] = {}
    lines: dict[str, int] = {}
    faults = []
    for key, value in table.items():
        lines[key] = settings.line(key)
        wrong = None
        if key not in SETTINGS:
            near = did_you_mean(key, SETTINGS)
            every = Text(f"；可用：{'、'.join(SETTINGS)}", f"; known are {', '.join(SETTINGS)}")
            hint = near if near.zh else every
            wrong = Text(f"没有设置项 {key}{hint.zh}", f"no setting {key}{hint.en}")
        else:
            values[key], wrong = _value(SETTINGS[key], value, file.parent)
        if wrong is not None:
            faults.append(Diagnostic("config", wrong, str(file), lines[key], 1, key))
    if faults:
        raise UsageError(faults)
    return Configuration(file, values, lines)


def _value(setting: Setting, value: object, folder: Path) -> tuple[object, Text | None]:
    """A value as the option takes it, or what would be right."""
    match setting.kind, value:
        case "rulesets" | "folders", str():
            return _value(setting, [value], folder)
        case "rulesets", list() if value and all(isinstance(item, str) for item in value):
            return [item if _RULESET.fullmatch(item) else _from(folder, item) for item in value], None
        case "folders", list() if all(isinstance(item, str) and item for item in value):
            return [_from(folder, item) for item in value], None
        case "day", str() | date() if (day := exact_day(value)) is not None:
            return day.isoformat(), None
        case "choice", str() if value in setting.choices:
            return value, None
        case "path", str() if value:
            return _from(folder, value), None
        case ("number", int()) if not isinstance(value, bool) and value >= 1:
            return value, None
        case "flag", bool():
            return value, None
    if setting.kind == "choice":
        zh, en = f"应为 {'、'.join(setting.choices)} 之一", f"one of {', '.join(setting.choices)} is expected"
        return None, Text(zh, en)
    return None, _EXPECTED[setting.kind]


_EXPECTED = {
    "rulesets": Text(
        '应为规则集编号或路径的列表，例：["zhejiang_2022"]',
        'a list of rule sets is expected, by id or by path: ["zhejiang_2022"]',
    ),
    "folders": Text('应为文件夹的列表，例：["rules"]', 'a list of folders is expected: ["rules"]'),
    "day": ExactDay.wanted,
    "path": Text("应为文件路径", "the path of a file is expected"),
    "number": Text("应为1以上的整数", "a whole number from 1 on is expected"),
    "flag": Text("应为 true 或 false", "true or false is expected"),
}


def _from(folder: Path, path: str) -> str:
    """A path from the folder of the file, as seen from here where that is shorter."""
    full = folder / path
    try:
        return str(full.relative_to(Path.cwd()))
    except ValueError:
        return str(full)


def _load(ctx: click.Context, _parameter: click.Parameter, named: str | None) -> None:
    """Take the settings as defaults of the command's options."""
    if named is not None:
        _in_the_environment(ctx, NAMED, os.path.abspath(named))
    settings = configuration_here()
    ctx.default_map = {**settings.defaults(), **(ctx.default_map or {})}


def _in_the_environment(ctx: click.Context, name: str, value: str) -> None:
    """Put a variable into the environment as long as the command runs: its other processes see it too."""
    before = os.environ.get(name)
    os.environ[name] = value

    def restore() -> None:
        if before is None:
            os.environ.pop(name, None)
        else:
            os.environ[name] = before

    ctx.find_root().call_on_close(restore)  # closes too where reading the arguments fails


def config_option(command: F) -> F:
    """--config, and the settings of the nearest file where it is not given."""
    return click.option(
        "--config", metavar="FILE", is_eager=True, expose_value=False, callback=_load,
        help=f"A settings file. Default: the nearest {OWN}, or {SHARED} with [tool.tic-rules].",
    )(command)  # fmt: skip
