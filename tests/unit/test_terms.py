"""One wording everywhere: every word of the vocabulary is told as the word group of its own field says it."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from fractions import Fraction
from typing import Any

import pytest

from tic_rules import check, load_ruleset, parse_ruleset, shipped_ids
from tic_rules.core.errors import Text
from tic_rules.core.numbers import Range
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.fields import paths_of, words_at
from tic_rules.model.ruleset import Bilingual, Rule, RuleSet
from tic_rules.model.shipped import rules_folder, shared_vocabulary
from tic_rules.model.tables import layout_of
from tic_rules.model.vocabulary import FieldLabel, Vocabulary
from tic_rules.renderers.cells import choices
from tic_rules.results.explanation import facts_of_rule, paths_of_fact
from tic_rules.results.labels import describe, difference_text, range_text
from tic_rules.results.outstanding import to_do
from tic_rules.results.terms import dotted_of, field_label, group_at, term

GROUPS = {path: words_at(Centre, path) for path in sorted(paths_of(Centre)) if words_at(Centre, path)}
WORDS = shared_vocabulary().words
COLLIDING = {
    word
    for word in {word for group in WORDS.values() for word in group}
    if len({group[word].zh for group in WORDS.values() if word in group}) > 1
}


def centre_with(path: str, word: str) -> dict[str, Any]:
    """A centre of which nothing is known but one word, in its place."""
    data: dict[str, Any] = {
        "name": "甲",
        "jurisdiction": "zhejiang",
        "stage": "approved",
        "approved_on": "2022-03-01",
        "applied_on": "2021-09-01",
        "term_years": 5,
    }
    at, model, parts = data, Centre, path.split(".")
    for number, part in enumerate(parts):
        annotation = str(model.model_fields[part].annotation)
        several = annotation.startswith("tuple[") or "Words" in annotation
        inner = next((record for record in _records(model.model_fields[part].annotation)), None)
        if number == len(parts) - 1:
            at[part] = [word] if inner is None and several else word
        else:
            entry: dict[str, Any] = {}
            at[part] = [entry] if "tuple[" in annotation else entry
            at, model = entry, inner
    return data


def _records(annotation: Any) -> Iterator[Any]:
    if hasattr(annotation, "model_fields"):
        yield annotation
    for part in getattr(annotation, "__args__", ()):
        yield from _records(part)


def test_there_are_words_that_collide() -> None:
    assert {"provincial_department", "institute", "national"} <= COLLIDING


@pytest.mark.parametrize("path", GROUPS)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_field_tells_the_words_of_its_own_group(path: str, lang: str) -> None:
    vocabulary = shared_vocabulary()
    group = group_at(vocabulary, path)
    assert group == GROUPS[path]
    for word, label in WORDS[group].items():
        assert term(vocabulary, word, lang, [group]) == getattr(label, lang)


@pytest.fixture(scope="module")
def marked() -> list[RuleSet]:
    """The shipped rule sets with a vocabulary in which every label names its word group."""
    return [_marked(load_ruleset(ruleset_id)) for ruleset_id in shipped_ids()]


def _marked(ruleset: RuleSet) -> RuleSet:
    words = {
        group: {
            word: Bilingual(zh=f"<{group}>{label.zh}", en=f"<{group}>{label.en}")
            for word, label in listed.items()
        }
        for group, listed in ruleset.vocabulary.words.items()
    }
    vocabulary = ruleset.vocabulary.model_copy(update={"words": words})
    copy = copy_of(ruleset)
    object.__setattr__(copy, "vocabulary", vocabulary)
    return copy


def copy_of(ruleset: RuleSet) -> RuleSet:
    copy = object.__new__(RuleSet)
    for name in RuleSet.__slots__:
        if name != "__weakref__":
            object.__setattr__(copy, name, getattr(ruleset, name))
    object.__setattr__(copy, "_compiled", {})
    return copy


TOLD = re.compile("<([a-z_]+)>")


def test_every_message_tells_each_word_group_of_the_fields_that_its_rule_reads(marked: list[RuleSet]) -> None:
    """Every word, in its place, before every rule: what a message says of it is in its own field's words."""
    told: set[str] = set()
    for path, group in GROUPS.items():
        for word in WORDS[group or ""]:
            for ruleset in marked:
                for finding in check(centre_with(path, word), ruleset, as_of="2028-06-30"):
                    shown = [finding.detail.zh, finding.message.zh, finding.detail.en, finding.message.en]
                    said = set(TOLD.findall("".join(shown)))
                    if not said:
                        continue
                    places = [*(place.path for place in finding.data), *finding.missing]
                    own = {GROUPS.get(dotted_of(place, shared_vocabulary())) for place in places}
                    own |= {g for p, g in GROUPS.items() if any(_within(p, place) for place in places)}
                    assert said <= own, (finding.rule, word, finding.detail.zh)
                    told |= said
    assert {"recommenders", "entity_types", "plan_experts", "zones"} <= told


