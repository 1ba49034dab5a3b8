"""tic-rules test: cases beside a rule file, what they leave out, what is wrong with them."""

from __future__ import annotations

import json
from pathlib import Path
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from tic_rules import load_ruleset
from tic_rules.analysis.cases.case import cases_of
from tic_rules.cli import main

RULES = """\
id: somewhere_2026
version: 1.0.0
jurisdiction: zhejiang
document: {title: 某省办法, title_en: Measures of a province, in_force: {from: 2020-01-01}}
clauses: [{at: 一, heading: 人员, rules: [staff]}, {at: 二, heading: 基地, rules: [bases]}]
rules:
  - id: staff
    at: 一
    quote: 总人数不少于300人
    topic: talent.headcount
    kind: condition
    modality: must
    bearer: centre
    require: {fact: headcount, at_least: 300}
    title: {zh: 总人数不少于300人, en: at least 300 persons}
    message: {zh: 总人数不足, en: too few persons}
    remedy: {zh: 引进人员, en: employ more}
  - id: bases
    at: 二
    quote: 批复创建后2年内基地不少于3个
    topic: ecosystem.bases
    kind: condition
    modality: must
    bearer: centre
    by: 2y
    require: {fact: industrial_bases, at_least: 3}
    title: {zh: 基地不少于3个, en: at least 3 bases}
    message: {zh: 基地不足, en: too few bases}
    remedy: {zh: 建设基地, en: build more}
"""
BASE = "{id: a, stage: approved, approved_on: 2024-01-01, reported_on: 2026-06-30, staff: {headcount: 300}}\n"
CASES = """\
- {case: at the bound, as_of: 2026-06-30, expect: {staff: pass}, because: 不少于}
- {case: one less, as_of: 2026-06-30, with: {staff.headcount: 299}, expect: {staff: fail}, because: 不少于}
"""


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    file = tmp_path / "somewhere_2026.yaml"
    file.write_text(RULES, encoding="utf-8")
    folder = tmp_path / "cases" / "somewhere_2026"
    folder.mkdir(parents=True)
    (folder / "base.yaml").write_text(BASE, encoding="utf-8")
    (folder / "all.yaml").write_text(CASES, encoding="utf-8")
    return file


def ran(*args: object) -> Result:
    return CliRunner().invoke(main, ["test", *map(str, args), "--lang", "en"])


def add(rules: Path, case: str) -> None:
    file = rules.parent / "cases" / "somewhere_2026" / "all.yaml"
    file.write_text(CASES + case, encoding="utf-8")


def test_cases_that_hold_end_with_0_and_show_what_they_leave_out(rules: Path) -> None:
    result = ran(rules)
    assert result.exit_code == 0
    lacking = [line.strip() for line in result.stdout.splitlines() if line.startswith("  ")]
    (about,) = [line for line in lacking if "staff" in line]
    assert about.startswith("一 staff  no case past the bound: ")
    said = [line.split("  ")[1] for line in lacking if "bases" in line]
    assert [line.split(":")[0] for line in said] == [
        "no case in which it passes", "no case in which it does not pass",
        "no case below the bound", "no case at the bound", "no case past the bound",
        "no case on the last day of the deadline", "no case on the day after the deadline",
    ]  # fmt: skip
    assert ran(rules, "--strict").exit_code == 1


def test_of_a_bound_with_two_ends_the_one_without_a_case_is_named(rules: Path) -> None:
    between = RULES.replace("industrial_bases, at_least: 3", "industrial_bases, between: [3, 5]")
    rules.write_text(between, encoding="utf-8")
    add(
        rules,
        """\
- case: three on the last day
  as_of: 2026-01-01
  with: {outputs.industrial_bases: [{date: 2026-01-01, value: 3}]}
  expect: {bases: pass}
""",
    )
    (said,) = [line for line in ran(rules).stdout.splitlines() if "bases" in line and "at the bound" in line]
    assert said.endswith("(5)")


def test_a_whole_set_of_cases_leaves_nothing_out(rules: Path) -> None:
    add(
        rules,
        """\
- {case: one more, as_of: 2026-06-30, with: {staff.headcount: 301}, expect: {staff: pass}}
- case: two on the last day
  as_of: 2026-01-01
  with: {outputs.industrial_bases: [{date: 2026-01-01, value: 2}]}
  expect: {bases: pending}
- case: three on the last day
  as_of: 2026-01-01
  with: {outputs.industrial_bases: [{date: 2026-01-01, value: 3}]}
  expect: {bases: pass}
- case: four on the last day
  as_of: 2026-01-01
  with: {outputs.industrial_bases: [{date: 2026-01-01, value: 4}]}
  expect: {bases: pass}
- case: two the day after
  as_of: 2026-01-02
  with: {outputs.industrial_bases: [{date: 2026-01-01, value: 2}]}
  expect: {bases: fail}
""",
    )
    result = json.loads(ran(rules, "--format", "json").stdout)
    (one,) = result["rulesets"]
    assert [case["misses"] for case in one["cases"]] == [[]] * 7
    assert one["gaps"] == []


