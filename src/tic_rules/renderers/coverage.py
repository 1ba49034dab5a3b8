"""The coverage of a document: text, Markdown, JSON, and a page with the whole at a glance."""

from __future__ import annotations

from collections.abc import Iterator

from tic_rules.analysis.coverage.account import STATES, Coverage, Covered
from tic_rules.analysis.coverage.layout import LayoutNote
from tic_rules.analysis.coverage.sentences import AccountedSentence
from tic_rules.core.errors import Text, plural, visible
from tic_rules.renderers import sinks
from tic_rules.renderers.text import cells, pad

MARKS = {
    "rules": "■", "covered": "□", "aim": "◇", "context": "·", "delegated": "→", "heading": "–",
    "not_encoded": "✗", "open": "✗", "clause": " ",
}  # fmt: skip
"""One mark a state: at a terminal and on a page nothing rests on colour alone."""


def render(account: Coverage, format: str, lang: str) -> str:
    """A coverage in a format: text, markdown, json or html."""
    match format:
        case "json":
            return sinks.as_json({"schema_version": 1, **account.as_dict()})
        case "markdown":
            return _markdown(account, lang)
        case "html":
            return _html(account, lang)
    return "".join(f"{line}\n" for line in _text(account, lang))


def became(clause: Covered, lang: str) -> str:
    """What became of a clause, in a few words: its rules, or why it asks nothing."""
    if clause.state == "rules":
        data, judged = len(clause.by_data), len(clause.by_judgement)
        by_data, by_judgement = (
            Text(f"据数据{data}", f"{data} by data"),
            Text(f"由评审{judged}", f"{judged} by judgement"),
        )
        said = [text.in_(lang) for number, text in ((data, by_data), (judged, by_judgement)) if number]
        return ("、" if lang == "zh" else ", ").join(said)
    return STATES[clause.state].in_(lang)


def summary(account: Coverage, lang: str) -> str:
    """Counts in one sentence."""
    shown = [(state, account.states[state]) for state in STATES if account.states[state]]
    total = account.by_data + account.by_judgement
    if lang == "zh":
        states = "，".join(f"{STATES[state].zh}{count}" for state, count in shown)
        rules = f"规则{total}条：据数据判定{account.by_data}，由评审认定{account.by_judgement}。"
        return f"共{len(account.clauses)}条：{states}。{rules}"
    states = ", ".join(f"{count} {STATES[state].en}" for state, count in shown)
    rules = f"{plural(total, 'rule')}: {account.by_data} by data, {account.by_judgement} by judgement."
    return f"{plural(len(account.clauses), 'clause')}: {states}. {rules}"


def counted(account: Coverage, lang: str) -> str:
    """How many sentences the official text has and how many nothing covers; empty without the text."""
    if account.source is None:
        return ""
    total, normative, left = len(account.sentences), account.normative, account.open
    if lang == "zh":
        return f"原文{total}句，其中{normative}句含规范性用语，{left}句没有着落。"
    return f"{plural(total, 'sentence')}, {normative} of them with normative words, {left} open."


def covering(sentence: AccountedSentence, lang: str) -> str:
    """What covers a sentence, or that nothing does; empty where it asks nothing and its clause is encoded."""
    parts = []
    if sentence.rules:
        parts.append(", ".join(sentence.rules))
    if sentence.open:
        words = ("、" if lang == "zh" else ", ").join(dict.fromkeys(said.word.zh for said in sentence.open))
        parts.append(f"没有着落：{words}" if lang == "zh" else f"nothing covers {words}")
    elif sentence.state in STATES and sentence.state != "rules":
        named = STATES[sentence.state].in_(lang) + (f" ({', '.join(sentence.by)})" if sentence.by else "")
        colon = "：" if lang == "zh" else ": "
        parts.append(named + (f"{colon}{sentence.reason.in_(lang)}" if sentence.reason else ""))
    return ("；" if lang == "zh" else "; ").join(parts)


def noted(note: LayoutNote, lang: str) -> str:
    """A note on the text, with its lines."""
    if not note.lines:
        return note.message.in_(lang)
    spans: list[list[int]] = []
    for line in note.lines:
        if spans and spans[-1][1] == line - 1:
            spans[-1][1] = line
        else:
            spans.append([line, line])
    shown = [str(first) if first == last else f"{first}-{last}" for first, last in spans]
    if lang == "zh":
        return f"{note.message.zh}（第{'、'.join(shown)}行）"
    return f"{note.message.en} (line{'s' if len(note.lines) > 1 else ''} {', '.join(shown)})"


