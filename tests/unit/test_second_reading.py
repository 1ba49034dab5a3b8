"""The general decisions of the second reading, each adjudicated on small rule sets with centres at the
bounds."""

from __future__ import annotations

import re
from typing import Any

import pytest
from corpus_cases import CENTRE_SETS, centre_cases

from tic_rules import (
    Centre,
    Report,
    RuleSet,
    RuleSetError,
    check,
    check_programme,
    load_ruleset,
    parse_ruleset,
)
from tic_rules.model.conditions import leaves_open
from tic_rules.renderers.form import blank_file
from tic_rules.results.parts import Engine

HEAD = """
id: small
version: 1.0.0
jurisdiction: national
document: {title: 办法（示例）, title_en: Measures (an example), in_force: {from: 2020-03-01}}
clauses: [{at: 一, heading: 要求, rules: [%s]}]
rules:
"""

RULE = """
- id: {name}
  at: 一
  quote: 示例
  topic: field
  title: {{zh: 题, en: title}}
  message: {{zh: 文, en: message}}
  remedy: {{zh: 补救, en: remedy}}
"""


def small(**rules: str) -> RuleSet:
    """A rule set of these rules: the id, and what is said besides its texts, as one flow mapping."""
    import yaml

    body = ""
    for name, said in rules.items():
        fields = yaml.safe_load("{" + said + "}")
        if "kind" not in fields:
            fields = {"kind": "obligation", "modality": "must", "bearer": "centre"} | fields
        lines = yaml.safe_dump(fields, allow_unicode=True, default_flow_style=None, sort_keys=False)
        body += RULE.format(name=name.replace("_", "-")) + "".join(
            f"  {line}\n" for line in lines.splitlines()
        )
    return parse_ruleset(HEAD % ", ".join(name.replace("_", "-") for name in rules) + body, "small.yaml")


def decided(ruleset: RuleSet, as_of: str, engine: Engine = "reference", **data: Any) -> Report:
    centre = {"stage": "approved", "approved_on": "2021-03-01", "reported_on": as_of} | data
    return check(
        {key: value for key, value in centre.items() if value is not None},
        ruleset,
        as_of=as_of,
        engine=engine,
    )


def status(said: str, as_of: str, **data: Any) -> str:
    return decided(small(rule=said), as_of, **data)["rule"].status


def attestation(met: bool, day: str = "2023-01-01", rule: str = "rule", **more: Any) -> dict[str, Any]:
    return {"rule": f"small/{rule}", "met": met, "by": "评审组", "date": day, "evidence": "意见"} | more


# --- 1. an open list is no dead end ------------------------------------------------------------------------

OPEN = "require: {fact: zones, any_among: [national_high_tech_zone], open: true}"


@pytest.mark.parametrize(
    ("attestations", "expected"),
    [
        ([], "needs_review"),
        ([attestation(True)], "pass"),
        ([attestation(False)], "fail"),
        ([attestation(False), attestation(True, "2023-02-01")], "pass"),
        ([attestation(False), attestation(True)], "needs_review"),
        ([attestation(True, "2024-01-02")], "needs_review"),
        ([attestation(True, "2024")], "unknown"),
        ([attestation(True, item="1")], "needs_review"),
    ],
)
def test_an_attestation_settles_what_an_open_list_leaves_to_be_judged(
    attestations: list[Any], expected: str
) -> None:
    day = "2024-01-01"
    assert status(OPEN, day, zones=["other"], attestations=attestations) == expected


@pytest.mark.parametrize(
    ("zones", "expected"), [(["national_high_tech_zone"], "pass"), ([], "fail"), (None, "unknown")]
)
def test_where_data_decides_an_attestation_has_no_effect_and_is_reported(zones: Any, expected: str) -> None:
    met = expected != "pass"
    report = decided(small(rule=OPEN), "2024-01-01", zones=zones, attestations=[attestation(met)])
    assert report["rule"].status == expected
    assert [(warning.code, warning.path) for warning in report.warnings] == [
        ("not-attested", "/attestations/0/rule")
    ]


@pytest.mark.parametrize("name", ["rule", "/rule", "nonsense", "SMALL/rule", "other/rule"])
def test_a_name_that_no_rule_has_is_reported(name: str) -> None:
    entry = {**attestation(True), "rule": name}
    exemption = {"rule": name, "reason": "a", "approved_by": "b", "date": "2023-01-01"}
    report = decided(
        small(rule=OPEN), "2024-01-01", zones=["other"], attestations=[entry], exemptions=[exemption]
    )
    told = [(warning.code, warning.path) for warning in report.warnings]
    lists = () if name == "other/rule" else ("attestations", "exemptions")  # other rules are left alone
    assert told == [("unknown-rule", f"/{listed}/0/rule") for listed in lists]


def test_an_attestation_that_settles_is_not_reported_and_is_cited() -> None:
    report = decided(small(rule=OPEN), "2024-01-01", zones=["other"], attestations=[attestation(True)])
    assert [w.code for w in report.warnings] == []
    assert "/attestations/0" in [place["path"] for place in report["rule"].data]


def test_where_it_is_left_to_judge_whether_a_clause_applies_the_attestation_speaks_for_the_clause() -> None:
    said = (
        "applies: {fact: zones, any_among: [national_high_tech_zone], open: true}, require: "
        "{fact: party_organisation, is: true}"
    )
    data: dict[str, Any] = {"zones": ["other"], "governance": {"party_organisation": False}}
    assert status(said, "2024-01-01", **data) == "needs_review"
    assert status(said, "2024-01-01", **data, attestations=[attestation(True)]) == "pass"
    assert status(said, "2024-01-01", **data, attestations=[attestation(False)]) == "fail"


