"""Two rule sets by topic: alignment, changes, relations, git revisions, impact, and every format."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tracemalloc
import zipfile
from functools import cache
from itertools import combinations, permutations
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from tic_rules import Centre, Programme, RuleSet, load_ruleset, parse_ruleset, shipped_ids
from tic_rules.analysis.diff.claims import read_off
from tic_rules.analysis.diff.evidence import shown
from tic_rules.analysis.diff.front import numbers_of
from tic_rules.analysis.diff.impact import impact
from tic_rules.analysis.diff.topics import Diff, as_dict, diff
from tic_rules.analysis.prove.witness import part_of
from tic_rules.cli import main
from tic_rules.renderers.diff import change_text, render, sentence_of
from tic_rules.renderers.diff.flow import impact_lines, sides_of
from tic_rules.renderers.diff.text import wrap
from tic_rules.renderers.text import cells
from tic_rules.results.labels import STATUS

ROOT = Path(__file__).parents[2]
ZHEJIANG = (ROOT / "rules" / "zhejiang_2022.yaml").read_text(encoding="utf-8")
MIRRORED = {
    "same": "same",
    "different": "different",
    "b_stricter": "b_looser",
    "b_looser": "b_stricter",
    "only_a": "only_b",
    "only_b": "only_a",
}


@cache
def compared(a: str, b: str) -> Diff:
    return diff(load_ruleset(a), load_ruleset(b))


def relations(found: Diff) -> dict[str, str]:
    """By topic; the items of a bundle by topic and item."""
    return {topic.id + (f"#{topic.item}" if topic.item else ""): topic.relation for topic in found.topics}


def run(*args: str) -> Result:
    return CliRunner().invoke(main, ["diff", *args])


# --- shipped sets -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("topic", "relation"),
    [
        ("term", "different"),
        ("funding.total", "only_b"),
        ("governance.charter", "only_a"),
        ("governance.party", "b_stricter"),
        ("legal_form", "b_looser"),
        ("procedure.plan", "same"),
        ("procedure.recommendation", "b_looser"),
        ("funding.sources", "b_stricter"),
        ("governance.chief_scientist", "b_stricter"),
        ("programme.count", "different"),
    ],
)
def test_relations_that_a_reader_of_both_documents_expects(topic: str, relation: str) -> None:
    assert relations(compared("jiangsu_2020", "zhejiang_2022"))[topic] == relation


def test_the_term_as_the_interface_shows_it() -> None:
    data = as_dict(compared("jiangsu_2020", "zhejiang_2022"))
    assert (data["a"], data["b"]) == ("jiangsu_2020", "zhejiang_2022")
    term = next(topic for topic in data["topics"] if topic["topic"] == "term")
    assert (term["relation"], term["a"], term["b"], term["witness"]) == (
        "different",
        ["term-length"],
        ["term-length"],
        None,
    )
    (change,) = term["changes"]
    assert {key: change[key] for key in ("what", "a", "b", "effect")} == {
        "what": "threshold",
        "a": "3 years",
        "b": "5 years",
        "effect": "incomparable",
    }
    assert change["places"]["a"]["file"] == "rules/jiangsu_2020.yaml"
    lines = (ROOT / "rules" / "jiangsu_2020.yaml").read_text(encoding="utf-8").splitlines()
    assert "equals: 3" in lines[change["places"]["a"]["line"] - 1]


@pytest.mark.parametrize(("a", "b"), list(permutations(shipped_ids(), 2)))
def test_every_rule_stands_somewhere_and_no_row_contradicts_another(a: str, b: str) -> None:
    """A rule may stand in several rows; under one topic it is not answered by one row and left alone by
    another."""
    found = compared(a, b)
    for side, ruleset in (("a", found.a), ("b", found.b)):
        stands = {rule.id for topic in found.topics for rule in getattr(topic, side)}
        assert stands == {rule.id for rule in ruleset}
        answered = {
            (name, rule.id)
            for topic in found.topics
            if topic.a and topic.b
            for name in topic.topics
            for rule in getattr(topic, side)
        }
        alone = {
            (topic.id, rule.id)
            for topic in found.topics
            if not (topic.a and topic.b)
            for rule in getattr(topic, side)
        }
        assert not answered & alone


@pytest.mark.parametrize(("a", "b"), list(combinations(shipped_ids(), 2)))
def test_the_other_way_round_says_the_mirror_image(a: str, b: str) -> None:
    forth, back = relations(compared(a, b)), relations(compared(b, a))
    assert {topic: MIRRORED[relation] for topic, relation in forth.items()} == back


@pytest.mark.parametrize("name", shipped_ids())
def test_a_set_is_the_same_as_itself(name: str) -> None:
    found = compared(name, name)
    assert set(relations(found).values()) == {"same"}
    assert found.levels() == {"nothing"}
    assert not found.tightens
    assert not found.loosens


# --- editions of one document -------------------------------------------------------------------------------


def edited(*changes: tuple[str, str], file: str = "new.yaml") -> RuleSet:
    text = ZHEJIANG
    for before, after in changes:
        assert before in text, before
        text = text.replace(before, after)
    return parse_ruleset(text, file)


STAFF = "require: {fact: headcount, at_least: 800}"
EDITS = [
    (
        (STAFF, STAFF.replace("800", "900")),
        "talent.headcount",
        "threshold",
        "stricter",
        "verdict",
        "b_stricter",
    ),
    (
        ("{fact: unit_count, at_least: 2}", "{fact: unit_count, at_least: 1}"),
        "structure.builders",
        "threshold",
        "looser",
        "verdict",
        "b_looser",
    ),
    ((STAFF, STAFF.replace("800", "700")), "talent.headcount", "threshold", "looser", "verdict", "b_looser"),
    (
        (STAFF, STAFF.replace("at_least", "more_than")),
        "talent.headcount",
        "comparison",
        "stricter",
        "verdict",
        "b_stricter",
    ),
    (
        (
            "by: 5y\n    since: approval\n    require: {fact: inv",
            "by: 6y\n    since: approval\n    require: {fact: inv",
        ),
        "funding.total",
        "deadline",
        "looser",
        "verdict",
        "b_looser",
    ),
    (
        (
            "by: approval\n    require:\n      fact: indicators",
            "by: 2y\n    require:\n      fact: indicators",
        ),
        "evaluation.indicators",
        "deadline",
        "looser",
        "verdict",
        "b_looser",
    ),
    (("        - 建设布局\n", ""), "procedure.plan_outline", "list", "looser", "verdict", "b_looser"),
    (
        ("        - 建设布局\n", "        - 建设布局\n        - 新的章节\n"),
        "procedure.plan_outline",
        "list",
        "stricter",
        "verdict",
        "b_stricter",
    ),
    (
        ("城市大脑, 新能源]\n      open: true", "城市大脑, 新能源]"),
        "field",
        "open_list",
        "stricter",
        "verdict",
        "b_stricter",
    ),
    (
        ("炼化一体化, 新材料, 汽车", "炼化一体化, 人工智能, 汽车"),
        "field",
        "list",
        "incomparable",
        "verdict",
        "different",
    ),
    (("七项任务逐项评审认定", "各项任务逐项评审认定"), "tasks", "reading", "none", "words", "same"),
    (("二（八）", "二（八甲）"), "achievements", "clause", "none", "words", "same"),
    (
        ("title: {zh: 五年内基本建成世界一流平台", "title: {zh: 五年内建成世界一流平台"),
        "goals",
        "wording",
        "none",
        "words",
        "same",
    ),
]


@pytest.mark.parametrize(
    ("edit", "topic", "what", "effect", "level", "relation"), EDITS, ids=lambda value: str(value)[:30]
)
def test_an_edit_is_found_with_its_effect_and_level(
    edit: tuple[str, str], topic: str, what: str, effect: str, level: str, relation: str
) -> None:
    found = diff(load_ruleset("zhejiang_2022"), edited(edit))
    told = {
        (change.what, change.effect, change.level)
        for each in found.topics
        if each.id == topic
        for pair in each.pairs
        for change in pair.changes
    }
    assert (what, effect, level) in told
    assert relations(found)[topic] == relation
    assert all(other == "same" for name, other in relations(found).items() if name != topic)
    assert ("verdict" in found.levels()) == (level == "verdict")


def test_modality_bearer_and_scope() -> None:
    before = "  - id: party-organisation\n"
    at = ZHEJIANG.index(before)
    rule = ZHEJIANG[at : ZHEJIANG.index("  - id:", at + 10)]
    softer = rule.replace("modality: must", "modality: in_principle")
    elsewhere = rule.replace("bearer: centre", "bearer: host")
    narrower = rule.replace("    require:", "    applies: {fact: investment, more_than: 0}\n    require:")
    told = {}
    for name, changed in (("modality", softer), ("bearer", elsewhere), ("applicability", narrower)):
        assert changed != rule
        found = diff(load_ruleset("zhejiang_2022"), edited((rule, changed)))
        told[name] = (
            relations(found)["governance.party"],
            [(c.what, c.effect) for t in found.topics for p in t.pairs for c in p.changes],
        )
    assert told == {
        "modality": ("b_looser", [("modality", "looser")]),
        "bearer": ("different", [("bearer", "incomparable")]),
        "applicability": ("b_looser", [("applicability", "looser")]),
    }


@pytest.mark.parametrize(
    ("rule", "edit", "relation", "effects", "said"),
    [
        ("service-platform", {"kind": "entitlement"}, "b_looser", {"looser"}, "A obligation, B entitlement"),
        ("service-platform", {"kind": "limit"}, "b_stricter", {"stricter"}, "A obligation, B limit"),
        ("legal-entity", {"kind": "target"}, "b_looser", {"looser"}, "B target"),
        ("legal-entity", {"kind": "procedure"}, "same", {"none"}, "both ask the same"),
        ("board", {"since": "approval"}, "different", {"incomparable"}, "counted from approval"),
        ("legal-transition", {"since": "approval"}, "same", {"none"}, "both ask the same"),
        ("investment-2y", {"by": "3y", "since": "term_end"}, "different", {"incomparable"}, "A counted"),
        ("host-kind", {"since": "approval"}, "different", {"incomparable"}, "counted from approval"),
        (
            "board",
            {"require": {"any": [{"fact": "board", "is": True}, {"fact": "board_terms", "is": True}]}},
            "b_looser",
            {"looser", "none"},
            "A also asks",
        ),
        (
            "income-sources",
            {"applies": {"fact": "income_total", "more_than": "1亿元"}},
            "b_looser",
            {"looser"},
            "applies where: A",
        ),
    ],
)
def test_a_row_and_its_changes_say_the_same(
    rule: str, edit: dict[str, Any], relation: str, effects: set[str], said: str
) -> None:
    data = yaml.load(ZHEJIANG, yaml.CSafeLoader)
    data["rules"] = [own | edit if own["id"] == rule else own for own in data["rules"]]
    new = parse_ruleset(yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True), "new.yaml")
    old = load_ruleset("zhejiang_2022")
    for a, b, mirrored in ((old, new, False), (new, old, True)):
        (row,) = (topic for topic in diff(a, b).topics if topic.changed)
        assert row.relation == (MIRRORED[relation] if mirrored else relation)
        turned = {"stricter": "looser", "looser": "stricter"} if mirrored else {}
        told = {change.effect for pair in row.pairs for change in pair.changes}
        assert told == {turned.get(effect, effect) for effect in effects}
        assert mirrored or said in row.sentence.en


@pytest.mark.parametrize(
    ("alike", "one", "other", "relation", "effect"),
    [
        ({"kind": "prohibition"}, {"by": "application"}, {}, "b_looser", "looser"),
        ({}, {"by": "approval"}, {}, "b_stricter", "stricter"),
        (
            {"fails_at_once": {"fact": "misspent", "more_than": 0}},
            {"by": "application"},
            {"by": "approval"},
            "different",
            "incomparable",
        ),
        (
            {},
            {"require": {"fact": "base_count", "at_least": 3}},
            {"require": {"fact": "bases", "some": {}}},
            "b_looser",
            "looser",
        ),
    ],
    ids=["a prohibition of applicants", "on the approval day", "what fails at once", "three are one"],
)
def test_of_two_drafts_a_row_and_its_change_say_the_same(
    alike: dict[str, Any], one: dict[str, Any], other: dict[str, Any], relation: str, effect: str
) -> None:
    data = yaml.load(ZHEJIANG, yaml.CSafeLoader)
    (place,) = (n for n, rule in enumerate(data["rules"]) if rule["id"] == "joint-building")
    rule = {key: value for key, value in data["rules"][place].items() if key != "by"}
    drafts = []
    for edit in (one, other):
        data["rules"][place] = rule | alike | edit
        drafts.append(parse_ruleset(yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True), "new.yaml"))
    (row,) = (topic for topic in diff(*drafts).topics if topic.changed)
    assert row.relation == relation
    assert {change.effect for pair in row.pairs for change in pair.changes} == {effect}


def test_a_sentence_says_of_which_rule_of_several_it_speaks() -> None:
    """What is asked within two years is not to be read as what is asked within five."""
    before = "by: 2y\n    since: approval\n    require: {fact: inv"
    found = diff(load_ruleset("zhejiang_2022"), edited((before, before.replace("2y", "3y"))))
    (row,) = (topic for topic in found.topics if topic.changed)
    title = "at least CNY 1 billion invested within two years: "
    assert row.sentence.en.startswith(f"{title}time: A")
    both = before.replace("2y", "3y\n    applies: {fact: category, is: field}")
    found = diff(load_ruleset("zhejiang_2022"), edited((before, both)))
    (row,) = (topic for topic in found.topics if topic.changed)
    assert row.sentence.en.count(title) == 1, "once for what stands beside it"
    assert row.sentence.en.endswith("; B only where category is field")


@pytest.mark.parametrize(
    ("rule", "by", "said"),
    [
        ("market-services", "by: 2y", "A within 2 years"),
        ("core-bases-network", "by: term_end", "B within 5 years"),
        ("fiscal-prohibited-use", "bearer: centre", "B when the application is filed"),
    ],
)
def test_editions_that_differ_in_time_alone_say_so(rule: str, by: str, said: str) -> None:
    """Also where no quote says when, where lists are the same on both sides, and where one has no time."""
    at = ZHEJIANG.index(f"  - id: {rule}\n")
    text = ZHEJIANG[at : ZHEJIANG.index("  - id:", at + 10)]
    other = "by: 5y" if by.startswith("by") else f"{by}\n    by: application"
    found = diff(load_ruleset("zhejiang_2022"), edited((text, text.replace(f"{by}\n", f"{other}\n"))))
    (row,) = (topic for topic in found.topics if topic.changed)
    assert row.nature == "time"
    assert re.match("(no fiscal money on prohibited uses: )?time: A", row.sentence.en)
    assert said in row.sentence.en


def test_a_word_that_may_also_be_left_out_is_told() -> None:
    before = "some: {role: [host, co_builder], type: {other_than: government}}"
    asked = "some: {{role: [host, co_builder], type: {}}}"
    one, other = (edited((before, asked.format(words))) for words in ("[institute]", "[institute, null]"))
    (change,) = (change for t in diff(one, other).topics for p in t.pairs for change in p.changes)
    assert change.a is not None
    assert change.b is not None
    assert change.effect == "looser"
    assert change.b.zh == f"{change.a.zh}或未填"
    assert change.b.en == f"{change.a.en} or not given"


def test_a_renumbered_and_renamed_clause_is_followed_by_its_quote() -> None:
    new = edited(
        ("id: board-chair", "id: chairing"),
        ("board-powers, board-chair]", "board-powers, chairing]"),
        ("四（一）1", "四（一）9"),
    )
    found = diff(load_ruleset("zhejiang_2022"), new)
    pair = next(
        pair
        for topic in found.topics
        for pair in topic.pairs
        if pair.a is not None and pair.a.id == "board-chair"
    )
    assert pair.b is not None
    assert pair.b.id == "chairing"
    assert {change.what for change in pair.changes} == {"clause", "id"}
    assert found.levels() == {"words", "nothing"}


def test_a_change_has_a_line_on_both_sides() -> None:
    new = edited((STAFF, "# a comment moves what follows\n    " + STAFF.replace("800", "900")))
    data = as_dict(diff(load_ruleset("zhejiang_2022"), new))
    (change,) = [change for topic in data["topics"] for change in topic["changes"]]
    before, after = change["places"]["a"]["line"], change["places"]["b"]["line"]
    assert (after - before, change["places"]["b"]["file"]) == (1, "new.yaml")
    assert STAFF in ZHEJIANG.splitlines()[before - 1]


@pytest.mark.parametrize(
    "time", ["by: 3y", "from: 3y", "yearly: {looked_for_until: end_of_year}", "cycle: {years: 3}"]
)
def test_another_time_has_the_line_of_its_key(time: str) -> None:
    """Of a cycle it was the first line of the rule."""
    due = "by: 2y\n    since: approval\n    require: {fact: inv"
    data = as_dict(diff(load_ruleset("zhejiang_2022"), edited((due, due.replace("by: 2y", time)))))
    (change,) = [change for topic in data["topics"] for change in topic["changes"]]
    assert [place["line"] for place in change["places"].values()] == [
        ZHEJIANG[: ZHEJIANG.index(due)].count("\n") + 1
    ] * 2


def test_a_fact_that_is_read_in_another_way_is_a_change() -> None:
    own = (
        "vocabulary:\n  facts:\n    headcount: {label: {zh: 人数, en: staff}, stock: staff.research, unit: "
        "person}\n"
    )
    vocabulary = ZHEJIANG.index("\nvocabulary:") if "\nvocabulary:" in ZHEJIANG else None
    assert vocabulary is None, "the shipped file has a vocabulary of its own: put the fact there"
    new = edited(("\nclauses:\n", f"\n{own}\nclauses:\n"))
    found = diff(load_ruleset("zhejiang_2022"), new)
    assert relations(found)["talent.headcount"] == "different"
    assert {name for name, relation in relations(found).items() if relation != "same"} == {"talent.headcount"}
    assert {change.what for topic in found.topics for pair in topic.pairs for change in pair.changes} == {
        "fact"
    }


def test_readings_of_one_label_are_told_by_what_they_declare() -> None:
    own = (
        "vocabulary:\n  facts:\n    headcount: {label: {zh: 人数, en: staff}, stock: staff.PART, unit: "
        "person}\n"
    )
    old, new = (
        edited(("\nclauses:\n", f"\n{own.replace('PART', part)}\nclauses:\n"))
        for part in ("headcount", "research")
    )
    (topic,) = [topic for topic in diff(old, new).topics if topic.relation == "different"]
    assert topic.sentence.zh == "数据读法：甲人数 {stock: staff.headcount}，乙人数 {stock: staff.research}"


def test_what_follows_a_consequence_changes_with_it() -> None:
    old, new = load_ruleset("zhejiang_2022"), edited(("when: {running: 2,", "when: {running: 3,"))
    told = {
        relation: diff(*pair) for relation, pair in (("b_looser", (old, new)), ("b_stricter", (new, old)))
    }
    for relation, found in told.items():
        assert {(name, r) for name, r in relations(found).items() if r != "same"} == {
            ("exit", relation),
            ("exit.recovery", relation),
        }
        (pair,) = next(topic.pairs for topic in found.topics if topic.id == "exit.recovery")
        assert [(c.what, c.effect, c.level) for c in pair.changes] == [
            ("requirement", relation[2:], "verdict")
        ]


def test_what_follows_a_consequence_does_not_hang_on_its_modality() -> None:
    at = ZHEJIANG.index("  - id: delisted-after-two-failures\n")
    rule = ZHEJIANG[at : ZHEJIANG.index("  - id:", at + 10)]
    found = diff(load_ruleset("zhejiang_2022"), edited((rule, rule.replace("must", "in_principle"))))
    assert [(topic.id, topic.relation) for topic in found.topics if topic.changed] == [("exit", "b_looser")]


def test_editions_in_force_from_another_day_may_turn_a_verdict(tmp_path: Path) -> None:
    file = tmp_path / "later.yaml"
    file.write_text(ZHEJIANG.replace("in_force: {from: 2022-01-14}", "in_force: {from: 2023-01-14}"), "utf-8")
    for status, fail_on in ((1, "verdict"), (1, "words"), (0, "stricter")):
        assert run("zhejiang_2022", str(file), "--fail-on", fail_on).exit_code == status
    first, second = (
        run("zhejiang_2022", other, "--lang", "zh", "--format", "markdown").stdout
        for other in (str(file), "zhejiang_2022")
    )
    assert re.findall("自(.{10})起施行", first) == ["2022年1月14日", "2023年1月14日"]
    assert "起施行" not in second


@pytest.mark.parametrize(("rule", "effect"), [("investment-2y", "stricter"), ("fiscal-accounting", "none")])
def test_what_fails_at_once_may_turn_a_verdict(rule: str, effect: str) -> None:
    start = ZHEJIANG.index(f"  - id: {rule}\n")
    text = ZHEJIANG[:start] + re.sub(r"kind: \w+", "kind: limit", ZHEJIANG[start:], count=1)
    found = diff(load_ruleset("zhejiang_2022"), parse_ruleset(text, "new.yaml"))
    (change,) = [change for topic in found.topics for pair in topic.pairs for change in pair.changes]
    assert (change.what, change.effect, change.level) == ("kind", effect, "verdict")


@pytest.mark.parametrize(
    ("old", "what"),
    [("{zh: 组织关键核心技术攻关,", "items"), ("then: {zh: 最近一次年度绩效评价结果作为", "consequence")],
)
def test_words_of_items_and_of_good_results_are_looked_at(old: str, what: str) -> None:
    found = diff(load_ruleset("zhejiang_2022"), edited((old, old.replace("zh: ", "zh: 新"))))
    (change,) = [change for topic in found.topics for pair in topic.pairs for change in pair.changes]
    assert (change.what, change.effect, change.level) == (what, "none", "words")


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("", "not computed"),
        ("    amount: {sum_of: [misspent]}\n", "fiscal spending audited as non-compliant"),
    ],
)
def test_another_amount_is_told_in_words(new: str, told: str) -> None:
    amount = "    amount: {sum_of: [fiscal_balance, misspent]}\n"
    found = diff(load_ruleset("zhejiang_2022"), edited((amount, new)))
    (change,) = [change for topic in found.topics for pair in topic.pairs for change in pair.changes]
    assert (change.what, change.level, change.part) == ("consequence", "verdict", ("amount",))
    assert change.a
    assert change.a.en.endswith("(amount: unspent fiscal money + fiscal spending audited as non-compliant)")
    assert change.b
    assert change.b.en.endswith(f"(amount: {told})")


HAIDONG = (
    Path(__file__).parents[2] / "examples/provinces/haidong/tic_rules_haidong/haidong_2024.yaml"
).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "topic"),
    [
        (
            "sum: rd, of: annual, over: {full_years: 3",
            "sum: rd, of: annual, over: {full_years: 1",
            "host.research",
        ),
        ("value: registered_on, type: date", "value: approved_on, type: date", "host"),
    ],
    ids=["a share of another sum", "an age from another day"],
)
def test_a_fact_that_is_made_of_other_facts_is_another(old: str, new: str, topic: str) -> None:
    a, b = (parse_ruleset(text, "haidong_2024.yaml") for text in (HAIDONG, HAIDONG.replace(old, new, 1)))
    assert relations(diff(a, b))[topic] == "different"


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "registered: {label: {zh: 注册日期, en: registered on}, value: registered_on",
            "registered: {label: {zh: 注册日期, en: registered on}, value: approved_on",
            "甲注册年数（注册日期 {value: registered_on}），乙注册年数（注册日期 {value: approved_on}）",
        ),
        (
            "smaller: [{times: 百分之二十",
            "smaller: [{times: 百分之十",
            "甲补助上限（上年研发投入的20%、500万元中较小的），乙补助上限（上年研发投入的10%、500万元中较小的）",
        ),
        (
            "equipment: {path: equipment}",
            "equipment: {path: equipment, earlier: ignored}",
            "甲仪器设备原值 {list: {path: equipment}}，"
            "乙仪器设备原值 {list: {earlier: ignored, path: equipment}}",
        ),
    ],
    ids=["a part of it", "a ceiling", "its list"],
)
def test_a_fact_that_is_read_otherwise_is_told_by_what_differs(old: str, new: str, said: str) -> None:
    a, b = (parse_ruleset(text, "haidong_2024.yaml") for text in (HAIDONG, HAIDONG.replace(old, new, 1)))
    found = diff(a, b)
    assert f"数据读法：{said}" in [topic.sentence.zh for topic in found.topics]
    (change, *_) = [one for topic in found.topics for pair in topic.pairs for one in pair.changes]
    assert change_text(change).zh.endswith("（读法不同，不比宽严）")


# --- pairs of files -----------------------------------------------------------------------------------------


def leaves(value: Any, at: tuple[Any, ...] = ()) -> dict[tuple[Any, ...], Any]:
    if isinstance(value, dict):
        return {k: v for key, inner in value.items() for k, v in leaves(inner, (*at, key)).items()}
    if isinstance(value, list):
        return {k: v for key, inner in enumerate(value) for k, v in leaves(inner, (*at, key)).items()}
    return {at: value}


@pytest.mark.parametrize(
    ("a", "b"),
    [
        ("jiangsu_2020", "zhejiang_2022"),
        ("national_2017", "national_2020"),
        ("national_13fyp", "national_2017"),
        ("national_2020", "zhejiang_2022"),
    ],
)
def test_a_pair_of_files_shows_what_it_says(a: str, b: str) -> None:
    from tic_rules import check

    found = shown(read_off(compared(a, b)))
    seen = 0
    for claim in found.claims:
        pair = claim.witness
        if pair is None:
            continue
        if claim.rule.bearer == "programme":
            assert [Programme.from_data(data) for data in (pair.failing, pair.passing)]
            continue
        own, theirs = (found.b, found.a) if claim.side == "b" else (found.a, found.b)
        failing, passing = (
            check(data, own, as_of=pair.as_of, engine="reference")[claim.rule.id].status
            for data in (pair.failing, pair.passing)
        )
        assert passing in ("pass", "not_applicable"), claim
        assert failing in ("fail", "needs_review", "pending"), claim
        said = [STATUS[status].zh for status in (failing, passing)]
        assert re.search(rf"{said[0]}(而[甲乙].*)?；.*，{said[1]}$", sentence_of(found, pair).zh), claim
        other = check(pair.failing, theirs, as_of=pair.as_of, engine="reference")
        beside = pair.statuses["failing"]["a" if claim.side == "b" else "b"]
        assert {name: other[name].status for name in beside} == beside, claim
        assert "fail" not in beside.values(), claim
        first, second = leaves(pair.failing), leaves(pair.passing)
        if len(first) == len(second):
            assert len([key for key in first if first[key] != second.get(key)]) == 1, claim
        seen += 1
    assert seen > 20
    assert not [
        claim for claim in found.claims if claim.witness is None and claim.status in ("looser", "silent")
    ]


def test_a_rule_of_several_rows_is_answered_where_the_same_facts_are_asked_about() -> None:
    claims = {(c.side, c.rule.id): c for c in read_off(compared("zhejiang_2022", "national_2020")).claims}
    claim = claims["b", "market-services"]  # stands among the main tasks first, where nothing asks for these
    assert (claim.status, claim.by) == ("looser", ("market-services",))
    assert claim.topic == "ecosystem.contract_services"


def test_the_term_of_three_years_against_five_is_shown_by_one_number() -> None:
    found = shown(read_off(compared("jiangsu_2020", "zhejiang_2022")))
    pair = next(topic for topic in found.topics if topic.id == "term").witnesses[0]
    assert (pair.path, pair.before, pair.after) == ("/term_years", 3, 5)
    assert pair.statuses["failing"] == {"a": {"term-length": "pass"}, "b": {"term-length": "fail"}}


@pytest.mark.parametrize(("by", "effect"), [("1y", "stricter"), ("3y", "looser")])
def test_a_judgement_that_is_due_on_another_day_is_the_same_judgement(by: str, effect: str) -> None:
    """The row and its change said that neither is stricter; a proof knew."""
    old = load_ruleset("zhejiang_2022")
    found = diff(old, old.with_change("capability-2y", by=by))
    (topic,) = [topic for topic in found.topics if "capability-2y" in {rule.id for rule in topic.a}]
    (change,) = [change for pair in topic.pairs for change in pair.changes if change.what == "deadline"]
    assert change.effect == effect
    assert (topic.tightens, topic.loosens) == (effect == "stricter", effect == "looser")


def test_what_has_no_date_ends_with_no_term() -> None:
    """A judgement, and a word without a date, are the same after the term as within it."""
    for rule in ("rights-and-duties", "positioning"):
        at = ZHEJIANG.index(f"  - id: {rule}\n")
        old = ZHEJIANG[at : ZHEJIANG.index("  - id:", at + 10)]
        new = old.replace("    require:", "    until: term_end\n    require:")
        found = diff(load_ruleset("zhejiang_2022"), edited((old, new)))
        (topic,) = [topic for topic in found.topics if rule in {one.id for one in topic.a}]
        changes = [change for pair in topic.pairs for change in pair.changes if change.what == "deadline"]
        assert (topic.relation, [change.effect for change in changes]) == ("same", ["none"])


@pytest.mark.parametrize(
    ("edit", "fails"),
    [
        ((STAFF, STAFF.replace("800", "900")), "b"),
        (
            (
                "by: 2y\n    since: approval\n    require: {fact: inv",
                "by: 3y\n    since: approval\n    require: {fact: inv",
            ),
            "a",
        ),
    ],
)
def test_editions_of_one_document_are_told_apart(edit: tuple[str, str], fails: str) -> None:
    """Both editions have one id: what each says of a file must not be taken for what the other says."""
    found = shown(read_off(diff(load_ruleset("zhejiang_2022"), edited(edit))))
    (pair,) = [pair for topic in found.topics for pair in topic.witnesses]
    assert (pair.side, pair.short, set(pair.others)) == (fails, "fail", {"pass"})


def test_witness_files_are_written_and_can_be_checked(tmp_path: Path) -> None:
    result = run("national_2020", "jiangsu_2020", "--witness", str(tmp_path / "pairs"), "--lang", "en")
    assert result.exit_code == 0, result.output
    index = json.loads((tmp_path / "pairs" / "index.json").read_text(encoding="utf-8"))
    one = next(pair for pair in index["pairs"] if pair["rule"] == "party-organisation")
    for kind, status in (("failing", "fail"), ("passing", "pass")):
        told = CliRunner().invoke(
            main,
            ["check", str(tmp_path / "pairs" / one[kind]), "--rules", "jiangsu_2020", "--format", "json"],
        )
        (report,) = json.loads(told.stdout)["reports"]
        assert {finding["rule"]: finding["status"] for finding in report["findings"]}[
            "jiangsu_2020/party-organisation"
        ] == status


def test_the_commands_of_a_witness_file_say_what_its_index_says(tmp_path: Path) -> None:
    """Of editions of one id, and of a draft that is no id on hand, each by the file that was named."""
    for name in ("zhejiang_2022", "my_draft"):
        draft, pairs = tmp_path / f"{name} 2.yaml", tmp_path / name
        text = ZHEJIANG.replace(STAFF, STAFF.replace("800", "900")).replace(
            "id: zhejiang_2022", f"id: {name}"
        )
        draft.write_text(text, encoding="utf-8")
        assert run("zhejiang_2022", str(draft), "--witness", str(pairs)).exit_code == 0
        (pair,) = json.loads((pairs / "index.json").read_text(encoding="utf-8"))["pairs"]
        for kind in ("failing", "passing"):
            commands = (pairs / pair[kind]).read_text(encoding="utf-8").splitlines()[1:3]
            for side, command in zip("ab", commands, strict=True):
                words = shlex.split(command.removeprefix("# tic-rules "))
                (report,) = json.loads(CliRunner().invoke(main, [*words, "--format", "json"]).stdout)[
                    "reports"
                ]
                told = {found["rule"].split("/")[1]: found["status"] for found in report["findings"]}
                claimed = pair["statuses"][kind][side]
                assert claimed == {rule: told[rule] for rule in claimed}


# --- impact -------------------------------------------------------------------------------------------------


def test_impact_names_the_clause_that_turns_a_verdict() -> None:
    new = edited(("require: {fact: headcount, at_least: 300}", "require: {fact: headcount, at_least: 10}"))
    found = diff(load_ruleset("zhejiang_2022"), new)
    data = {
        "reported_on": "2024-06-30",
        "approved_on": "2022-03-01",
        "staff": {"headcount": [{"date": "2024-01-01", "value": 200}]},
    }
    told = impact(found, [Centre.from_data(data)]).centres[0]
    assert [(flip.a.id, flip.status_a, flip.status_b, flip.decides) for flip in told.flips if flip.a] == [
        ("staff-2y", "fail", "pass", True)
    ]
    assert (told.verdict_a, told.verdict_b) == ("non_compliant", "undetermined")
    assert told.flipped


def test_a_draft_under_another_id_inherits_judgements_and_exemptions() -> None:
    draft = parse_ruleset(ZHEJIANG.replace("id: zhejiang_2022", "id: zhejiang_copy", 1), "zhejiang_copy.yaml")
    centre = Centre.from_file(ROOT / "examples" / "zhejiang.yaml")
    for pair in ((load_ruleset("zhejiang_2022"), draft), (draft, load_ruleset("zhejiang_2022"))):
        (told,) = impact(diff(*pair), [centre]).centres
        assert told.flips == ()


def test_impact_counts_a_centre_once_for_a_clause() -> None:
    """A rule that bundles several items stands in a row for each."""
    text = (ROOT / "examples" / "zhejiang.yaml").read_text("utf-8")
    text = re.sub(r"(main-tasks, item: \"1\", met: )true", r"\1false", text)
    told = impact(compared("zhejiang_2022", "jiangsu_2020"), [Centre.from_text(text)])
    (names,) = [turning.centres for turning in told.clauses() if turning.rule.id == "main-tasks"]
    assert len(names) == 1
    pairs = [(flip.a and flip.a.id, flip.b and flip.b.id) for flip in told.centres[0].flips]
    assert len(pairs) == len({*pairs})


def test_impact_names_a_clause_that_counts_on_one_side_only() -> None:
    """It fails on both, and turns the verdict where it binds."""
    binds, wishes = (about_board(modality) for modality in ("must", "encouraged"))
    centre = {
        "stage": "approved",
        "approved_on": "2022-03-01",
        "governance": {"board": {"established": False}},
    }
    subject = Centre.from_data({**centre, "id": "c", "reported_on": "2023-03-01"})
    for a, b, side in ((binds, wishes, "a"), (wishes, binds, "b")):
        found = impact(diff(a, b), [subject])
        assert [(turning.side, turning.centres) for turning in found.clauses()] == [(side, ("c",))]
        (told,) = found.centres
        assert told.flipped
        said = [status.en for flip in told.flips for _, _, status in sides_of(flip)]
        assert said == (
            ["fail (for the verdict)", "fail"] if side == "a" else ["fail", "fail (for the verdict)"]
        )
    assert impact(diff(binds, binds), [subject]).clauses() == []


def about_board(modality: str) -> RuleSet:
    """A document of one rule: that there is a board."""
    data = yaml.load(ZHEJIANG, yaml.CSafeLoader)
    data["clauses"] = [{"at": "四（一）1", "heading": "理事会", "rules": ["board"]}]
    data["rules"] = [rule | {"modality": modality} for rule in data["rules"] if rule["id"] == "board"]
    return parse_ruleset(yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True), "board.yaml")


def test_impact_names_what_leaves_a_verdict_open() -> None:
    """A clause that is new and asks for a judgement, one that asks for data: the centre was compliant."""
    rules = re.split(r"\n(?=  - id: )", ZHEJIANG[ZHEJIANG.index("\nrules:") :])
    (staff,) = [rule for rule in rules if rule.startswith("  - id: staff-2y\n")]
    head = {"id": "x_1", "version": "1.0.0", "jurisdiction": "zhejiang", "document": {
        "title": "甲", "title_en": "a", "in_force": {"from": "2016-01-01"}}}  # fmt: skip
    both = yaml.safe_load("\n".join(["rules:", staff]))["rules"]
    asked = {"capability": {"attested": True}, "board": {"fact": "board", "is": True}}
    more = [both[0] | {"id": name, "require": require, "topic": "goals"} for name, require in asked.items()]

    def of(rules: list[Any]) -> RuleSet:
        clause = {"at": both[0]["at"], "heading": "甲", "rules": [rule["id"] for rule in rules]}
        return parse_ruleset(
            yaml.safe_dump({**head, "clauses": [clause], "rules": rules}, allow_unicode=True)
        )

    data = {"reported_on": "2024-06-30", "approved_on": "2022-03-01", "staff": {"headcount": [
        {"date": "2024-01-01", "value": 400}]}}  # fmt: skip
    told = impact(diff(of(both), of(both + more)), [Centre.from_data(data)])
    assert told.table() == [("compliant", "undetermined", 1)]
    assert [(turning.side, turning.rule.id) for turning in told.clauses()] == [("b", name) for name in asked]


def test_impact_at_the_command_line_takes_several_paths() -> None:
    files = [str(ROOT / "examples" / name) for name in ("zhejiang.yaml", "jiangsu.yaml")]
    result = run("jiangsu_2020", "zhejiang_2022", "--format", "json", "--impact", *files)
    assert result.exit_code == 0, result.output
    assert json.loads(result.output)["impact"]["centres"] == 2


def test_impact_looks_at_every_centre_of_a_file_of_several(tmp_path: Path) -> None:
    lines = tmp_path / "centres.jsonl"
    begun = {"jurisdiction": "zhejiang", "approved_on": "2022-03-01", "reported_on": "2026-06-30"}
    each = [{**begun, "id": "a"}, {**begun, "id": "b", "term_years": "x"}, {**begun, "id": "c"}]
    lines.write_text("".join(f"{json.dumps(one)}\n" for one in each), encoding="utf-8")
    result = run("jiangsu_2020", "zhejiang_2022", "--format", "json", "--impact", str(lines))
    assert (result.exit_code, "centres.jsonl:2:" in result.stderr) == (2, True)
    told = json.loads(result.stdout)["impact"]
    assert (told["centres"], [one["id"] for one in told["details"]]) == (2, ["a", "c"])


def test_impact_tells_by_name_for_whom_a_difference_matters(tmp_path: Path) -> None:
    files = [str(ROOT / "examples" / file) for file in ("zhejiang.yaml", "jiangsu.yaml")]
    name = Centre.from_file(files[0]).name
    assert isinstance(name, str)

    def told(format_: str, *more: str) -> str:
        words = ("jiangsu_2020", "zhejiang_2022", "--format", format_, "--lang", "zh", *more)
        return run(*words, "--impact", *files).output

    clauses = json.loads(told("json"))["impact"]["clauses"]
    (rule,) = [clause for clause in clauses if clause["rule"] == "investment-2y"]
    assert name in rule["names"]
    assert len(rule["names"]) == rule["centres"]
    assert re.search(rf"两年内投入达到10亿元：只在这一边不利于\d个中心（[^）]*{name}", told("text"))
    assert re.search(rf"\|[^|]*两年内投入达到10亿元 \| \d \|[^|]*{name}", told("markdown"))
    pytest.importorskip("jinja2", reason="the extra html is not installed")
    page = told("html")
    bands = re.findall(r'<path class="band fill-(\w+)" d="[^"]+"><title>([^<]+)</title>', page)
    assert [title for verdict, title in bands if verdict == "non_compliant" and name in title]
    docx = pytest.importorskip("docx", reason="the extra word is not installed")
    told("docx", "--output", str(tmp_path / "memo.docx"))
    tables = docx.Document(str(tmp_path / "memo.docx")).tables
    assert name in [row.cells[0].text for row in tables[-1].rows]


def test_impact_tells_centres_of_one_name_apart() -> None:
    one = Centre.from_file(ROOT / "examples" / "zhejiang.yaml")
    other = Centre.from_data({"name": one.name, "reported_on": "2026-06-30", "stage": "applicant"})
    first, second = impact_lines(impact(compared("zhejiang_2022", "jiangsu_2020"), [one, other]), "en")
    assert first[0] == second[0]
    assert "billion invested" in first[3]
    assert "billion invested" not in second[3]


def test_impact_leaves_out_whom_neither_document_binds(tmp_path: Path) -> None:
    other = tmp_path / "elsewhere.yaml"
    other.write_text(
        "name: Elsewhere\njurisdiction: jiangsu\nreported_on: 2024-06-30\napproved_on: 2022-03-01\n", "utf-8"
    )
    args = ("zhejiang_2022", "zhejiang_2022", "--format", "json", "--impact", str(other))
    first, second = (json.loads(run(*args, *more).stdout)["impact"] for more in ((), ("--all",)))
    assert (first["centres"], first["others"]) == (0, ["Elsewhere"])
    assert (second["centres"], second["others"]) == (1, [])
    said = run(*args[:2], "--lang", "en", "--impact", str(other)).stdout
    assert "0 of 0 centres with another verdict; 1 centre of other jurisdictions, bound by neither" in said


# --- alignment, several documents, Word and Excel -----------------------------------------------------------


def test_a_file_of_ones_own_goes_before_the_shipped_alignment(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_text(
        """
