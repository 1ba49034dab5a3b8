"""Records of facts that were read already are decided as the centre is that says the same."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from tic_rules import RuleSet, UsageError, check, load_ruleset, parse_ruleset
from tic_rules.engines.python.flat import flat

FACTS = {
    "headcount": ("staff", "headcount"),
    "teams": ("staff", "teams"),
    "research_staff": ("staff", "research"),
    "board_meetings": ("governance", "board", "meetings_a_year"),
    "charter": ("governance", "charter"),
    "independent": ("legal", "independent"),
    "entity_type": ("legal", "entity_type"),
    "name": ("name",),
}

CONDITIONS: list[dict[str, Any]] = [
    {"require": {"fact": "headcount", "at_least": 300}},
    {"require": {"fact": "headcount", "at_least": 0}},
    {"require": {"fact": "headcount", "between": [100, 300]}},
    {"require": {"fact": "teams", "equals": 5}},
    {"require": {"fact": "teams", "less_than": 5}, "fails_at_once": {"fact": "teams", "more_than": 6}},
    {"require": {"fact": "research_staff", "more_than": "1/2"}},
    {"require": {"fact": "board_meetings", "at_most": 4}, "applies": {"fact": "charter", "is": True}},
    {"require": {"fact": "entity_type", "among": ["enterprise", "public_institution"], "open": True}},
    {
        "require": {"fact": "entity_type", "among": ["enterprise"]},
        "applies": {"fact": "entity_type", "among": ["enterprise", "other"], "open": True},
    },
    {"require": {"not": {"fact": "independent", "is": True}}},
    {
        "require": {
            "all": [
                {"fact": "independent", "is": True},
                {"fact": "charter", "is": True},
                {"fact": "teams", "at_least": 2},
            ]
        }
    },
    {
        "require": {
            "any": [
                {"fact": "independent", "is": True},
                {"review": {"fact": "charter", "is": True}},
                {"fact": "entity_type", "is": "other"},
            ]
        }
    },
    {"require": {"fact": "name", "reads": ["浙江省", "技术创新中心"]}},
    {"require": {"fact": "name", "given": True}},
    {
        "kind": "consequence",
        "when": {"fact": "charter", "is": False},
        "then": {"zh": "后果", "en": "consequence"},
    },
]


def _ruleset() -> RuleSet:
    text = {"zh": "试", "en": "try"}
    about = {
        "at": "一",
        "quote": "试",
        "topic": "goals",
        "kind": "condition",
        "modality": "must",
        "bearer": "centre",
        "title": text,
        "message": text,
        "remedy": text,
    }
    rules = [{"id": f"r-{place}", **about, **condition} for place, condition in enumerate(CONDITIONS)]
    document = {"title": "试", "title_en": "try", "in_force": {"from": "2020-01-01"}}
    clauses = [{"at": "一", "heading": "试", "rules": [rule["id"] for rule in rules]}]
    model = {
        "id": "flat_try",
        "version": "1.0.0",
        "jurisdiction": "zhejiang",
        "document": document,
        "clauses": clauses,
        "rules": rules,
    }
    return parse_ruleset(json.dumps(model, ensure_ascii=False), "flat.json")


def _record(rng: random.Random) -> dict[str, Any]:
    values: dict[str, tuple[Any, ...]] = {
        "headcount": (0, 99, 100, 299, 300, 301), "teams": (1, 2, 4, 5, 6, 7), "research_staff": (0, 1), "board_meetings": (0, 4, 5),
        "charter": (True, False), "independent": (True, False), "entity_type": ("enterprise", "public_institution", "other"),
        "name": ("浙江省某某技术创新中心", "某中心", "浙江省技术创新中心"),
    }  # fmt: skip
    return {fact: rng.choice((*options, None)) for fact, options in values.items()}


def _centre(record: dict[str, Any]) -> dict[str, Any]:
    made: dict[str, Any] = {"stage": "approved", "approved_on": "2022-03-01", "reported_on": "2024-01-01"}
    for fact, value in record.items():
        *above, last = FACTS[fact]
        part = made
        for name in above:
            part = part.setdefault(name, {})
        part[last] = value
    return made


def test_a_record_is_decided_as_the_centre_that_says_the_same() -> None:
    ruleset, rng = _ruleset(), random.Random(3)
    decide = flat(ruleset)
    seen: set[tuple[int, str]] = set()
    for _ in range(400):
        record = _record(rng)
        told = decide(record)
        assert told == tuple(
            finding.status for finding in check(_centre(record), ruleset, engine="reference")
        ), record
        seen |= set(enumerate(told))
    assert {status for _, status in seen} == {"pass", "fail", "unknown", "needs_review", "not_applicable"}


def test_a_fact_that_is_left_out_is_not_known() -> None:
    ruleset = _ruleset()
    empty = dict.fromkeys(FACTS)
    assert flat(ruleset)({}) == flat(ruleset)(empty)
    assert flat(ruleset)({})[0] == "unknown"


def test_rules_with_a_clock_are_refused_by_name() -> None:
    with pytest.raises(UsageError, match="positioning"):
        flat(load_ruleset("zhejiang_2022"))