def test_a_consequence_left_to_be_judged_follows_where_an_attestation_says_so() -> None:
    said = (
        "kind: consequence, modality: must, bearer: department, then: {zh: 后果, en: it follows}, "
        "when: {review: {fact: party_organisation, is: false}}"
    )
    data: dict[str, Any] = {"governance": {"party_organisation": False}}
    assert status(said, "2024-01-01", **data) == "needs_review"
    assert status(said, "2024-01-01", **data, attestations=[attestation(True)]) == "fail"
    assert status(said, "2024-01-01", **data, attestations=[attestation(False)]) == "pass"


# --- 2. when something is owed -----------------------------------------------------------------------------

FROM = "from: approval, require: {fact: projects, some: {level: national}}"


@pytest.mark.parametrize(
    ("as_of", "dated", "expected"),
    [
        ("2021-03-01", None, "pending"),
        ("2021-03-01", "2021-03-01", "pass"),
        ("2021-03-01", "2021-02-28", "pending"),
        ("2030-01-01", None, "pending"),
        ("2030-01-01", "2021-02-28", "pending"),
        ("2030-01-01", "2029-05-05", "pass"),
    ],
)
def test_what_is_owed_from_approval_is_pending_until_it_is_met(
    as_of: str, dated: str | None, expected: str
) -> None:
    projects = [] if dated is None else [{"name": "甲", "level": "national", "date": dated}]
    assert status(FROM, as_of, projects=projects) == expected


def test_what_is_owed_from_approval_does_not_speak_to_an_applicant() -> None:
    day = "2021-02-01"
    assert (
        status(FROM, day, stage="applicant", approved_on=None, applied_on=day, projects=[])
        == "not_applicable"
    )


@pytest.mark.parametrize(
    ("as_of", "expected"), [("2022-03-01", "not_applicable"), ("2022-03-02", "needs_review")]
)
def test_what_is_owed_from_the_second_year_on_is_not_before_it(as_of: str, expected: str) -> None:
    assert status("from: 1y, require: {attested: true}", as_of) == expected


@pytest.mark.parametrize(
    ("as_of", "attestations", "expected"),
    [
        ("2022-01-01", [], "needs_review"),
        ("2022-01-01", [attestation(True, "2021-12-01")], "pass"),
        ("2024-03-02", [], "needs_review"),
    ],
)
def test_what_needs_review_does_so_before_its_day_too(
    as_of: str, attestations: list[Any], expected: str
) -> None:
    assert (
        status("by: term_end, require: {attested: true}", as_of, term_years=3, attestations=attestations)
        == expected
    )


@pytest.mark.parametrize(
    ("as_of", "expected"), [("2021-03-01", "pending"), ("2024-03-01", "pending"), ("2024-03-02", "fail")]
)
def test_by_the_end_of_the_term_is_pending_until_then(as_of: str, expected: str) -> None:
    assert (
        status(
            "by: term_end, require: {fact: core, is: true}", as_of, term_years=3, structure={"core": False}
        )
        == expected
    )


def test_a_report_from_before_the_approval_fulfils_no_year() -> None:
    said = "yearly: {looked_for_until: end_of_next_year}, require: {fact: reports, some: {sender: centre}}"
    report = {"year": 2022, "sender": "centre", "to": "ministry"}
    for submitted, expected in (("2021-02-28", "fail"), ("2021-03-01", "pass")):
        assert (
            status(
                said,
                "2024-01-01",
                reports=[
                    report | {"submitted_on": submitted},
                    report | {"year": 2023, "submitted_on": "2023-12-31"},
                ],
            )
            == expected
        )


@pytest.mark.parametrize(("term", "expected"), [(3, "pass"), (4, "fail")])
def test_a_yearly_duty_until_the_term_ends_looks_at_years_wholly_within_it(term: int, expected: str) -> None:
    said = (
        "yearly: {looked_for_until: end_of_next_year}, until: term_end, require: {fact: reports, some: "
        "{sender: centre}}"
    )
    reports = [
        {"year": year, "submitted_on": f"{year}-12-31", "sender": "centre", "to": "ministry"}
        for year in (2022, 2023)
    ]
    assert status(said, "2027-01-01", term_years=term, reports=reports) == expected


def test_an_undated_stock_of_a_later_day_does_not_show_an_earlier_one() -> None:
    said = "by: 1y, require: {fact: joint_laboratories, at_least: 1}"
    assert status(said, "2022-03-01", services={"joint_laboratories": 3}) == "pass"
    assert status(said, "2022-03-02", services={"joint_laboratories": 3}) == "unknown"


def test_income_since_approval_is_that_of_later_years() -> None:
    said = "since: approval, require: {not: {fact: income_entries, some: {kind: product_sales}}}"
    vocabulary = "income_entries"
    ruleset = parse_ruleset(
        (HEAD % "rule").replace(
            "clauses:",
            f"vocabulary: "
            f"{{facts: {{{vocabulary}: {{label: {{zh: 收入, en: income}}, entries: income}}}}}}\nclauses:",
        )
        + RULE.format(name="rule")
        + (
            f"  kind: obligation\n  modality: must\n  bearer: centre\n  {said.split(', ', 1)[0]}\n  "
            f"{said.split(', ', 1)[1]}\n"
        ),
        "small.yaml",
    )
    for year, expected in ((2020, "pass"), (2021, "pass"), (2022, "fail"), (None, "unknown")):
        entry = {"year": year, "kind": "product_sales", "amount": 1}
        assert decided(ruleset, "2024-01-01", income=[entry])["rule"].status == expected, year