- a: jiangsu_2020/chief-scientist
  b: zhejiang_2022/chief-scientist
  topics: [governance.chief_scientist]
  corresponds: true
  words: same
  reason: {zh: 试验, en: a trial}
""",
        "utf-8",
    )
    result = run("jiangsu_2020", "zhejiang_2022", "--format", "json", "--align", str(file))
    assert result.exit_code == 0, result.output
    (row,) = [
        topic
        for topic in json.loads(result.stdout)["topics"]
        if topic["topic"] == "governance.chief_scientist" and topic["a"]
    ]
    assert (row["relation"], row["adjudicated"], row["sentence"]["en"]) == ("same", True, "a trial")
    file.write_text("- {a: jiangsu_2020/chief-scientist}\n", "utf-8")
    wrong = run("jiangsu_2020", "zhejiang_2022", "--align", str(file), "--lang", "en")
    assert wrong.exit_code == 2
    assert "mine.yaml" in wrong.output
    assert "Traceback" not in wrong.output


def _province(name: str, called: str, jurisdiction: str) -> RuleSet:
    """A shipped rule set as a province's own, of which no alignment knows."""
    text = (ROOT / "rules" / f"{name}.yaml").read_text("utf-8")
    before = load_ruleset(name).jurisdiction
    text = text.replace(f"jurisdiction: {before}", f"jurisdiction: {jurisdiction}", 1)
    return parse_ruleset(text.replace(f"id: {name}", f"id: {called}", 1), f"{called}.yaml")


