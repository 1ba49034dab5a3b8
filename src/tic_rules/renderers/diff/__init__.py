"""A comparison of two rule sets as text, Markdown, HTML, JSON; what they show is laid out here once."""

from __future__ import annotations

import importlib
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import zip_longest
from typing import TYPE_CHECKING, NamedTuple

from tic_rules.analysis.diff.claims import STATUS as CLAIM_STATUS
from tic_rules.analysis.diff.claims import Claim, Conflict
from tic_rules.analysis.diff.comparison import ABOUT, EFFECT, Change
from tic_rules.analysis.diff.front import foremost, numbers_of, short_name
from tic_rules.analysis.diff.quoted import in_words, time_marked
from tic_rules.analysis.diff.relations import NATURE
from tic_rules.analysis.diff.topics import RELATION, Diff, Topic, as_dict, place_of
from tic_rules.core.errors import Text, plural
from tic_rules.core.numbers import yuan_text
from tic_rules.model.rulefile import Document
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.renderers import sinks
from tic_rules.results.labels import BEARER, MODALITY, STATUS, described
from tic_rules.results.terms import dotted_of, field_label, groups_at, term
from tic_rules.results.time_words import day_text

if TYPE_CHECKING:
    from tic_rules.analysis.prove.witness import Witness

FORMATS = ("text", "markdown", "html", "json", "docx", "xlsx")
BINARY = ("docx", "xlsx")
ORDER = ("b_stricter", "b_looser", "different", "only_b", "only_a", "same")
"""The relations in the order in which a reader wants them."""

LETTERS = {"a": Text("甲", "A"), "b": Text("乙", "B")}
"""What the two sides are called."""

SHORT = {
    "same": Text("＝ 相同", "= same"),
    "b_stricter": Text("▲ 乙更严", "▲ B stricter"), "b_looser": Text("▼ 乙更宽", "▼ B looser"),
    "different": Text("⇄ 各有不同", "⇄ different"),
    "only_a": Text("◧ 仅甲", "◧ only A"), "only_b": Text("◨ 仅乙", "◨ only B"),
}  # fmt: skip


def render(compared: Diff, format_: str, lang: str, *, verbose: bool = False) -> str:
    """The comparison in a format. Raises UsageError where an extra is missing."""
    if format_ == "json":
        return sinks.as_json(as_dict(compared))
    module = importlib.import_module(f"tic_rules.renderers.diff.{format_}")
    return module.render(compared, lang, verbose)  # type: ignore[no-any-return]


def document(compared: Diff, format_: str, lang: str) -> bytes:
    """The comparison as a Word document or a workbook. Raises UsageError where an extra is missing."""
    module = importlib.import_module(f"tic_rules.renderers.diff.{format_}")
    return module.render(compared, lang)  # type: ignore[no-any-return]


class RuleCell(NamedTuple):
    """One rule in one cell: clause, what it asks, and under which circumstances."""

    rule: Rule
    asks: Text
    note: Text
    reading: Text | None
    file: str
    line: int

    def in_(self, lang: str) -> str:
        """The cell as one line of text."""
        asks = self.asks.in_(lang)
        note = Text(f"（{self.note.zh}）", f" ({self.note.en})")
        return f"{self.rule.at} {asks}{note.in_(lang)}"


class PairRow(NamedTuple):
    """Both sides of one pair of rules, and what differs."""

    a: RuleCell | None
    b: RuleCell | None
    changes: tuple[Change, ...]


def cell(ruleset: RuleSet, rule: Rule) -> RuleCell:
    asks = in_words(ruleset, rule)
    if rule.attested and len(asks.zh) < 30:
        asks = Text(f"{rule.title.zh}（由人评审）", f"{rule.title.en} (a person judges)")
    elif rule.kind == "consequence" and rule.then is not None:
        asks = Text(f"{asks.zh} → {rule.then.zh}", f"{asks.en} → {rule.then.en}")
    if rule.applies is not None:
        scope = described(rule.applies, ruleset, rule)
        asks = Text(f"{asks.zh}（适用于：{scope.zh}）", f"{asks.en} (where: {scope.en})")
    parts = MODALITY[rule.modality], time_marked(ruleset, rule), BEARER[rule.bearer]
    note = Text.listed(parts, "·", " · ")
    reading = rule.reading.text if rule.reading else None
    return RuleCell(rule, asks, note, reading, ruleset.file, ruleset.place(rule.id).line)


