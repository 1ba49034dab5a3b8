"""A finding and a report are values: they do not change, are told apart by what they say, and are data for
other programs."""

from __future__ import annotations

import copy
import json
import os
import pickle
import subprocess
import sys
import typing
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from tic_rules import (
    Centre,
    Finding,
    Quantity,
    Report,
    UsageError,
    check,
    check_programme,
    load_ruleset,
    shipped_ids,
)
from tic_rules.results.schemas import report_schema

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def report() -> Report:
    return check(Centre.from_file(ROOT / "examples" / "zhejiang.yaml"), "zhejiang_2022", as_of="2026-06-30")


def test_a_part_of_a_report_does_not_change(report: Report) -> None:
    finding = report["investment-2y"]
    for part in (finding.citation, finding.observed, finding.data[0]):
        for change in (
            lambda p: p.update(x=1),
            lambda p: p.pop("x", None),
            lambda p: p.clear(),
            lambda p: p.setdefault("x", 1),
            lambda p: p.__setitem__("x", 1),
        ):
            with pytest.raises(TypeError, match="does not change"):
                change(part)
        assert copy.deepcopy(part) == pickle.loads(pickle.dumps(part)) == part
        assert type(copy.copy(part)) is type(part)
    assert finding.citation.locator == finding.citation["locator"]


@pytest.mark.parametrize("name", shipped_ids())
def test_what_a_type_declares_can_be_asked_of_every_part(name: str) -> None:
    example = {"national_13fyp": "national_2017"}.get(name, name).partition("_")[0]
    report = check(Centre.from_file(ROOT / "examples" / f"{example}.yaml"), name, as_of="2026-06-30")
    for one in (report, Report.from_json(report.to_json())):
        for finding in one:
            for part in (finding.observed, finding.required, finding.citation, *finding.data, *finding.years):
                if part is None:
                    continue
                declared = typing.get_type_hints(type(part)).keys()
                assert {key: getattr(part, key) for key in declared} == dict.fromkeys(declared) | part
                with pytest.raises(AttributeError):
                    part.nothing  # noqa: B018
            assert type(finding.observed) in (Quantity, type(None))


def kinds_of(value: object) -> object:
    """The types of the parts within a value, by their keys."""
    if isinstance(value, dict):
        return type(value), {key: kinds_of(item) for key, item in value.items()}
    return [kinds_of(item) for item in value] if isinstance(value, (list, tuple)) else None


def test_the_parts_of_a_report_that_was_read_back_have_their_types(report: Report) -> None:
    data = report.subject.model_dump(mode="json")
    data["evaluations"] = [
        {"year": year, "kind": "annual", "result": "unqualified", "date": f"{year + 1}-03-01"}
        for year in (2023, 2024)
    ]
    followed = check(data, "zhejiang_2022")
    assert followed.consequences
    for one in (report, followed, check_programme({}, "national_2020", as_of="2026-06-30")):
        again = Report.from_json(one.to_json())
        for name in ("tool", "centre", "programme", "ruleset", "provenance", "consequences", "warnings"):
            assert kinds_of(getattr(again, name)) == kinds_of(getattr(one, name)), name
        assert one.provenance is not None
        assert again.provenance is not None
        assert again.provenance.data.centres == one.provenance.data.centres


def test_a_finding_does_not_change(report: Report) -> None:
    with pytest.raises(AttributeError, match="does not change"):
        report["investment-2y"].status = "pass"
    with pytest.raises(AttributeError, match="does not change"):
        del report["investment-2y"].message


def test_a_report_has_its_findings_by_rule(report: Report) -> None:
    finding = report["investment-2y"]
    assert finding in report
    assert "investment-2y" in report
    assert finding.rule in report
    assert Finding.from_dict(finding.as_dict() | {"gap": "1"}) not in report
    assert 0 not in report
    with pytest.raises(KeyError):
        report[0]  # type: ignore[index]


def test_lists_of_a_report_do_not_change(report: Report) -> None:
    for one in (report, Report.from_json(report.to_json())):
        finding = one["investment-2y"]
        lists = [
            finding.data, finding.missing, finding.window, one["core-bases-network"].trace.require.parts,
            one.consequences, one.waiting.data, one.waiting.judgements,
        ]  # fmt: skip
        for listed in lists:
            for change in ("clear", "reverse", "sort"):
                with pytest.raises(TypeError, match="does not change"):
                    getattr(listed, change)()
            with pytest.raises(TypeError, match="does not change"):
                listed += [1]
            assert listed == list(listed) == copy.deepcopy(listed) == pickle.loads(pickle.dumps(listed))
        with pytest.raises(TypeError, match="does not change"):
            one["annual-evaluation"].observed.years.clear()
        finding.as_dict()["window"].clear()
        assert len(finding.window) == 2


