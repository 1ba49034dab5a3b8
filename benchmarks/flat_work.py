"""The flat work: 30 rules over 25 facts of one record, each pass, fail or unknown. Once as rules, once by
hand.

The thresholds are those of a benchmark, not of a document.
"""

from __future__ import annotations

import json
import random
from collections.abc import Mapping
from typing import Any

RULES: tuple[tuple[str, str, Any], ...] = (
    ("headcount", "at_least", 300), ("headcount", "at_most", 5000), ("teams", "at_least", 5),
    ("teams", "more_than", 2), ("research_staff", "at_least", 180),
    ("technical_support_staff", "at_least", 20), ("management_staff", "at_most", 60),
    ("industrial_bases", "at_least", 3),
    ("partner_enterprises", "at_least", 50), ("partner_enterprises", "more_than", 20),
    ("incubated", "at_least", 10), ("served", "at_least", 500),
    ("joint_laboratories", "at_least", 1), ("contract_research", "at_least", 1),
    ("contract_research", "less_than", 400),
    ("investment", "at_least", 1000000000), ("provincial_subsidy", "at_most", 200000000),
    ("local_subsidy", "more_than", 0),
    ("fiscal_balance", "at_most", 30000000), ("spending_total", "more_than", 0),
    ("builder_count", "at_least", 1), ("base_count", "at_least", 2),
    ("board_meetings", "at_least", 1), ("board_meetings", "at_most", 12),
    ("committee_meetings", "at_least", 1), ("independent", "is", True),
    ("charter", "is", True), ("party_organisation", "is", True),
    ("entity_type", "among", ("enterprise", "research_service_enterprise", "public_institution")),
    ("category", "is", "field"),
)  # fmt: skip

FACTS = tuple(dict.fromkeys(fact for fact, _, _ in RULES))
COLUMNS = (*FACTS, "approved")
"""What a rule set asks besides: whether the centre is approved."""


def ruleset() -> Any:
    from tic_rules import parse_ruleset  # here, so that peers in processes of their own do not carry it

    return parse_ruleset(as_file(), "flat.json")


def as_file() -> str:
    """The rules as a rule file says them."""
    text = {"zh": "基准", "en": "benchmark"}
    rules = [
        {
            "id": f"r-{place + 1}", "at": "一", "quote": "基准", "topic": "goals", "kind": "condition",
            "modality": "must", "bearer": "centre",
            "title": text, "message": text, "remedy": text,
            "require": {"fact": fact, operator: list(bound) if isinstance(bound, tuple) else bound},
        }
        for place, (fact, operator, bound) in enumerate(RULES)
    ]  # fmt: skip
    model = {
        "id": "flat_benchmark", "version": "1.0.0", "jurisdiction": "zhejiang",
        "document": {"title": "基准", "title_en": "benchmark", "in_force": {"from": "2020-01-01"}},
        "clauses": [{"at": "一", "heading": "基准", "rules": [rule["id"] for rule in rules]}], "rules": rules,
    }  # fmt: skip
    return json.dumps(model, ensure_ascii=False)


def records(count: int, seed: int = 1) -> list[dict[str, Any]]:
    """Records with values at and around the bounds; one value in twenty is not known."""
    rng = random.Random(seed)
    made = []
    for _ in range(count):
        record: dict[str, Any] = {}
        for fact, operator, bound in RULES:
            if fact not in record:
                value = _value(rng, operator, bound)
                record[fact] = None if rng.random() < 0.05 else value
        made.append(record)
    return made


def rows(records: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Records as rows of a table: of approved centres."""
    return [record | {"approved": True} for record in records]


def _value(rng: random.Random, operator: str, bound: Any) -> Any:
    if operator == "among":
        return rng.choice((*bound, "other"))
    if isinstance(bound, bool):
        return rng.random() < 0.8
    if operator == "is":
        return rng.choice((bound, "comprehensive"))
    return max(0, bound + rng.choice((0, 0, 1, -1, bound, -bound // 2)))


def by_hand(record: Mapping[str, Any]) -> tuple[str, ...]:
    """What somebody would write who needs these 30 statuses, fast, and nothing else."""
    headcount, teams, research, support = (
        record["headcount"],
        record["teams"],
        record["research_staff"],
        record["technical_support_staff"],
    )
    management, bases, partners = (
        record["management_staff"],
        record["industrial_bases"],
        record["partner_enterprises"],
    )
    incubated, served, laboratories, contracts = (
        record["incubated"],
        record["served"],
        record["joint_laboratories"],
        record["contract_research"],
    )
    investment, subsidy, local, balance = (
        record["investment"],
        record["provincial_subsidy"],
        record["local_subsidy"],
        record["fiscal_balance"],
    )
    spent, builders, base_count, board = (
        record["spending_total"],
        record["builder_count"],
        record["base_count"],
        record["board_meetings"],
    )
    committee, independent, charter, party = (
        record["committee_meetings"],
        record["independent"],
        record["charter"],
        record["party_organisation"],
    )
    entity, category = record["entity_type"], record["category"]
    return (
        "unknown" if headcount is None else "pass" if headcount >= 300 else "fail",
        "unknown" if headcount is None else "pass" if headcount <= 5000 else "fail",
        "unknown" if teams is None else "pass" if teams >= 5 else "fail",
        "unknown" if teams is None else "pass" if teams > 2 else "fail",
        "unknown" if research is None else "pass" if research >= 180 else "fail",
        "unknown" if support is None else "pass" if support >= 20 else "fail",
        "unknown" if management is None else "pass" if management <= 60 else "fail",
        "unknown" if bases is None else "pass" if bases >= 3 else "fail",
        "unknown" if partners is None else "pass" if partners >= 50 else "fail",
        "unknown" if partners is None else "pass" if partners > 20 else "fail",
        "unknown" if incubated is None else "pass" if incubated >= 10 else "fail",
        "unknown" if served is None else "pass" if served >= 500 else "fail",
        "unknown" if laboratories is None else "pass" if laboratories >= 1 else "fail",
        "unknown" if contracts is None else "pass" if contracts >= 1 else "fail",
        "unknown" if contracts is None else "pass" if contracts < 400 else "fail",
        "unknown" if investment is None else "pass" if investment >= 1000000000 else "fail",
        "unknown" if subsidy is None else "pass" if subsidy <= 200000000 else "fail",
        "unknown" if local is None else "pass" if local > 0 else "fail",
        "unknown" if balance is None else "pass" if balance <= 30000000 else "fail",
        "unknown" if spent is None else "pass" if spent > 0 else "fail",
        "unknown" if builders is None else "pass" if builders >= 1 else "fail",
        "unknown" if base_count is None else "pass" if base_count >= 2 else "fail",
        "unknown" if board is None else "pass" if board >= 1 else "fail",
        "unknown" if board is None else "pass" if board <= 12 else "fail",
        "unknown" if committee is None else "pass" if committee >= 1 else "fail",
        "unknown" if independent is None else "pass" if independent else "fail",
        "unknown" if charter is None else "pass" if charter else "fail",
        "unknown" if party is None else "pass" if party else "fail",
        "unknown"
        if entity is None
        else "pass"
        if entity in ("enterprise", "research_service_enterprise", "public_institution")
        else "fail",
        "unknown" if category is None else "pass" if category == "field" else "fail",
    )
