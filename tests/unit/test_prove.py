"""Relations proved over all data: against what is read off, against hand-made pairs, and against random
centres.
"""

from __future__ import annotations

import io
import json
import random
import re
import zipfile
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest
import yaml

pytest.importorskip("z3", reason="the extra prove (z3-solver) is not installed")

from agreement import THOROUGH
from click.testing import CliRunner
from generate import random_centre

from tic_rules import RuleSet, check, load_ruleset, parse_ruleset, shipped_ids
from tic_rules.analysis.diff.claims import read_off
from tic_rules.analysis.diff.evidence import shown
from tic_rules.analysis.diff.front import numbers_of
from tic_rules.analysis.diff.topics import Diff, as_dict, diff
from tic_rules.analysis.prove.proof import proved
from tic_rules.cli import main
from tic_rules.renderers.diff import docx as word
from tic_rules.renderers.diff import render
from tic_rules.renderers.diff import xlsx as excel

RULES = Path(__file__).parents[2] / "rules"
SOME = [
    ("jiangsu_2020", "zhejiang_2022"),
    ("national_13fyp", "national_2017"),
    ("national_2017", "national_2020"),
]
PAIRS = list(combinations(shipped_ids(), 2)) if THOROUGH else SOME
"""Every document in some pair; all ten pairs are proved by `make agree`."""


@cache
def settled(a: str, b: str) -> Diff:
    return shown(proved(diff(load_ruleset(a), load_ruleset(b))))


# --- shipped sets -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_what_is_read_off_is_proved(a: str, b: str) -> None:
    plain = diff(load_ruleset(a), load_ruleset(b))
    found = settled(a, b)
    claims = {(claim.side, claim.rule.id): claim for claim in found.claims}
    for claim in read_off(plain).claims:
        if claim.status == "guaranteed":
            assert claims[claim.side, claim.rule.id].status == "guaranteed", claim
    for topic, own in zip(plain.topics, found.topics, strict=True):
        assert own.proved == (not (own.a and own.b) or (own.comparable and not own.undecided)), own.id
        assert own.tightens <= topic.tightens, topic.id
        assert own.loosens <= topic.loosens, topic.id


@pytest.mark.parametrize(("a", "b"), PAIRS)
def test_no_random_centre_breaks_what_is_proved(a: str, b: str) -> None:
    """Where every rule that the proof names passes, the guaranteed rule does not fail; the time of a rule may
    still run.
    """
    found = settled(a, b)
    claims = [
        claim for claim in found.claims if claim.status == "guaranteed" and claim.rule.bearer != "programme"
    ]
    rng, tested = random.Random(f"{a} {b}"), 0
    for _ in range(25):
        for ruleset in (found.a, found.b):
            data, day = random_centre(ruleset, rng)
            reports = {"a": check(data, found.a, as_of=day), "b": check(data, found.b, as_of=day)}
            if any(warning.code == "approved-before" for own in reports.values() for warning in own.warnings):
                continue  # a proof speaks of centres that both documents bind from their approval on
            for claim in claims:
                other = reports["a" if claim.side == "b" else "b"]
                if claim.by and all(other[name].status == "pass" for name in claim.by):
                    tested += 1
                    assert reports[claim.side][claim.rule.id].status != "fail", (claim, data, day)
    assert tested > 0 or not claims


def test_a_pair_of_files_and_a_proof_never_contradict_each_other() -> None:
    for a, b in PAIRS:
        for claim in settled(a, b).claims:
            assert (claim.witness is None) or claim.status not in ("guaranteed", "undecided")


def test_contradictions_come_first_with_the_fewest_rules() -> None:
    found = settled("jiangsu_2020", "zhejiang_2022")
    (conflict,) = found.proof.conflicts
    assert (conflict.a, conflict.b, conflict.level) == (("term-length",), ("term-length",), "in_principle")
    statuses = {claim.status for claim in found.claims if claim.topic == "term"}
    assert statuses == {"contradicts"}
    assert settled("jiangsu_2020", "national_2017").proof.conflicts == ()


def test_a_claim_names_only_the_rules_that_it_needs() -> None:
    found = proved(diff(load_ruleset("national_2017"), load_ruleset("zhejiang_2022")))
    named = {claim.by for claim in found.claims if claim.topic == "legal_form" and claim.side == "a"}
    assert named == {("legal-entity",)}