def test_what_was_written_reads_back_equal(report: Report) -> None:
    again = Report.from_json(report.to_json())
    assert again == report
    assert hash(again) == hash(report)
    assert set(again) == set(report)
    assert again.to_json() == report.to_json()
    assert pickle.loads(pickle.dumps(report)) == report
    assert Report.from_json(report.to_json(indent=None)).verdict == report.verdict


def test_findings_that_say_something_else_are_not_equal(report: Report) -> None:
    other = Finding.from_dict(report["investment-2y"].as_dict() | {"gap": "1"})
    assert other != report["investment-2y"]
    assert Report.from_dict(report.as_dict() | {"as_of": "2026-07-01"}) != report


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"tool": {}}', "null", '{"findings": [1]}', "[" * 100_000])
def test_what_is_no_report_is_told_as_a_value_error(text: str) -> None:
    with pytest.raises(ValueError, match=r"report|Expecting"):
        Report.from_json(text)


class Answer(BaseModel):
    """What a web service gives back."""

    report: Report
    worst: Finding | None = None


def test_a_report_is_a_field_of_a_pydantic_model(report: Report) -> None:
    answer = Answer(report=report, worst=report["investment-2y"])
    sent = answer.model_dump_json()
    assert json.loads(sent)["report"] == report.as_dict()
    assert Answer.model_validate_json(sent) == answer
    with pytest.raises(ValidationError, match="report"):
        Answer.model_validate({"report": {"as_of": 3}})


def test_the_schema_of_a_model_with_a_report_is_that_of_the_report(report: Report) -> None:
    schema = TypeAdapter(Report).json_schema()
    jsonschema.validate(report.as_dict(), schema)
    assert Answer.model_json_schema()["$defs"]["Report"]["properties"].keys() == schema["properties"].keys()
    assert report_schema()["properties"]["reports"]["items"] == schema


def test_a_phase_of_a_report_that_came_back_is_that_phase_of_the_report(report: Report) -> None:
    for again in (Report.from_json(report.to_json()), pickle.loads(pickle.dumps(report))):
        assert again.only_phase("term_end").data_verdict == "on_course"
        for phase in report.phases:
            assert again.only_phase(phase).as_dict() == report.only_phase(phase).as_dict()


def test_a_report_that_comes_back_knows_which_rules_ask_for_a_judgement() -> None:
    report = check({"approved_on": "2022-03-01"}, "zhejiang_2022", as_of="2024-01-15")
    assert any(finding.judged and finding.status != "needs_review" for finding in report)
    for again in (pickle.loads(pickle.dumps(report)), Report.from_json(report.to_json())):
        assert [finding.judged for finding in again] == [finding.judged for finding in report]
        for phase in report.phases:
            assert again.only_phase(phase).data_verdict == report.only_phase(phase).data_verdict


def test_a_report_of_before_it_said_who_judges_reads_as_its_statuses_say() -> None:
    data = check({}, "zhejiang_2022", as_of="2024-01-15").as_dict()
    for finding in data["findings"]:
        del finding["judged"]
    for finding in Report.from_json(json.dumps(data)):
        assert finding.judged == (finding.status == "needs_review")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({}, "/ruleset: is missing"),
        ({"ruleset": {}, "as_of": "2024-01-15"}, "/findings: is missing"),
        (None, "/: object is expected, not NoneType"),
        ([], "/: object is expected, not list"),
    ],
)
def test_what_is_no_report_is_told_so_where_it_is_given_as_values(data: Any, said: str) -> None:
    with pytest.raises(ValueError, match=f"this is no report: {said}"):
        Report.from_dict(data)
    with pytest.raises(ValueError, match="this is no finding: "):
        Finding.from_dict(data)


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("waiting", {}, "/waiting/reason: is missing"),
        ("waiting", [], "/waiting: object is expected, not list"),
        ("findings", None, "/findings: array is expected, not NoneType"),
        ("warnings", 3, "/warnings: array is expected, not int"),
        ("ruleset", {"id": "a", "version": "1", "document": 3}, "/ruleset/document: object is expected"),
        ("data_verdict", "fine", "/data_verdict: one of non_compliant"),
        ("as_of", "2024-13-01", "/as_of: there is no such day"),
    ],
)
def test_a_key_of_a_report_with_a_value_of_another_shape_is_told(key: str, value: Any, said: str) -> None:
    data = check({}, "zhejiang_2022", as_of="2024-01-15").as_dict()
    with pytest.raises(ValueError, match=f"this is no report: {said}"):
        Report.from_dict(data | {key: value})
    with pytest.raises(ValueError, match="this is no finding: /data: array is expected, not str"):
        Report.from_dict(data | {"findings": [data["findings"][0] | {"data": "x"}]})


