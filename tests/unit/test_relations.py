"""The adjudicated relations of the five documents: complete, consistent, quoted from the texts, one with the
shipped alignment, and what `diff` says.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
import yaml

from tic_rules import RuleSet, load_ruleset
from tic_rules.analysis.diff.quoted import members
from tic_rules.analysis.diff.sentences import sentence_of
from tic_rules.analysis.diff.topics import Topic, diff
from tic_rules.model.shipped import rules_folder

FOLDER = Path(__file__).parents[1] / "relations"
SOURCES = os.environ.get("TIC_RULES_SOURCES")
DOCUMENTS = ("national_13fyp", "national_2017", "jiangsu_2020", "national_2020", "zhejiang_2022")
PAIRS = tuple(combinations(DOCUMENTS, 2))
NATURES = {"numbers", "lists_overlap", "bearers", "judged", "modality", "time", "content"}
RELATIONS = {"same", "b_stricter", "b_looser", "different", "only_a", "only_b"}
QUOTED = re.compile(r"(甲|乙|两文|；)|“([^”]*)”")

WORDS = {"same": "same", "b_stricter": "more_in_b", "b_looser": "more_in_a"}

Row = dict[str, Any]
each_pair = pytest.mark.parametrize("pair", PAIRS, ids="--".join)


def test_the_document_of_the_earlier_year_is_a_and_of_one_year_the_first_by_its_id() -> None:
    years = {name: load_ruleset(name).document.in_force.from_ for name in DOCUMENTS}
    assert [*DOCUMENTS] == sorted(DOCUMENTS, key=lambda name: (years[name].year, name))
    assert {path.stem for path in FOLDER.glob("*.yaml")} == {"--".join(pair) for pair in PAIRS}


@cache
def read(path: Path) -> list[Row]:
    rows: list[Row] = yaml.load(path.read_text("utf-8"), Loader=yaml.CSafeLoader)
    return rows


def rows_of(pair: tuple[str, str]) -> list[Row]:
    return read(FOLDER / f"{'--'.join(pair)}.yaml")


def topics_of(row: Row) -> list[str]:
    topics: list[str] = row.get("topics", [row["topic"]])
    return topics


def rulesets(pair: tuple[str, str]) -> dict[str, RuleSet]:
    return {side: load_ruleset(name) for side, name in zip("ab", pair, strict=True)}


def alone(row: Row) -> str | None:
    """The side that stands alone in a row, if one does."""
    return row["relation"][-1] if row["relation"] in ("only_a", "only_b") else None


@each_pair
def test_a_row_says_all_that_a_row_says(pair: tuple[str, str]) -> None:
    rules = {side: {rule.id for rule in ruleset.rules} for side, ruleset in rulesets(pair).items()}
    for row in rows_of(pair):
        assert row["relation"] in RELATIONS, row
        assert (row["relation"] == "different") == ("nature" in row), row
        assert row.get("nature", "content") in NATURES - {*row.get("arguable_nature", ())}, row
        assert {*row.get("arguable_nature", ())} <= NATURES, row
        assert all(row.get("arguable_nature", {}).values()), row
        assert all((row["because"], row["sentence"]["zh"], row["sentence"]["en"])), row
        assert topics_of(row)[0] == row["topic"], row
        assert all(set(row[side]) <= rules[side] for side in "ab"), row
        side = alone(row)
        assert [bool(row["a"]), bool(row["b"])] == [side != "b", side != "a"], row
        if "nearest" in row:
            assert side, row
            assert set(row["nearest"]) <= rules["b" if side == "a" else "a"], row
            assert all((row["why_not"]["zh"], row["why_not"]["en"])), row
        assert row["relation"] not in row.get("arguable", ()), row
        assert set(row.get("arguable", ())) <= RELATIONS, row


@each_pair
def test_every_topic_and_every_rule_of_either_side_has_its_row(pair: tuple[str, str]) -> None:
    rows = rows_of(pair)
    answered = {topic for row in rows for topic in topics_of(row)}
    for side, ruleset in rulesets(pair).items():
        assert {rule.topic for rule in ruleset.rules} <= answered
        assert {rule.id for rule in ruleset.rules} == {rule for row in rows for rule in row[side]}


@each_pair
def test_no_topic_has_two_rows_that_say_different_things_of_a_rule(pair: tuple[str, str]) -> None:
    """A rule that stands alone under a topic is not answered under the same topic by another row."""
    rows = rows_of(pair)
    for row in rows:
        side = alone(row)
        if side is None or "item" in row:
            continue
        for other in rows:
            if other is row or alone(other) or row["topic"] not in topics_of(other):
                continue
            assert not set(row[side]) & set(other[side]), (row["topic"], row[side])


@each_pair
def test_a_bundle_is_compared_item_by_item_or_not_at_all(pair: tuple[str, str]) -> None:
    for side, ruleset in rulesets(pair).items():
        for rule in ruleset.rules:
            items = {item.id for item in rule.items}
            compared = [row for row in rows_of(pair) if rule.id in row[side] and not alone(row)]
            if items and compared:
                every = [row for row in rows_of(pair) if "item" in row and rule.id in row[side]]
                assert {row["item"] for row in every} <= items, rule.id


@pytest.mark.skipif(SOURCES is None, reason="TIC_RULES_SOURCES names no folder with the official texts")
@each_pair
def test_what_decides_is_quoted_word_for_word(pair: tuple[str, str]) -> None:
    texts = {name: _plain((Path(SOURCES or "") / f"{name}.txt").read_text("utf-8")) for name in pair}
    readings = ("1家以上", "四不唯", "隐形冠军", "首席科学家")
    for row in rows_of(pair):
        for names, piece in _pieces(row["because"], pair):
            stands = any(_plain(piece) in texts[name] for name in names)
            assert stands or piece in readings, (row["topic"], piece)


def _pieces(because: str, pair: tuple[str, str]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Each quoted run of words, with the documents that it may come from."""
    names: tuple[str, ...] = pair
    for match in QUOTED.finditer(because):
        speaker, quote = match.groups()
        if speaker is None:
            yield from ((names, piece) for piece in quote.split("…") if piece)
        elif speaker != "；":
            names = {"甲": pair[:1], "乙": pair[1:], "两文": pair}[speaker]


