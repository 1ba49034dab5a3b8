"""tic-rules rules: the rule sets on hand, or the rules of one."""

from __future__ import annotations

from datetime import date

import click

from tic_rules.cli.chinese import Command
from tic_rules.cli.common import format_option, lang_option, write
from tic_rules.core.errors import Text, visible
from tic_rules.model.catalogue import ListedRuleSet, rulesets
from tic_rules.model.loader import load_ruleset
from tic_rules.model.ruleset import RuleSet
from tic_rules.renderers import sinks
from tic_rules.renderers.text import lined_up
from tic_rules.results.labels import BEARER, KIND, MODALITY

_SET_HEADS = (
    Text("规则集", "rule set"), Text("版本", "version"), Text("施行", "in force"), Text("规则数", "rules"),
    Text("文件", "document"),
)  # fmt: skip
_RULE_HEADS = (
    Text("条款", "clause"), Text("规则", "rule"), Text("程度", "modality"), Text("责任方", "bearer"),
    Text("类型", "kind"), Text("要求", "asks"),
)  # fmt: skip


@click.command("rules", cls=Command)
@click.argument("ruleset", required=False, metavar="[ID|PATH]")
@format_option(["text", "json"])
@lang_option
def command(ruleset: str | None, format_: str, lang: str) -> None:
    """The rule sets on hand; with an id or a path, the rules of one."""
    if ruleset is None:
        sets = [(listed, load_ruleset(listed.id)) for listed in rulesets()]
        about = [_about(one) | {"origin": _origin(listed)} for listed, one in sets]
        text = sinks.as_json(about) if format_ == "json" else _sets(sets, lang)
    else:
        one = load_ruleset(ruleset)
        text = sinks.as_json(_about(one) | {"rules": _rows(one)}) if format_ == "json" else _rules(one, lang)
    write(text, None, format_=format_)


def _about(ruleset: RuleSet) -> dict[str, object]:
    document = ruleset.document
    span = document.in_force
    return {
        "id": ruleset.id, "version": ruleset.version, "jurisdiction": ruleset.jurisdiction,
        "number": document.number, "title": document.title, "title_en": document.title_en,
        "issuer": document.issuer, "issued": _day(document.issued), "trial": document.trial,
        "based_on": [*document.based_on],
        "replaces": [
            {"id": one.id, "from": _day(one.from_), "clauses": [*one.clauses]} for one in document.replaces
        ],
        "in_force": {"from": _day(span.from_), "until": _day(span.until)}, "rules": len(ruleset),
    }  # fmt: skip


def _origin(listed: ListedRuleSet) -> dict[str, str]:
    return {"kind": listed.origin, "by": listed.by, "file": listed.file}


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _rows(ruleset: RuleSet) -> list[dict[str, object]]:
    return [
        {
            "id": rule.id, "at": rule.at, "kind": rule.kind, "modality": rule.modality, "bearer": rule.bearer,
            "topic": rule.topic, "phase": rule.phase, "title": rule.title.text.as_dict(), "quote": rule.quote,
        }
        for rule in ruleset
    ]  # fmt: skip


def _sets(sets: list[tuple[ListedRuleSet, RuleSet]], lang: str) -> str:
    rows = []
    plain = all(listed.origin == "shipped" for listed, _ in sets)
    for listed, one in sets:
        document, span = one.document, one.document.in_force
        force = f"{span.from_ or ''}–{span.until or ''}"
        title = f"{document.title if lang == 'zh' else document.title_en} {document.number or ''}"
        origin = [] if plain else [listed.place.in_(lang)]
        rows.append([one.id, one.version, force, str(len(one)), title, *origin])
    heads = [text.in_(lang) for text in (_SET_HEADS if plain else (*_SET_HEADS, Text("来源", "from")))]
    return _table([heads, *rows])


def _rules(ruleset: RuleSet, lang: str) -> str:
    rows = [[text.in_(lang) for text in _RULE_HEADS]]
    for rule in ruleset:
        words = (MODALITY[rule.modality], BEARER[rule.bearer], KIND[rule.kind], rule.title.text)
        rows.append([rule.at, rule.id, *(text.in_(lang) for text in words)])
    title = f"《{ruleset.document.title}》" if lang == "zh" else ruleset.document.title_en
    return f"{title} {ruleset.document.number or ''}\n\n{_table(rows)}"


def _table(rows: list[list[str]]) -> str:
    """Columns that line up, wide characters counted as two; a text stays in its column."""
    return "".join(f"{line}\n" for line in lined_up([[visible(text) for text in row] for row in rows]))