def verdict(account: Coverage, lang: str) -> str:
    """What can be said for the whole: complete, verified against the text, or how many faults."""
    if account.faults:
        return f"有{len(account.faults)}处不符" if lang == "zh" else plural(len(account.faults), "fault")
    whole = Text(
        "逐条都有着落（未与原文核对，可用 --source）",
        "complete (not held against the official text; --source does that)",
    )
    true = Text(
        f"逐条逐句都有着落，引文与原文（{account.source}）一致",
        f"every sentence accounted for, and true to the official text ({account.source})",
    )
    return (whole if account.source is None else true).in_(lang)


def _title(account: Coverage, lang: str) -> str:
    document = account.ruleset.document
    number = document.number or ""
    return f"《{document.title}》{number}" if lang == "zh" else f"{document.title_en} {number}".strip()


def _text(account: Coverage, lang: str) -> Iterator[str]:
    yield f"{_title(account, lang)}  {account.ruleset.id}"
    yield ""
    at = max(cells(clause.at) for clause in account.clauses)
    width = max(cells(became(clause, lang)) for clause in account.clauses)
    for clause in account.clauses:
        shown = ("、" if lang == "zh" else ", ").join(rule.id for rule in clause.rules) or (
            clause.note.in_(lang) if clause.note else ""
        )
        state = f"{MARKS[clause.state]} {pad(clause.at, at)}  {pad(became(clause, lang), width)}"
        yield f"{state}  {clause.heading}{'：' if lang == 'zh' else ': '}{shown}"
    yield ""
    yield from _whole_text(account, lang)
    yield summary(account, lang)
    if account.source is not None:
        yield counted(account, lang)
    for note in account.notes:
        yield f"· {noted(note, lang)}"
    for fault in account.faults:
        yield fault.render(lang)
    yield f"{'✓' if account.ok else '✗'} {verdict(account, lang)}"


def _whole_text(account: Coverage, lang: str) -> Iterator[str]:
    """The official text sentence by sentence, each with its line, its mark and below it what covers it."""
    for clause, sentences in account.by_clause:
        yield f"{sentences[0].at}{'  ' + visible(clause.heading) if clause else ''}"
        for sentence in sentences:
            yield f"{sentence.sentence.line:>5} {MARKS[sentence.state]} {visible(sentence.sentence.text)}"
            cover = covering(sentence, lang)
            if cover:
                yield f"        {'✗' if sentence.open else '└'} {cover}"
        yield ""


def _markdown(account: Coverage, lang: str) -> str:
    zh, value = lang == "zh", sinks.markdown_line
    lines = [f"# {value(_title(account, lang))}", "", summary(account, lang), ""]
    if account.source is not None:
        lines += [counted(account, lang), ""]
    lines += [f"**{verdict(account, lang)}**", ""]
    notes, faults = (
        [noted(note, lang) for note in account.notes],
        [one.render(lang) for one in account.faults],
    )
    for listed in filter(None, (notes, faults)):
        lines += [*(f"- {value(text)}" for text in listed), ""]
    heads = "条款 | 标题 | 去向 | 规则或说明" if zh else "Clause | Heading | Became | Rules, or why none"
    lines += [f"| {heads} |", "|---|---|---|---|"]
    for clause in account.clauses:
        rules = ("、" if zh else ", ").join(f"`{rule.id}`" for rule in clause.rules)
        shown = rules or (value(clause.note.in_(lang)) if clause.note else "")
        state = f"{MARKS[clause.state]} {became(clause, lang)}"
        at, heading = value(clause.at), value(clause.heading)
        lines.append(f"| {at} | {heading} | {state} | {shown} |")
    for home, sentences in account.by_clause:
        heading = f" {value(home.heading)}" if home else ""
        lines += ["", f"## {value(sentences[0].at)}{heading}", ""]
        for sentence in sentences:
            cover, text = value(covering(sentence, lang)), value(sentence.sentence.text)
            shown = f"**{text}**" if sentence.open else text
            lines.append(f"- {MARKS[sentence.state]} {shown}" + (f" — {cover}" if cover else ""))
    return "\n".join(lines) + "\n"


def _html(account: Coverage, lang: str) -> str:
    from tic_rules.renderers.html import render as page

    words = {"states": STATES, "marks": MARKS}
    said = {"became": became, "summary": summary, "verdict": verdict, "counted": counted, "noted": noted}
    return page("coverage.html.j2", lang=lang, account=account, covering=covering, **words, **said)