def test_without_an_alignment_a_bundle_is_answered_item_by_item() -> None:
    east = _province("zhejiang_2022", "east_2025", "jiangsu")
    west = _province("jiangsu_2020", "west_2025", "zhejiang")
    for a, b, side in ((east, west, "b"), (west, east, "a")):
        rows = {row.item: row for row in diff(a, b).topics if row.item is not None}
        answers = {item: [rule.id for rule in getattr(row, side)] for item, row in rows.items()}
        assert answers == {
            "1": ["research-and-industry"], "2": [], "3": [], "4": ["innovative-enterprises"],
            "5": [], "6": ["talent-tasks"], "7": [],
        }  # fmt: skip
        assert "组织关键核心技术攻关" in rows["1"].sentence.zh
        assert "开展七项主要任务" not in rows["2"].sentence.zh
        assert rows["7"].nearest is not None
        assert [rule.id for rule in rows["7"].nearest.rules] == ["innovative-enterprises"]
        alone = [row for row in diff(a, b).topics if row.item is None and row.id == "tasks"]
        assert not alone, "all of the topic is answered"


def test_two_bundles_answer_each_other_item_by_item() -> None:
    east = _province("zhejiang_2022", "east_2025", "jiangsu")
    text = (
        (ROOT / "rules" / "zhejiang_2022.yaml").read_text("utf-8").replace("id: zhejiang_2022", "id: west", 1)
    )
    text = text.replace('{id: "3", title: {zh: 协同优势创新力量,', '{id: "3", title: {zh: 举办年度博览会,')
    west = parse_ruleset(text, "west.yaml")
    rows = [row for row in diff(east, west).topics if row.id == "tasks"]
    assert {row.item: row.items for row in rows if row.item} == {
        str(n): ((str(n),), () if n == 3 else (str(n),)) for n in range(1, 8)
    }
    assert [(row.relation, row.items) for row in rows if row.item is None] == [("only_b", ((), ("3",)))]
    assert "举办年度博览会" in rows[0].sentence.zh or "举办年度博览会" in rows[-1].sentence.zh