def rows(compared: Diff, topic: Topic, verbose: bool = True) -> list[PairRow]:
    """The rows of a topic: compared pairs, then what stands alone on one side beside the other's. Unless
    `verbose`, without the pairs of two editions in which nothing has changed."""
    pairs = [pair for pair in topic.pairs if pair.a and pair.b]
    left, right = (
        [pair.a for pair in topic.pairs if not pair.b],
        [pair.b for pair in topic.pairs if not pair.a],
    )
    if not verbose and compared.editions:
        changed = [pair for pair in pairs if pair.changes]
        pairs = changed if changed or left or right else pairs
    beside = [(pair.a, pair.b, pair.changes) for pair in pairs]
    beside += [(a, b, ()) for a, b in zip_longest(left, right)]
    return [
        PairRow(cell(compared.a, a) if a else None, cell(compared.b, b) if b else None, changes)
        for a, b, changes in beside
    ]


def changes_shown(compared: Diff, row: PairRow, verbose: bool) -> list[Change]:
    """What differs in a row: of two editions everything, else, if verbose, what may turn a verdict."""
    if compared.editions:
        return list(row.changes)
    return [change for change in row.changes if verbose and change.level == "verdict"]


def notes_of(compared: Diff, topic: Topic) -> list[Text]:
    """What is said below a topic: its sentence, a remark, what the witnesses show."""
    notes = [topic.sentence, remark(topic), *(sentence_of(compared, shown) for shown in topic.witnesses)]
    return [note for note in notes if note]


def places(compared: Diff, row: PairRow, change: Change) -> str:
    """Where a change stands on both sides: file:line → file:line."""
    sides = [
        place_of(ruleset, side.rule, change)
        for ruleset, side in ((compared.a, row.a), (compared.b, row.b))
        if side is not None
    ]
    return " → ".join(f"{side['file']}:{side['line']}" for side in sides if side["file"])


def grouped(compared: Diff) -> Iterator[tuple[str, list[Topic]]]:
    """The topics by relation, in reading order; none left out."""
    for relation in ORDER:
        topics = [topic for topic in compared.topics if topic.relation == relation]
        if topics:
            yield relation, topics


def change_text(change: Change) -> Text:
    """A change in one line: what, from what to what, and its effect."""
    nothing = Text("无", "none")
    a, b = change.a or nothing, change.b or nothing
    by = Text(f"，相差{change.by.zh}", f", by {change.by.en}") if change.by else Text("", "")
    effect, what = EFFECT["fact" if change.what == "fact" else change.effect], ABOUT[change.what]
    return Text(
        f"{what.zh}：{a.zh} → {b.zh}（{effect.zh}{by.zh}）",
        f"{what.en}: {a.en} → {b.en} ({effect.en}{by.en})",
    )


def remark(topic: Topic) -> Text | None:
    """What a reader has to know of a relation."""
    if topic.undecided and topic.a and topic.b:
        by_id = {rule.id: rule.title for rule in (*topic.a, *topic.b)}
        rules = Text.listed(by_id[name].text for name in topic.undecided)
        return Text(
            f"未能判定对方是否已经保证：{rules.zh}",
            f"whether the other side guarantees it is undecided: {rules.en}",
        )
    if topic.adjudicated:
        return Text(
            "按对应表：用语由人对照认定，未经证明",
            "by the alignment: the words were compared by people, not proved",
        )
    if topic.relation in ("only_a", "only_b"):
        return None if topic.binding else Text("鼓励或可以，不作约束", "encouraged only, binds nobody")
    if topic.judged and topic.relation != "same":
        return Text("由评审认定，各按本文件条文", "people judge it, each by its own clause")
    return None if topic.binding else Text("双方都只是鼓励或可以", "encouraged only on both sides")