def _within(path: str, place: str) -> bool:
    return path.startswith(dotted_of(place, shared_vocabulary()) + ".")


def asked(ruleset: RuleSet, rule: Rule) -> Iterator[tuple[str, str | None, tuple[Any, ...]]]:
    """What the condition of a rule asks for by word: fact, attribute of an entry, words."""
    for node in c.walk(rule.condition):
        match node:
            case c.Is():
                yield node.fact, None, (node.is_,)
            case c.Among():
                yield node.fact, None, node.among
            case c.AnyAmong():
                yield node.fact, None, node.any_among
            case c.Contains():
                yield node.fact, None, node.contains_all
            case c.Some() | c.Every() | c.NoneOf():
                for name in ("some", "every", "none_of", "permitted"):
                    where = getattr(node, name, None)
                    if where is not None:
                        for attribute, test in where.each.items():
                            yield node.fact, attribute, (*(test.one_of or ()), *(test.other_than or ()))


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_condition_in_words_tells_no_other_group(marked: list[RuleSet], lang: str) -> None:
    """Every word group that a shipped rule asks for, in the words of its condition, and none beside it."""
    groups: set[str] = set()
    for ruleset in marked:
        for rule in ruleset:
            if rule.condition is not None:
                said = set(TOLD.findall(describe(rule.condition, ruleset, lang, rule)))
                assert said <= _groups_read(ruleset, rule), rule.id
                groups |= said
    assert len(groups) >= 20


def _groups_read(ruleset: RuleSet, rule: Rule) -> set[str | None]:
    """The word groups of the fields that a rule's facts read."""
    facts = [ruleset.facts[name] for name in facts_of_rule(rule)]
    paths = [path for fact in facts for path in paths_of_fact(fact, ruleset.vocabulary)]
    return {group for field, group in GROUPS.items() if any((field + ".").startswith(p + ".") for p in paths)}


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("ruleset_id", shipped_ids())
def test_a_condition_in_words_says_each_word_as_its_field_does(ruleset_id: str, lang: str) -> None:
    ruleset = load_ruleset(ruleset_id)
    words: dict[str, int] = defaultdict(int)
    for rule in ruleset:
        text = describe(rule.condition, ruleset, lang, rule) if rule.condition is not None else ""
        for fact, attribute, asked_for in asked(ruleset, rule):
            declared = ruleset.facts[fact]
            listed = ruleset.vocabulary.lists.get(declared.list_name or "")
            paths = (
                [declared.value or declared.words]
                if attribute is None
                else [f"{p}.{attribute}" for p in (listed.paths if listed else ())]
            )
            for group in {words_at(Centre, path) for path in paths if path} - {None}:
                for word in asked_for:
                    if isinstance(word, str):
                        label = ruleset.vocabulary.words[group or ""][word]
                        assert getattr(label, lang) in text, (rule.id, word, text)
                        words[word] += 1
    assert words or ruleset_id == "national_13fyp"


def test_one_word_is_no_list() -> None:
    ruleset = load_ruleset("zhejiang_2022")
    texts = [describe(rule.condition, ruleset, "zh", rule) for rule in ruleset if rule.condition is not None]
    single = [
        text
        for rule, text in zip((r for r in ruleset if r.condition is not None), texts, strict=True)
        if any(isinstance(node, c.Among) and len(node.among) == 1 for node in c.walk(rule.condition))
    ]
    assert not any("属于" in text for text in single)
    for ruleset_id in shipped_ids():
        every = load_ruleset(ruleset_id)
        for rule in every:
            if rule.condition is not None:
                assert "中每一项" not in describe(rule.condition, every, "zh", rule)
                english = describe(rule.condition, every, "en", rule)
                assert "kinds of payers is" not in english
                assert not ("kinds of pay" in english and "kinds" in english.split("at least ", 1)[-1][:10])


def test_a_part_of_a_sum_is_said_alike_of_one_group_and_of_several() -> None:
    ruleset = load_ruleset("zhejiang_2022")
    said = {
        rule.id: describe(rule.condition, ruleset, "en", rule)
        for rule in ruleset
        if rule.condition is not None
    }
    income = "of income of the latest full year by kind, technical service income: the largest part"
    assert said["technical-income-main"] == f"{income} (a tie is enough)"
    assert "research projects, equipment, talent teams: more than 50%, or of" in said["fiscal-main-use"]


def test_an_entry_of_a_series_has_words_too() -> None:
    assert field_label("/staff/teams/0/value", shared_vocabulary(), "zh").endswith("数值")


def test_a_declared_field_within_a_group_without_a_label_is_called_by_its_own() -> None:
    declared = FieldLabel(zh="固定人员", en="permanent staff", type="number", unit="person")
    vocabulary = Vocabulary(fields={"people.fixed": declared})
    assert field_label("/people/fixed/0/value", vocabulary, "zh") == "固定人员/第1条/数值"
    assert field_label("/people", vocabulary, "zh") == "people"
    assert field_label("/indicators/rd/target", vocabulary, "zh") == "indicators/rd/target"


