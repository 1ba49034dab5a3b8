"""Quotes, locators and hashes against the official texts, wherever the environment names a folder with
them."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from tic_rules import load_ruleset, shipped_ids
from tic_rules.analysis.coverage.official import cut

FOLDER = os.environ.get("TIC_RULES_SOURCES")
pytestmark = pytest.mark.skipif(
    not FOLDER,
    reason="TIC_RULES_SOURCES names no folder with the official texts, which the project does not carry",
)


def squeezed(ruleset: str) -> str:
    assert FOLDER is not None
    return re.sub(r"\s", "", (Path(FOLDER) / f"{ruleset}.txt").read_text(encoding="utf-8"))


@pytest.mark.parametrize("ruleset", shipped_ids())
def test_the_hash_is_that_of_the_normalised_text(ruleset: str) -> None:
    assert FOLDER is not None
    document = load_ruleset(ruleset).document
    text = (Path(FOLDER) / f"{ruleset}.txt").read_text(encoding="utf-8")
    assert document.text_sha256 == cut(text, document.title).sha256


@pytest.mark.parametrize("ruleset", shipped_ids())
def test_every_quote_is_found_to_the_letter(ruleset: str) -> None:
    text = squeezed(ruleset)
    absent = {
        rule.id: part
        for rule in load_ruleset(ruleset)
        for part in re.split("…+", re.sub(r"\s", "", rule.quote))
        if part and part not in text
    }
    assert absent == {}


@pytest.mark.parametrize("ruleset", shipped_ids())
def test_the_parts_of_a_quote_stand_in_the_order_of_the_text(ruleset: str) -> None:
    text = squeezed(ruleset)
    for rule in load_ruleset(ruleset):
        parts = [part for part in re.split("…+", re.sub(r"\s", "", rule.quote)) if part]
        assert re.search(".*?".join(re.escape(part) for part in parts), text), rule.id


@pytest.mark.parametrize("ruleset", shipped_ids())
def test_every_numbered_clause_of_the_text_is_accounted_for(ruleset: str) -> None:
    """Part and section numbers, read off the text by themselves, all stand among the clauses."""
    assert FOLDER is not None
    lines = (Path(FOLDER) / f"{ruleset}.txt").read_text(encoding="utf-8").splitlines()
    annex = next((n for n, line in enumerate(lines) if re.fullmatch(r"附件? ?\d?", line.strip())), len(lines))
    found, part = [], ""
    for line in lines[:annex]:
        text = line.strip()
        if match := re.match(r"([一二三四五六七八九十])、", text):
            part = match.group(1)
            found.append(part)
        elif part and (match := re.match(r"[（(]([一二三四五六七八九十])[）)]", text)):
            found.append(f"{part}（{match.group(1)}）")
    clauses = [clause.at for clause in load_ruleset(ruleset).clauses]
    assert [at for at in found if at not in clauses] == []
    assert len(found) > 5


@pytest.mark.parametrize("ruleset", shipped_ids())
def test_a_quote_is_short(ruleset: str) -> None:
    assert {
        rule.id: len(rule.quote) for rule in load_ruleset(ruleset) if not 5 <= len(rule.quote) <= 120
    } == {}