def test_lists_of_a_report_may_come_as_tuples() -> None:
    """As a reader of MessagePack may give them."""
    given = check(Centre.from_file(ROOT / "examples" / "zhejiang.yaml"), "zhejiang_2022")

    def tuples(value: Any) -> Any:
        if isinstance(value, dict):
            return {key: tuples(item) for key, item in value.items()}
        return tuple(map(tuples, value)) if isinstance(value, list) else value

    read = Report.from_dict(tuples(given.as_dict()))
    assert read == given
    assert read["investment-2y"].data[0].line == given["investment-2y"].data[0].line


def test_a_phase_that_came_back_names_the_fields_of_its_rule_set() -> None:
    rules = load_ruleset(ROOT / "tests" / "fields" / "hefeng_2024.yaml")
    report = check({}, rules, as_of="2026-06-30")
    again = Report.from_dict(report.as_dict())
    for phase in report.phases:
        assert again.only_phase(phase).waiting == report.only_phase(phase).waiting


def test_a_report_does_not_change(report: Report) -> None:
    for name in ("as_of", "tool", "findings", "verdict"):
        with pytest.raises(AttributeError, match="does not change"):
            setattr(report, name, "2020")
        with pytest.raises(AttributeError, match="does not change"):
            delattr(report, name)


def test_what_is_no_phase_has_no_verdict(report: Report) -> None:
    for name in ("constr", "", "建设", None, ["construction"]):
        with pytest.raises(UsageError, match="construction"):
            report.only_phase(name)  # type: ignore[arg-type]


def test_a_judgement_that_comes_before_the_data_is_told_to_wait_for_it() -> None:
    bases = [{"name": "甲", "zone": "national_high_tech_zone"}, {"name": "乙"}]
    judged = {"rule": "zhejiang_2022/core-bases-network", "met": True, "by": "厅", "date": "2024-05-01"}
    report = check(
        {
            "jurisdiction": "zhejiang",
            "approved_on": "2022-03-01",
            "reported_on": "2024-06-30",
            "structure": {"core": True, "network": True, "bases": bases},
            "attestations": [judged | {"evidence": "纪要"}],
        },
        "zhejiang_2022",
    )
    assert report["core-bases-network"].status == "unknown"
    (warning,) = (one for one in report.warnings if one.code == "not-attested")
    assert warning.message.zh == (
        "规则 core-bases-network 现无须评审之处（数据不足的先补数据），认定意见暂不起作用"
    )


def test_a_unit_without_a_name_is_told_by_its_place() -> None:
    units = {"hosts": [{"type": "government"}], "builders": []}
    centre = {"approved_on": "2019-03-01", "applied_on": "2019-01-01", "reported_on": "2020-01-01"} | units
    finding = check(centre, "national_2017")["host-kind"]
    assert finding.lacking == ["/hosts/0"]
    assert "涉及：依托（牵头）单位/第1条" in finding.message.zh
    assert "concerns hosts/no. 1" in finding.message.en


@pytest.mark.parametrize(
    ("rule", "given", "places"),
    [
        (
            "zhejiang_2022/board",
            {
                "governance": {
                    "board": {"established": True, "members": [{"role": "host", "type": "enterprise"}]}
                }
            },
            ["/governance/board/members", "/governance/board/established"],
        ),
        (
            "zhejiang_2022/core-bases-network",
            {"structure": {"core": True, "network": True, "bases": []}, "term_years": 5},
            ["/structure/bases", "/structure/core"],
        ),
        ("zhejiang_2022/indicators", {"indicators": {}}, ["/indicators"]),
        (
            "national_2020/comprehensive-lead",
            {"category": "comprehensive", "procedure": {"led_by": []}, "hosts": [], "builders": []},
            ["/procedure/led_by", "/hosts", "/builders", "/category"],
        ),
        ("national_2020/priority-zone", {"category": "field", "zones": []}, ["/zones", "/category"]),
    ],
)
def test_what_a_list_lacks_is_found_at_the_list_first(
    rule: str, given: dict[str, object], places: list[str]
) -> None:
    """What holds, and what says only that the rule applies, comes after it."""
    ruleset, _, name = rule.partition("/")
    days = {"applied_on": "2022-02-01", "approved_on": "2022-03-01", "reported_on": "2027-06-30"}
    finding = check({"id": "lists"} | days | given, ruleset)[name]
    assert finding.status == "fail"
    assert [place.path for place in finding.data][: len(places)] == places


