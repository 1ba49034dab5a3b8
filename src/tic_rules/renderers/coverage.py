"""The coverage of a document for people and programs: text, Markdown, JSON, and a page with the whole document at a glance."""

from __future__ import annotations

import json
from collections.abc import Iterator

from tic_rules.analysis.coverage.account import STATES, Coverage, Covered
from tic_rules.renderers.text import cells, pad

MARKS = {
    "rules": "■",
    "covered": "□",
    "aim": "◇",
    "context": "·",
    "delegated": "→",
    "heading": "–",
    "not_encoded": "✗",
}
"""One mark a state: at a terminal and on a page nothing rests on colour alone."""


def render(found: Coverage, format: str, lang: str) -> str:
    """A coverage in a format: text, markdown, json or html."""
    return {"text": _text, "markdown": _markdown, "json": _json, "html": _html}[format](found, lang)


def became(clause: Covered, lang: str) -> str:
    """What became of a clause, in a few words: its rules, or why it asks nothing."""
    if clause.state == "rules":
        zh, en = [], []
        if clause.by_data:
            zh.append(f"据数据{len(clause.by_data)}")
            en.append(f"{len(clause.by_data)} by data")
        if clause.by_judgement:
            zh.append(f"由评审{len(clause.by_judgement)}")
            en.append(f"{len(clause.by_judgement)} by judgement")
        return "、".join(zh) if lang == "zh" else ", ".join(en)
    return STATES[clause.state].in_(lang)


def summary(found: Coverage, lang: str) -> str:
    """Counts in one sentence."""
    told = [(state, found.states[state]) for state in STATES if found.states[state]]
    if lang == "zh":
        states = "，".join(f"{STATES[state].zh}{count}" for state, count in told)
        return f"共{len(found.clauses)}条：{states}。规则{found.by_data + found.by_judgement}条：据数据判定{found.by_data}，由评审认定{found.by_judgement}。"
    states = ", ".join(f"{count} {STATES[state].en}" for state, count in told)
    return f"{len(found.clauses)} clauses: {states}. {found.by_data + found.by_judgement} rules: {found.by_data} by data, {found.by_judgement} by judgement."


def verdict(found: Coverage, lang: str) -> str:
    """What can be said for the whole: complete, verified against the text, or how many faults."""
    if found.faults:
        return f"有{len(found.faults)}处不符" if lang == "zh" else f"{len(found.faults)} faults"
    if found.source is None:
        return (
            "逐条都有着落（未与原文核对，可用 --source）"
            if lang == "zh"
            else "complete (not held against the official text; --source does that)"
        )
    return (
        f"逐条都有着落，引文与原文（{found.source}）一致"
        if lang == "zh"
        else f"complete, and true to the official text ({found.source})"
    )


def _title(found: Coverage, lang: str) -> str:
    document = found.ruleset.document
    return (
        f"《{document.title}》{document.number or ''}"
        if lang == "zh"
        else f"{document.title_en} {document.number or ''}".strip()
    )


def _text(found: Coverage, lang: str) -> str:
    return "".join(f"{line}\n" for line in _lines(found, lang))


def _lines(found: Coverage, lang: str) -> Iterator[str]:
    yield f"{_title(found, lang)}  {found.ruleset.id}"
    yield ""
    at = max(cells(clause.at) for clause in found.clauses)
    width = max(cells(became(clause, lang)) for clause in found.clauses)
    for clause in found.clauses:
        told = ("、" if lang == "zh" else ", ").join(rule.id for rule in clause.rules) or (
            clause.note.in_(lang) if clause.note else ""
        )
        yield f"{MARKS[clause.state]} {pad(clause.at, at)}  {pad(became(clause, lang), width)}  {clause.heading}{'：' if lang == 'zh' else ': '}{told}"
    yield ""
    yield summary(found, lang)
    for fault in found.faults:
        yield fault.render(lang)
    yield f"{'✓' if found.ok else '✗'} {verdict(found, lang)}"


def _markdown(found: Coverage, lang: str) -> str:
    zh = lang == "zh"
    lines = [
        f"# {_cell(_title(found, lang))}",
        "",
        summary(found, lang),
        "",
        f"**{verdict(found, lang)}**",
        "",
    ]
    lines += [f"- {_cell(fault.render(lang))}" for fault in found.faults] + ([""] if found.faults else [])
    lines += [
        "| 条款 | 标题 | 去向 | 规则或说明 |" if zh else "| Clause | Heading | Became | Rules, or why none |",
        "|---|---|---|---|",
    ]
    for clause in found.clauses:
        rules = ("、" if zh else ", ").join(f"`{rule.id}`" for rule in clause.rules)
        told = rules or (_cell(clause.note.in_(lang)) if clause.note else "")
        lines.append(
            f"| {_cell(clause.at)} | {_cell(clause.heading)} | {MARKS[clause.state]} {became(clause, lang)} | {told} |"
        )
    return "\n".join(lines) + "\n"


def _cell(text: str) -> str:
    """A foreign text inside a Markdown table."""
    return "".join("\\" + char if char in "\\`*_{}[]<>|#" else " " if char == "\n" else char for char in text)


def _json(found: Coverage, lang: str) -> str:
    return json.dumps({"schema_version": 1, **found.as_dict()}, ensure_ascii=False, indent=2) + "\n"


def _html(found: Coverage, lang: str) -> str:
    from tic_rules.renderers.html import render as page

    return page(
        "coverage.html.j2",
        lang=lang,
        found=found,
        states=STATES,
        marks=MARKS,
        became=became,
        summary=summary,
        verdict=verdict,
    )
