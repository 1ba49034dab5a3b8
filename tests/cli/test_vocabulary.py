"""tic-rules vocabulary: what rules are written with, found in either language."""

from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner

from tic_rules import load_ruleset
from tic_rules.cli import main


def entries(*args: str) -> list[dict[str, Any]]:
    ran = CliRunner().invoke(main, ["vocabulary", *args, "--format", "json"])
    assert ran.exit_code == 0, ran.output
    return json.loads(ran.stdout)["entries"]  # type: ignore[no-any-return]


@pytest.mark.parametrize("asked", [["资金投入"], ["contributions"], ["total", "INVESTMENT"], ["各类资金"]])
def test_a_fact_is_found_in_either_language(asked: list[str]) -> None:
    listed = {entry["name"]: entry for entry in entries(*asked) if entry["kind"] == "facts"}
    fact = listed["investment"]
    assert (fact["unit"], fact["reads"]) == ("CNY", ["contributions"])
    assert "zhejiang_2022/investment-2y" in fact["used_by"]


def test_every_name_is_listed_with_who_uses_it() -> None:
    vocabulary = load_ruleset("zhejiang_2022").vocabulary
    listed = entries("--rules", "zhejiang_2022")
    for kind in ("facts", "lists", "fields", "topics", "units"):
        assert {one["name"] for one in listed if one["kind"] == kind} == set(getattr(vocabulary, kind))
    words = {f"{group}.{word}" for group, words in vocabulary.words.items() for word in words}
    assert {one["name"] for one in listed if one["kind"] == "words"} == words
    topics = {one["name"]: one["used_by"] for one in listed if one["kind"] == "topics"}
    for rule in load_ruleset("zhejiang_2022"):
        assert f"zhejiang_2022/{rule.id}" in topics[rule.topic]


def test_one_kind_alone_and_nothing_at_all() -> None:
    assert {one["kind"] for one in entries("人员", "--kind", "topics")} <= {"topics"}
    assert entries("no such name") == []
    shown = CliRunner().invoke(main, ["vocabulary", "no such name", "--lang", "en"])
    assert (shown.exit_code, shown.stdout.strip()) == (0, "nothing found")


def test_the_text_shows_both_labels() -> None:
    shown = CliRunner().invoke(main, ["vocabulary", "headcount", "--lang", "zh"]).stdout
    assert "headcount" in shown
    assert "← zhejiang_2022/" in shown
    assert " · " in shown
    units = CliRunner().invoke(main, ["vocabulary", "--kind", "units", "--lang", "en"]).stdout
    assert [line for line in units.splitlines() if line.rstrip().endswith("·")] == []
