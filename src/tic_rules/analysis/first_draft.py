"""A rule file begun from an official text: its clauses in order, each normative sentence as a rule with its
words, and places to fill in. Nothing is invented: what the text does not say is 待填."""

from __future__ import annotations

import json
import re
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from tic_rules.analysis.coverage.extent import from_title
from tic_rules.analysis.coverage.layout import LONG, fold, lines_of, read_official
from tic_rules.analysis.coverage.normative import NormativeWord, norms
from tic_rules.analysis.coverage.numbering import NUMERAL, PREAMBLE, numeral
from tic_rules.analysis.coverage.official import OfficialText, Sentence, cut
from tic_rules.analysis.speech import numbers_in
from tic_rules.core.errors import UsageError, clip, fault
from tic_rules.core.source import bad_text_as
from tic_rules.model.drafts import OPEN

_ID = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_UNITS = {"章": "c", "节": "s", "条": "a", "款": "p"}
_DATED = re.compile(r"^.{0,12}\d{1,2}\s*日")
"""A day before a title."""
_HEAD = 20
"""Characters of a clause without a heading that stand in the place of one."""


class _Begun(NamedTuple):
    """A rule to be: its id, its clause, its words, and the modality that they point to, with the word."""

    id: str
    at: str
    quote: str
    modality: str
    word: str


def begin(ruleset_id: str, raw: bytes, file: str, title: str = "") -> str:
    """The text of a rule file begun from the file of an official text. Raises UsageError."""
    if not _ID.fullmatch(ruleset_id):
        shown = clip(ruleset_id)
        zh = f"编号 {shown} 应由小写字母、数字和下划线组成，例：shandong_2024"
        en = f"the id {shown} is made of small letters, digits and underscores: shandong_2024"
        raise fault(UsageError, "ruleset-id", zh, en)
    with bad_text_as(UsageError):
        text, _ = read_official(raw, file)
    if not title:  # a line that looks like one
        _, heading, _ = from_title(lines_of(text)[0], "")
        title = _DATED.sub("", "".join(line.text for line in heading)).strip()
    official = cut(text, title)
    if not official.sentences:
        raise fault(UsageError, "empty", "文件里没有文字", "there is no text in the file", file=file)
    return "\n".join(_lines(ruleset_id, title, official)) + "\n"


def _lines(ruleset_id: str, title: str, official: OfficialText) -> Iterator[str]:
    listed = [clause.at for clause in official.clauses if not clause.at.endswith("第一款")]
    rules = list(_rules(official, frozenset(listed)))
    by_clause: dict[str, list[str]] = defaultdict(list)
    for rule in rules:
        by_clause[rule.at].append(rule.id)
    headings = {at: _heading(at, official) for at in listed}
    yield f"# yaml-language-server: $schema={ruleset_id}.schema.json"
    yield f"# tic-rules schema ruleset --rules {ruleset_id}.yaml > {ruleset_id}.schema.json"
    yield f"# 每处“{OPEN}”由人填写，不需要的键删去；tic-rules lint 逐处列出。"
    yield f"# Fill in each {OPEN}, delete the keys that are not needed; tic-rules lint lists what is left."
    yield f"id: {ruleset_id}"
    yield "version: 0.1.0"
    yield f"jurisdiction: {OPEN}"
    yield "document:"
    yield f"  title: {_scalar(title) if title else OPEN}"
    yield from (f"  {key}: {OPEN}" for key in ("title_en", "number", "issuer", "issued"))
    yield f"  in_force: {{from: {OPEN}}}"
    yield f"  text_sha256: {official.sha256}"
    yield ""
    yield "clauses:"
    for at in listed:
        rule_ids = f", rules: [{', '.join(by_clause[at])}]" if by_clause[at] else ""
        yield f"  - {{at: {_scalar(at)}, heading: {_scalar(headings[at])}{rule_ids}}}"
    yield ""
    yield "rules:" if rules else "rules: []"
    for rule in rules:
        yield from _rule(rule)


def _rule(rule: _Begun) -> Iterator[str]:
    yield f"  - id: {rule.id}"
    yield f"    at: {_scalar(rule.at)}"
    yield f"    quote: {_scalar(rule.quote)}"
    yield f"    topic: {OPEN}"
    yield f"    kind: {OPEN}"
    yield f"    modality: {rule.modality}  # {rule.word}"
    yield f"    bearer: {OPEN}"
    yield f"    require: {OPEN}"
    yield from (f"    {key}: {{zh: {OPEN}, en: {OPEN}}}" for key in ("title", "message", "remedy"))
    yield ""


def _scalar(text: str) -> str:
    """A text as YAML: bare where it can stand so."""
    bare = re.fullmatch("[\u4e00-\u9fff（）《》0-9]*[\u4e00-\u9fff（）《》]", text)
    return text if bare else json.dumps(text, ensure_ascii=False)


def _heading(at: str, official: OfficialText) -> str:
    """The heading of a clause; of one without, how it begins."""
    if at == PREAMBLE:
        return PREAMBLE
    sentence = next((one for one in official.sentences if at in one.path), None)
    words = _words(sentence) if sentence is not None else at
    return words if len(words) <= _HEAD else words[: _HEAD - 1] + "…"


def _words(sentence: Sentence) -> str:
    """What a sentence says behind its number, without its last mark."""
    said = sentence.text
    start = bisect_left(range(len(said) + 1), sentence.body, key=lambda at: len(fold(said[:at])))
    return said[start:].strip().rstrip("。；;：:").strip()


def _rules(official: OfficialText, listed: frozenset[str]) -> Iterator[_Begun]:
    """Each sentence with a word that obliges, permits or encourages, or that bounds a number (不少于50人)."""
    numbers: dict[str, int] = defaultdict(int)
    for sentence in official.sentences:
        said = [norm.word for norm in norms().within(sentence.key)]
        bounds = any(number.claims for number in numbers_in(sentence.text))
        if not (said or bounds) or (said and not bounds and _is_heading(sentence, said)):
            continue
        at = next((at for at in reversed(sentence.path) if at in listed), sentence.path[0])
        numbers[at] += 1
        modalities = {word.modality for word in said}
        yield _Begun(
            f"{_slug(at)}-{numbers[at]}",
            at,
            _words(sentence),
            modalities.pop() if len(modalities) == 1 else OPEN,
            "、".join(dict.fromkeys(word.zh for word in said)) or "界限 · a bound",
        )


def _is_heading(sentence: Sentence, said: Sequence[NormativeWord]) -> bool:
    """Whether a numbered sentence only names what its clause is about: 鼓励创新."""
    short = sentence.numbered and len(sentence.key) <= LONG and sentence.key[-1] not in "。；;！？!?"
    return short and all(word.in_headings for word in said)


def _slug(at: str) -> str:
    """A locator as the beginning of an id: 第四条（二）is a4-2, 三（二）1 is 3-2-1."""
    parts = []
    for number, unit, name in re.findall(f"第?([{NUMERAL}]+|\\d+)([章节条款]?)|(专栏|附件?)", at):
        if name:
            parts.append({"专栏": "box"}.get(name, "annex"))
        else:
            value = int(number) if number.isdigit() else numeral(number)
            parts.append(f"{_UNITS.get(unit, '')}{value}")
    return "-".join(parts) or "preamble"
