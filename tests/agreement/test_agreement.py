"""Every engine decides as the reference does: on random centres aimed at each rule set, and on the
adjudicated corpus."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from datetime import date
from importlib.util import find_spec
from pathlib import Path

import agreement
import pytest
import yaml
from agreement import (
    FRAMES,
    NEEDS,
    REFUSED,
    RULESETS,
    SMALL,
    centre_for_rules_at_random,
    disagreements,
    engines,
    shrunk,
    told,
)
from corpus_cases import centre_cases, programme_cases
from generate import random_centre, random_programme
from random_rules import random_ruleset

from tic_rules import Centre, check, check_programme, load_ruleset, parse_ruleset

EXAMPLES = Path(__file__).parents[2] / "examples"
RULE_SETS = 80 if agreement.THOROUGH else 5
"""Random rule sets, each tried on a few random centres."""
CASES = 300 if agreement.THOROUGH else 20
"""Random centres for each rule set; `make agree` takes more, and runs millions of decisions besides."""


@pytest.mark.parametrize("ruleset_id", RULESETS)
def test_compiled_agrees_on_random_centres(ruleset_id: str) -> None:
    ruleset, rng = load_ruleset(ruleset_id), random.Random(20220114)
    for _ in range(CASES):
        data, as_of = random_centre(ruleset, rng)
        first = next(disagreements(data, ruleset, as_of, "compiled"), None)
        assert first is None, told(data, ruleset, as_of, first)


@pytest.mark.parametrize("ruleset_id", RULESETS)
def test_compiled_agrees_on_centres_of_a_few_columns(ruleset_id: str) -> None:
    """A row of a sheet: most of what a rule asks for is left out altogether, perhaps a day of its clock
    too."""
    ruleset, rng = load_ruleset(ruleset_id), random.Random(4)
    clock = {
        "stage": "approved",
        "approved_on": "2022-03-01",
        "applied_on": "2021-09-01",
        "reported_on": "2026-06-30",
        "term_years": 5,
    }
    for _ in range(CASES // 2):
        data, _ = random_centre(ruleset, rng)
        kept = rng.choice((0.1, 0.3, 0.6))
        row = {name: value for name, value in data.items() if name not in clock and rng.random() < kept}
        row |= {name: value for name, value in clock.items() if rng.random() < 0.85}
        first = next(disagreements(row, ruleset, date(2026, 6, 30), "compiled"), None)
        assert first is None, told(row, ruleset, date(2026, 6, 30), first)


@pytest.mark.parametrize("ruleset_id", ["national_13fyp", "zhejiang_2022"])
def test_compiled_agrees_on_random_programmes(ruleset_id: str) -> None:
    ruleset, rng = load_ruleset(ruleset_id), random.Random(20171)
    for _ in range(CASES):
        data, as_of = random_programme(ruleset, rng)
        first = next(disagreements(data, ruleset, as_of, "compiled", programme=True), None)
        assert first is None, told(data, ruleset, as_of, first, programme=True)


@pytest.mark.parametrize("engine", [engine for engine in engines() if engine == "compiled"])
def test_the_corpus_passes(engine: str) -> None:
    wrong = {}
    for case in centre_cases():
        report = check(case.data, case.ruleset, as_of=case.as_of, engine=engine)
        given = {rule: report[rule].status for rule in case.expect}
        if given != case.expect:
            wrong[case.id] = {rule: given[rule] for rule in case.expect if given[rule] != case.expect[rule]}
    for case in programme_cases():
        centres = [Centre.from_data(centre) for centre in case.centres]
        report = check_programme(case.data, case.ruleset, centres=centres, as_of=case.as_of, engine=engine)
        given = {rule: report[rule].status for rule in case.expect}
        if given != case.expect:
            wrong[case.id] = given
    assert wrong == {}


@pytest.mark.parametrize(
    ("example", "ruleset_id"),
    [
        ("zhejiang.yaml", "zhejiang_2022"),
        ("jiangsu.yaml", "jiangsu_2020"),
        ("national.yaml", "national_2020"),
    ],
)
def test_whole_reports_are_the_same_bytes(example: str, ruleset_id: str) -> None:
    centre = Centre.from_file(EXAMPLES / example)
    reports = [check(centre, ruleset_id, engine=engine).as_dict() for engine in ("reference", "compiled")]
    for report in reports:
        report["tool"]["engine"] = ""
    one, other = (json.dumps(report, ensure_ascii=False) for report in reports)
    assert one == other


@pytest.mark.parametrize("engine", ["compiled", "durable", FRAMES])
def test_engines_agree_on_random_rules(engine: str) -> None:
    """Rules that nobody would write: every operator over every list, with clocks of every kind."""
    if engine in NEEDS:
        pytest.importorskip(NEEDS[engine], reason=f"needs the extra {engine}")
    rng = random.Random(9)
    for _ in range(RULE_SETS if engine == "compiled" else RULE_SETS // 2):
        ruleset = random_ruleset(rng, refused=REFUSED.get(engine, ()))
        for _ in range(4):
            data, as_of = centre_for_rules_at_random(ruleset, rng)
            first = next(disagreements(data, ruleset, as_of, engine), None)
            rules = [rule for rule in ruleset.rules if str(first).startswith(f"random_rules/{rule.id}:")]
            assert first is None, f"{rules}\n{told(data, ruleset, as_of, first)}"


WAITING = {
    "applies": (
        "    require: {fact: team_owned_company, is: true}",
        "    applies: {follows: next-year-support}\n    require: {fact: team_owned_company, is: true}",
    ),
    "fails at once": (
        "    require: {fact: team_owned_company, is: true}",
        "    fails_at_once: {follows: next-year-support}\n    require: {fact: team_owned_company, is: true}",
    ),
    "yearly": (
        "    require: {fact: targets, some: {}}",
        "    require: {all: [{fact: targets, some: {}}, {not: {follows: next-year-support}}]}",
    ),
}


@pytest.mark.parametrize("result", ["good", "unqualified", None])
@pytest.mark.parametrize("where", WAITING)
def test_a_rule_waits_for_a_consequence_wherever_it_names_it(where: str, result: str | None) -> None:
    text = (EXAMPLES.parent / "rules" / "zhejiang_2022.yaml").read_text(encoding="utf-8")
    assert WAITING[where][0] in text
    ruleset = parse_ruleset(text.replace(*WAITING[where]), "waiting.yaml")
    data = yaml.safe_load((EXAMPLES / "zhejiang.yaml").read_text(encoding="utf-8"))
    annual = {
        "year": 2024,
        "kind": "annual",
        "result": result,
        "by": "third_party",
        "date": date(2025, 6, 30),
    }
    centre = Centre.from_data(data | {"evaluations": [annual]}, ruleset=ruleset)
    wanted = check(centre, ruleset, engine="reference")
    rule = wanted["annual-targets" if where == "yearly" else "team-owned-company"]
    expected = {
        "applies": {"good": "not_applicable", "unqualified": "fail", None: "unknown"},
        "fails at once": {"good": "fail", "unqualified": "fail", None: "fail"},
        "yearly": {"good": "pass", "unqualified": "fail", None: "unknown"},
    }
    assert rule.status == expected[where][result]
    for engine in (engine for engine in engines() if find_spec(NEEDS.get(engine, "sys")) is not None):
        found = check(centre, ruleset, engine=engine)
        assert [finding.as_dict() for finding in found] == [finding.as_dict() for finding in wanted], engine


@pytest.mark.parametrize(("kind", "wanted"), [("technical_services", "fail"), ("product_sales", "pass")])
def test_years_running_over_a_list_without_results(kind: str, wanted: str) -> None:
    text = (EXAMPLES.parent / "rules" / "zhejiang_2022.yaml").read_text(encoding="utf-8")
    own = "vocabulary: {facts: {own_income: {label: {zh: 收入, en: income}, entries: income}}}\nclauses:\n"
    text = text.replace("clauses:\n", own, 1).replace(
        "{running: 2, of: evaluations, where: {kind: annual, result: unqualified}}",
        f"{{running: 2, of: own_income, where: {{kind: {kind}}}}}",
    )
    ruleset = parse_ruleset(text, "running.yaml")
    centre = Centre.from_file(EXAMPLES / "zhejiang.yaml", ruleset=ruleset)
    for engine in (
        "reference",
        *(engine for engine in engines() if find_spec(NEEDS.get(engine, "sys")) is not None),
    ):
        assert check(centre, ruleset, engine=engine)["delisted-after-two-failures"].status == wanted, engine


def test_the_default_is_the_reference_however_often_it_is_asked() -> None:
    text = (EXAMPLES.parent / "rules" / "jiangsu_2020.yaml").read_text(encoding="utf-8")
    ruleset, centre = parse_ruleset(text, "jiangsu_2020.yaml"), Centre.from_file(EXAMPLES / "jiangsu.yaml")
    reports = {check(centre, ruleset).to_json() for _ in range(20)}
    assert len(reports) == 1
    assert not {("program", False), "lowered"} & ruleset._compiled.keys(), "no engine by stealth"


def test_importing_the_package_starts_no_engine() -> None:
    script = (
        "import sys, tic_rules; sys.exit(any(name.startswith('tic_rules.engines') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0


def test_a_rule_file_cannot_bring_code() -> None:
    """Words, ids and texts of a rule file reach generated code as constants only."""
    text = (EXAMPLES.parent / "rules" / "zhejiang_2022.yaml").read_text(encoding="utf-8")
    evil = text.replace("炼化一体化与新材料, 炼化一体化,", "\"'); __import__('os').abort() #\", 炼化一体化,")
    assert evil != text
    ruleset = parse_ruleset(evil, "evil.yaml")
    centre = {
        "stage": "approved",
        "approved_on": "2022-03-01",
        "applied_on": "2021-09-01",
        "fields": ["'); __import__('os').abort() #"],
    }
    assert check(centre, ruleset, as_of="2023-01-01", engine="compiled")["priority-field"].status == "pass"


@pytest.mark.parametrize(
    ("second", "status"),
    [
        (
            [
                {"date": "2022", "value": "浙江省甲产业技术研究院"},
                {"date": "2022-06", "value": "浙江省乙产业技术研究院"},
            ],
            "unknown",
        ),
        (
            [
                {"date": "2022", "value": "浙江省丙产业技术研究院"},
                {"date": "2022-06", "value": "浙江省乙产业技术研究院"},
            ],
            "fail",
        ),
        (
            [{"date": "2022", "value": "研究院"}, {"date": "2022-06", "value": "浙江省乙产业技术研究院"}],
            "fail",
        ),
        (
            [
                {"date": "2021", "value": "浙江省乙产业技术研究院"},
                {"date": "2021-06", "value": "浙江省甲产业技术研究院"},
            ],
            "unknown",
        ),
        (
            [{"date": "2020", "value": "研究院"}, {"date": "2021-06-01", "value": "浙江省甲产业技术研究院"}],
            "pass",
        ),
    ],
)
@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_names_that_changed_on_a_day_known_in_part(
    engine: str, second: list[dict[str, str]], status: str
) -> None:
    """Both names must hold the same field; where it is not known which name held, what all of them agree
    on."""
    centre = {
        "stage": "approved",
        "approved_on": "2022-12-31",
        "reported_on": "2024-01-01",
        "name": "浙江省甲技术创新中心",
        "second_name": second,
    }
    finding = check(centre, "zhejiang_2022", engine=engine)["official-name"]
    assert finding.status == status
    assert finding.missing == (
        [f"/second_name/{index}/date" for index in (0, 1)] if status == "unknown" else []
    )


def test_a_disagreement_is_shrunk_to_a_small_centre() -> None:
    data, _ = random_centre(load_ruleset("zhejiang_2022"), random.Random(7))
    data["staff"] = {"headcount": 299, "teams": 5}
    small = shrunk(data, lambda d: d["staff"]["headcount"] == 299)
    assert small == {"staff": {"headcount": 299}}


def test_a_table_that_differs_is_found_and_shrunk(monkeypatch: pytest.MonkeyPatch) -> None:
    """A fault put into the decisions of tables: the centre that shows it comes back small enough to read."""
    pytest.importorskip("polars", reason="the extra frames is not installed")
    pytest.importorskip("narwhals", reason="the extra frames is not installed")
    right, ruleset = agreement.check_table, parse_ruleset(SMALL, "small.yaml")
    monkeypatch.setattr(
        agreement,
        "check_table",
        lambda table, ruleset: right(table, ruleset.with_change("investment", "8亿元")),
    )
    data = {
        "stage": "approved", "approved_on": "2022-03-01", "reported_on": "2026-06-30", "staff": {"teams": 5},
        "contributions": [{"date": "2022-05-01", "amount": "9亿元"}],
    }  # fmt: skip
    day = date(2026, 6, 30)
    (first,) = disagreements(data, ruleset, day, agreement.FRAMES)
    assert (first.rule, first.reference, first.other) == (
        "small/investment",
        {"status": "fail"},
        {"status": "pass"},
    )
    text = told(data, ruleset, day, first)
    assert "9亿元" in text
    assert "teams" not in text
