"""tic-rules vocabulary: what rules are written with, searched in Chinese or English."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import click

from tic_rules.analysis.glossary import KINDS, GlossaryEntry, glossary
from tic_rules.cli.chinese import Command
from tic_rules.cli.common import format_option, lang_option, rules_option, write
from tic_rules.cli.selection import named_or_on_hand
from tic_rules.core.errors import visible
from tic_rules.model.loader import words_of
from tic_rules.renderers import sinks
from tic_rules.renderers.text import cells, pad

_SHOWN = 3
"""How many of the rules that use a name are shown in the text."""


@click.command("vocabulary", cls=Command)
@click.argument("text", nargs=-1)
@rules_option("The rule sets whose words are searched; repeatable. Default: all on hand.")
@click.option("--kind", type=click.Choice(list(KINDS)), help="One kind of names only.")
@format_option(["text", "json"])
@lang_option
def command(text: tuple[str, ...], rules: tuple[str, ...], kind: str | None, format_: str, lang: str) -> None:
    """Facts, lists, fields, words, topics and units with their labels, units and the rules that use them.

    TEXT is looked for in names and in both languages; several words have to stand there together."""
    sets = named_or_on_hand(rules)
    entries = [one for one in glossary(words_of(sets), sets, " ".join(text)) if kind in (None, one.kind)]
    if format_ == "json":
        shown = sinks.as_json({"schema_version": 1, "entries": [entry.as_dict() for entry in entries]})
    else:
        shown = "".join(f"{visible(line)}\n" for line in _lines(entries, lang))
    write(shown, None, format_=format_)


def _lines(entries: Sequence[GlossaryEntry], lang: str) -> Iterator[str]:
    zh = lang == "zh"
    if not entries:
        yield "没有找到" if zh else "nothing found"
    width = min(max((cells(entry.name) for entry in entries), default=0), 44)
    for kind, title in KINDS.items():
        of_kind = [entry for entry in entries if entry.kind == kind]
        if not of_kind:
            continue
        yield f"{title.in_(lang)}（{len(of_kind)}）" if zh else f"{title.in_(lang)} ({len(of_kind)})"
        for entry in of_kind:
            unit = f" [{entry.unit}]" if entry.unit else ""
            labels = " · ".join(filter(None, entry.label))
            yield f"  {pad(entry.name, width)}  {labels}{unit}"
            about = [", ".join(entry.reads), _used(entry, zh)]
            if any(about):
                yield f"  {' ' * width}  {'  '.join(filter(None, about))}"
        yield ""


def _used(entry: GlossaryEntry, zh: bool) -> str:
    if not entry.used_by:
        return ""
    more = len(entry.used_by) - _SHOWN
    shown = ", ".join(entry.used_by[:_SHOWN])
    rest = (f" 等{len(entry.used_by)}条" if zh else f" and {more} more") if more > 0 else ""
    return f"← {shown}{rest}"