def _plain(text: str) -> str:
    return re.sub(r"[\s“”‘’]", "", text).replace(",", "，")


def entries() -> list[Row]:
    return [
        entry for pair in PAIRS for entry in read(rules_folder() / "alignment" / f"{'--'.join(pair)}.yaml")
    ]


def _references(value: str | list[str]) -> list[tuple[str, str]]:
    names = [value] if isinstance(value, str) else value
    return [(name.split("/")[0], name.split("/")[1]) for name in names]


def test_the_alignment_names_rules_that_exist_and_gives_its_reasons() -> None:
    ids = {(name, rule.id) for name in DOCUMENTS for rule in load_ruleset(name).rules}
    for entry in entries():
        for side in "ab":
            references = _references(entry[side])
            assert set(references) <= ids, entry
            assert len({name for name, _ in references}) == 1, entry
        assert all((entry["topics"], entry["reason"]["zh"], entry["reason"]["en"])), entry
        assert isinstance(entry["corresponds"], bool), entry


@each_pair
def test_the_alignment_and_the_table_say_the_same(pair: tuple[str, str]) -> None:
    rows = rows_of(pair)
    answers = {_key(row, row["a"], row["b"]): row["relation"] for row in rows if not alone(row)}
    natures = {_key(row, row["a"], row["b"]): row.get("nature") for row in rows if not alone(row)}
    nearest = {
        _key(row, row["a"] or row["nearest"], row["b"] or row["nearest"]) for row in rows if "nearest" in row
    }
    for entry in entries():
        a, b = _references(entry["a"]), _references(entry["b"])
        if (a[0][0], b[0][0]) == pair:
            key = _key(entry, [rule for _, rule in a], [rule for _, rule in b])
            assert key in (answers if entry["corresponds"] else nearest), entry
            nearest.discard(key)
            if "words" in entry:
                assert entry["words"] == WORDS[answers[key]], entry
            if "nature" in entry:
                assert (entry["nature"], "different") == (natures[key], answers[key]), entry
    assert not nearest


@each_pair
def test_every_row_of_two_sides_has_its_sentence_in_the_alignment(pair: tuple[str, str]) -> None:
    said = {
        _key(entry, *([rule for _, rule in _references(entry[side])] for side in "ab")): entry["reason"]
        for entry in read(rules_folder() / "alignment" / f"{'--'.join(pair)}.yaml")
    }
    for row in rows_of(pair):
        if not alone(row):
            assert said[_key(row, row["a"], row["b"])] == row["sentence"], row["topic"]


