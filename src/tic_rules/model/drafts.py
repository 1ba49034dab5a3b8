"""Rule files that are begun: the places that are still to be filled in, and what is there without them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import yaml

from tic_rules.core.errors import Diagnostic, Text, plural
from tic_rules.core.source import Source, texts_within
from tic_rules.model.rulefile import Rule, RuleFile

OPEN = "待填"
"""What stands in a place that is to be filled in."""

Path = tuple[str | int, ...]


class DraftFile(RuleFile):
    """A rule file of which no rule need be whole yet."""

    jurisdiction: str = ""
    rules: tuple[Rule, ...] = ()


def open_places(source: Source) -> list[Diagnostic]:
    """The places of a rule file that are to be filled in, in the order of the text."""
    places = []
    for path in _open(source.data):
        name = ".".join(str(part) for part in path[-2:] if isinstance(part, str))
        places.append(source.fault("to-fill-in", f"{name} 待填", f"{name} is to be filled in", path))
    return sorted(places, key=lambda place: (place.line, place.column))


def in_a_line(places: list[Diagnostic]) -> list[Diagnostic]:
    """Open places for whoever wanted a whole rule file: how many there are, at the first of them."""
    number = len(places)
    said = Text(
        f"草稿还有 {number} 处待填；tic-rules lint 逐处列出",
        f"a draft: {plural(number, 'place is', 'places are')} to be filled in; tic-rules lint lists them",
    )
    return [place._replace(message=said) for place in places[:1]]


def _open(value: object) -> Iterator[Path]:
    return (path for path, text in texts_within(value) if text.strip() == OPEN)


def without_open(source: Source) -> Source:
    """What a draft says without its open places: a rule that has one is left out, and its clause lists it no
    more. What is left stands where it stood."""
    data = source.data
    rules = data.get("rules") if isinstance(data, dict) else None
    gone = {
        str(rule.get("id"))
        for rule in (rules if isinstance(rules, list) else ())
        if isinstance(rule, dict) and any(_open(rule))
    }
    root, kept = _pruned(source.root, data, (), gone)
    kept.setdefault("document", {})
    if isinstance(kept["document"], dict):
        kept["document"].setdefault("title_en", kept["document"].get("title", OPEN))
    return Source(source.file, root, kept)


def _pruned(node: Any, value: object, at: Path, gone: set[str]) -> tuple[yaml.Node, Any]:
    """A node and its value without what is open, and without the rules that are gone."""
    if not isinstance(value, (dict, list)):
        return node, value
    nodes, kept = [], []
    for index, part in enumerate(node.value):
        key, below = part if isinstance(value, dict) else (None, part)
        name = index if key is None else key.value
        if not _dropped(value[name], (*at, name), gone):
            below, item = _pruned(below, value[name], (*at, name), gone)
            nodes.append(below if key is None else (key, below))
            kept.append((name, item))
    made = type(node)(node.tag, nodes, node.start_mark, node.end_mark, node.flow_style)
    return made, dict(kept) if isinstance(value, dict) else [item for _, item in kept]


def _dropped(item: object, at: Path, gone: set[str]) -> bool:
    if isinstance(item, str):
        listed = len(at) == 4 and at[0] == "clauses" and at[2] == "rules"
        return item.strip() == OPEN or (listed and item in gone)
    return isinstance(item, dict) and len(at) == 2 and at[0] == "rules" and str(item.get("id")) in gone
