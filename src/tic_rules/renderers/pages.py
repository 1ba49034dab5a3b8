"""The pages of the rules, one a rule and a document, a comparison in front; HTML and Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tic_rules.analysis.coverage.account import STATES, coverage
from tic_rules.analysis.pages import ComparedRule, RulePage, Site, asked
from tic_rules.core.errors import Text
from tic_rules.inputs.examples import Example
from tic_rules.model.ruleset import RuleSet
from tic_rules.renderers.html import render
from tic_rules.renderers.sinks import markdown_line
from tic_rules.results.explanation import data_read, place_shown
from tic_rules.results.labels import BEARER, KIND, MODALITY, STATUS, describe

SIGNS = {"must": "●", "in_principle": "◐", "encouraged": "○", "may": "◌"}
"""One sign a modality: nothing rests on colour alone."""


def pages(site: Site, lang: str) -> Iterator[tuple[str, str]]:
    """Every page, path and text: HTML in both languages, opening in `lang`; Markdown in `lang`."""
    words = {"lang": lang, "site": site, "signs": SIGNS, "modalities": MODALITY, "name_of": name_of}
    yield "index.html", render("pages_index.html.j2", **words)
    yield "index.md", _index(site, lang)
    for ruleset in site.rulesets:
        about = {**words, "ruleset": ruleset}
        account = coverage(ruleset)
        yield (
            f"{ruleset.id}/index.html",
            render("pages_document.html.j2", **about, account=account, states=STATES),
        )
        yield f"{ruleset.id}/index.md", _document(site, ruleset, lang)
        for page in site.pages(ruleset):
            name = f"{ruleset.id}/{page.cell.rule.id}"
            said = {"asked": asked, "describe": describe, "data_read": data_read, "place_shown": place_shown}
            labels = {"statuses": STATUS, "kinds": KIND, "bearers": BEARER}
            yield f"{name}.html", render("pages_rule.html.j2", **about, **said, **labels, page=page)
            yield f"{name}.md", _rule(page, lang)


def name_of(ruleset: RuleSet) -> Text:
    """A document in a few words, for the head of a column: where it is from and its year."""
    place = ruleset.vocabulary.words["jurisdictions"][ruleset.jurisdiction].text
    day = ruleset.document.issued or ruleset.document.in_force.from_
    year = day.year if day else ""
    en = f"{place.en} {year}"
    return Text(f"{place.zh} {year}", en.strip().capitalize() if place.en.islower() else en)


# --- Markdown ---------------------------------------------------------------------------------


def _entry(cell: ComparedRule, lang: str, path: str) -> str:
    bounds = "".join(f" **{markdown_line(bound.in_(lang))}**" for bound in cell.thresholds)
    title, modality = markdown_line(cell.rule.title.text.in_(lang)), MODALITY[cell.rule.modality].in_(lang)
    return f"{SIGNS[cell.rule.modality]} [{title}]({path}){bounds} ({modality})"


def _index(site: Site, lang: str) -> str:
    zh = lang == "zh"
    several = "五份文件，谁要求什么" if len(site.rulesets) == 5 else "各文件的要求对照"
    signs = ("，" if zh else ", ").join(f"{sign} {MODALITY[m].in_(lang)}" for m, sign in SIGNS.items())
    lines = [f"# {several if zh else 'Who asks what'}", "", signs, ""]
    heads = [f"[{markdown_line(name_of(one).in_(lang))}]({one.id}/index.md)" for one in site.rulesets]
    lines += [f"| {'主题' if zh else 'Topic'} | " + " | ".join(heads) + " |", "|---" * (len(heads) + 1) + "|"]
    for row in site.rows:
        columns = [
            "<br>".join(_entry(cell, lang, f"{cell.ruleset.id}/{cell.rule.id}.md") for cell in cells) or "—"
            for cells in row.cells
        ]
        lines.append(f"| {markdown_line(row.label.in_(lang))} | " + " | ".join(columns) + " |")
    return "\n".join(lines) + "\n"


def _document(site: Site, ruleset: RuleSet, lang: str) -> str:
    zh, document = lang == "zh", ruleset.document
    about = f"{document.number or ''} {document.issuer or ''} {document.issued or ''}".strip()
    title = markdown_line(document.title if zh else document.title_en)
    lines = [f"# {title}", "", markdown_line(about), ""]
    lines += [f"[{'对照表' if zh else 'Comparison'}](../index.md)", ""]
    lines += ["| 条款 | 标题 | 规则 |" if zh else "| Clause | Heading | Rules |", "|---|---|---|"]
    for clause, cells in site.by_clause(ruleset):
        why = clause.asks_nothing.text.in_(lang) if clause.asks_nothing else ""
        entries = "<br>".join(_entry(cell, lang, f"{cell.rule.id}.md") for cell in cells)
        shown = entries or markdown_line(why)
        lines.append(f"| {markdown_line(clause.at)} | {markdown_line(clause.heading)} | {shown} |")
    return "\n".join(lines) + "\n"


def _rule(page: RulePage, lang: str) -> str:
    zh, cell = lang == "zh", page.cell
    rule, document = cell.rule, cell.ruleset.document
    lines = [f"# {markdown_line(rule.title.text.in_(lang))}", "", f"`{cell.ruleset.id}/{rule.id}`", ""]
    source = f"《{document.title}》" if zh else document.title_en
    where = " ".join(map(markdown_line, (source, document.number or "", rule.at)))
    lines += [f"> {markdown_line(rule.quote)}", ">", f"> — {where}", ""]
    pairs = [
        ("程度", "Modality", f"{SIGNS[rule.modality]} {MODALITY[rule.modality].in_(lang)}"),
        ("类型与责任方", "Kind and bearer", f"{KIND[rule.kind].in_(lang)} · {BEARER[rule.bearer].in_(lang)}"),
        ("时间", "Time", cell.time.in_(lang)),
        ("适用", "Applies where", describe(rule.applies, cell.ruleset, lang, rule) if rule.applies else ""),
        ("条件", "Condition", asked(cell, lang)),
        ("理解", "Reading", rule.reading.text.in_(lang) if rule.reading else ""),
        ("后果", "Then", rule.then.text.in_(lang) if rule.then else ""),
        ("补救", "Remedy", rule.remedy.text.in_(lang)),
        ("所读数据", "Data read", data_read(cell.ruleset, rule, lang)),
    ]
    lines += [
        f"- **{a if zh else b}**{'：' if zh else ': '}{markdown_line(text)}" for a, b, text in pairs if text
    ]
    for example, title in (
        (page.passes, "符合的例子" if zh else "An example that passes"),
        (page.fails, "不符合的例子" if zh else "An example that does not"),
    ):
        if example is not None:
            lines += ["", f"## {title}", "", *_example(example, lang)]
    if page.sides:
        lines += ["", f"## {'其他文件的对应要求' if zh else 'Counterparts'}", ""]
    for other, cells in page.sides:
        entries = [_entry(theirs, lang, f"../{other.id}/{theirs.rule.id}.md") for theirs in cells]
        asks = ("；" if zh else "; ").join(entries) or ("没有要求" if zh else "asks nothing")
        lines.append(f"- **{markdown_line(name_of(other).in_(lang))}**{'：' if zh else ': '}{asks}")
    return "\n".join(lines) + "\n"


def _example(example: Example, lang: str) -> list[str]:
    zh = lang == "zh"
    unchanged = Text("（完整的示例中心，不作改动）", "(the complete example centre, unchanged)")
    changes = "\n".join(example.changes) or unchanged.in_(lang)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", changes)), default=0))
    day = f"（基准日 {example.as_of}）：" if zh else f" (as of {example.as_of}): "
    head = STATUS[example.status].in_(lang) + day
    return [head + markdown_line(example.because), "", f"{fence}yaml", changes, fence]
