"""tic-rules rules: the rule sets on hand, or the rules of one."""

from __future__ import annotations

from datetime import date

import click

from tic_rules.cli.chinese import Command
from tic_rules.cli.common import format_option, lang_option, language, write
from tic_rules.core.errors import visible
from tic_rules.model.catalogue import ListedRuleSet, rulesets
from tic_rules.model.loader import load_ruleset
from tic_rules.model.ruleset import RuleSet
from tic_rules.renderers import sinks
from tic_rules.renderers.text import cells, pad
from tic_rules.results.labels import BEARER, KIND, MODALITY


@click.command("rules", cls=Command)
@click.argument("ruleset", required=False, metavar="[ID|PATH]")
@format_option(["text", "json"])
@lang_option
def command(ruleset: str | None, format_: str, lang: str | None) -> None:
    """The rule sets on hand; with an id or a path, the rules of one."""
    lang = language(lang)
    if ruleset is None:
        sets = [(listed, load_ruleset(listed.id)) for listed in rulesets()]
        text = (
            sinks.as_json([_about(one) | {"origin": _origin(listed)} for listed, one in sets])
            if format_ == "json"
            else _sets(sets, lang)
        )
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
        rows.append(
            [
                one.id,
                one.version,
                force,
                str(len(one)),
                f"{document.title} {document.number or ''}"
                if lang == "zh"
                else f"{document.title_en} {document.number or ''}",
                *([] if plain else [listed.place.in_(lang)]),
            ]
        )
    head = (
        ["规则集", "版本", "施行", "规则数", "文件"]
        if lang == "zh"
        else ["rule set", "version", "in force", "rules", "document"]
    )
    if not plain:
        head.append("来源" if lang == "zh" else "from")
    return table([head, *rows])


def _rules(ruleset: RuleSet, lang: str) -> str:
    rows = [
        [
            rule.at,
            rule.id,
            MODALITY[rule.modality].in_(lang),
            BEARER[rule.bearer].in_(lang),
            KIND[rule.kind].in_(lang),
            rule.title.text.in_(lang),
        ]
        for rule in ruleset
    ]
    head = (
        ["条款", "规则", "程度", "责任方", "类型", "要求"]
        if lang == "zh"
        else ["clause", "rule", "modality", "bearer", "kind", "asks"]
    )
    title = f"《{ruleset.document.title}》" if lang == "zh" else ruleset.document.title_en
    return f"{title} {ruleset.document.number or ''}\n\n{table([head, *rows])}"


def table(rows: list[list[str]]) -> str:
    """Columns that line up, wide characters counted as two; a text stays in its column."""
    rows = [[visible(text) for text in row] for row in rows]
    widths = [max(cells(row[column]) for row in rows) for column in range(len(rows[0]))]
    return (
        "\n".join(
            "  ".join(pad(text, width) for text, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )
        + "\n"
    )