def test_a_case_that_comes_out_otherwise_ends_with_1_and_says_why(rules: Path) -> None:
    add(rules, "- {case: wrong, clause: 一, as_of: 2026-06-30, expect: {staff: fail}, because: 无}\n")
    result = ran(rules)
    assert result.exit_code == 1
    assert "all.yaml:3: wrong" in result.stdout
    assert "staff: fail is expected, pass came" in result.stdout
    suites = ElementTree.fromstring(ran(rules, "--format", "junit").stdout)
    (suite,) = suites
    assert (suite.get("tests"), suite.get("failures")) == ("3", "1")
    assert [case.get("name") for case in suite if len(case)] == ["一 wrong"]
    (one,) = json.loads(ran(rules, "--format", "json").stdout)["rulesets"]
    assert [case["misses"] for case in one["cases"]][2] == [
        {"rule": "staff", "about": "status", "expected": "fail", "came": "pass"}
    ]


def test_a_case_may_change_an_entry_of_a_table_whose_key_has_dots(tmp_path: Path) -> None:
    (tmp_path / "base.yaml").write_text('{id: a, indicators: {"1.1": {target: 1}, "4.5": {target: 2}}}')
    cases = tmp_path / "all.yaml"
    cases.write_text(
        "- {case: a, as_of: 2026-06-30, expect: {indicators: pass},"
        " with: {indicators.4.5.target: 12}, without: [indicators.1.1]}\n"
    )
    (case,) = cases_of(load_ruleset("zhejiang_2022"), str(cases))
    assert case.data["indicators"] == {"4.5": {"target": "12"}}


@pytest.mark.parametrize(
    ("case", "said"),
    [
        ("- {case: a, as_of: 2026-06-30, expect: {stafff: pass}}", "did you mean staff?"),
        ("- {case: a, as_of: 2026-06-30, expect: {staff: passes}}", "passes"),
        ("- {case: a, as_of: 2026-06-30, expects: {staff: pass}}", "did you mean expect?"),
        ("- {case: a, expect: {staff: pass}}", "as_of is missing"),
        (
            "- {case: a, as_of: 2026-06-30, with: {staff.headcount.a: 1}, expect: {staff: pass}}",
            "case-change",
        ),
        ("- {case: a, as_of: 2026-06-30, without: [hosts], expect: {staff: pass}}", "hosts"),
        ("- {case: a, as_of: 2026-06-30, with: {nope.x: 1}, expect: {staff: pass}}", "nope.x"),
        ("- {case: a, as_of: 2026-06-30, with: {staff.nope: 1}, expect: {staff: pass}}", "staff.nope"),
        (
            "- {case: a, as_of: 2026-06-30, with: {hosts: [{}], hosts.-1.name: y}, expect: {staff: pass}}",
            "hosts.-1.name [case-change]",
        ),
        (
            "- {case: a, as_of: 2026-06-30, with: {hosts: [{}], hosts.5.name: y}, expect: {staff: pass}}",
            "hosts.5.name [case-change]",
        ),
        ("- {case: a, base: /tmp/x.yaml, as_of: 2026-06-30, expect: {staff: pass}}", "in the same folder"),
        ("- {case: a, base: none.yaml, as_of: 2026-06-30, expect: {staff: pass}}", "none.yaml"),
        ("- {case: a, base: ../../../x, as_of: 2026-06-30, expect: {staff: pass}}", "cannot be read"),
        (
            "- {case: a, as_of: 2026-06-30, expect: {staff: pass}, bearers: {centre: [staff, stafff]}}",
            "all.yaml:3:81: there is no rule stafff; did you mean staff?",
        ),
        (
            "- {case: a, as_of: 2026-06-30, expect: {staff: pass}, bearers: {center: [staff]}}",
            "center is not one of centre",
        ),
        (
            "- {case: a, as_of: 2026-06-30, figures: {}, with: {centers: 2}, expect: {staff: pass}}",
            "centers [case-change]",
        ),
        ("- 3", "mapping"),
        ("- {case: [", "yaml"),
    ],
)
def test_a_case_that_is_none_is_told_of_with_its_line(rules: Path, case: str, said: str) -> None:
    add(rules, case + "\n")
    result = ran(rules)
    assert result.exit_code == 2
    assert said in result.stderr
    assert "Traceback" not in result.output


