"""tic-rules config: the settings that a check here would use, and where each comes from."""

from __future__ import annotations

import json
from pathlib import Path

import click

from tic_rules.cli.check import command as check
from tic_rules.cli.chinese import Command
from tic_rules.cli.common import format_option, lang_option, write
from tic_rules.cli.configuration import SETTINGS, Configuration, configuration_here, read_configuration
from tic_rules.core.errors import Text
from tic_rules.renderers import sinks
from tic_rules.renderers.text import lined_up


@click.command("config", cls=Command)
@click.option(
    "--config", "named", metavar="FILE", help="A settings file. Default: the nearest one from here upward."
)
@format_option(["text", "json"])
@lang_option
def command(named: str | None, format_: str, lang: str) -> None:
    """The settings of `tic-rules check` here: value and origin of each."""
    settings = read_configuration(Path(named)) if named is not None else configuration_here()
    write(_json(settings) if format_ == "json" else _text(settings, lang), None, format_=format_)


def _rows(settings: Configuration) -> list[tuple[str, object, int | None]]:
    """Each setting with its value; the line where the file gives it, None where the default stands."""
    defaults = {parameter.name: parameter.default for parameter in check.params}
    rows: list[tuple[str, object, int | None]] = []
    for key, setting in SETTINGS.items():
        default = defaults.get(setting.parameter)
        absent = {"rulesets": [], "folders": [], "flag": False}.get(setting.kind)
        plain: object = default if isinstance(default, (str, bool, int)) else absent
        rows.append((key, settings.values.get(key, plain), settings.lines.get(key)))
    return rows


def _json(settings: Configuration) -> str:
    rows = {key: {"value": value, "line": line} for key, value, line in _rows(settings)}
    return sinks.as_json({"file": str(settings.file) if settings.file else None, "settings": rows})


def _text(settings: Configuration, lang: str) -> str:
    none = Text("没有设置文件，均为默认", "No settings file; defaults")
    named = Text(f"设置文件：{settings.file}", f"Settings from {settings.file}")
    head = (named if settings.file else none).in_(lang)
    rows = []
    for key, value, line in _rows(settings):
        origin = Text("默认", "default").in_(lang)
        if settings.file is not None and line is not None:
            origin = f"{settings.file.name}:{line}"
        rows.append([key, "—" if value in (None, []) else json.dumps(value, ensure_ascii=False), origin])
    return "\n".join([head, "", *(f"  {line}" for line in lined_up(rows))]) + "\n"
