"""The command line. One file a command; a command's file is imported when it is called."""

from __future__ import annotations

import atexit
import codecs
import contextlib
import gc
import importlib
import os
import sys
from collections.abc import Sequence
from functools import partial
from typing import Any, NoReturn

import click

# A run makes many objects and drops few, the first while its modules are imported: collecting after every 700
# of them is a quarter of its time.
gc.set_threshold(100_000, 20, 20)
# Looking through all objects once more at the end frees nothing that the end does not free.
atexit.register(gc.freeze)
# Looking through all packages for plug-ins of pydantic costs more than reading a rule set; none is wanted.
os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")

from tic_rules.cli.chinese import Command, WrongCall, chinese_help, wanted  # noqa: E402
from tic_rules.cli.common import lang_option, language  # noqa: E402
from tic_rules.core.errors import Text  # noqa: E402
from tic_rules.core.version import VERSION  # noqa: E402

_STAND_INS = {"✗": "×", "✓": "√", "◷": "○", "⇄": "≠", "◨": "□", "◧": "■"}
"""What is shown for our signs where a console does not have them."""

COMMANDS = {
    "check": "decide every clause for centre files",
    "rules": "the rule sets on hand, or the rules of one",
    "explain": "one rule: clause, reading, condition, data, counterparts",
    "init": "a commented centre file to fill in",
    "diff": "two rule sets by topic: who is stricter, proof, witnesses, impact",
    "lint": "faults of rule files, each with a code, a place and a fix",
    "new": "a rule file begun from an official text, with places to fill in",
    "vocabulary": "what rules are written with: facts, lists, fields, words, topics",
    "test": "the cases beside rule files: what comes of them, and what no case covers",
    "coverage": "every clause of a document and what became of it",
    "docs": "one page a rule and a document, and the comparison of all documents",
    "plan": "the least that would make a centre compliant",
    "what-if": "other data, another day, other rules: what would change",
    "table": "many centres at once: statuses as columns of a Parquet or CSV file",
    "verify": "a report decided again: does it come to the same, and what changed",
    "config": "the settings that a check here would use",
    "schema": "the JSON Schema of a centre, a rule set, a report",
}


class _Lazy(Command, click.Group):
    """Finds a command by its file, imports no other, and ends a run with its exit status."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"tic_rules.cli.{cmd_name.replace('-', '_')}")
        return module.command  # type: ignore[no-any-return]

    def get_help(self, ctx: click.Context) -> str:
        if wanted() != "zh":
            return super().get_help(ctx)
        return chinese_help(self, ctx, list(COMMANDS.items()))

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            import difflib

            close = difflib.get_close_matches(args[0], COMMANDS, n=1)
            near = Text(f"；是不是 {close[0]}？", f" Did you mean {close[0]!r}?") if close else Text("", "")
            raise WrongCall(Text(f"没有命令 {args[0]}{near.zh}", f"{error.message}{near.en}"), ctx) from None

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,
    ) -> NoReturn:
        """Run the program and end the process with its exit status."""
        from tic_rules.cli.exit_status import ended

        _escape_what_consoles_lack()
        words = _words() if args is None else list(args)
        notes: dict[str, object] = {}

        def run() -> object:
            extra.pop("windows_expand_args", None)
            self._main_shell_completion(extra, prog_name or "tic-rules", complete_var)
            with self.make_context(prog_name or "tic-rules", [*words], obj=words, **extra) as context:
                context.meta.update(notes)
                try:
                    return self.invoke(context)
                finally:
                    notes.update(context.meta)

        sys.exit(ended(run, words, notes))


def _escape_what_consoles_lack() -> None:
    """Show what the encoding of the console does not have as a sign that it has, or as an escape."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure, encoding = getattr(stream, "reconfigure", None), getattr(stream, "encoding", None) or ""
        if reconfigure is not None and encoding.lower().replace("-", "") != "utf8":
            codecs.register_error(f"tic-rules {encoding}", partial(_shown_instead, encoding))
            reconfigure(errors=f"tic-rules {encoding}")


def _shown_instead(encoding: str, error: UnicodeError) -> tuple[str | bytes, int]:
    """The stand-in of one of our signs, which GBK, the encoding of Chinese Windows, has not; or an escape.
    The error itself calls every encoding of one byte “charmap”."""
    if isinstance(error, UnicodeEncodeError):
        instead = _STAND_INS.get(error.object[error.start], "")
        with contextlib.suppress(UnicodeEncodeError):
            if instead.encode(encoding):
                return instead, error.start + 1
    return codecs.backslashreplace_errors(error)


def _words() -> list[str]:
    """The words of the command line; a Windows shell leaves `*.yaml` to the program."""
    if os.name == "nt":
        return list(click.utils._expand_args(sys.argv[1:]))
    return sys.argv[1:]


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110})
@click.version_option(VERSION, prog_name="tic-rules")
@lang_option
def main(lang: str | None) -> None:
    """Rules as code for China's technology innovation centres (技术创新中心)."""
    if lang is not None:
        language(lang)