# --- 3. who bears a consequence ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("result", "verdict"), [("unqualified", "non_compliant"), (None, "undetermined"), ("good", "compliant")]
)
def test_a_consequence_counts_for_the_centre_and_names_the_authority(
    result: str | None, verdict: str
) -> None:
    said = (
        "kind: consequence, modality: must, bearer: ministry, then: {zh: 后果, en: it follows}, when: "
        "{fact: evaluations, some: {result: unqualified}}"
    )
    evaluation = {"kind": "term", "date": "2023-01-01", "result": result}
    report = decided(small(rule=said), "2024-01-01", evaluations=[evaluation])
    assert report["rule"].bearer == "ministry"
    assert (report.bearers.centre, report.bearers.ministry) == (verdict, None)


# --- 5. consequences look at what the clause names ---------------------------------------------------------

CONSEQUENCE = "kind: consequence, modality: must, bearer: ministry, then: {zh: 后果, en: it follows}"
LATEST = CONSEQUENCE + (
    ", since: approval, when: {fact: evaluations, latest: date, of: {kind: term}, has: {result: unqualified}}"
)


def term(day: Any, result: str | None, kind: str | None = "term") -> dict[str, Any]:
    return {"kind": kind, "date": day, "result": result}


@pytest.mark.parametrize(
    ("evaluations", "expected"),
    [
        ([], "pass"),
        (None, "unknown"),
        ([term("2022-01-01", "unqualified")], "fail"),
        ([term("2022-01-01", "unqualified"), term("2023-01-01", "good")], "pass"),
        ([term("2022-01-01", "good"), term("2023-01-01", "unqualified")], "fail"),
        ([term("2023-01-01", "good"), term("2023-01-01", "unqualified")], "needs_review"),
        ([term("2023-01-01", "unqualified"), term("2023-01-02", "good", "annual")], "fail"),
        ([term("2021-02-28", "unqualified")], "pass"),
        ([term("2022-01-01", "unqualified"), term("2024-01-02", "good")], "fail"),
        ([term("2022-01-01", "unqualified"), term("2023-01-01", None)], "unknown"),
        ([term("2022-01-01", "unqualified"), term("2023-01-01", "good", None)], "unknown"),
        ([term("2022-01-01", None), term("2023-01-01", "good")], "pass"),
        ([term("2022", "unqualified"), term("2022-06-30", "good")], "unknown"),
        ([term("2022", "unqualified"), term("2023", "good")], "pass"),
        ([term(None, "good"), term("2023-01-01", "unqualified")], "unknown"),
        ([term(None, "unqualified"), term("2023-01-01", "unqualified")], "fail"),
    ],
)
def test_the_latest_evaluation_of_its_kind_decides(evaluations: Any, expected: str) -> None:
    assert status(LATEST, "2024-01-01", evaluations=evaluations) == expected


def test_a_later_evaluation_may_follow_on_a_day_for_which_the_data_does_not_speak() -> None:
    evaluations = [term("2022-01-01", "unqualified")]
    assert status(LATEST, "2024-01-01", reported_on="2023-12-31", evaluations=evaluations) == "unknown"
    finding = decided(small(rule=LATEST), "2024-01-01", evaluations=evaluations, incomplete=["evaluations"])[
        "rule"
    ]
    assert (finding.status, finding.missing) == ("unknown", ["/evaluations"])


def test_the_latest_names_what_keeps_it_open_and_nothing_else() -> None:
    evaluations = [term("2021-06-30", None), term("2022", "unqualified"), term("2022-06-30", "good")]
    finding = decided(small(rule=LATEST), "2024-01-01", evaluations=evaluations)["rule"]
    assert (finding.status, finding.missing) == ("unknown", ["/evaluations/1/date"])


BY_YEAR = CONSEQUENCE + (
    ", when: {fact: evaluations, latest: year, of: {kind: annual, result: {given: true}}, has: {result: "
    "unqualified}}"
)


def annual(year: int | None, result: str | None) -> dict[str, Any]:
    dated = f"{year + 1}-02-01" if year is not None else "2023-02-01"
    return {"kind": "annual", "year": year, "result": result, "date": dated}


@pytest.mark.parametrize(
    ("as_of", "reported_on", "evaluations", "expected"),
    [
        ("2024-06-30", "2024-06-30", [annual(2022, "unqualified"), annual(2023, "good")], "pass"),
        ("2024-06-30", "2024-06-30", [annual(2022, "good"), annual(2023, "unqualified")], "fail"),
        ("2023-12-31", "2023-12-31", [annual(2022, "unqualified"), annual(2023, "good")], "fail"),
        ("2024-06-30", "2024-06-30", [annual(2022, "unqualified"), annual(2023, None)], "unknown"),
        ("2024-06-30", "2024-06-30", [annual(None, "good"), annual(2022, "unqualified")], "unknown"),
        # after the day for which the data speaks, a result of a year that has ended may not be shown; there
        # is none of a later year
        ("2024-06-30", "2024-03-01", [annual(2023, "unqualified")], "fail"),
        ("2024-06-30", "2024-03-01", [annual(2022, "unqualified")], "unknown"),
        ("2025-01-01", "2024-03-01", [annual(2023, "unqualified")], "unknown"),
    ],
)
def test_the_latest_year_with_a_result_decides(
    as_of: str, reported_on: str, evaluations: list[Any], expected: str
) -> None:
    assert status(BY_YEAR, as_of, reported_on=reported_on, evaluations=evaluations) == expected


AFTER_TERM = CONSEQUENCE + ", since: term_end, when: {fact: acceptance, some: {result: failed}}"


@pytest.mark.parametrize(
    ("as_of", "acceptance", "expected"),
    [
        ("2024-03-01", {"held": True, "date": "2024-03-01", "result": "failed"}, "pass"),
        ("2024-06-01", {"held": True, "date": "2024-03-01", "result": "failed"}, "pass"),
        ("2024-06-01", {"held": True, "date": "2024-03-02", "result": "failed"}, "fail"),
        ("2024-06-01", {"held": True, "result": "failed"}, "unknown"),
        ("2024-03-01", {"held": True, "result": "failed"}, "pass"),
        ("2024-03-01", None, "pass"),
        ("2024-06-01", None, "unknown"),
    ],
)
def test_an_acceptance_of_before_the_end_of_the_term_draws_no_consequence(
    as_of: str, acceptance: Any, expected: str
) -> None:
    assert status(AFTER_TERM, as_of, term_years=3, acceptance=acceptance) == expected