def test_a_draft_keeps_what_the_alignment_says_of_rules_that_it_left() -> None:
    """Under another id and title; what it changed is read off."""
    text = (
        (ROOT / "rules" / "zhejiang_2022.yaml")
        .read_text("utf-8")
        .replace("id: zhejiang_2022", "id: draft", 1)
    )
    text = text.replace("require: {fact: term, equals: 5}", "require: {fact: term, equals: 4}", 1)
    text = text.replace(
        f"title: {load_ruleset('zhejiang_2022').document.title}", "title: 工作指引（修订稿）", 1
    )
    rows = {row.id: row for row in diff(load_ruleset("jiangsu_2020"), parse_ruleset(text, "d.yaml")).topics}
    shipped = {row.id: row for row in compared("jiangsu_2020", "zhejiang_2022").topics}
    assert rows["term"].reason is None
    assert "4年" in rows["term"].sentence.zh
    for topic in ("funding.sources", "governance.board", "tasks"):
        assert rows[topic].sentence == shipped[topic].sentence
        assert rows[topic].relation == shipped[topic].relation


def test_a_consequence_is_guaranteed_only_where_the_same_follows() -> None:
    """The same trigger with another consequence, in another document, is neither the same nor guaranteed."""
    at = ZHEJIANG.index("  - id: revoked-on-failed-acceptance")
    rule = ZHEJIANG[at : ZHEJIANG.index("  - id:", at + 10)]
    then = next(line for line in rule.splitlines() if line.lstrip().startswith("then:"))
    title = load_ruleset("zhejiang_2022").document.title
    other = edited(
        (rule, rule.replace(then, "    then: {zh: 通报批评, en: a public reprimand}")),
        ("id: zhejiang_2022", "id: elsewhere"),
        (f"title: {title}", "title: 另一份文件"),
        ("jurisdiction: zhejiang", "jurisdiction: jiangsu"),
    )
    found = read_off(diff(load_ruleset("zhejiang_2022"), other))
    assert not found.editions
    exit_ = next(topic for topic in found.topics if topic.id == "exit")
    assert exit_.relation == "different"
    assert "通报批评" in exit_.sentence.zh
    (status,) = [
        claim.status
        for claim in found.claims
        if (claim.side, claim.rule.id) == ("b", "revoked-on-failed-acceptance")
    ]
    assert status != "guaranteed"