def _key(row: Row, a: list[str], b: list[str]) -> tuple[object, ...]:
    topics = topics_of(row) if "topic" in row else row["topics"]
    return tuple(topics), row.get("item"), tuple(a), tuple(b)


# --- the program ------------------------------------------------------------------------------------------


def answers(pair: tuple[str, str]) -> dict[tuple[object, ...], Topic]:
    a, b = (load_ruleset(name) for name in pair)
    return {
        (row.topics, row.item, frozenset(x.id for x in row.a), frozenset(x.id for x in row.b)): row
        for row in diff(a, b).topics
    }


def _row_key(row: Row) -> tuple[object, ...]:
    item = str(row["item"]) if "item" in row else None
    return tuple(topics_of(row)), item, frozenset(row["a"]), frozenset(row["b"])


@each_pair
def test_the_program_has_the_rows_of_the_table_and_no_others(pair: tuple[str, str]) -> None:
    assert set(answers(pair)) == {_row_key(row) for row in rows_of(pair)}


@each_pair
def test_the_program_says_what_the_table_says(pair: tuple[str, str]) -> None:
    """The relation and the nature, or ones that the table calls arguable."""
    rows = answers(pair)
    for row in rows_of(pair):
        answer = rows[_row_key(row)]
        assert answer.relation in (row["relation"], *row.get("arguable", ())), row["topic"]
        assert (answer.nature is not None) == (answer.relation == "different"), row["topic"]
        if answer.relation == row["relation"] == "different":
            assert answer.nature in (row["nature"], *row.get("arguable_nature", ())), row["topic"]
        assert all((answer.sentence.zh, answer.sentence.en)), row["topic"]
        if "nearest" in row:
            assert answer.nearest is not None, row["topic"]
            assert {rule.id for rule in answer.nearest.rules} == set(row["nearest"]), row["topic"]


def test_the_table_and_the_program_agree_on_all_but_what_is_arguable() -> None:
    """How often the relation is the table's own, and the nature where neither side is stricter."""
    relations = natures = different = total = 0
    for pair in PAIRS:
        rows = answers(pair)
        for row in rows_of(pair):
            answer = rows[_row_key(row)]
            total += 1
            relations += answer.relation == row["relation"]
            if answer.relation == row["relation"] == "different":
                different += 1
                natures += answer.nature == row["nature"]
    assert (total, total - relations) == (675, 0)
    assert (different, different - natures) == (212, 2)


def test_two_documents_asked_the_other_way_round_say_the_same() -> None:
    turned = {"b_stricter": "b_looser", "b_looser": "b_stricter", "only_a": "only_b", "only_b": "only_a"}
    for a, b in PAIRS:
        forth, back = answers((a, b)), answers((b, a))
        for (topics, item, left, right), row in forth.items():
            other = back[topics, item, right, left]
            assert other.relation == turned.get(row.relation, row.relation), (a, b, topics)
            assert other.nature == row.nature, (a, b, topics)


@each_pair
def test_what_is_the_same_binds_the_same_centres(pair: tuple[str, str]) -> None:
    for row in answers(pair).values():
        if row.relation == "same":
            scopes = [[rule.applies for rule in rules] for rules in (row.a, row.b)]
            assert all(scope in scopes[1] for scope in scopes[0]), row.id
            assert all(scope in scopes[0] for scope in scopes[1]), row.id


def test_what_quotes_enumerate_is_told_as_the_law_has_it() -> None:
    def sentence(a: str, b: str, topic: str) -> str:
        row = next(row for key, row in answers((a, b)).items() if key[0][0] == topic)  # type: ignore[index]
        return sentence_of(load_ruleset(a), load_ruleset(b), replace(row, reason=None)).zh

    said = sentence("national_2017", "national_2020", "local_support")
    assert said.startswith("共有政策、资金，仅甲土地、基础设施，仅乙配套设施")
    said = sentence("jiangsu_2020", "national_2020", "operations.collaboration")
    assert said.startswith("共有合作研发、平台共建、技术入股、兼职创业，仅甲共担课题，仅乙共同出资")
    assert "仅乙资金" not in sentence("jiangsu_2020", "zhejiang_2022", "local_support"), "A names 科研资金"


def test_a_member_of_a_list_stands_in_the_quote() -> None:
    for name in DOCUMENTS:
        for rule in load_ruleset(name):
            for word in members(rule.quote):
                assert word in rule.quote, (rule.id, word)
