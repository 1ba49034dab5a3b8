"""Help in Chinese: the command line explains itself in the language of its user.

`help.zh.yaml` has the Chinese of every help text by its English; a test holds that none is missing."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from functools import lru_cache

import click

from tic_rules.cli.common import language
from tic_rules.core.errors import Text

_LITERALS = {
    "Show this message and exit.": "显示本帮助后退出。",
    "Show the version and exit.": "显示版本后退出。",
}
_MARKS = (("[default: ", "[默认："), ("; required]", "；必填]"), ("[required]", "[必填]"))


class WrongCall(click.UsageError):
    """A wrong call that says so in both languages."""

    def __init__(self, said: Text, ctx: click.Context | None = None) -> None:
        super().__init__(said.en, ctx)
        self.said = said


class Command(click.Command):
    """A command that helps in Chinese where its user reads Chinese; its `lang` is `zh` or `en`."""

    def get_help(self, ctx: click.Context) -> str:
        return chinese_help(self, ctx) if wanted() == "zh" else super().get_help(ctx)

    def get_usage(self, ctx: click.Context) -> str:
        return chinese_usage(self, ctx) if wanted() == "zh" else super().get_usage(ctx)

    def invoke(self, ctx: click.Context) -> object:
        if "lang" in ctx.params and not isinstance(self, click.Group):  # whose command may be asked otherwise
            ctx.params["lang"] = language(ctx.params["lang"])
        return super().invoke(ctx)


def wanted() -> str:
    """The language of the run: the last `--lang` of its words, else that of the locale."""
    root = click.get_current_context(silent=True)
    words = sys.argv[1:] if root is None else root.find_root().obj or []
    return asked_for(words) or language()


def asked_for(words: list[str]) -> str | None:
    """The value of `--lang`, as far as the words of the command line show it."""
    asked = None
    for number, word in enumerate(words):
        name, equals, value = word.partition("=")
        if name == "--lang":
            value = value if equals else "".join(words[number + 1 : number + 2])
            asked = value if value in ("zh", "en") else asked
    return asked


def chinese_usage(command: click.Command, ctx: click.Context) -> str:
    """How the command is called, in one line."""
    pieces = " ".join(command.collect_usage_pieces(ctx)).replace("[OPTIONS]", "[选项]")
    return f"用法：{ctx.command_path} {pieces.replace('COMMAND [ARGS]...', '命令 [参数]...')}"


def chinese_help(
    command: click.Command, ctx: click.Context, commands: list[tuple[str, str]] | None = None
) -> str:
    """The help of a command: how it is called, what it does, its options, its commands."""
    lines = [chinese_usage(command, ctx), "", *_wrapped(translated(command.help or ""), "  "), ""]
    options = [param for param in command.get_params(ctx) if isinstance(param, click.Option)]
    records = [record for option in options if (record := option.get_help_record(ctx))]
    lines += ["选项：", *_listed([(name, _option(text)) for name, text in records])]
    if commands:
        lines += ["", "命令：", *_listed([(name, translated(text)) for name, text in commands])]
    return "\n".join(lines)


def translated(text: str) -> str:
    """The Chinese of a help text; without one it stays English."""
    plain = " ".join(text.split())
    return _texts().get(plain, plain)


@lru_cache(maxsize=1)
def _texts() -> dict[str, str]:
    from tic_rules.core.source import read_beside

    return {one["en"]: one["zh"] for one in read_beside(__file__, "help.zh.yaml")}


def _option(text: str) -> str:
    """The help of an option, with what click adds to it in brackets."""
    for english, chinese in _LITERALS.items():
        text = text.replace(english, chinese)
    head, bracket, rest = text.partition("  [")
    if head.startswith("["):  # an option without a help of its own
        head, rest = "", head[1:]
        bracket = "["
    said = translated(head) + (f"[{rest}" if bracket else "")
    for english, chinese in _MARKS:
        said = said.replace(english, chinese)
    return said


def _listed(rows: list[tuple[str, str]]) -> Iterator[str]:
    from tic_rules.renderers.text import cells, pad

    for name, text in rows:
        if cells(name) <= 22:
            first, *rest = [*_wrapped(text, " " * 26)] or [""]
            yield f"  {pad(name, 24)}{first.lstrip()}".rstrip()
            yield from rest
        else:
            yield f"  {name}"
            yield from _wrapped(text, " " * 26)


def _wrapped(text: str, indent: str) -> Iterator[str]:
    """Lines that fit the terminal, each behind an indent."""
    from tic_rules.renderers.text import fitted

    room = min(shutil.get_terminal_size().columns, 110) - len(indent)
    yield from (indent + line for line in fitted(text, max(room, 30)) if line)
