"""Type checkers over a program of somebody else: what everything public is, and mistakes that they must
find."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

import tic_rules

ROOT = Path(__file__).parents[2]

PROGRAM = """
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import assert_type

from pydantic import BaseModel

from tic_rules import (
    Centre, Citation, Consequence, DataError, Dated, Diagnostic, Engine, Finding, Given, Kind, Modality,
    Notice, OwedYear, Place, Programme, Provenance, Quantity, Range, Report, Requirement, Rule, RuleSet,
    RuleSetError, Series, Severity, Span, Status, Text, TicRulesError, UsageError, Verdict, __version__,
    check, check_programme, check_table, facts_table, load_ruleset, parse_ruleset, row_function,
    rulesets, rulesets_in_force, shipped_ids, ListedRuleSet,
)


class Theirs(BaseModel):
    id: str = "x"
    report: Report | None = None


@dataclass
class Plain:
    id: str


assert_type(__version__, str)
assert_type(shipped_ids(), tuple[str, ...])
on_hand: list[ListedRuleSet] = list(rulesets())
assert_type(on_hand[0].id, str)
rules: RuleSet = load_ruleset("zhejiang_2022", ids_only=True)
parsed: RuleSet = parse_ruleset("id: x")
in_force: list[RuleSet] = rulesets_in_force("zhejiang", date(2026, 6, 30))
rule: Rule = rules["investment-2y"]
assert_type(rule.modality, Modality)
assert_type(rule.kind, Kind)
span, number = Span(date(2022, 3, 1), date(2022, 3, 1)), Range(1, 2)
centre = Centre(approved_on=span, term_years=number, stage="approved", name=Series([Dated(span, "a")]))
read = Centre.from_file("centre.yaml", ruleset=[rules, "jiangsu_2020"]).keeping_places()
assert_type(read, Centre)
several: list[Centre | DataError] = list(Centre.each_from_file("centres.csv", ruleset="zhejiang_2022"))
engine: Engine = "compiled"
data: list[Given] = [{"id": "x"}, Theirs(), Plain("x"), centre]
for one in data:
    assert_type(check(one, rules, as_of="2026-06-30", engine=engine), Report)
report = check(centre, rules)
assert_type(check_programme(Programme(centres=number), rules, centres=[centre]), Report)
assert_type(report.verdict, Verdict)
assert_type(report.data_verdict, Verdict)
assert_type(report.tool.engine, Engine)
assert_type(report.ruleset.document.issued, str | None)
assert_type(report.statuses, dict[str, Status])
assert_type(report.consequences, list[Consequence])
assert_type(report.warnings, tuple[Notice, ...])
assert_type(report.provenance, Provenance | None)
if report.provenance is not None:
    assert_type(report.provenance.data.sha256, str)
    assert_type(report.provenance.settings.exemptions, bool)
again: Report = Report.from_json(report.to_json())
again = Report.from_dict(report.as_dict())
finding: Finding = report["investment-2y"]
assert_type(finding.status, Status)
assert_type(finding.severity, Severity | None)
assert_type(finding.modality, Modality)
assert_type(finding.kind, Kind)
assert_type(finding.citation, Citation)
assert_type(finding.citation.locator, str)
assert_type(finding.message, Text)
assert_type(finding.message.zh, str)
assert_type(finding.place, Place | None)
assert_type(finding.data, list[Place])
assert_type(finding.data[0].line, int | None)
assert_type(finding.observed, Quantity | None)
assert_type(finding.required, Requirement | None)
if finding.observed is not None and finding.required is not None:
    assert_type(finding.observed.low, str | None)
    assert_type(finding.required.unit, str | None)
    print(finding.observed.value, finding.observed.years, finding.required.open, finding.required.fact)
print([owed.of for owed in finding.years], [place.cell for place in finding.data])
assert_type(finding.years, list[OwedYear])
assert_type(finding.progress, float | None)
table: object = report.to_frame("pandas")
tables: object = check_table(facts_table([centre, {"id": "x"}], rules), rules)
decide: Callable[[Mapping[str, object]], tuple[Status, ...]]
decide = row_function(rules, ["teams"], as_of=date(2026, 6, 30))
try:
    check({}, rules)
except (DataError, RuleSetError, UsageError) as error:
    assert_type(error.diagnostics, list[Diagnostic])
except TicRulesError:
    pass
Theirs(report=report).model_dump()
"""

MISTAKES = """
from tic_rules import Centre, Report, Status, check, check_programme, load_ruleset