# --- 7. figures of a programme are stocks ------------------------------------------------------------------

PROGRAMME = "kind: target, modality: must, bearer: programme"


@pytest.mark.parametrize(
    ("rule", "figures", "expected"),
    [
        ("alliances, at_least: 300", {"reported_on": "2025-12-31", "alliances": 300}, "pass"),
        ("alliances, at_least: 300", {"reported_on": "2026-06-30", "alliances": 300}, "unknown"),
        ("alliances, at_least: 300", {"reported_on": "2026-06-30", "alliances": 200}, "unknown"),
        ("programme_centres, at_least: 10", {"reported_on": "2026-06-30", "centres": 9}, "fail"),
        ("programme_centres, at_least: 10", {"reported_on": "2026-06-30", "centres": 10}, "unknown"),
        (
            "programme_centres, at_least: 10",
            {"reported_on": "2026-06-30", "centres": [{"date": "2025-06-30", "value": 10}]},
            "pass",
        ),
    ],
)
def test_a_plain_figure_is_that_of_its_day(rule: str, figures: dict[str, Any], expected: str) -> None:
    ruleset = small(rule=f"{PROGRAMME}, by: 2025-12-31, require: {{fact: {rule}}}")
    report = check_programme({"jurisdiction": "national"} | figures, ruleset, as_of="2026-06-30")
    assert report["rule"].status == expected


# --- 8. what the data cannot rule out, and only that -------------------------------------------------------


def paid(amount: str, **said: Any) -> dict[str, Any]:
    return {"date": "2022-01-01", "amount": amount} | said


@pytest.mark.parametrize(
    ("contributions", "asked", "expected"),
    [
        ([paid("1亿元")], 2, "fail"),
        ([paid("1亿元")], 1, "unknown"),
        ([paid("1亿元", payer="finance")], 2, "fail"),
        ([paid("1亿元"), paid("1亿元")], 2, "unknown"),
        ([paid("1亿元"), paid("1亿元")], 3, "fail"),
        ([paid("1亿元", payer="finance"), paid("1亿元")], 2, "unknown"),
        ([paid("1亿元", payer="finance"), paid("1亿元")], 3, "fail"),
        ([paid("1亿元", payer="finance"), paid("0")], 2, "fail"),
        (
            [
                paid("1亿元", payer="finance"),
                {"date": "2022-01-01", "payer": "finance"},
                {"date": "2022-01-01", "payer": "province"},
            ],
            2,
            "unknown",
        ),
        (
            [{"date": "2022-01-01", "payer": "province"}, {"date": "2022-01-01", "payer": "province"}],
            2,
            "fail",
        ),
    ],
)
def test_one_entry_adds_one_kind_at_most(contributions: list[Any], asked: int, expected: str) -> None:
    said = f"require: {{fact: funding_kinds, at_least: {asked}}}"
    assert status(said, "2023-01-01", contributions=contributions) == expected
    assert status(said, "2023-01-01", contributions=contributions, incomplete=["contributions"]) in (
        "unknown",
        "pass",
    )


def test_a_number_of_kinds_names_the_payer_that_is_missing() -> None:
    ruleset = small(rule="require: {fact: funding_kinds, at_least: 2}")
    report = decided(ruleset, "2023-01-01", contributions=[paid("1亿元", payer="finance"), paid("1亿元")])
    assert report["rule"].missing == ["/contributions/1/payer"]


@pytest.mark.parametrize(
    ("unknown_payer", "expected"),
    [("8000万元", "fail"), ("4000万元", "unknown"), ("5000万元", "fail"), ("0", "fail")],
)
def test_an_amount_that_is_all_or_nothing_is_not_what_neither_gives(
    unknown_payer: str, expected: str
) -> None:
    said = "require: {fact: provincial_subsidy, equals: 5000万元}"
    contributions = [paid("1000万元", payer="province"), paid(unknown_payer)]
    assert status(said, "2023-01-01", contributions=contributions) == expected


def test_amounts_that_may_count_or_not_add_up_in_every_way() -> None:
    said = "require: {fact: provincial_subsidy, equals: 5000万元}"
    assert status(said, "2023-01-01", contributions=[paid("2000万元"), paid("3000万元")]) == "unknown"
    assert status(said, "2023-01-01", contributions=[paid("2000万元"), paid("4000万元")]) == "fail"
    bounds = {"at_least": "2500万元", "at_most": "3500万元"}
    open_amount = {"date": "2022-01-01", "amount": bounds}
    assert status(said, "2023-01-01", contributions=[paid("2000万元"), open_amount]) == "unknown"
    assert status(said, "2023-01-01", contributions=[paid("1000万元"), open_amount]) == "fail"


# --- 9. no law reaches back --------------------------------------------------------------------------------
# The document is in force from 2020-03-01.

BEFORE = "2020-02-29"