def sentence_of(compared: Diff, witness: Witness) -> Text:
    """What a pair of files shows, in one sentence."""
    ruleset = compared.b if witness.side == "b" else compared.a
    place = Text.of(partial(field_label, witness.path, ruleset.vocabulary))
    before, after = (
        Text.of(partial(_value, ruleset, witness.path, value)) for value in (witness.before, witness.after)
    )
    rule, short, others = ruleset[witness.rule], STATUS[witness.short], _others(witness)
    letter, passing = LETTERS[witness.side], STATUS[witness.statuses["passing"][witness.side][rule.id]]
    return Text(
        f"两份数据只差一处（{place.zh}）：{before.zh}，{letter.zh}{rule.at}{short.zh}{others.zh}；"
        f"{after.zh}，{passing.zh}",
        f"two files that differ in one thing ({place.en}): {before.en}, "
        f"{letter.en} {rule.at} {short.en}{others.en}; {after.en}, {passing.en}",
    )


def _others(witness: Witness) -> Text:
    """What the other side says of the failing file."""
    if not witness.others:
        return Text("", "")
    letter = LETTERS["a" if witness.side == "b" else "b"]
    if all(status in ("pass", "not_applicable", "exempted") for status in witness.others):
        each = "或".join(STATUS[status].zh for status in dict.fromkeys(witness.others))
        return Text(f"而{letter.zh}{each}", f" while {letter.en} accepts it")
    return Text(f"而{letter.zh}不否定", f" while {letter.en} does not reject it")


def _value(ruleset: RuleSet, path: str, value: object, lang: str) -> str:
    if value is None:
        return "没有这一项" if lang == "zh" else "without it"
    if isinstance(value, dict):
        return ("，" if lang == "zh" else ", ").join(
            _value(ruleset, f"{path}/{name}", inner, lang) for name, inner in value.items()
        )
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) >= 10_000:
        return yuan_text(value, lang)
    vocabulary = ruleset.vocabulary
    return term(vocabulary, value, lang, groups_at(vocabulary, [dotted_of(path, vocabulary)]))


def conflict_text(compared: Diff, conflict: Conflict) -> Text:
    """Who contradicts whom, by clause and title."""
    sides = ((LETTERS["a"], compared.a, conflict.a), (LETTERS["b"], compared.b, conflict.b))
    parts = [(letter, ruleset[name]) for letter, ruleset, named in sides for name in named]
    lenient = Text("（含“原则上”的要求）", " (with what is in principle)")
    level = Text("", "") if conflict.level == "must" else lenient
    if len(parts) == 1:  # what counts only after the term, and is asked within it
        alone = Text("（单独一条也不能自批复起每天做到）", " (not even alone, on every day from approval on)")
        level = Text(level.zh + alone.zh, level.en + alone.en)
    return Text(
        " 与 ".join(f"{letter.zh}{rule.at}“{rule.title.zh}”" for letter, rule in parts) + level.zh,
        " and ".join(f"{letter.en} {rule.at} “{rule.title.en}”" for letter, rule in parts) + level.en,
    )


def claims_by_status(compared: Diff) -> Iterator[tuple[str, list[Claim]]]:
    """The claims, the gravest first."""
    for status in CLAIM_STATUS:
        claims = [claim for claim in compared.claims if claim.status == status]
        if claims:
            yield status, claims


def names(compared: Diff, lang: str) -> list[tuple[str, str]]:
    """Each side's letter and what it stands for: short name, title, number; of editions also since when they
    are in force, where that is not the same."""
    sides = []
    for letter, ruleset, short in zip(
        LETTERS.values(), (compared.a, compared.b), shorts(compared), strict=True
    ):
        document = ruleset.document
        title = f"《{document.title}》" if lang == "zh" else document.title_en
        brackets = "（{}）" if lang == "zh" else " ({})"
        number = brackets.format(document.number) if document.number else ""
        force = _in_force(document).in_(lang) if compared.moved else ""
        sides.append((letter.in_(lang), f"{short.in_(lang)}  {title}{number}{force}"))
    return sides