report: Report = check({}, "zhejiang_2022", as_of="2026-06-30")
check({}, "zhejiang_2022", engine="magic")  # mistake
check(["a list"], "zhejiang_2022")  # mistake
check(3, "zhejiang_2022")  # mistake
check({}, 3)  # mistake
check({}, "zhejiang_2022", "2026-06-30")  # mistake
check({}, "zhejiang_2022", as_of=2026)  # mistake
check_programme({}, "zhejiang_2022", engine="rete")  # mistake
load_ruleset("zhejiang_2022", ids_only="yes")  # mistake
Centre.from_file("centre.yaml", ruleset=3)  # mistake
Centre(stage="dreaming")  # mistake
finding = report["investment-2y"]
if finding.status == "failed":  # mistake
    pass
if report.verdict == "ok":  # mistake
    pass
status: Status = "passed"  # mistake
finding.citation.clause  # mistake
finding.place.line  # mistake
finding.data[0].row  # mistake
finding.mesage  # mistake
finding.gap + 1  # mistake
report.provenance.settings  # mistake
report.to_frame("excel")  # mistake
report.tool.engine = 3  # mistake
"""


FIELDS = """
from datetime import date
from tic_rules import Centre, Dated, Range, Series, Span
from tic_rules.model.centre import Contribution, Staff

day = Span(date(2022, 3, 1), date(2022, 3, 1))
centre = Centre(approved_on=day, stage="approved", jurisdiction="zhejiang",
                staff=Staff(headcount=Series([Dated(day, Range(320, 320))])),
                contributions=(Contribution(amount=Range(5, 5)),))
reveal_type(centre.approved_on)
reveal_type(centre.staff.headcount if centre.staff else None)
reveal_type(centre.jurisdiction)
Centre(staff=3)
Centre(approved_on="2022-03-01")
Centre(stage="dreaming")
Centre(staf=None)
"""


def lines_with_mistakes() -> set[int]:
    return {number for number, line in enumerate(MISTAKES.splitlines(), 1) if line.endswith("# mistake")}


def test_the_program_uses_everything_public() -> None:
    assert [name for name in tic_rules.__all__ if not re.search(rf"\b{name}\b", PROGRAM)] == []


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("typed")
    (folder / "program.py").write_text(PROGRAM, encoding="utf-8")
    (folder / "mistakes.py").write_text(MISTAKES, encoding="utf-8")
    (folder / "fields.py").write_text(FIELDS, encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def mypy_says(folder: Path) -> str:
    """What mypy says of the programs, without a plugin. Our modules are looked at for their types only, as
    those of an installed package are (`silent`)."""
    pytest.importorskip("mypy", reason="mypy is a linter here (make lint) and is not installed")
    options = ["--strict", "--config-file=", "--no-error-summary", "--no-color-output"]
    options += ["--follow-imports=silent", f"--cache-dir={folder / 'cache'}"]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", *options, "program.py", "mistakes.py", "fields.py"],
        capture_output=True,
        text=True,
        cwd=folder,
        env={"MYPYPATH": str(ROOT / "src"), "PATH": ""},
        check=False,
    )
    return done.stdout


def test_mypy(mypy_says: str) -> None:
    said = re.findall(r"^(program|mistakes)\.py:(\d+): error: (.*)$", mypy_says, re.MULTILINE)
    assert [one for one in said if one[0] == "program"] == []
    assert {int(line) for _, line, _ in said} == lines_with_mistakes(), mypy_says


def test_mypy_sees_the_types_of_the_fields(mypy_says: str) -> None:
    said = re.findall(r"^fields\.py:\d+: (note|error): (.*)$", mypy_says, re.MULTILINE)
    notes = [text for kind, text in said if kind == "note" and text.startswith("Revealed")]
    assert ".Span] | None" in notes[0]
    assert "Series[" in notes[1]
    assert '"str | None"' in notes[2]
    faults = [text for kind, text in said if kind == "error"]
    assert [text.rpartition("[")[2] for text in faults] == [
        "arg-type]",
        "arg-type]",
        "arg-type]",
        "call-arg]",
    ]


def test_pyright(folder: Path) -> None:
    """basedpyright brings its Node.js along; what it says in its mode `strict` is what pyright says."""
    program = Path(sys.executable).with_name("basedpyright")
    if not program.exists():
        pytest.skip("basedpyright is a linter here (make lint) and is not installed")
    config = {
        "include": ["program.py", "mistakes.py"], "typeCheckingMode": "strict",
        "extraPaths": [str(ROOT / "src")],
        "pythonVersion": "3.11",
    }  # fmt: skip
    (folder / "pyrightconfig.json").write_text(json.dumps(config), encoding="utf-8")
    done = subprocess.run(
        [str(program), "--outputjson", "--pythonpath", sys.executable],
        capture_output=True,
        text=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": ""},
        check=False,
    )
    said = [
        (Path(one["file"]).name, one["range"]["start"]["line"] + 1, one["message"])
        for one in json.loads(done.stdout)["generalDiagnostics"]
        if one["severity"] == "error"
    ]
    assert [one for one in said if one[0] == "program.py"] == []
    assert {line for _, line, _ in said} == lines_with_mistakes(), said