@pytest.mark.parametrize(
    ("said", "holds", "approved", "expected"),
    [
        ("by: application", False, BEFORE, "not_applicable"),
        ("by: application", True, BEFORE, "not_applicable"),
        ("by: application", False, "2020-03-01", "fail"),
        ("by: approval", False, BEFORE, "not_applicable"),
        ("by: approval", False, "2020-03-01", "fail"),
        ("by: 1y", False, "2019-02-28", "not_applicable"),
        ("by: 1y", False, "2019-03-01", "fail"),
        ("by: term_end", False, "2017-02-28", "not_applicable"),
        ("by: term_end", False, "2017-03-01", "fail"),
        ("modality: must", False, BEFORE, "fail"),
        ("by: approval", False, "2020", "unknown"),
        ("by: approval", True, "2020", "pass"),
        ("by: application", False, "2020", "unknown"),
        ("by: application", True, "2020", "pass"),
        ("by: approval", False, None, "unknown"),
        ("by: approval", True, None, "pass"),
    ],
)
def test_a_centre_approved_before_the_document(
    said: str, holds: bool, approved: str | None, expected: str
) -> None:
    rule = f"kind: obligation, bearer: centre, {said}, require: {{fact: core, is: true}}"
    if "modality" not in said:
        rule += ", modality: must"
    data = {"approved_on": approved, "structure": {"core": holds}, "term_years": 3}
    assert status(rule, "2024-01-01", **data) == expected


def test_an_applicant_is_bound_however_early_it_applied() -> None:
    data = {
        "stage": "applicant",
        "approved_on": None,
        "applied_on": "2019-01-01",
        "structure": {"core": False},
    }
    assert status("by: application, require: {fact: core, is: true}", "2024-01-01", **data) == "fail"


@pytest.mark.parametrize(
    ("entry", "expected"),
    [("2020-02-29", "pass"), ("2020-03-01", "fail"), ("2020", "unknown")],
)
def test_what_happened_before_the_document_breaks_nothing_and_draws_no_consequence(
    entry: str, expected: str
) -> None:
    ruleset = small(
        banned=(
            "kind: prohibition, modality: must, bearer: centre, require: {fact: spending_entries, "
            "none_of: {use: fines}}"
        ),
        follows=f"{CONSEQUENCE}, when: {{fact: evaluations, some: {{result: unqualified}}}}",
    )
    report = decided(
        ruleset,
        "2024-01-01",
        approved_on="2019-01-01",
        fiscal_spending=[{"date": entry, "use": "fines", "amount": 1}],
        evaluations=[{"date": entry, "kind": "term", "result": "unqualified"}],
    )
    assert (report["banned"].status, report["follows"].status) == (expected, expected)


def test_what_happened_before_the_document_counts_for_a_centre_that_was_approved_under_it() -> None:
    said = (
        "kind: prohibition, modality: must, bearer: centre, require: {fact: spending_entries, none_of: "
        "{use: fines}}"
    )
    data = {
        "approved_on": "2020-03-01",
        "fiscal_spending": [{"date": "2020-02-29", "use": "fines", "amount": 1}],
    }
    assert status(said, "2024-01-01", **data) == "fail"


def test_money_from_before_the_document_counts_and_spending_is_left_out_of_the_rules_on_its_use() -> None:
    ruleset = small(
        sum="since: approval, require: {fact: investment, at_least: 2亿元}",
        cap=(
            "kind: limit, modality: must, bearer: province, since: approval, require: "
            "{fact: provincial_subsidy, at_most: 5000万元}"
        ),
        use="require: {fact: spending_total, equals: 3}",
    )
    report = decided(
        ruleset,
        "2024-01-01",
        approved_on="2019-01-01",
        contributions=[
            {"date": "2019-06-30", "payer": "province", "amount": "1亿元"},
            {"date": "2021-06-30", "payer": "finance", "amount": "1亿元"},
        ],
        fiscal_spending=[
            {"date": "2019-06-30", "use": "fines", "amount": 1},
            {"date": "2021-06-30", "use": "fines", "amount": 3},
        ],
    )
    assert {finding.id: finding.status for finding in report} == {"sum": "pass", "cap": "fail", "use": "pass"}


@pytest.mark.parametrize(
    "time",
    [
        "by: term_end", "by: 3y", "by: 2026-12-31", "by: {months: 6, after: term_end}",
        "by: {months: 36, after: evaluations}", "from: approval", "from: 1y", "cycle: {years: 3}",
        "yearly: {looked_for_until: end_of_next_year}",
    ],
)  # fmt: skip
@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_a_broken_prohibition_or_limit_fails_at_once(time: str, engine: Engine) -> None:
    asked = "require: {fact: spending_entries, none_of: {use: fines}}"
    kinds = ("obligation", "prohibition", "limit")
    report = decided(
        small(**{kind: f"kind: {kind}, modality: must, bearer: centre, {time}, {asked}" for kind in kinds}),
        "2023-06-01",
        engine,
        term_years=5,
        evaluations=[{"date": "2021-06-01", "kind": "term"}],
        fiscal_spending=[{"date": "2022-06-30", "use": "fines", "amount": 1}],
    )
    assert [report[kind].status for kind in kinds] == ["pending", "fail", "fail"]


def test_what_an_applicant_does_not_meet_yet_is_pending_whatever_its_kind() -> None:
    said = "kind: limit, modality: must, bearer: host, by: application, require: {fact: teams, at_most: 3}"
    data: dict[str, Any] = {"stage": "applicant", "approved_on": None, "staff": {"teams": 4}}
    assert status(said, "2024-01-01", **data) == "pending"


@pytest.mark.parametrize(
    ("by", "core", "expected"),
    [("3y", True, "unknown"), ("3y", False, "unknown"), ("1y", True, "unknown"), ("1y", False, "fail")],
)
@pytest.mark.parametrize("engine", ["reference", "compiled", "durable"])
def test_what_may_be_broken_does_not_pass(by: str, core: bool, expected: str, engine: Engine) -> None:
    if engine == "durable":
        pytest.importorskip("durable", reason="needs the extra durable")
    said = f"by: {by}, require: {{fact: core, is: true}}, fails_at_once: {{fact: evaluations, some: {{}}}}"
    data = {"structure": {"core": core}, "evaluations": [{"kind": "term", "year": 2022}]}
    finding = decided(small(rule=said), "2023-01-01", engine, **data)["rule"]
    assert finding.status == expected
    assert finding.missing == ["/evaluations/0/date"] * (expected == "unknown")