def test_the_front_says_that_nothing_differs() -> None:
    text = run("jiangsu_2020", "jiangsu_2020", "--lang", "zh").output
    assert "── 最重要的不同（至多五处）\n 1. 要求没有不同\n" in text


def test_the_table_of_numbers_marks_what_the_rows_mark() -> None:
    names = ("national_2020", "jiangsu_2020", "zhejiang_2022")
    said = {figure.fact: figure.said for figure in numbers_of([load_ruleset(name) for name in names])}
    assert [text and text.zh for text in said["funding_by_kind"]] == [
        None, None, "依托单位和共建单位最多（可并列）（自批复创建起计，建设期满时〔理解〕）"
    ]  # fmt: skip
    assert [text and text.en for text in said["incubated"]] == [
        "at least 1 [reading] (from the day of approval on [reading])",
        None,
        "at least 10 (by the end of the term)",
    ]


LINSHAN = ROOT / "examples/provinces/linshan/tic_rules_linshan/linshan_2023.yaml"


def test_the_table_has_every_number_that_a_rule_sets() -> None:
    sets = [parse_ruleset(HAIDONG, "a.yaml"), parse_ruleset(LINSHAN.read_text(encoding="utf-8"), "b.yaml")]
    said = "\n".join(str(text and text.zh) for figure in numbers_of(sets) for text in figure.said)
    for number in (
        "20%、500万元中较小的",
        "30日内",
        "6个月内",
        "每3年一次",
        "连续2次：评价结果为不合格",
        "不超过1个",
        "1月31日",
        "15日内",
        "每2年一次",
        "不少于1/3",
    ):
        assert number in said
    assert "补助上限〔理解〕" not in said
    only = part_of(sets[0], [sets[0]["filed-changes"]])
    (figure,) = numbers_of([only, only])
    assert (figure.label.zh, figure.said[0] and figure.said[0].zh) == (
        "变更",
        "变更的每一项，自其日期起30日内",
    )