def about(name: str, topic: str) -> RuleSet:
    """What a rule set says of one topic."""
    data = yaml.load((RULES / f"{name}.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    data["rules"] = [rule for rule in data["rules"] if rule["topic"] == topic]
    kept = {rule["id"] for rule in data["rules"]}
    clauses = [
        clause | {"rules": [rule for rule in clause.get("rules", ()) if rule in kept]}
        for clause in data["clauses"]
    ]
    data["clauses"] = [clause for clause in clauses if clause["rules"]]
    return parse_ruleset(yaml.dump(data, Dumper=yaml.CSafeDumper, allow_unicode=True), f"{name}.yaml")


def test_a_topic_that_hangs_on_an_undecided_claim_is_not_called_proved() -> None:
    a, b = (about(name, "governance.board") for name in ("national_2017", "zhejiang_2022"))
    (board,) = shown(proved(diff(a, b))).topics
    assert (board.id, board.undecided, board.proved) == ("governance.board", ("board",), False)


def test_nothing_is_proved_by_data_that_two_documents_call_otherwise() -> None:
    """An industry fund is another thing in Jiangsu's words, a kind of income in the state's of 2020."""
    funds = next(t for t in settled("jiangsu_2020", "zhejiang_2022").topics if t.id == "operations.park_fund")
    assert (funds.relation, funds.nature, funds.proved) == ("different", "lists_overlap", False)
    found = shown(
        proved(diff(*(about(name, "funding.income_mix") for name in ("national_2020", "zhejiang_2022"))))
    )
    assert [(claim.status, claim.proved) for claim in found.claims] == [("undecided", False)] * 2
    (change,) = [change for topic in found.topics for pair in topic.pairs for change in pair.changes]
    assert change.a is not None
    assert change.b is not None
    assert (change.what, change.a.zh, change.b.zh) == (
        "list", "竞争性课题、市场化服务收入、财政资金后补助", "竞争性课题、市场化技术服务收入、财政资金补助"
    )  # fmt: skip


def test_editions_of_one_document_share_what_only_one_has_renamed() -> None:
    text = (RULES / "jiangsu_2020.yaml").read_text(encoding="utf-8")
    renamed = parse_ruleset(text.replace("zh: 设有产业创新基金或与", "zh: 产业创新基金或与"), "renamed.yaml")
    assert {topic.relation for topic in proved(diff(load_ruleset("jiangsu_2020"), renamed)).topics} == {
        "same"
    }


def test_the_json_of_a_proof() -> None:
    data = as_dict(settled("jiangsu_2020", "zhejiang_2022"))
    way = next(topic for topic in data["topics"] if topic["topic"] == "procedure.recommendation")
    assert (way["relation"], way["proved"]) == ("b_looser", True)
    assert way["witness"]["difference"] == {
        "path": "/procedure/recommended_by",
        "failing": "provincial_department",
        "passing": "city_government",
    }
    assert way["witness"]["statuses"]["failing"] == {
        "a": {"recommendation": "fail"},
        "b": {"recommendation": "pass"},
    }
    assert data["proof"]["whole"]["must"] == {"a_guarantees_b": False, "b_guarantees_a": False}
    assert all(text["zh"] and text["en"] for text in data["proof"]["assumptions"])


def test_a_draft_under_another_id_is_proved_the_same() -> None:
    """A judgement is shared by the editions of one document, whatever the file calls itself."""
    text = (RULES / "national_2020.yaml").read_text(encoding="utf-8")
    draft = parse_ruleset(text.replace("id: national_2020", "id: my_draft"), "draft.yaml")
    found = proved(diff(load_ruleset("national_2020"), draft))
    assert found.editions
    assert {topic.relation for topic in found.topics} == {"same"}
    assert {claim.status for claim in found.claims} == {"guaranteed"}
    assert found.proof.whole["must"] == {"a_guarantees_b": True, "b_guarantees_a": True}


# --- hand-made pairs --------------------------------------------------------------------------------------

TEMPLATE = """
id: {id}
version: 1.0.0
jurisdiction: {jurisdiction}
document: {{title: {id}, title_en: {id}, in_force: {{from: 2020-01-01}}}}
vocabulary:
  facts:
    misspent_part:
      {{ratio: {{of: misspent, to: spending_total}}, unit: ratio, label: {{zh: 违规占比, en: misspent part}}}}
    since_argued: {{age: plan_argued, unit: month, label: {{zh: 论证至今, en: since the review}}}}
clauses:
  - {{at: 一, heading: 一, rules: [{ids}]}}
rules:
{rules}
"""
RULE = """
  - id: r{n}
    at: 一
    quote: {quote}
    topic: {topic}
    kind: condition
    bearer: centre
    modality: {modality}
    {body}
    title: {{zh: 题, en: title}}
    message: {{zh: 不符, en: fails}}
    remedy: {{zh: 补正, en: mend}}
"""


def quote_of(parts: list[str]) -> str:
    """Words that hold every number and deadline of a rule: what is only read into a quote is not compared."""
    body = " ".join(parts)
    numbers = "，".join(re.findall(r"\b\d+(?:\.\d+)?", body))
    years = "，".join(f"{n}年内" for n in re.findall(r"(\d+)y", body) + re.findall(r"years: (\d+)", body))
    years += "，".join(f"{n}个月内，{n}日内" for n in re.findall(r"(?:months|days): (\d+)", body))
    days = re.findall(r"(\d{4})-(\d\d)-(\d\d)", body)
    years += "，".join(f"{year}年{int(month)}月{int(day)}日" for year, month, day in days)
    for month, day in re.findall(r"_year: (\d\d)-(\d\d)", body):
        years += f"，{int(month)}月{int(day)}日"
    return f"引语{numbers}，{years}，批复，每年，期满"


def made(name: str, *rules: str, quote: str = "") -> RuleSet:
    """A rule set of rules like `must | by: 2y | require: {…}`; the first word is the modality."""
    bodies = [rule.split(" | ") for rule in rules]
    told = "".join(
        RULE.format(
            n=n,
            topic="structure",
            modality=parts[0],
            body="\n    ".join(parts[1:]),
            quote=quote or quote_of(parts),
        )
        for n, parts in enumerate(bodies)
    )
    text = TEMPLATE.format(
        id=name, jurisdiction="national", ids=", ".join(f"r{n}" for n in range(len(rules))), rules=told
    )
    return parse_ruleset(re.sub(r"\n\s*\n", "\n", text), f"{name}.yaml")


HEADCOUNT = "require: {fact: headcount, at_least: %s}"
REPORT = "require: {fact: reports, some: {sender: centre}}"
EVALUATED = "require: {fact: evaluations, some: {}}"
UNITS = "require: {fact: unit_count, at_least: 3}"
SERVED = "require: {fact: served, at_least: 10}"
OLD = "require: {fact: since_argued, at_least: 12}"
APPLIES = "applies: {fact: headcount, at_least: 10} | require: {fact: unit_count, at_least: 3}"
BASES = "require: {fact: bases, some: {}}"
CHARTER = "require: {fact: charter, is: true}"
CASES = [
    (
        ["must | require: {fact: board_members, some: {}}"],
        ["must | require: {fact: board_member_types, at_least: 1}"],
        "same",
    ),
    (
        ["must | require: {fact: board_members, some: {type: enterprise}}"],
        ["must | require: {fact: board_member_types, at_least: 2}"],
        "different",
    ),
    (["must | by: 2y | " + HEADCOUNT % 10], ["must | by: 2y | " + HEADCOUNT % 20], "b_stricter"),
    (
        ["must | by: 2y | require: {fact: headcount, at_least: 10}"],
        ["must | by: 2y | require: {fact: headcount, more_than: 10}"],
        "b_stricter",
    ),
    (
        ["must | by: 2y | " + HEADCOUNT % 10],
        ["must | by: 5y | " + HEADCOUNT % 10],
        "different",
    ),  # a stock may fall between the two days
    (["must | by: 2y | " + SERVED], ["must | by: 5y | " + SERVED], "b_looser"),  # a cumulative total does not
    (["must | by: 2y | " + OLD], ["must | by: 5y | " + OLD], "b_looser"),  # nor does an age
    (
        ["must | by: 1y | " + SERVED],
        ["must | by: term_end | " + SERVED],
        "b_looser",
    ),  # a term is one year at least
    (["must | by: 2y | " + SERVED], ["must | by: term_end | " + SERVED], "different"),
    (["must | " + HEADCOUNT % 10], ["must | by: 2y | " + HEADCOUNT % 10], "b_looser"),
    *(
        ([f"must | {own}" + UNITS], [f"must | {other}" + UNITS], relation)
        for own, other, relation in (
            ("by: 1y | ", "by: 3y | ", "b_looser"),
            ("by: 2y | ", "by: approval | ", "b_stricter"),
            ("", "by: 2y | ", "b_looser"),
            ("by: 2y | ", "by: term_end | ", "different"),
        )
    ),  # what is one at all times fails from its day on
    (
        ["must | by: 2y | " + SERVED, "must | by: 5y | " + UNITS],
        ["must | by: 2y | require: {all: [{fact: served, at_least: 10}, {fact: unit_count, at_least: 3}]}"],
        "b_stricter",
    ),  # beside what has a date, too
    (["must | " + HEADCOUNT % 10], ["in_principle | " + HEADCOUNT % 10], "b_looser"),
    (["encouraged | " + HEADCOUNT % 50], ["must | " + HEADCOUNT % 10], "b_stricter"),
    (
        ["must | require: {fact: board, is: true}"],
        ["must | require: {all: [{fact: board, is: true}, {fact: charter, is: true}]}"],
        "b_stricter",
    ),
    (
        ["must | require: {all: [{fact: board, is: true}, {fact: charter, is: true}]}"],
        ["must | require: {fact: board, is: true}", "must | require: {fact: charter, is: true}"],
        "same",
    ),
    (
        ["must | require: {any: [{fact: board, is: true}, {fact: charter, is: true}]}"],
        ["must | require: {fact: charter, is: true}"],
        "b_stricter",
    ),
    (
        ["must | applies: {fact: board, is: true} | require: {fact: charter, is: true}"],
        ["must | require: {fact: charter, is: true}"],
        "b_stricter",
    ),
    (
        ["must | require: {fact: entity_type, among: [enterprise]}"],
        ["must | require: {fact: entity_type, among: [enterprise], open: true}"],
        "b_looser",
    ),
    (
        ["must | require: {fact: entity_type, is: enterprise}"],
        ["must | require: {fact: entity_type, among: [enterprise, public_institution]}"],
        "b_looser",
    ),
    (
        ["must | require: {fact: hosts, every: {type: enterprise}}"],
        ["must | require: {fact: hosts, some: {type: enterprise}}"],
        "b_looser",
    ),
    (
        ["must | require: {fact: hosts, some: {type: enterprise, leading: true}}"],
        ["must | require: {fact: hosts, some: {type: enterprise}}"],
        "b_looser",
    ),
    (
        ["must | require: {fact: base_count, at_least: 1}"],
        ["must | require: {fact: bases, some: {}}"],
        "same",
    ),
    (
        ["must | require: {fact: base_count, at_least: 2}"],
        ["must | require: {fact: bases, every: {zone: national_high_tech_zone}}"],
        "different",
    ),
    (
        ["must | require: {fact: plan_experts, contains_all: [technical]}"],
        ["must | require: {fact: plan_experts, contains_all: [technical, policy]}"],
        "b_stricter",
    ),
    (
        ["must | by: approval | require: {fact: term, equals: 3}"],
        ["must | by: approval | require: {fact: term, equals: 5}"],
        "different",
    ),
    (
        ["must | by: approval | require: {fact: term, between: [3, 5]}"],
        ["must | by: approval | require: {fact: term, equals: 5}"],
        "b_stricter",
    ),
    (
        ["must | by: {months: 6, after: term_end} | " + SERVED],
        ["must | by: {months: 12, after: term_end} | " + SERVED],
        "b_looser",
    ),
    (
        ["must | by: {days: 30, after: approval} | " + SERVED],
        ["must | by: {days: 60, after: approval} | " + SERVED],
        "b_looser",
    ),
    (
        ["must | by: {days: 30, after: term_end} | " + SERVED],
        ["must | by: {months: 6, after: term_end} | " + SERVED],
        "b_looser",
    ),
    (
        ["must | by: {days: 30, after: approval} | " + SERVED],
        ["must | by: {months: 1, after: approval} | " + SERVED],
        "different",
    ),
    (["must | by: {months: 12, after: approval} | " + SERVED], ["must | by: 1y | " + SERVED], "same"),
    (["must | by: 1y | " + SERVED], ["must | by: {months: 18, after: approval} | " + SERVED], "b_looser"),
    (["must | by: 1y | " + SERVED], ["must | by: 2035-12-31 | " + SERVED], "different"),
    (
        ["must | yearly: {looked_for_until: {next_year: 01-31}} | " + REPORT],
        ["must | yearly: {looked_for_until: {next_year: 03-31}} | " + REPORT],
        "b_looser",
    ),
    (
        ["must | yearly: {looked_for_until: {next_year: 01-31}} | " + REPORT],
        ["must | yearly: {looked_for_until: end_of_next_year} | " + REPORT],
        "b_looser",
    ),
    (
        ["must | yearly: {looked_for_until: {next_year: 01-31}} | " + REPORT],
        ["must | yearly: {looked_for_until: {next_year: 01-31}, running_year: true} | " + REPORT],
        "b_stricter",
    ),
    (
        ["must | yearly: {looked_for_until: end_of_year} | " + REPORT],
        ["must | yearly: {looked_for_until: end_of_year} | until: term_end | " + REPORT],
        "b_looser",
    ),
    (
        ["must | yearly: {looked_for_until: {next_year: 02-29}} | " + REPORT],
        ["must | yearly: {looked_for_until: {next_year: 02-28}} | " + REPORT],
        "b_stricter",
    ),
    (
        ["must | by: {months: 13, after: approval} | " + SERVED],
        ["must | by: {months: 1, after: term_end} | " + SERVED],
        "different",
    ),
    (["must | cycle: {years: 3} | " + EVALUATED], ["must | cycle: {years: 2} | " + EVALUATED], "b_stricter"),
    (["must | cycle: {years: 3} | " + EVALUATED], ["must | cycle: {years: 4} | " + EVALUATED], "different"),
    (
        ["must | cycle: {years: 3} | " + EVALUATED],
        ["must | cycle: {years: 3} | until: term_end | " + EVALUATED],
        "b_looser",
    ),
    (
        ["must | by: {days: 15, after: evaluations} | " + SERVED],
        ["must | by: {days: 30, after: evaluations} | " + SERVED],
        "b_looser",
    ),
    (
        ["must | by: {days: 30, after: evaluations} | " + SERVED],
        ["must | by: {days: 30, after: projects} | " + SERVED],
        "different",
    ),
    (
        ["must | cycle: {years: 3} | require: {fact: evaluations, some: {result: good}}"],
        ["must | cycle: {years: 3} | require: {fact: evaluations, some: {result: [good, excellent]}}"],
        "b_looser",
    ),
    (
        ["must | cycle: {years: 3} | require: {fact: evaluations, some: {}}"],
        ["must | cycle: {years: 5} | require: {fact: evaluations, some: {}}"],
        "b_looser",
    ),
    (
        ["must | by: {days: 30, after: evaluations} | require: {entry: {result: good}}"],
        ["must | by: {days: 30, after: evaluations} | require: {entry: {result: good}}"],
        "same",
    ),
    (
        ["must | require: {running: 2, of: evaluations, where: {result: good}, by: entry}"],
        ["must | require: {running: 2, of: evaluations, where: {result: good}}"],
        "different",
    ),
    (
        ["must | require: {each_year: {full_years: 3}, holds: {fact: product_income, some: {}}}"],
        ["must | require: {each_year: {full_years: 2}, holds: {fact: product_income, some: {}}}"],
        "b_looser",
    ),
    (
        ["must | require: {fact: evaluations, of_each: year, at_most: 1}"],
        ["must | require: {fact: evaluations, of_each: year, at_most: 2}"],
        "b_looser",
    ),
    *(
        (
            ["must | by: 5y | require: " + asked],
            ["must | by: 5y | since: approval | require: " + asked],
            "different",
        )
        for asked in (
            "{fact: evaluations, latest: date, has: {result: good}}",
            "{fact: evaluations, of_each: year, at_most: 1}",
            "{running: 2, of: evaluations, where: {result: good}}",
            "{fact: income_entries, some: {kind: product_sales}}",
            "{fact: misspent_part, at_least: 30%}",
        )
    ),  # what came before approval counts on one side only
    (
        ["must | by: 1y | require: {fact: product_income, some: {}}"],
        ["must | by: 3y | require: {fact: product_income, some: {}}"],
        "b_looser",
    ),
    (
        ["must | by: 1y | require: {not: {fact: product_income, some: {}}}"],
        ["must | by: 3y | require: {not: {fact: product_income, some: {}}}"],
        "different",
    ),  # years go by: what is not there by the later day was not before it, but the earlier day fails alone
    (
        ["must | by: {days: 30, after: evaluations} | " + SERVED],
        ["must | by: {days: 30, after: evaluations} | until: term_end | " + SERVED],
        "b_looser",
    ),
    (
        ["must | require: {fact: hosts, some: {}}"],
        ["must | by: {days: 30, after: evaluations} | require: {fact: hosts, some: {}}"],
        "different",
    ),  # without an evaluation nothing is owed; whether there is one may be unknown
    (
        ["must | by: {days: 30, after: evaluations} | " + SERVED],
        ["must | by: {days: 30, after: evaluations} | require: {fact: served, at_most: 5}"],
        "different",
    ),
    (
        ["must | by: 2y | " + APPLIES],
        ["must | by: 5y | " + APPLIES],
        "different",
    ),  # the one may apply on its day alone
    (
        ["must | fails_at_once: {fact: misspent, more_than: 0} | require: {fact: hosts, some: {}}"],
        [
            "must | until: term_end | fails_at_once: {fact: misspent, more_than: 0} "
            "| require: {fact: hosts, some: {}}"
        ],
        "b_looser",
    ),
    (
        ["must | until: term_end | " + HEADCOUNT % 10],
        ["must | by: {months: 13, after: approval} | " + HEADCOUNT % 10],
        "different",
    ),  # a term of one year is over by then
    (["must | until: term_end | " + HEADCOUNT % 10], ["must | by: 1y | " + HEADCOUNT % 10], "b_looser"),
    (
        ["must | by: 2y | require: {fact: hosts, some: {leading: true}}"],
        ["must | by: 5y | require: {fact: hosts, some: {leading: true}}"],
        "different",
    ),  # it may lead on one day and not on another
    (["must | require: {attested: true}"], ["must | require: {attested: true}"], "different"),
    (["must | " + CHARTER], ["must | applies: {not_after: term_end} | " + CHARTER], "b_looser"),
    (
        ["must | by: 1y | " + CHARTER],
        ["must | by: 1y | applies: {not_after: term_end} | " + CHARTER],
        "b_looser",
    ),
    (
        ["must | " + CHARTER],
        ["must | require: {any: [{fact: charter, is: true}, {not_after: term_end}]}"],
        "b_looser",
    ),  # what is asked up to a day, or from one, is judged on the as-of day, not on that of a deadline
    (
        ["must | require: {not: {fact: makes_and_sells_products, is: true}}"],
        ["must | require: {fact: makes_and_sells_products, is: false}"],
        "same",
    ),
    *(
        ([f"must | {own}" + BASES], [f"must | {other}" + BASES], relation)
        for own, other, relation in (
            ("since: 2023-01-01 | ", "", "b_looser"),
            ("by: 2y | since: term_end | ", "by: 2y | ", "b_looser"),
            ("until: term_end | since: 2023-01-01 | ", "until: term_end | ", "b_looser"),
            ("since: approval | ", "", "same"),
            ("by: application | since: approval | ", "by: application | ", "b_looser"),
        )
    ),  # before the time that counts has begun, what has no date does not count either
    *(
        ([f"must | {own}" + UNITS], [f"must | {other}" + UNITS], relation)
        for own, other, relation in (
            ("", "by: approval | ", "b_looser"),  # on that day the one fails and the other is pending
            ("from: approval | ", "from: 2y | ", "b_looser"),
            ("from: 1y | ", "from: term_end | ", "b_looser"),
            ("from: 2y | ", "from: term_end | ", "different"),
            ("from: 2y | ", "", "b_stricter"),
            ("from: 2y | ", "by: approval | ", "b_stricter"),
            ("yearly: {looked_for_until: end_of_year} | ", "", "b_stricter"),
            ("yearly: {looked_for_until: end_of_year} | ", "cycle: {years: 2} | ", "different"),
            ("cycle: {years: 1} | ", "by: term_end | ", "different"),
            ("", "until: term_end | ", "same"),
        )
    ),  # where nothing is owed yet, or what is owed is pending, what fails is not guaranteed
    (
        ["must | from: approval | " + SERVED],
        ["must | from: 2y | " + SERVED],
        "b_looser",
    ),
    (
        ["must | " + SERVED],
        ["must | until: term_end | " + SERVED],
        "b_looser",
    ),  # whoever is late passes the one and has failed the other
]


@pytest.mark.parametrize(("a", "b", "relation"), CASES, ids=range(len(CASES)))
def test_hand_made_pairs(a: list[str], b: list[str], relation: str) -> None:
    found = shown(proved(diff(made("first", *a), made("second", *b))))
    (topic,) = found.topics
    assert topic.relation == relation
    plain = diff(made("first", *a), made("second", *b)).topics[0]
    assert plain.tightens >= topic.tightens
    assert plain.loosens >= topic.loosens
    assert (topic.nature is None) == (relation != "different")
    for pair in topic.witnesses:  # what the one accepts and the other does not
        fine = {"pass", "not_applicable"}
        assert fine.issuperset(pair.others) or (pair.short == "fail" and "fail" not in pair.others), pair


def test_a_judgement_of_a_year_that_is_due_sooner_is_stricter() -> None:
    """Editions share their judgements, whenever these are due."""
    a, b = (
        made("first", f"must | yearly: {{looked_for_until: {until}}} | require: {{attested: true}}")
        for until in ("end_of_year", "{next_year: 03-31}")
    )
    relations = [proved(diff(*pair)).topics[0].relation for pair in ((a, b), (b, a))]
    assert relations == ["b_looser", "b_stricter"]


def test_a_sentence_says_what_fails_at_once_and_which_word_a_list_has_more() -> None:
    capped = "must | by: 5y | require: {fact: provincial_subsidy, at_most: 1亿元}"
    at_once = " | fails_at_once: {fact: provincial_subsidy, more_than: 5000万元}"
    quote = "5年内不超过1亿元，超过5000万元的停拨"
    found = diff(made("first", capped, quote=quote), made("second", capped + at_once, quote=quote))
    assert found.topics[0].sentence.zh == "乙另规定省财政补助超过5000万元即为不符"
    (figure,) = numbers_of([found.b])
    assert [text and text.zh for text in figure.said] == [
        "不超过1亿元（批复创建后5年内）；超过5000万元即为不符（批复创建后5年内）"
    ]
    forms = (f"must | require: {{fact: entity_type, among: [{more}enterprise]}}" for more in ("other, ", ""))
    assert diff(*map(made, ("first", "second"), forms)).topics[0].sentence.zh == "甲另列有其他"


def test_the_day_of_a_year_is_compared_where_its_end_is_our_reading() -> None:
    a = made(
        "first", "must | yearly: {looked_for_until: {next_year: 01-31}} | " + REPORT, quote="每年1月31日前"
    )
    later = "must | yearly: {looked_for_until: {next_year: 03-31}} | until: term_end | " + REPORT
    assert diff(a, made("second", later, quote="每年3月31日前")).topics[0].relation == "b_looser"


YEARLY = "must | yearly: {looked_for_until: {next_year: %s}} | " + REPORT
CYCLE = "must | cycle: {%s} | " + EVALUATED
BY_DAY = "must | by: %s | " + SERVED
SINCE = "must | by: 2y | since: %s | require: {fact: investment, at_least: 10}"
EACH_YEAR = "must | require: {each_year: {full_years: %d}, holds: {fact: reports, some: {}}}"
READ_INTO = [
    (YEARLY % "01-31", YEARLY % "03-31", "应每年提交年度报告", "应每年1月31日、3月31日前提交年度报告"),
    (CYCLE % "years: 2, grace: {days: 45}", CYCLE % "years: 2", "每两年评估一次", ""),
    (BY_DAY % "2025-12-31", BY_DAY % "2026-12-31", "十家单位服务10家企业", "2025年、2026年服务10家企业"),
    (BY_DAY % "2025-06-30", BY_DAY % "2025-12-31", "2025年服务10家企业", "2025年6月底、年底服务10家企业"),
    (SINCE % "2023-01-01", SINCE % "2024-01-01", "2年内投入10元", "2年内投入10元，自2023年、2024年起"),
    (EACH_YEAR % 3, EACH_YEAR % 2, "近年每年都有报告", "近3年、近2年每年都有报告"),
]


@pytest.mark.parametrize(("a", "b", "quote", "said"), READ_INTO)
def test_a_day_or_length_that_no_quote_has_is_a_reading(a: str, b: str, quote: str, said: str) -> None:
    """It makes neither side stricter, nothing of it is proved, and it is marked."""
    found = proved(diff(made("first", a, quote=quote), made("second", b, quote=quote)))
    (topic,) = found.topics
    assert (topic.relation, topic.proved) == ("same", False)
    assert "〔理解〕" in json.dumps(as_dict(found), ensure_ascii=False)
    if said:
        assert diff(made("first", a, quote=said), made("second", b, quote=said)).topics[0].relation != "same"


def test_a_cycle_is_compared_where_what_is_still_in_time_is_our_reading() -> None:
    a, b = CYCLE % "years: 2, grace: {days: 45}", CYCLE % "years: 3"
    (topic,) = diff(made("first", a, quote="每两年评估"), made("second", b, quote="每三年评估")).topics
    assert (topic.relation, topic.sentence.zh.count("〔理解〕")) == ("b_looser", 1)


def test_data_that_is_read_otherwise_leaves_rules_on_other_data_settled() -> None:
    text = (RULES.parent / "tests/operators/example_2024.yaml").read_text(encoding="utf-8")
    later = text.replace("times: 百分之二十", "times: 百分之十").replace("example_2024", "example_2026")
    found = proved(diff(parse_ruleset(text), parse_ruleset(later), "example_2024", "example_2026"))
    unsettled = {claim.rule.id for claim in found.claims if claim.status != "guaranteed"}
    assert unsettled == {"support-ceiling"}, "it alone reads the ceiling"


def test_what_an_entry_owes_sooner_is_stricter() -> None:
    text = (RULES.parent / "examples/provinces/haidong/tic_rules_haidong/haidong_2024.yaml").read_text(
        "utf-8"
    )
    text = text.replace("{filed: true, filed_on:", "{filed_on:")
    sooner = text.replace("在变更30日内", "在变更15日内").replace(
        "{days: 30, after: changes}", "{days: 15, after: changes}"
    )
    a, b = (parse_ruleset(one, "haidong_2024.yaml") for one in (text, sooner))
    found = shown(proved(diff(a, b)))
    topic = next(topic for topic in found.topics if topic.id == "changes")
    assert (topic.relation, topic.proved) == ("b_stricter", True)
    assert [(pair.short, pair.others) for pair in topic.witnesses] == [("fail", ("pass",))]


def test_a_pair_of_files_is_found_for_documents_that_came_into_force_later() -> None:
    text = (RULES.parent / "examples/provinces/haidong/tic_rules_haidong/haidong_2024.yaml").read_text(
        "utf-8"
    )
    text = text.replace("in_force: {from: 2021-01-01}", "in_force: {from: 2025-07-01}")
    more = text.replace("不少于3000平方米", "不少于3500平方米").replace("at_least: 3000}", "at_least: 3500}")
    a, b = (parse_ruleset(one, "haidong_2024.yaml") for one in (text, more))
    (topic,) = [topic for topic in shown(proved(diff(a, b))).topics if topic.id == "premises"]
    (pair,) = topic.witnesses
    assert pair.short == "fail"
    assert pair.failing["approved_on"] == "2026-03-01"


def test_only_a_proof_sees_what_two_rules_do_together() -> None:
    a = made(
        "first",
        "must | by: 2y | " + HEADCOUNT % 10,
        "must | by: 2y | require: {fact: headcount, at_most: 10}",
    )
    b = made("second", "must | by: 2y | require: {fact: headcount, equals: 10}")
    found = proved(diff(a, b))
    assert (diff(a, b).topics[0].relation, found.topics[0].relation) == ("b_stricter", "same")
    claim = next(claim for claim in found.claims if claim.side == "b")
    assert (claim.status, sorted(claim.by)) == ("guaranteed", ["r0", "r1"])


def test_what_is_missing_counts() -> None:
    """Either way there is a charter, so who passes A passes B; but one who says nothing of the board fails B
    and not A.
    """
    a = made(
        "first",
        "must | require: {fact: board, is: true}",
        "must | require: {any: [{fact: board, is: false}, {fact: charter, is: true}]}",
    )
    b = made("second", "must | require: {fact: charter, is: true}")
    assert proved(diff(a, b)).claims[0].status == "looser"


def test_a_term_of_five_years_makes_its_end_the_fifth_year() -> None:
    a = made(
        "first", "must | by: approval | require: {fact: term, equals: 5}", "must | by: 5y | " + HEADCOUNT % 10
    )
    b = made(
        "second",
        "must | by: approval | require: {fact: term, equals: 5}",
        "must | by: term_end | " + HEADCOUNT % 10,
    )
    found = proved(diff(a, b))
    assert found.topics[0].relation == "same"
    assert found.proof.whole["must"] == {"a_guarantees_b": True, "b_guarantees_a": True}


def test_words_that_people_hold_to_be_the_same_show_what_the_data_is_asked_for() -> None:
    (plan,) = [
        one for one in settled("jiangsu_2020", "zhejiang_2022").topics if "procedure.plan" in one.topics
    ]
    assert (plan.relation, [pair.path for pair in plan.witnesses]) == ("same", ["/plan/by_host"])


def test_word_and_excel_name_the_contradiction_and_what_is_assumed() -> None:
    for format_ in (word, excel):
        package = zipfile.ZipFile(io.BytesIO(format_.render(settled("jiangsu_2020", "zhejiang_2022"), "zh")))
        parts = [package.read(name).decode() for name in package.namelist() if name.endswith(".xml")]
        told = re.sub(r"<[^>]+>|\s", "", "".join(parts))
        assert "不能同时做到：甲六（三）“建设期3年”与乙三（一）“建设期为5年”" in told
        assert "各地的总体布局指标各算各的" in told


def test_a_minimal_conflict_of_three() -> None:
    a = made(
        "first",
        "must | require: {any: [{fact: board, is: true}, {fact: charter, is: true}]}",
        "must | require: {fact: director, is: true}",
    )
    b = made(
        "second",
        "must | require: {fact: board, is: false}",
        "must | require: {fact: charter, is: false}",
        "must | require: {fact: network, is: true}",
    )
    (conflict,) = proved(diff(a, b)).proof.conflicts
    assert (conflict.a, conflict.b) == (("r0",), ("r0", "r1"))


def test_judgements_due_on_days_without_an_order_are_not_the_same() -> None:
    """Of a term of three years the end of the term comes first, of seven the five years."""
    a, b = (made("x", f"must | by: {by} | require: {{attested: true}}") for by in ("5y", "term_end"))
    assert [topic.relation for topic in proved(diff(a, b)).topics] == ["different"]


def test_a_rule_that_contradicts_itself_says_that_it_is_alone() -> None:
    """What counts only after the term, and is asked from approval on."""
    asked = "must | require: {fact: chief_scientists, some: {appointed_by_board: true}}"
    a, b = made("x", asked), made("x", f"{asked} | since: term_end")
    found = shown(proved(diff(a, b)))
    assert [(one.a, one.b) for one in found.proof.conflicts] == [((), ("r0",))]
    for lang, said in (("en", "(not even alone, on every day from approval on)"), ("zh", "单独一条也不能")):
        assert said in render(found, "markdown", lang)
    assert "\n1 topic: B stricter 1\n" in render(found, "text", "en")


def test_what_an_entry_owes_is_no_contradiction_where_there_may_be_no_entry() -> None:
    a, b = (
        made(name, "must | by: {days: 30, after: evaluations} | require: {fact: served, " + asked)
        for name, asked in (("first", "at_least: 10}"), ("second", "less_than: 10}"))
    )
    found = proved(diff(a, b))
    assert (found.proof.conflicts, [claim.status for claim in found.claims]) == ((), ["looser", "looser"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (
            "{fact: entity_type, is: enterprise}",
            "{fact: entity_type, among: [public_institution], open: true}",
        ),
        ("{fact: hosts, some: {}}", "{review: {fact: charter, is: true}}"),
    ],
)
def test_what_a_person_may_pass_contradicts_nothing(one: str, other: str) -> None:
    a, b = made("first", f"must | require: {one}"), made("second", f"must | require: {other}")
    assert proved(diff(a, b)).proof.conflicts == ()


def test_the_command() -> None:
    result = CliRunner().invoke(main, ["diff", "jiangsu_2020", "zhejiang_2022", "--prove", "--lang", "zh"])
    assert result.exit_code == 0, result.output
    assert "不能同时做到：甲六（三）“建设期3年” 与 乙三（一）“建设期为5年”" in result.output
    assert "假设：" in result.output


def test_an_absent_z3_is_told_with_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    from tic_rules.analysis.prove import symbols

    monkeypatch.setattr(symbols, "z3", None)
    result = CliRunner().invoke(main, ["diff", "jiangsu_2020", "zhejiang_2022", "--prove", "--lang", "en"])
    assert result.exit_code == 2
    assert "tic-rules[prove]" in result.output