@pytest.mark.parametrize(
    ("by", "core", "met", "expected"),
    [
        ("3y", True, None, "needs_review"),
        ("3y", False, None, "needs_review"),
        ("1y", False, None, "fail"),
        ("3y", True, True, "pass"),
        ("3y", True, False, "fail"),
        ("3y", False, True, "pending"),
    ],
)
@pytest.mark.parametrize("engine", ["reference", "compiled", "durable"])
def test_what_has_to_be_judged_broken_or_not_does_not_pass(
    by: str, core: bool, met: bool | None, expected: str, engine: Engine
) -> None:
    if engine == "durable":
        pytest.importorskip("durable", reason="needs the extra durable")
    broken = "fails_at_once: {review: {fact: evaluations, some: {}}}"
    said = f"by: {by}, require: {{fact: core, is: true}}, {broken}"
    judged = {"rule": "small/rule", "met": met, "by": "甲", "date": "2022-12-01", "evidence": "证"}
    data = {
        "structure": {"core": core},
        "evaluations": [{"kind": "term", "date": "2022-06-01"}],
        "attestations": [] if met is None else [judged],
    }
    assert decided(small(rule=said), "2023-01-01", engine, **data)["rule"].status == expected


def test_yearly_duties_begin_with_the_first_year_that_begins_under_the_document() -> None:
    said = "yearly: {looked_for_until: end_of_year}, require: {fact: reports, some: {sender: centre}}"
    report = decided(small(rule=said), "2022-12-31", approved_on="2018-05-05", reports=[])["rule"]
    assert [part["year"] for part in report.years] == [2021, 2022]


def test_an_evaluation_from_before_the_document_fulfils_its_duty() -> None:
    said = "from: approval, require: {fact: evaluations, some: {kind: term}}"
    data = {"approved_on": "2019-01-01", "evaluations": [{"kind": "term", "date": "2019-06-30"}]}
    assert status(said, "2024-01-01", **data) == "pass"


@pytest.mark.parametrize(
    ("data", "warned"),
    [
        ({"approved_on": BEFORE}, "获批"),
        ({"approved_on": "2020"}, "可能"),
        ({"approved_on": None}, "可能"),
        ({"approved_on": "2020-03-01"}, None),
        ({"approved_on": None, "stage": "applicant", "applied_on": "2019-01-01"}, None),
    ],
)
def test_the_report_warns_of_an_approval_before_the_document(
    data: dict[str, Any], warned: str | None
) -> None:
    warnings = decided(small(rule="require: {fact: core, is: true}"), "2024-01-01", **data).warnings
    shown = [warning.message.zh for warning in warnings if warning.code == "approved-before"]
    assert len(shown) == (warned is not None)
    assert warned is None or (warned in shown[0] and ("可能" in shown[0]) == (warned == "可能"))


@pytest.mark.parametrize(("as_of", "warned"), [("2024-03-01", False), ("2024-03-02", True)])
def test_the_report_warns_of_data_more_than_a_year_old(as_of: str, warned: bool) -> None:
    report = decided(small(rule="require: {fact: core, is: true}"), as_of, reported_on="2023-03-01")
    assert ("old-data" in [warning.code for warning in report.warnings]) == warned


def test_warnings_write_days_as_their_language_does() -> None:
    rule = small(rule="require: {fact: core, is: true}")
    (warned,) = decided(rule, "2024-06-01", reported_on="2023-03-01").warnings
    assert warned.message.zh == "填报截止日期2023年3月1日比基准日2024年6月1日早一年以上"
    assert warned.message.en.endswith("2023-03-01, more than a year before the as-of day 2024-06-01")


def test_the_report_warns_of_figures_of_a_year_after_the_report() -> None:
    income = [{"year": year, "kind": "other", "amount": "1亿元"} for year in (2023, 2024, None)]
    data = {"reported_on": "2023-03-01", "income": income}
    warnings = decided(small(rule="require: {fact: core, is: true}"), "2023-03-01", **data).warnings
    assert [one.path for one in warnings if one.code == "after-reported-on"] == ["/income/1/year"]


@pytest.mark.parametrize(("as_of", "said"), [("2023-06-01", "不计入"), ("2024-02-01", "只作为上限")])
def test_the_warning_of_figures_of_a_later_year_says_whether_they_count_at_all(as_of: str, said: str) -> None:
    income = [{"year": 2024, "kind": "other", "amount": "1亿元"}]
    rule = small(rule="require: {fact: core, is: true}")
    warnings = decided(rule, as_of, reported_on="2023-03-01", income=income).warnings
    assert [one.message.zh for one in warnings] == [f"年度晚于填报截止日期2023年3月1日，{said}"]


@pytest.mark.parametrize("name", ["甲（集团）", "甲 (集团)"])
def test_a_unit_that_stands_twice_is_warned_of_as_both_count(name: str) -> None:
    units = {"hosts": [{"name": "甲（集团）"}, {}], "builders": [{"name": "乙"}, {"name": name}, {}]}
    (warning,) = decided(
        small(rule="require: {fact: unit_count, at_least: 2}"), "2023-03-01", **units
    ).warnings
    assert (warning.code, warning.path) == ("repeated-unit", "/builders/1/name")