def test_the_table_does_not_turn_a_number_round_that_is_denied() -> None:
    cap = "{fact: provincial_subsidy, at_most: 2亿元}"
    for denied in ("{not: {fact: provincial_subsidy, more_than: 2亿元}}", f"{{not: {{not: {cap}}}}}"):
        ruleset = parse_ruleset(ZHEJIANG.replace(cap, denied), "d.yaml")
        (said,) = [figure.said[0] for figure in numbers_of([ruleset]) if figure.fact == "provincial_subsidy"]
        assert said is not None
        assert "并非：" in said.zh


@pytest.mark.parametrize("columns", [80, 111])
def test_lines_end_within_the_terminal(columns: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    text = render(compared("national_2017", "national_13fyp"), "text", "zh")
    assert not [line for line in text.splitlines() if cells(line) > columns]


def test_a_line_of_the_table_leaves_no_number_out() -> None:
    at = ZHEJIANG.index("  - id: staff-2y\n")
    one = ZHEJIANG[at : ZHEJIANG.index("  - id:", at + 10)]
    more = "".join(
        one.replace("staff-2y", f"staff-{n}").replace("at_least: 300", f"at_least: {n}")
        for n in (301, 302, 303)
    )
    listed = ("staff-2y, ", "staff-2y, staff-301, staff-302, staff-303, ")
    found = numbers_of([parse_ruleset(ZHEJIANG.replace(one, one + more).replace(*listed, 1), "d.yaml")])
    (said,) = [figure.said[0] for figure in found if figure.fact == "headcount"]
    assert said is not None
    assert all(str(n) in said.zh for n in (300, 301, 302, 303, 800))


def test_words_of_a_comparison_call_facts_by_their_labels_and_do_not_contradict_each_other() -> None:
    linshan = parse_ruleset(LINSHAN.read_text(encoding="utf-8"), "b.yaml")
    found = diff(parse_ruleset(HAIDONG, "a.yaml"), linshan)
    for format_ in ("text", "markdown", "json"):
        told = render(found, format_, "zh")
        assert not re.search(r"[a-z_]+的每一项", told)
    host = next(topic for topic in found.topics if topic.id == "host")
    assert host.sentence.zh == "注册满2年：甲1年，乙2年，相差1年"


def test_other_bearers_are_told_once() -> None:
    north = HAIDONG.replace("haidong", "beihai").replace("title: 海东省", "title: 北海省")
    north = north.replace("quote: ", "quote: 本省").replace("bearer: centre", "bearer: host")
    found = diff(parse_ruleset(HAIDONG, "a.yaml"), parse_ruleset(north, "b.yaml"))
    told = [topic.sentence.zh for topic in found.topics if topic.nature == "bearers"]
    assert told
    assert all(sentence.count("甲由") == 1 for sentence in told)


def test_a_number_of_a_reading_is_marked_and_one_of_the_quote_is_not() -> None:
    text = render(compared("jiangsu_2020", "zhejiang_2022"), "text", "zh").replace("\n", "")
    text = re.sub(r"\s+", "", text)
    assert "国家重大项目数无不少于2项〔理解〕" in text  # the words are 一批
    assert "累计服务企业数无不少于500家（" in text


def test_several_documents_stand_side_by_side() -> None:
    names = ("national_2017", "jiangsu_2020", "national_2020")
    data = json.loads(run(*names, "--format", "json").stdout)
    ordered = ["national_2017", "national_2020", "jiangsu_2020"]
    assert [document["id"] for document in data["documents"]] == ordered
    term = next(topic for topic in data["topics"] if topic["topic"] == "term")
    assert term["rules"] == {
        "national_2017": ["term-length"],
        "national_2020": [],
        "jiangsu_2020": ["term-length"],
    }
    assert {(r["a"], r["b"], r["relation"]) for r in term["relations"]} == {
        ("national_2017", "national_2020", "only_a"),
        ("national_2017", "jiangsu_2020", "same"),
        ("national_2020", "jiangsu_2020", "only_b"),
    }
    for format_ in ("text", "markdown", "html"):
        result = run(*names, "--format", format_, "--lang", "zh")
        assert result.exit_code == 0, result.output
        assert "江苏2020" in result.output
    assert "；" not in run(*names, "--lang", "en").output
    assert run(*names, "--fail-on", "words").exit_code == 2


SEVERAL = ("jiangsu_2020", "national_2020", "zhejiang_2022", "national_2017")


def test_editions_of_one_line_stand_in_order_and_say_what_each_changed() -> None:
    told = json.loads(run(*SEVERAL, "--format", "json").output)
    ids = [document["id"] for document in told["documents"]]
    assert ids == ["jiangsu_2020", "national_2017", "national_2020", "zhejiang_2022"]
    (change,) = told["editions"]
    assert (change["a"], change["b"]) == ("national_2017", "national_2020")
    assert change["summary"] == compared("national_2017", "national_2020").counts()
    for format_ in ("text", "markdown", "html"):
        shown = re.sub(r"\s", "", run(*SEVERAL, "--format", format_, "--lang", "zh").output)
        assert "国家2017→国家2020" in shown
        assert "甲要求书面报告" in shown or "年度报告" in shown


def test_only_what_is_called_alike_in_one_place_is_of_one_line(tmp_path: Path) -> None:
    def lines(*names: str) -> list[tuple[str, str]]:
        told = json.loads(run(*names, "--format", "json").output)
        return [(edition["a"], edition["b"]) for edition in told["editions"]]

    assert lines("national_2017", "national_13fyp", "national_2020") == [("national_2017", "national_2020")]
    files = []
    for name, edit in (
        ("my_law", ("haidong:", "beihai:")),
        ("my_rules", ("海东省技术创新中心建设管理办法", "海东省重点实验室管理规定")),
        ("my_draft", ("issued: 2020-12-01", "trial: true")),
        ("my_old", ("from: 2021-01-01", "from: 2019-01-01")),
    ):
        text = HAIDONG.replace("id: haidong_2024", f"id: {name}").replace(*edit)
        if name in ("my_law", "my_rules"):  # other words: no drafts of the same
            text = re.sub(r"quote: (.)", rf"quote: {name}\1", text)
        text = text.replace("jurisdiction: haidong", "jurisdiction: beihai") if name == "my_law" else text
        if name == "my_old":
            text = text.replace("  issued: 2020-12-01\n", "")
        (tmp_path / f"{name}.yaml").write_text(text, encoding="utf-8")
        files.append(str(tmp_path / f"{name}.yaml"))
    assert lines(*files) == [("my_old", "my_draft")]


def test_a_document_that_replaces_another_is_of_its_line(tmp_path: Path) -> None:
    text = (ROOT / "rules" / "jiangsu_2020.yaml").read_text(encoding="utf-8")
    text = text.replace("id: jiangsu_2020", "id: suzhou_2031", 1)
    newer = tmp_path / "newer.yaml"
    newer.write_text(
        text.replace("document:\n", "document:\n  replaces: [jiangsu_2020]\n", 1), encoding="utf-8"
    )
    told = json.loads(run(str(newer), "zhejiang_2022", "jiangsu_2020", "--format", "json").output)
    assert [document["id"] for document in told["documents"]] == [
        "jiangsu_2020",
        "suzhou_2031",
        "zhejiang_2022",
    ]
    assert [(edition["a"], edition["b"]) for edition in told["editions"]] == [("jiangsu_2020", "suzhou_2031")]


def test_editions_of_one_id_are_told_apart_side_by_side(tmp_path: Path) -> None:
    drafts = [str(tmp_path / f"draft{number}.yaml") for number in (1, 2)]
    for draft, bound in zip(drafts, (900, 1000), strict=True):
        text = ZHEJIANG.replace(STAFF, STAFF.replace("800", str(bound)))
        Path(draft).write_text(text, encoding="utf-8")
    names = ["zhejiang_2022", *drafts]
    told = json.loads(run(*names, "--format", "json").stdout)
    keys = [f"zhejiang_2022 ({number})" for number in (1, 2, 3)]
    said = [(one["key"], one["id"], one["name"]) for one in told["documents"]]
    assert said == [(key, "zhejiang_2022", name) for key, name in zip(keys, names, strict=True)]
    staff = next(topic for topic in told["topics"] if topic["topic"] == "talent.headcount")
    assert [len(staff["rules"][key]) for key in keys] == [2, 2, 2]
    assert [(one["a"], one["b"]) for one in staff["relations"]] == [*combinations(keys, 2)]
    asks = [next(r["asks"]["en"] for r in told["rules"][key] if r["id"] == "staff-5y") for key in keys]
    assert ["800" in asks[0], "900" in asks[1], "1000" in asks[2]] == [True] * 3
    for suffix in ("text", "markdown", "html"):
        shown = run(*names, "--format", suffix).stdout
        assert all(draft.rpartition("/")[2] in shown for draft in drafts), suffix


def test_several_documents_in_word_and_excel(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx", reason="the extra word is not installed")
    calamine = pytest.importorskip("python_calamine", reason="the extra excel is not installed")
    pytest.importorskip("xlsxwriter", reason="the extra excel is not installed")
    for suffix in ("docx", "xlsx"):
        words = ["--format", suffix, "--output", str(tmp_path / f"memo.{suffix}"), "--lang", "zh"]
        assert run(*SEVERAL, *words).exit_code == 0
    memo = docx.Document(str(tmp_path / "memo.docx"))
    head, *lines = [[cell.text for cell in row.cells] for row in memo.tables[-1].rows]
    assert head == ["主题", "江苏2020", "国家2017", "国家2020", "浙江2022"]
    (term,) = [line for line in lines if line[0] == "建设期"]
    for name, said in zip(("jiangsu_2020", "national_2017"), term[1:], strict=False):
        assert load_ruleset(name)["term-length"].quote in said
    assert term[3] == "无"
    book = calamine.CalamineWorkbook.from_path(str(tmp_path / "memo.xlsx"))
    assert book.sheet_names == ["对照", "全部数字", "两两关系", "理解", "文件"]
    relations = book.get_sheet_by_name("两两关系").to_python()
    assert len({(line[0], line[1]) for line in relations[1:]}) == 6
    assert all(all(line) for line in relations[1:])


def test_rows_of_the_workbook_are_as_high_as_what_they_hold(tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter", reason="the extra excel is not installed")
    file = tmp_path / "memo.xlsx"
    run("jiangsu_2020", "zhejiang_2022", "--format", "xlsx", "--output", str(file), "--lang", "zh")
    with zipfile.ZipFile(file) as package:
        sheet = package.read("xl/worksheets/sheet2.xml").decode()
    heights = [float(height) for height in re.findall(r'<row r="\d+"[^>]* ht="([\d.]+)"', sheet)]
    assert len(heights) == len(compared("jiangsu_2020", "zhejiang_2022").topics)
    assert max(heights) > 100
    assert min(heights) < max(heights)


def test_several_documents_are_proved(tmp_path: Path) -> None:
    pytest.importorskip("z3", reason="the extra prove is not installed")
    told = json.loads(
        run("national_13fyp", "national_13fyp", "national_2017", "--prove", "--format", "json").output
    )
    rows = [row for topic in told["topics"] for row in topic["relations"]]
    assert any(row["proved"] for row in rows)


def test_the_memo_reads_back_with_the_official_words(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx", reason="the extra word is not installed")
    file = tmp_path / "memo.docx"
    result = run("jiangsu_2020", "zhejiang_2022", "--format", "docx", "--output", str(file), "--lang", "zh")
    assert result.exit_code == 0, result.output
    memo = docx.Document(str(file))
    section = memo.sections[0]
    assert section.page_width > section.page_height
    assert {"Title", "Heading 1"} <= {paragraph.style.name for paragraph in memo.paragraphs}
    assert len([p for p in memo.paragraphs if p.style.name == "List Number"]) == 5
    lines = [[cell.text for cell in row.cells] for table in memo.tables[1:] for row in table.rows[1:]]
    assert len(lines) == len(compared("jiangsu_2020", "zhejiang_2022").topics)
    (term,) = [line for line in lines if line[0] == "建设期"]
    assert load_ruleset("zhejiang_2022")["term-length"].quote in term[2]
    assert term[3] == "⇄ 数值不同"
    with zipfile.ZipFile(file) as package:  # no hour: the same comparison gives the same bytes
        assert {part.date_time for part in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        for part in ("word/settings.xml", "word/styles.xml"):  # what Word chooses the fonts of Chinese by
            assert set(re.findall('w:eastAsia="([a-z]+-[A-Z]+)"', package.read(part).decode())) == {"zh-CN"}


def test_the_workbook_reads_back_with_its_sheets(tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter", reason="the extra excel is not installed")
    calamine = pytest.importorskip("python_calamine", reason="the extra excel is not installed")
    file = tmp_path / "memo.xlsx"
    result = run("jiangsu_2020", "zhejiang_2022", "--format", "xlsx", "--output", str(file), "--lang", "zh")
    assert result.exit_code == 0, result.output
    book = calamine.CalamineWorkbook.from_path(str(file))
    assert book.sheet_names == ["一页概要", "对照", "全部数字", "理解"]
    lines = book.get_sheet_by_name("对照").to_python()
    assert lines[0][:6] == ["主题", "甲原文", "乙原文", "关系", "一句话", "理解"]
    assert len(lines) == 1 + len(compared("jiangsu_2020", "zhejiang_2022").topics)
    readings = book.get_sheet_by_name("理解").to_python()
    assert all(line[3] and line[4] for line in readings[1:])


# --- formats ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_text_keeps_its_columns(lang: str) -> None:
    lines = render(compared("jiangsu_2020", "zhejiang_2022"), "text", lang).splitlines()
    assert max(map(cells, lines[2:])) <= 112
    head = next(line for line in lines if line.startswith(("主题", "topic")))
    start = cells(head[: head.rindex("乙" if lang == "zh" else "B")])
    label = "建设期 " if lang == "zh" else "construction term "
    row = next(line for line in lines if line.startswith(label) and "三（一）" in line)
    assert cells(row[: row.rindex("三（一）")]) == start
    assert not [line for line in lines if "implies" in line]


def test_markdown_has_one_row_a_pair_and_escapes() -> None:
    text = render(compared("jiangsu_2020", "zhejiang_2022"), "markdown", "zh")
    row = next(line for line in text.splitlines() if line.startswith("| 建设期 |") and "三（一）" in line)
    assert "3年" in row
    assert "5年" in row
    assert "⇄ 数值不同" in row
    bars = {line.replace(r"\|", "").count("|") for line in text.splitlines() if line.startswith("| ")}
    assert bars == {4, 6}  # the table of numbers, and the tables of rows


def test_the_page_stands_alone_and_escapes_everything() -> None:
    pytest.importorskip("jinja2", reason="the extra html is not installed")
    evil = "<script>alert(1)</script>"
    new = edited((STAFF, STAFF.replace("800", "900")), ("开展七项主要任务", evil))
    page = render(diff(load_ruleset("zhejiang_2022"), new), "html", "zh")
    assert evil not in page
    assert "&lt;script&gt;" in page
    assert len(page.encode()) < 1_000_000
    assert not re.search(r'(?:src|href)="(?!#)', page)
    assert not re.search(r"url\(|@import", page)
    for zh, en in (("更严", "stricter"), ("900人", "900 persons")):
        assert zh in page
        assert en in page


def test_an_absent_jinja2_is_told_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    from tic_rules.renderers import html

    html._environment.cache_clear()
    monkeypatch.setitem(__import__("sys").modules, "jinja2", None)
    result = run("jiangsu_2020", "zhejiang_2022", "--format", "html", "--lang", "en")
    html._environment.cache_clear()
    assert result.exit_code == 2
    assert "tic-rules[html]" in result.output


# --- command line -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("a", "b", "fail_on", "code"),
    [
        ("zhejiang_2022", "zhejiang_2022", "words", 0),
        ("jiangsu_2020", "zhejiang_2022", "stricter", 1),
        ("jiangsu_2020", "zhejiang_2022", "looser", 1),
    ],
)
def test_fail_on(a: str, b: str, fail_on: str, code: int) -> None:
    assert run(a, b, "--fail-on", fail_on).exit_code == code


def test_a_looser_edition_passes_fail_on_stricter(tmp_path: Path) -> None:
    file = tmp_path / "new.yaml"
    file.write_text(ZHEJIANG.replace(STAFF, STAFF.replace("800", "700")), encoding="utf-8")
    assert run("zhejiang_2022", str(file), "--fail-on", "stricter").exit_code == 0
    assert run("zhejiang_2022", str(file), "--fail-on", "looser").exit_code == 1


def test_both_names_are_told_when_both_are_wrong() -> None:
    result = run("nowhere_2020", "gone.yaml", "--lang", "en")
    assert result.exit_code == 2
    assert "nowhere_2020" in result.output
    assert "gone.yaml" in result.output


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not installed")
def test_a_revision_of_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def git(*args: str) -> None:
        subprocess.run(
            ["git", "-c", "user.email=a@example.org", "-c", "user.name=a", *args],
            cwd=tmp_path,
            check=True,
            capture_output=True,
        )

    file = tmp_path / "rules" / "mine.yaml"
    file.parent.mkdir()
    file.write_text(ZHEJIANG, encoding="utf-8")
    git("init", "-q")
    git("add", "rules")
    git("commit", "-q", "-m", "first")
    file.write_text(ZHEJIANG.replace(STAFF, STAFF.replace("800", "900")), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    result = run("HEAD:rules/mine.yaml", "rules/mine.yaml", "--format", "json", "--fail-on", "stricter")
    assert result.exit_code == 1, result.output
    (change,) = [change for topic in json.loads(result.output)["topics"] for change in topic["changes"]]
    assert (change["a"], change["b"], change["effect"], change["by"]) == (
        "800 persons",
        "900 persons",
        "stricter",
        "100 persons",
    )
    monkeypatch.chdir(file.parent)
    assert run("HEAD:mine.yaml", "mine.yaml", "--fail-on", "stricter").exit_code == 1
    wrong = run("HEAD~7:rules/mine.yaml", "mine.yaml", "--lang", "en")
    assert wrong.exit_code == 2
    assert "git cannot read" in wrong.output
    (file.parent / "large.yaml").write_bytes(b"#" * 40_000_000)
    git("add", "rules")
    git("commit", "-q", "-m", "second")
    tracemalloc.start()
    assert "limit of 16 MB" in run("HEAD:large.yaml", "mine.yaml", "--lang", "en").output
    assert tracemalloc.get_traced_memory()[1] < 40_000_000
    tracemalloc.stop()


def test_the_table_of_numbers_says_from_when_and_until_when_a_limit_counts() -> None:
    (figure,) = [
        one for one in numbers_of([load_ruleset("zhejiang_2022")]) if one.fact == "provincial_subsidy"
    ]
    assert figure.said[0] is not None
    assert figure.said[0].zh.endswith("不超过2亿元（自批复创建起计，计至建设期满）")


def test_the_table_of_numbers_says_of_which_years_and_of_whom_a_number_is_asked() -> None:
    linshan = parse_ruleset(LINSHAN.read_text(encoding="utf-8"), "b.yaml")
    sets = [parse_ruleset(HAIDONG, "a.yaml"), linshan]
    said = "\n".join(text.zh for figure in numbers_of(sets) for text in figure.said if text is not None)
    assert "近2个完整年度每年：研发投入占主营业务收入的比例不少于5%（申报时）" in said
    assert "技术服务收入的占比不少于50%（批复后每个完整年度，至迟当年底）" in said
    national = "\n".join(
        text.zh for figure in numbers_of([load_ruleset("national_2020")]) for text in figure.said if text
    )
    assert "不少于2个〔理解〕（申报时；适用于：类别为综合类）" in national
    assert "超过0元" not in national, "what applies where there is anything at all is not told"


def test_a_day_in_chinese_numerals_is_of_the_words_and_no_reading() -> None:
    changed = edited(
        ("quote: 5 年内，原则上汇聚不少于", "quote: 二〇二七年六月三十日前，原则上汇聚不少于"),
        (f"by: 5y\n    {STAFF}", f"by: 2027-06-30\n    {STAFF}"),
    )
    (figure,) = numbers_of([part_of(changed, [changed["staff-5y"]])])
    assert figure.said[0] is not None
    assert "〔理解〕" not in figure.said[0].zh


def test_no_line_ends_with_an_opening_bracket_or_begins_with_a_closing_one() -> None:
    text = "不少于1家〔理解〕（应当·自批复之日起〔理解〕·创新中心）"
    lines = [line for width in range(6, 60) for line in wrap(text, width)]
    assert not [line for line in lines if line.endswith(("〔", "（")) or line.startswith(("〕", "）"))]


def test_a_line_of_the_table_does_not_repeat_its_name() -> None:
    figures = numbers_of([load_ruleset("zhejiang_2022")])
    (line,) = (one for one in figures if one.label.en == "investment by kind of payer")
    (said,) = line.said
    assert said is not None
    assert said.zh.startswith("依托单位和共建单位最多")
    assert said.en.startswith("host and builders: the largest")