def _in_force(document: Document) -> Text:
    """From when to when a document is in force."""
    begins, ends = (
        day and Text.of(partial(day_text, day)) for day in (document.in_force.from_, document.in_force.until)
    )
    zh, en = "，施行日未写明", ", in force"
    if begins:
        zh, en = f"，自{begins.zh}起施行", f", in force from {begins.en}"
    return Text(f"{zh}，至{ends.zh}", f"{en} until {ends.en}") if ends else Text(zh, en)


def shorts(compared: Diff) -> tuple[Text, Text]:
    """Both documents in a few characters; editions that would be called the same, by their files."""
    a, b = short_name(compared.a), short_name(compared.b)
    if a == b:
        return Text(compared.name_a, compared.name_a), Text(compared.name_b, compared.name_b)
    return a, b


def relation_text(topic: Topic) -> Text:
    """The relation of a row; where neither is stricter, how they differ."""
    if topic.nature is None:
        return SHORT[topic.relation]
    nature = NATURE[topic.nature]
    return Text(f"⇄ {nature.zh}", f"⇄ {nature.en}")


def label_of(topic: Topic) -> Text:
    """The topic of a row, with the item of a bundle."""
    if topic.item is None:
        return topic.label
    return Text(f"{topic.label.zh}（{topic.item}）", f"{topic.label.en} ({topic.item})")


def guarantors(compared: Diff, claim: Claim, lang: str) -> str:
    """The rules of the other side by which a claim is decided, by their titles."""
    theirs = compared.a if claim.side == "b" else compared.b
    return ("、" if lang == "zh" else ", ").join(theirs[name].title.text.in_(lang) for name in claim.by)


def counted(compared: Diff, lang: str) -> str:
    """How many topics stand how, in one line."""
    counts = compared.counts()
    said_ = [f"{RELATION[r].in_(lang)} {counts[r]}" for r in ORDER if counts[r]]
    total = len(compared.topics)
    if lang == "zh":
        return f"共{total}个主题：" + "，".join(said_)
    return f"{plural(total, 'topic')}: " + ", ".join(said_)


# --- the page in front ------------------------------------------------------------------------------------

HEADING = Text("一页概要", "On one page")
FOREMOST = Text("最重要的不同（至多五处）", "The differences that matter most (five at most)")
SAME = Text("要求没有不同", "what is asked does not differ")
NUMBERS = Text("全部数字", "All numbers")
NONE = Text("无", "none")
ASSUMED = Text("证明所依的假设", "What the proof assumes")
_CONFLICT = Text("✗ 不能同时做到：", "✗ cannot both be met: ")


def conflict_lines(compared: Diff, lang: str) -> list[str]:
    """The contradictions that a proof found."""
    conflicts = compared.proof.conflicts if compared.proof is not None else ()
    return [_CONFLICT.in_(lang) + conflict_text(compared, conflict).in_(lang) for conflict in conflicts]


def foremost_lines(compared: Diff, lang: str) -> Iterator[str]:
    """The differences that matter most: topic, relation, sentence."""
    topics = foremost(compared)
    if not topics:
        yield SAME.in_(lang)
    for topic in topics:
        label, relation = label_of(topic).in_(lang), relation_text(topic).in_(lang)
        mark = f"（{relation}）：" if lang == "zh" else f" ({relation}): "
        yield f"{label}{mark}{topic.sentence.in_(lang)}"


def figure_lines(rulesets: Sequence[RuleSet], lang: str) -> list[list[str]]:
    """The table of numbers of documents, line by line: the label, then what each document says."""
    return [
        [figure.label.in_(lang), *((text or NONE).in_(lang) for text in figure.said)]
        for figure in numbers_of(rulesets)
    ]