def test_a_text_that_says_that_there_is_nothing_is_warned_of_as_it_counts() -> None:
    data = {
        "name": [{"date": "2022-01-01", "value": "甲"}, {"date": "2023-01-01", "value": "待定"}],
        "procedure": {"approval_document": "无"},
        "indicators": {"1.1": {"target": "—"}, "1.2": {"target": "尚无"}, "1.3": {"target": "无事故"}},
        "builders": [{"name": "无锡公司", "type": "enterprise"}, {"name": "暂无"}],
        "sources": [{"path": "/name", "excerpt": "无"}],
    }
    report = decided(small(rule="require: {fact: approval_document, given: true}"), "2023-03-01", **data)
    assert [one.status for one in report] == ["pass"]
    assert [(one.path, one.message.zh.partition("按")[0]) for one in report.warnings] == [
        ("/name/1/value", "“待定”"),
        ("/procedure/approval_document", "“无”"),
        ("/builders/1/name", "“暂无”"),
        ("/indicators/1.1/target", "“—”"),
    ]
    assert report.warnings[-1].message.en.startswith("'—' counts as a text that is given (2 places)")


def test_a_number_that_two_rules_read_contradicts_the_files_once() -> None:
    one = f"{PROGRAMME}, by: 2025-12-31, require: {{fact: programme_centres, at_least: 1}}"
    other = (
        f"{PROGRAMME}, require: {{attested: true}}, fails_at_once: {{fact: programme_centres, more_than: 9}}"
    )
    files = [Centre(id=f"c{n}", jurisdiction="national", approved_on="2023-01-01") for n in range(3)]
    figures = {"jurisdiction": "national", "reported_on": "2025-12-31", "centres": 2}
    for rules in ({"one": one, "other": other}, {"other": other}):
        report = check_programme(figures, small(**rules), centres=files)
        assert [warning.code for warning in report.warnings] == ["contradiction"]


# --- 10. all that is missing, all that decides -------------------------------------------------------------


def test_a_yearly_rule_names_a_partial_approval_that_changes_which_years_are_owed() -> None:
    said = "yearly: {looked_for_until: end_of_next_year}, require: {fact: reports, some: {sender: centre}}"
    reports = [{"year": 2022, "submitted_on": "2022-12-31", "sender": "centre"}]
    for approved, missing in (
        ("2021", ["/approved_on", "/reports"]),
        ({"not_before": "2021-01-02", "not_after": "2021-12-31"}, ["/reports"]),
    ):
        finding = decided(
            small(rule=said), "2023-06-30", approved_on=approved, reports=reports, incomplete=["reports"]
        )["rule"]
        if approved == "2021":
            assert (finding.status, finding.missing) == ("unknown", missing)
        else:
            assert finding.status == "pass"


@pytest.mark.parametrize(
    ("said", "as_of", "data", "cited"),
    [
        (
            "from: term_end, require: {attested: true}",
            "2022-01-01",
            {"term_years": 3},
            ["/approved_on", "/term_years"],
        ),
        (
            "yearly: {looked_for_until: end_of_year}, require: {attested: true}",
            "2021-12-31",
            {},
            ["/approved_on"],
        ),
        ("by: approval, require: {attested: true}", "2024-01-01", {"approved_on": BEFORE}, ["/approved_on"]),
        (
            "by: application, require: {attested: true}",
            "2024-01-01",
            {"approved_on": BEFORE},
            ["/approved_on"],
        ),
        (
            "applies: {not_after: term_end}, require: {attested: true}",
            "2024-03-02",
            {"term_years": 3},
            ["/approved_on", "/term_years"],
        ),
        ("require: {attested: true}", "2021-01-01", {"approved_on": None, "stage": "applicant"}, ["/stage"]),
        ("require: {attested: true}", "2021-01-01", {"stage": None}, ["/approved_on"]),
    ],
)
def test_what_decides_a_not_applicable_is_cited(
    said: str, as_of: str, data: dict[str, Any], cited: list[str]
) -> None:
    finding = decided(small(rule=said), as_of, **data)["rule"]
    assert finding.status == "not_applicable"
    assert [place["path"] for place in finding.data] == cited


@pytest.mark.parametrize(
    ("rule", "data", "expected", "cited"),
    [
        ("municipal-match", {"contributions": []}, "not_applicable", ["/contributions"]),
        ("income-sources", {"income": [{"year": 2024}]}, "not_applicable", ["/income"]),
        ("investment-2y", {"contributions": []}, "fail", ["/contributions", "/approved_on"]),
        ("fiscal-prohibited-use", {"fiscal_spending": []}, "pass", ["/fiscal_spending"]),
        ("joint-building", {"hosts": [], "builders": []}, "fail", ["/hosts", "/builders", "/applied_on"]),
        ("priority-field", {"fields": []}, "fail", ["/fields", "/applied_on"]),
        ("investment-2y", {}, "unknown", ["/approved_on"]),
    ],
)
def test_a_list_in_which_nothing_counts_is_cited(
    rule: str, data: dict[str, Any], expected: str, cited: list[str]
) -> None:
    centre = {"approved_on": "2022-03-01", "applied_on": "2021-09-01", "reported_on": "2026-06-30", **data}
    finding = check(centre, "zhejiang_2022")[rule]
    assert finding.status == expected
    assert [place["path"] for place in finding.data] == cited


@pytest.mark.parametrize(
    ("uses", "expected", "named", "first"),
    [
        (("other", "equipment", None, "donation"), "fail", "涉及：捐赠。", "/fiscal_spending/3"),
        (("other", None), "unknown", "支出/第2条/用途。", "/fiscal_spending/1"),
        (("equipment", "other"), "needs_review", "涉及：其他。", "/fiscal_spending/1"),
    ],
)
def test_of_several_entries_those_that_decide_are_named_and_cited_first(
    uses: tuple[str | None, ...], expected: str, named: str, first: str
) -> None:
    spent = [{"date": "2023-05-01", "amount": 1, "use": use} for use in uses]
    centre = {"approved_on": "2022-03-01", "reported_on": "2026-06-30", "fiscal_spending": spent}
    finding = check(centre, "zhejiang_2022")["fiscal-prohibited-use"]
    assert (finding.status, finding.data[0].path) == (expected, first)
    assert finding.message.zh.endswith(named), finding.message.zh


