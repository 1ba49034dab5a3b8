"""tic-rules config: the settings that a check here would use, and where each comes from."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from tic_rules.cli.check import command as check
from tic_rules.cli.common import fail_with, lang_option, language, write
from tic_rules.cli.configuration import SETTINGS, Configuration, find_configuration, read_configuration
from tic_rules.core.errors import TicRulesError
from tic_rules.renderers.text import cells, pad


@click.command("config")
@click.option(
    "--config", "named", metavar="FILE", help="A settings file. Default: the nearest one from here upward."
)
@click.option("--format", "format_", type=click.Choice(["text", "json"]), default="text", show_default=True)
@lang_option
def command(named: str | None, format_: str, lang: str | None) -> None:
    """The settings of `tic-rules check` here: value and origin of each."""
    lang = language(lang)
    try:
        found = read_configuration(Path(named)) if named is not None else find_configuration(Path.cwd())
    except TicRulesError as error:
        fail_with(error, lang)
    write(_json(found) if format_ == "json" else _text(found, lang), None)


def _rows(found: Configuration) -> list[tuple[str, Any, int | None]]:
    """Each setting with its value; the line where the file gives it, None where the default stands."""
    defaults = {parameter.name: parameter.default for parameter in check.params}
    rows: list[tuple[str, Any, int | None]] = []
    for key, setting in SETTINGS.items():
        default = defaults.get(setting.parameter)
        absent = {"rulesets": [], "flag": False}.get(setting.kind)
        plain: Any = default if isinstance(default, (str, bool, int)) else absent
        rows.append((key, found.values.get(key, plain), found.lines[key] if key in found.values else None))
    return rows


def _json(found: Configuration) -> str:
    settings = {key: {"value": value, "line": line} for key, value, line in _rows(found)}
    return json.dumps(
        {"file": str(found.file) if found.file else None, "settings": settings}, ensure_ascii=False, indent=2
    )


def _text(found: Configuration, lang: str) -> str:
    zh = lang == "zh"
    head = (
        (f"配置文件：{found.file}" if zh else f"Settings from {found.file}")
        if found.file
        else ("没有配置文件，均为默认" if zh else "No settings file; defaults")
    )
    shown = [
        (key, "—" if value in (None, []) else json.dumps(value, ensure_ascii=False), line)
        for key, value, line in _rows(found)
    ]
    keys, values = max(cells(key) for key, _, _ in shown), max(cells(value) for _, value, _ in shown)
    lines = [
        f"  {pad(key, keys)}  {pad(value, values)}  {_origin(found, line, zh)}".rstrip()
        for key, value, line in shown
    ]
    return "\n".join([head, "", *lines]) + "\n"


def _origin(found: Configuration, line: int | None, zh: bool) -> str:
    return (
        f"{found.file.name if found.file else ''}:{line}"
        if line is not None
        else ("默认" if zh else "default")
    )