def test_a_consequence_of_another_is_found_where_that_one_is() -> None:
    evaluations = [
        {"year": year, "kind": "annual", "result": "unqualified", "date": f"{year + 1}-05-01"}
        for year in (2023, 2024)
    ]
    days = {"approved_on": "2022-03-01", "reported_on": "2026-06-30", "term_years": 5}
    finding = check({"id": "twice"} | days | {"evaluations": evaluations}, "zhejiang_2022")["funds-recovered"]
    assert finding.status == "fail"
    assert [place.path for place in finding.data] == ["/evaluations/0", "/evaluations/1"]


def test_what_a_list_lacks_is_told_of_the_alternative_that_the_data_names() -> None:
    units = {
        "hosts": [{"name": "甲", "type": "enterprise"}],
        "builders": [{"name": "乙", "type": "institute"}],
    }
    centre = {"approved_on": "2019-03-01", "applied_on": "2019-01-01", "reported_on": "2020-01-01"} | units
    for mode, told in (("platform", []), ("institute", ["甲"])):
        finding = check(centre | {"formation_mode": mode}, "national_2017")["formation-mode"]
        assert (finding.status, finding.lacking) == ("fail", told)


def test_a_bound_that_is_not_known_exactly_stands_in_brackets_behind_its_sign() -> None:
    paid = {"date": "2023-01-01", "amount": "1亿元", "payer": "province", "purpose": "subsidy"}
    data = {"jurisdiction": "zhejiang", "approved_on": "2022-03-01", "term_years": 5, "contributions": [paid]}
    report = check({**data, "reported_on": "2026-06-30"}, "zhejiang_2022", as_of="2027-03-02")
    message = report["municipal-match"].message
    assert message.zh.endswith("要求≥（至少2亿元）。")
    assert message.en.endswith("required ≥(at least CNY 200 million).")


_OPEN = """
from tic_rules import RuleSetError, check, load_ruleset
evaluations = [{"kind": "annual", "result": "good"}, {"kind": "annual", "result": "unqualified"}]
centre = {"approved_on": "2022-03-01", "term_years": 5, "evaluations": evaluations}
print(check(centre, "zhejiang_2022", as_of="2026-06-30").to_json())
try:
    load_ruleset("slips.yaml")
except RuleSetError as error:
    print(error)
"""


def test_the_same_input_gives_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    """Each process has an order of its own for what has none, such as a set of texts."""
    text = (ROOT / "tests" / "operators" / "example_2024.yaml").read_text("utf-8")
    slips = "{payr: host, purpse: subsidy}, unit: CNY}"
    odd = f"    odd: {{label: {{zh: 某, en: odd}}, sum: amont, of: contributions, where: {slips}\n"
    (tmp_path / "slips.yaml").write_text(text.replace("  facts:\n", f"  facts:\n{odd}", 1), "utf-8")
    said = {
        subprocess.run(
            [sys.executable, "-c", _OPEN],
            cwd=tmp_path,
            env={**os.environ, "PYTHONHASHSEED": str(seed)},
            check=True,
            capture_output=True,
        ).stdout
        for seed in range(4)
    }
    assert len(said) == 1
    assert b"contributions.amont" in said.pop()


def test_years_and_what_is_said_of_them_are_parted_unlike_each_other(report: Report) -> None:
    message = report["annual-evaluation"].message
    assert message.zh.endswith("；已有2023、2024年度，待补2025年度，截止2026年12月31日，还有184天。")
    assert message.en.endswith(
        "; there for 2023, 2024; still to come for 2025; due by 2026-12-31, 184 days left."
    )


def test_a_message_on_the_day_of_a_deadline_counts_no_days() -> None:
    days = {"approved_on": "2025-03-01", "term_years": 5, "reported_on": "2027-12-31"}
    message = check({"id": "a", "evaluations": []} | days, "zhejiang_2022")["annual-evaluation"].message
    assert message.zh.endswith("，截止2027年12月31日，即当日。")
    assert message.en.endswith("; due by 2027-12-31, this very day.")