def test_figures_and_centres_stand_in_the_place_of_a_base_and_are_changed_as_one(rules: Path) -> None:
    """What changed figures was passed over, and centres without figures were."""
    target = "bearer: programme\n    by: 2030-12-31\n    require: {fact: leading_enterprises, at_least: 3}"
    old = "bearer: centre\n    by: 2y\n    require: {fact: industrial_bases, at_least: 3}"
    assert old in RULES
    rules.write_text(RULES.replace(old, target), encoding="utf-8")
    of = "as_of: 2026-06-30, expect: {bases: %s}"
    say = "figures: {reported_on: 2026-06-30, leading_enterprises: 3}"
    add(
        rules,
        f"""\
- {{case: three, {of % "pass"}, {say}}}
- {{case: two, {of % "pending"}, {say}, with: {{leading_enterprises: 2}}}}
- {{case: none is said, {of % "unknown"}, {say}, without: [leading_enterprises]}}
- {{case: centres alone, {of % "unknown"}, centres: [{{id: a, jurisdiction: zhejiang}}]}}
""",
    )
    assert "6 as expected, 0 otherwise" in ran(rules).stdout


def test_data_that_cannot_be_used_fails_its_case_alone(rules: Path) -> None:
    add(rules, "- {case: a, as_of: 2026-06-30, with: {staff.headcount: many}, expect: {staff: unknown}}\n")
    result = ran(rules)
    assert result.exit_code == 1
    assert "2 as expected, 1 otherwise" in result.stdout
    assert ran(rules, "--cases", rules).exit_code == 2


def test_no_cases_at_all_are_told_of(rules: Path, tmp_path: Path) -> None:
    result = ran(rules, "--cases", tmp_path / "cases" / "none")
    assert result.exit_code == 2
    (tmp_path / "empty").mkdir()
    assert "somewhere_2026" in ran(rules, "--cases", tmp_path / "empty").stderr


def test_whatever_fails_the_run_is_a_failure_in_junit(rules: Path) -> None:
    """The panel was green where a mutant or, with --strict, what no case covers ended the run with 1."""
    (one,) = json.loads(ran(rules, "--mutants", "--format", "json").stdout)["rulesets"]
    for options, failures in (
        ([], 0),
        (["--mutants"], len(one["survivors"])),
        (["--strict"], len(one["gaps"])),
        (["--mutants", "--strict"], len(one["survivors"]) + len(one["gaps"])),
    ):
        result = ran(rules, *options, "--format", "junit")
        (suite,) = ElementTree.fromstring(result.stdout)
        assert (suite.get("tests"), suite.get("failures")) == (str(2 + failures), str(failures))
        assert len(list(suite.iter("failure"))) == failures
        assert result.exit_code == bool(failures)


def test_mutants_that_nothing_catches_are_named(rules: Path) -> None:
    text = RULES.replace("不少于300人", "达到规定人数").replace(
        "300}", "300}\n    reading: {zh: 300、301、330、600、299人, en: by 300}"
    )
    rules.write_text(text, encoding="utf-8")
    result = ran(rules, "--mutants")
    assert result.exit_code == 1
    assert "bases: bearer" in result.stdout
    assert "staff: threshold" not in result.stdout  # the two cases at 299 and 300 see every other number


def test_what_lint_says_of_the_file_as_it_is_catches_no_mutant(rules: Path) -> None:
    """A standing warning on a rule (TR312) or between rules (TR204) hid every mutant of the rule, of the
    file."""
    plain = ran(rules, "--mutants").stdout.partition("Slips that nothing catches (3):")[2]
    assert "bases: threshold require: at_least 2" in plain
    long = RULES.replace("基地不少于3个\n    topic", f"基地不少于3个，{'另行规定的除外，' * 8}\n    topic")
    rules.write_text(long, encoding="utf-8")
    assert ran(rules, "--mutants").stdout.partition("Slips that nothing catches (3):")[2] == plain
    twice = RULES.replace("[staff]", "[staff, again]") + RULES.partition("rules:\n")[2].partition(
        "  - id: bases"
    )[0].replace("id: staff", "id: again")
    rules.write_text(twice, encoding="utf-8")
    for line in filter(None, plain.partition("\n\n")[0].split("\n")):
        assert line in ran(rules, "--mutants").stdout


def test_every_engine_decides_the_cases_alike(rules: Path) -> None:
    shown = {engine: ran(rules, "--engine", engine).stdout for engine in ("native", "reference", "compiled")}
    assert len(set(shown.values())) == 1


def test_a_rule_file_that_cannot_be_used_does_not_keep_the_others_from_being_tested(rules: Path) -> None:
    other = rules.with_name("no_cases.yaml")
    other.write_text(RULES.replace("somewhere_2026", "no_cases"), encoding="utf-8")
    result = ran("missing.yaml", rules, other, "--format", "json")
    assert result.exit_code == 2
    assert [one["ruleset"] for one in json.loads(result.stdout)["rulesets"]] == ["somewhere_2026"]
    assert [line.split(":")[0] for line in result.stderr.splitlines()] == [
        "missing.yaml",
        str(rules.parent / "cases"),
    ]