@pytest.mark.parametrize(("as_of", "expected"), [("2023-03-01", "pending"), ("2023-03-02", "fail")])
def test_where_a_status_follows_from_a_date_that_date_is_cited(as_of: str, expected: str) -> None:
    finding = decided(
        small(rule="by: 2y, require: {fact: core, is: true}"), as_of, structure={"core": False}
    )["rule"]
    assert finding.status == expected
    assert [place["path"] for place in finding.data] == ["/structure/core", "/approved_on"]


def test_an_unknown_sum_has_no_progress_and_no_exact_gap() -> None:
    ruleset = small(rule="by: 2y, require: {fact: investment, at_least: 10亿元}")
    unknown = decided(
        ruleset, "2022-01-01", contributions=[paid("4亿元", payer="host")], incomplete=["contributions"]
    )
    assert (unknown["rule"].status, unknown["rule"].progress, unknown["rule"].gap) == ("unknown", None, None)
    short = [{"date": "2022-01-01", "payer": "host", "amount": {"at_least": "4亿元", "at_most": "5亿元"}}]
    below = decided(ruleset, "2022-01-01", contributions=short)["rule"]
    assert (below.status, below.progress, below.gap) == ("pending", None, None)
    exact = decided(ruleset, "2022-01-01", contributions=[paid("4亿元", payer="host")])["rule"]
    assert (exact.status, exact.progress, exact.gap) == ("pending", 0.4, "600000000")
    met = decided(
        ruleset, "2022-01-01", contributions=[paid("12亿元", payer="host")], incomplete=["contributions"]
    )
    assert (met["rule"].status, met["rule"].progress, met["rule"].gap) == ("pass", 1.0, "0")


@pytest.mark.parametrize(
    ("time", "last"),
    [
        ("", "2030-01-01"),  # nothing ends it but the day looked at, though the term is over
        ("until: term_end, ", "2023-03-01"),
        ("by: 2y, ", "2022-03-01"),
    ],
)
def test_the_window_is_that_in_which_things_count(time: str, last: str) -> None:
    ruleset = small(rule=f"since: approval, {time}require: {{fact: investment, at_least: 10亿元}}")
    late = [paid("12亿元", payer="host") | {"date": "2029-01-01"}]
    finding = decided(
        ruleset,
        "2030-01-01",
        approved_on="2020-03-01",
        term_years=3,
        contributions=late,
        reported_on="2030-01-01",
    )["rule"]
    assert finding.window == ["2020-03-01", last]
    assert finding.status == ("fail" if time else "pass")


@pytest.mark.parametrize(
    "said", ["by: 1y", "since: approval", "by: term_end", "applies: {not_after: term_end}"]
)
def test_a_trace_never_shows_a_day_that_nobody_gave(said: str) -> None:
    ruleset = small(rule=f"{said}, require: {{fact: investment, at_least: 10亿元}}")
    report = decided(
        ruleset, "2024-02-01", approved_on="2021", reported_on="2024-01-31", contributions=[], term_years=3
    )
    given = {"2024-02-01", "2024-01-31"}
    shown = report["rule"]
    assert {text for text in _strings(dict(shown.trace)) if text[:2] == "20" and text[4:5] == "-"} <= given
    assert shown.deadline is None
    assert shown.window is None


def _strings(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for inner in value.values() for text in _strings(inner)]
    if isinstance(value, (list, tuple)):
        return [text for inner in value for text in _strings(inner)]
    return [str(value)]


def test_years_within_a_term_name_the_term_and_the_approval() -> None:
    """Given the approval alone, the term still decides whether 2022 and 2023 are owed."""
    centre = {"stage": "approved", "reports": [], "reported_on": "2024-09-16"}
    for approved, missing in ((None, ["/approved_on", "/term_years"]), ("2021-06-01", ["/term_years"])):
        report = check({**centre, "approved_on": approved}, "national_2017")
        for rule in ("annual-report", "annual-report-local"):
            assert (report[rule].status, report[rule].missing) == ("unknown", missing)


# --- open lists in the forms and the remedies ---------------------------------------------------------------


@pytest.mark.parametrize("ruleset_id", CENTRE_SETS)
def test_what_may_need_review_is_named_in_the_forms_and_its_remedy_asks_for_one(ruleset_id: str) -> None:
    """Every rule that some case of the corpus leaves to be judged, and that binds."""
    ruleset = load_ruleset(ruleset_id)
    judged = {
        rule
        for case in centre_cases()
        if case.ruleset == ruleset_id
        for rule, status in case.expect.items()
        if status == "needs_review"
    }
    assert judged
    form = blank_file([ruleset]).splitlines()
    assert {rule for rule in judged if f"#   {ruleset_id}/{rule}" not in form} == set()
    binding = [ruleset[rule] for rule in judged if ruleset[rule].modality in ("must", "in_principle")]
    open_lists = [rule for rule in binding if leaves_open(rule.condition)]
    assert {rule.id for rule in open_lists if not re.search("评审|判断|认定|核实", rule.remedy.zh)} <= CLOSED
    assert {
        rule.id for rule in open_lists if not re.search("review|judg|decision|attest|verify", rule.remedy.en)
    } <= CLOSED


CLOSED = {"fiscal-prohibited-use", "indicators", "delisted-after-two-failures"}
"""A forbidden use is mended by stopping it, an annex by its targets, and what has followed by no review."""


def test_a_consequence_is_not_yearly() -> None:
    said = "kind: consequence, modality: must, bearer: department, yearly: {looked_for_until: end_of_year}, "
    with pytest.raises(RuleSetError, match="a consequence is not `yearly`"):
        small(rule=said + "when: {fact: core, is: true}, then: {zh: 撤销, en: revoked}")
