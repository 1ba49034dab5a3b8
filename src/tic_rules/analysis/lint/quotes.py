"""Whether a rule says what its quote says: modality, lists, vague words, length, translations."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from pydantic import BaseModel

from tic_rules.analysis.lint.faults import Found, Loc, tests_of
from tic_rules.analysis.speech import MODALITY_WORD, OPEN_LIST, VAGUE, modalities_in, modality_told
from tic_rules.core.errors import Text
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Bilingual, Rule, RuleSet
from tic_rules.model.value_faults import wheres_of
from tic_rules.results.labels import MODALITY

LONGEST = 120
"""Columns of a quote: 60 Chinese characters."""
SHORTEST = 5
_FORBIDS = re.compile("不得|不可以|禁止|严禁")
_OPEN = Text(
    "加 open: true；“等”另有所指的，在 reading 中说明", "add open: true, or say in the reading how 等 is read"
)
_CLOSE = Text("去掉 open: true，或补引“等”", "drop open: true, or quote the 等")


def about_quote(rule: Rule) -> Iterator[Found]:
    quote = re.sub(r"\s", "", rule.quote)
    width = sum(2 if unicodedata.east_asian_width(char) in "WF" else 1 for char in quote)
    if width > LONGEST:
        fix = Text(
            "只留表达要求的原话，其余用“…”略去", "keep the words that ask and leave the rest out with …"
        )
        zh = f"引文长{width // 2}个汉字，超过{LONGEST // 2}"
        en = f"the quote is {width // 2} characters long, more than {LONGEST // 2}"
        yield Found("TR312", ("quote",), zh, en, fix)
    if len(quote.replace("…", "")) < SHORTEST:
        en = f"the quote has fewer than {SHORTEST} characters"
        yield Found("TR313", ("quote",), f"引文不足{SHORTEST}个字", en)
    vague = [word for word in VAGUE if word in quote]
    if vague and rule.reading is None:
        words = "、".join(vague)
        zh, en = f"引文说“{words}”，没有 reading", f"the quote says {words}, and there is no reading"
        fix = Text(
            f"添加 reading，说明“{vague[0]}”如何理解", f"add a reading that says how {vague[0]} is read"
        )
        yield Found("TR311", ("quote",), zh, en, fix)


def about_modality(rule: Rule) -> Iterator[Found]:
    spoken = modalities_in(re.sub(r"\s", "", rule.quote))
    if rule.kind == "prohibition" and _FORBIDS.search(rule.quote):
        spoken -= {"may"}  # what a prohibition permits: 不得用于还债，可用于设备
    stated = modality_told(rule.reading.zh) if rule.reading else None
    allowed = {stated} if stated else set(spoken) or {"must"}
    settle = f"按{MODALITY_WORD[rule.modality]}理解"
    if stated is None and len(spoken) > 1:
        words = "、".join(MODALITY_WORD[modality] for modality in sorted(spoken))
        zh = f"引文有不止一种程度用语（{words}），reading 没有说明按哪一种"
        en = f"the quote has more than one word of modality ({words}), and the reading does not settle it"
        fix = Text(f"在 reading 中写“{settle}”", f"say in the reading: {settle}")
        yield Found("TR305", ("modality",), zh, en, fix)
        return
    if rule.modality in allowed:
        return
    right = sorted(allowed)[0]
    code = "TR303" if right == "in_principle" else "TR304" if rule.modality == "in_principle" else "TR305"
    fix = Text(
        f"改为 modality: {right}；另有理解的，在 reading 中写“{settle}”",
        f"write modality: {right}, or say in the reading: {settle}",
    )
    where, word = Text("reading", "reading") if stated else Text("引文", "quote"), MODALITY[right]
    said = Text(f"{where.zh}的用语是“{word.zh}”（{right}）", f"the {where.en} speaks of {word.en} ({right})")
    if not (stated or spoken):
        said = Text(
            "引文没有“原则上”“鼓励”“可”一类的用语，即为 must",
            "no word of the quote makes it less than a must",
        )
    zh, en = f"{said.zh}，程度写的是 {rule.modality}", f"{said.en}; the modality is {rule.modality}"
    yield Found(code, ("modality",), zh, en, fix)


def about_lists(rule: Rule, ruleset: RuleSet) -> Iterator[Found]:
    """等 leaves a list open; without it the list is closed. Of one word it does where it follows that word:
    elsewhere it may speak of something else."""
    groups = ruleset.vocabulary.words.values()
    said = OPEN_LIST.search(rule.quote) is not None
    read = rule.reading is not None and "等" in rule.reading.zh
    for at, node in c.nodes_of(rule):
        if at[0] in ("applies", "otherwise"):
            continue  # what a clause speaks to, or what speaks for a centre, is not what it lists
        for place, words, is_open in _lists(at, node):
            labels = (label.zh for group in groups for word, label in group.items() if word in words)
            meant = len(words) > 1 or any(f"{label}等" in rule.quote for label in labels)
            if said and not is_open and not read and meant:
                zh, en = "引文有“等”，清单却是封闭的", "the quote says 等, and the list is closed"
                yield Found("TR301", place, zh, en, _OPEN)
            if is_open and not said:
                zh, en = "清单是开放的，引文却没有“等”", "the list is open, and the quote does not say 等"
                yield Found("TR302", place, zh, en, _CLOSE)


def _lists(at: Loc, node: c.Condition) -> Iterator[tuple[Loc, tuple[object, ...], bool]]:
    """The lists of a condition: where each stands, its words, whether it is open."""
    match node:
        case c.Among():
            yield (*at, "among"), node.among, node.open
        case c.AnyAmong():
            yield (*at, "any_among"), node.any_among, node.open
        case c.NoneOf():
            closed = max((test.one_of or () for test in node.none_of.each.values()), key=len, default=())
            yield (*at, "none_of"), closed, node.open
        case c.Some() | c.Every() | c.Latest():
            for key, where in wheres_of(node):
                for place, _, test in tests_of(where, (*at, key)):
                    if test.one_of is not None and not any(
                        isinstance(word, bool) or word is None for word in test.one_of
                    ):
                        yield place, test.one_of, test.open


def about_translations(part: object, within: Loc = ()) -> Iterator[Found]:
    """Every bilingual text below a part of the file."""
    if isinstance(part, Bilingual):
        yield from _translated(part, within)
    elif isinstance(part, tuple):
        for index, item in enumerate(part):
            yield from about_translations(item, (*within, index))
    elif isinstance(part, dict):
        for key, item in part.items():
            yield from about_translations(item, (*within, key))
    elif isinstance(part, BaseModel):
        for name, field in type(part).model_fields.items():
            yield from about_translations(getattr(part, name), (*within, field.alias or name))


def _translated(text: Bilingual, within: Loc) -> Iterator[Found]:
    letters = sum(char.isascii() and char.isalpha() for char in text.en)
    foreign = sum("一" <= char <= "鿿" for char in text.en)
    chinese = any("一" <= char <= "鿿" for char in text.zh)
    if (chinese and text.en == text.zh) or foreign > letters or not (letters or text.en.isascii()):
        zh, en = f"这不是英文：“{text.en}”", f"this is not English: {text.en}"
        yield Found("TR003", (*within, "en"), zh, en, Text("补上英文", "write it in English"))
    if letters > 3 and not chinese:
        zh, en = f"这不是中文：“{text.zh}”", f"this is not Chinese: {text.zh}"
        yield Found("TR003", (*within, "zh"), zh, en, Text("补上中文", "write it in Chinese"))