def test_an_entry_of_a_table_is_called_by_its_key_and_its_fields_by_their_labels() -> None:
    vocabulary = shared_vocabulary()
    assert field_label("/indicators/4.5/target", vocabulary, "zh") == "评价指标/4.5/目标值"
    assert field_label("/indicators/4/adjusted", vocabulary, "zh") == "评价指标/4/责任书中已调整"
    assert dotted_of("/indicators/4.5/target", vocabulary) == "indicators.target"
    data = {"jurisdiction": "zhejiang", "approved_on": "2022-03-01", "incomplete": ["indicators"]}
    data["indicators"] = {"4.5": {"target": None}}
    report = check(data, "zhejiang_2022", as_of="2022-03-02")
    finding = report["indicators"]
    assert "评价指标/4.5/目标值" in finding.message.zh
    assert to_do(finding).zh.startswith("补填或写准：评价指标/目标值、")
    (wait,) = (one for one in report.waiting.data if one.field == "indicators.target")
    assert (wait.label.en, wait.places) == ("indicators/target", ["/indicators/4.5/target"])


def test_what_an_entry_lacks_is_told_by_the_labels_of_its_fields() -> None:
    data: dict[str, Any] = {"jurisdiction": "zhejiang", "stage": "approved", "approved_on": "2022-03-01"}
    data["attestations"] = [{"rule": "zhejiang_2022/global-recruitment", "met": True}]
    data["exemptions"] = [{"rule": "zhejiang_2022/staff-2y", "reason": "x"}]
    told = [notice.message for notice in check(data, "zhejiang_2022", as_of="2026-06-30").warnings]
    en = "the exemption lacks: approved by, date; it has no effect"
    assert Text("豁免缺少批准单位、批准日期，不起作用", en) in told
    assert any(text.zh == "认定意见缺少评审单位、评审日期、依据，不起作用" for text in told)


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_choice_of_a_form_is_offered_by_its_label(lang: str) -> None:
    vocabulary = shared_vocabulary()
    layout = layout_of(Centre, vocabulary)
    for sheet in (layout.main, *layout.lists.values()):
        for column in sheet.columns:
            labels = vocabulary.words.get(column.words or "", {}).values()
            assert column.words is None or choices(column, vocabulary, lang) == [
                getattr(label, lang) for label in labels
            ]


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ("jiangsu_2020/recommendation", "recommended by government of a districted city; filed with"),
        ("jiangsu_2020/priority-zone", "zones include one of Sunan national innovation"),
        ("zhejiang_2022/board", "board: yes; at least one of members of the board: role is"),
        ("zhejiang_2022/joint-building", "number of hosts and builders: at least 2 units"),
        ("national_2020/third-party-evaluation", "at least one of evaluations: evaluated by third party"),
    ],
)
def test_a_condition_in_english_is_a_sentence(rule: str, said: str) -> None:
    ruleset = load_ruleset(rule.partition("/")[0])
    told = ruleset[rule.partition("/")[2]]
    assert describe(told.condition, ruleset, "en", told).startswith(said)


@pytest.mark.parametrize(
    ("span", "unit", "zh", "en"),
    [
        (Range(4, 5), "kind", "4至5类", "4 to 5 kinds"),
        (Range(0, 10**8), "CNY", "0元至1亿元", "CNY 0 to CNY 100 million"),
        (Range(1, 1), "unit", "1家", "1 unit"),
    ],
)
def test_a_range_has_its_unit_once(span: Range, unit: str, zh: str, en: str) -> None:
    assert Text.of(lambda lang: range_text(span, unit, shared_vocabulary().units, lang)) == (zh, en)


@pytest.mark.parametrize(
    ("number", "zh", "en"),
    [
        (Fraction(1, 1000), "0.1个百分点", "0.1 percentage points"),
        (Fraction(1, 100), "1个百分点", "1 percentage point"),
    ],
)
def test_between_two_percentages_lie_percentage_points(number: Fraction, zh: str, en: str) -> None:
    assert Text.of(lambda lang: difference_text(number, "ratio", {}, lang)) == (zh, en)


def test_consequences_of_the_same_words_are_told_apart_by_their_titles() -> None:
    text = (rules_folder() / "zhejiang_2022.yaml").read_text(encoding="utf-8")
    revoked, delisted = (
        "{zh: 取消创建资格, en: the designation is revoked}",
        "{zh: 予以摘牌, en: the centre is delisted}",
    )
    same = text.replace(f"then: {revoked}", f"then: {delisted}")
    for written, said in (
        (text, "取消创建资格，或者予以摘牌"),
        (same, "予以摘牌（验收未通过的取消创建资格），或者予以摘牌（连续两次评价不合格的予以摘牌）"),
    ):
        ruleset = parse_ruleset(written, "new.yaml")
        rule = ruleset["funds-recovered"]
        assert rule.condition is not None
        assert describe(rule.condition, ruleset, "zh", rule) == said
