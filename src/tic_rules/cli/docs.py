"""tic-rules docs: one page a rule and a document, and the comparison of all documents in front."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from tic_rules.analysis.pages import site
from tic_rules.cli.common import fail_with, lang_option, language
from tic_rules.core.errors import Text, TicRulesError
from tic_rules.inputs.examples import read_examples
from tic_rules.model.loader import load_ruleset, rules_folder, shipped_ids
from tic_rules.renderers.pages import pages


@click.command("docs")
@click.argument("folder", metavar="DIR")
@click.option(
    "--rules",
    "rules",
    multiple=True,
    metavar="ID|PATH",
    help="The rule sets to show; repeatable. Default: all that are shipped.",
)
@click.option(
    "--corpus",
    metavar="DIR",
    help="A folder of adjudicated cases to take examples from. Default: that of the checkout, where there is one.",
)
@lang_option
def command(folder: str, rules: tuple[str, ...], corpus: str | None, lang: str | None) -> None:
    """Write the pages of the rules into DIR: index.html compares all documents by topic. HTML holds both languages; Markdown is in --lang."""
    lang = language(lang)
    try:
        rulesets = [load_ruleset(name) for name in rules or shipped_ids()]
        where = Path(corpus) if corpus is not None else _own_corpus()
        made = site(rulesets, read_examples(where) if where is not None else {})
        count = 0
        for name, text in pages(made, lang):
            _write(Path(folder) / name, text)
            count += 1
    except TicRulesError as error:
        fail_with(error, lang)
    said = Text(
        f"已写入{count}页；从 {Path(folder) / 'index.html'} 看起",
        f"{count} pages written; start from {Path(folder) / 'index.html'}",
    )
    click.echo(said.in_(lang), err=True)


def _own_corpus() -> Path | None:
    """The cases of a checkout stand beside its rules; an installed package has none."""
    beside = rules_folder().parent / "tests" / "corpus"
    return beside if beside.is_dir() else None


def _write(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    except OSError as error:
        click.echo(f"{path}: {error.strerror}", err=True)
        sys.exit(2)
