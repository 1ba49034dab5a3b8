"""What the commands share: the language of the user, errors on standard error, the options that come again."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

import click

from tic_rules.core.errors import Diagnostic, TicRulesError

F = TypeVar("F", bound=Callable[..., Any])


def language(asked: str | None = None) -> str:
    """`zh` or `en`: as asked, else Chinese where the locale is Chinese."""
    if asked is not None:
        return asked
    for name in ("TIC_RULES_LANG", "LC_ALL", "LC_MESSAGES", "LANG"):
        value = os.environ.get(name)
        if value:
            return "zh" if value.lower().startswith("zh") else "en"
    if sys.platform == "win32":  # pragma: no cover - Windows has no such variables
        import locale

        return "zh" if (locale.getlocale()[0] or "").lower().startswith(("zh", "chinese")) else "en"
    return "en"


def lang_option(command: F) -> F:
    return click.option(
        "--lang", type=click.Choice(["zh", "en"]), help="Language of the texts (default: from the locale)."
    )(command)


def tell(diagnostics: Iterable[Diagnostic], lang: str) -> None:
    """Diagnostics on standard error, one a line, as compilers write them."""
    for diagnostic in diagnostics:
        click.echo(diagnostic.render(lang), err=True)


def fail_with(error: TicRulesError, lang: str) -> None:
    """Tell an error and end with exit status 2."""
    tell(error.diagnostics, lang)
    sys.exit(2)


def write(text: str, output: str | None) -> None:
    """To a file, or to standard output."""
    if output is None or output == "-":
        click.echo(text, nl=not text.endswith("\n"))
        return
    try:
        Path(output).parent.mkdir(parents=True, exist_ok=True)
        Path(output).write_text(text if text.endswith("\n") else text + "\n", encoding="utf-8", newline="\n")
    except OSError as error:
        click.echo(f"{output}: {error.strerror}", err=True)
        sys.exit(2)


def colour_wanted(output: str | None) -> bool:
    """Colour only on a terminal, and never against NO_COLOR."""
    return output is None and sys.stdout.isatty() and not os.environ.get("NO_COLOR")
