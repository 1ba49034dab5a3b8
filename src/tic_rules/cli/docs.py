"""tic-rules docs: one page a rule and a document, and the comparison of all documents in front."""

from __future__ import annotations

from pathlib import Path

import click

from tic_rules.analysis.cases.examples import read_examples
from tic_rules.analysis.pages import site
from tic_rules.cli.chinese import Command
from tic_rules.cli.common import lang_option, rules_option, say
from tic_rules.cli.replacement import guard, replace_file
from tic_rules.cli.selection import named_or_on_hand
from tic_rules.core.errors import Text, plural
from tic_rules.model.shipped import rules_folder
from tic_rules.renderers import sinks
from tic_rules.renderers.pages import pages


@click.command("docs", cls=Command)
@click.argument("folder", metavar="DIR")
@rules_option("The rule sets to show; repeatable. Default: all on hand.")
@click.option(
    "--corpus",
    metavar="DIR",
    help="A folder of adjudicated cases to take examples from. Default: that of the checkout, if any.",
)
@lang_option
def command(folder: str, rules: tuple[str, ...], corpus: str | None, lang: str) -> None:
    """Write the pages of the rules into DIR: index.html compares all documents by topic.

    HTML holds both languages; Markdown is in --lang."""
    rulesets = named_or_on_hand(rules)
    where = Path(corpus) if corpus is not None else _corpus_of_the_checkout()
    made = site(rulesets, read_examples(where) if where is not None else {})
    files = [(str(Path(folder) / name), text) for name, text in pages(made, lang)]
    cases = where.glob("**/*") if where is not None else ()
    guard([name for name, _ in files], [*rules, *cases], command="tic-rules docs")
    for name, text in files:
        page = sinks.leave("html" if name.endswith(".html") else "markdown", text)
        replace_file(name, page.encode("utf-8", "replace"), durable=False)
    first = Path(folder) / "index.html"
    written = Text(
        f"已写入{len(files)}页；从 {first} 看起", f"{plural(len(files), 'page')} written; start from {first}"
    )
    say(written.in_(lang), err=True)


def _corpus_of_the_checkout() -> Path | None:
    """The cases of a checkout stand beside its rules; an installed package has none."""
    beside = rules_folder().parent / "tests" / "corpus"
    return beside if beside.is_dir() else None
