"""The two made-up provinces: complete, clean, tested at their bounds; built, installed and used elsewhere."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import venv
from pathlib import Path

import pytest

from tic_rules import load_ruleset
from tic_rules.analysis.cases.case import cases_of
from tic_rules.analysis.cases.mutants import Catcher
from tic_rules.analysis.cases.run import run
from tic_rules.analysis.coverage.account import coverage
from tic_rules.analysis.lint import lint_file

ROOT = Path(__file__).parents[2]
PROVINCES = {"haidong": "haidong_2024", "linshan": "linshan_2023"}


def rule_file(province: str) -> Path:
    return (
        ROOT / "examples" / "provinces" / province / f"tic_rules_{province}" / f"{PROVINCES[province]}.yaml"
    )


@pytest.mark.parametrize("province", PROVINCES)
def test_nothing_is_left_out_and_nothing_is_wrong(province: str) -> None:
    file = rule_file(province)
    text = (file.parents[1] / f"{PROVINCES[province]}.txt").read_bytes()
    assert [fault.message.en for fault in coverage(load_ruleset(file), text, "text").faults] == []
    assert [fault.message.en for fault in lint_file(file)] == []


@pytest.mark.parametrize("province", PROVINCES)
@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_the_cases_hold_and_leave_no_bound_out(province: str, engine: str) -> None:
    ruleset = load_ruleset(rule_file(province))
    ran = run(ruleset, cases_of(ruleset), engine)  # type: ignore[arg-type]
    assert [(one.case.name, one.message.en) for one in ran.failed] == []
    assert [(gap.rule.id, gap.message.en) for gap in ran.gaps] == []


@pytest.mark.parametrize("province", PROVINCES)
def test_a_slip_of_the_pen_is_caught(province: str) -> None:
    """One of a kind a rule; `tic-rules test --mutants` tries them all."""
    ruleset = load_ruleset(rule_file(province))
    assert [str(one) for one in Catcher(ruleset, cases_of(ruleset)).survivors(every=False)] == []


@pytest.mark.parametrize("province", PROVINCES)
def test_a_document_with_a_clause_left_out_is_caught(province: str) -> None:
    """A line of the text that the rule file does not know of, wherever it stands."""
    file = rule_file(province)
    ruleset = load_ruleset(file)
    lines = (
        (file.parents[1] / f"{PROVINCES[province]}.txt").read_text(encoding="utf-8").splitlines(keepends=True)
    )
    said = [number for number, line in enumerate(lines) if number and line.strip()]
    for number in said:
        text = "".join(lines[:number] + lines[number + 1 :])
        assert coverage(ruleset, text).faults, lines[number]


@pytest.mark.parametrize("province", PROVINCES)
def test_a_rule_file_with_a_clause_left_out_is_caught(province: str, tmp_path: Path) -> None:
    """Whichever clause it is, by loading, by lint or by coverage."""
    file = rule_file(province)
    official = (file.parents[1] / f"{PROVINCES[province]}.txt").read_bytes()
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    clauses = [number for number, line in enumerate(lines) if line.startswith("  - {at: ")]
    assert len(clauses) > 8
    without = tmp_path / file.name
    for number in clauses:
        without.write_text("".join(lines[:number] + lines[number + 1 :]), encoding="utf-8")
        faults = lint_file(without)
        if all(fault.code in ("TR401", "TR402") for fault in faults):  # it can be loaded
            said = {fault.code for fault in coverage(load_ruleset(without), official).faults}
            assert "clause-missing" in said, lines[number]
        else:
            assert faults, lines[number]


def test_numbers_of_chapters_and_articles_have_no_gaps(tmp_path: Path) -> None:
    """A file whose articles jump says so without the text: chapters and articles each by their level."""
    file = rule_file("haidong")
    text = file.read_text(encoding="utf-8")
    gone = {"第二章": "第三章 的编号应为第2", "第二条": "第三条 的编号应为第2"}
    for at, said in gone.items():
        lines = [line for line in text.splitlines(keepends=True) if not line.startswith(f"  - {{at: {at},")]
        (tmp_path / file.name).write_text("".join(lines), encoding="utf-8")
        assert said in " ".join(fault.message.zh for fault in lint_file(tmp_path / file.name))


def test_no_line_of_python_is_needed() -> None:
    assert [*(ROOT / "examples" / "provinces").rglob("*.py")] == []


# --- elsewhere ----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of programs of an environment that has the wheels of this project and of both provinces, and
    of this checkout nothing."""
    folder = tmp_path_factory.mktemp("provinces")
    plain = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation")  # nothing comes from elsewhere
    projects = [ROOT, *(ROOT / "examples" / "provinces" / province for province in PROVINCES)]
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *plain, "--wheel-dir", str(folder), *map(str, projects)],
        check=True,
        capture_output=True,
    )
    venv.create(folder / "env", system_site_packages=False, with_pip=False)
    target = next((folder / "env" / "lib").glob("python*")) / "site-packages"
    python = folder / "env" / "bin" / "python"
    subprocess.run(
        [sys.executable, "-m", "pip", "--python", str(python), "install", "--quiet", "--no-deps",
         "--no-index", *map(str, folder.glob("*.whl"))],
        check=True,
        capture_output=True,
    )  # fmt: skip
    needed = [path for path in sys.path if path.endswith("site-packages")]
    (target / "needed.pth").write_text("\n".join(needed), encoding="utf-8")
    return folder / "env" / "bin"


def used(programs: Path, folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(programs / "python"), "-m", "tic_rules", *args],
        cwd=folder, env={"PATH": "", "TIC_RULES_LANG": "en"}, capture_output=True, text=True, check=False,
    )  # fmt: skip


def test_what_is_installed_is_there_for_every_command(elsewhere: Path, tmp_path: Path) -> None:
    listed = json.loads(used(elsewhere, tmp_path, "rules", "--format", "json").stdout)
    packages = {one["id"]: one["origin"] for one in listed if one["origin"]["kind"] == "package"}
    assert {name: origin["by"] for name, origin in packages.items()} == {
        "haidong_2024": "tic-rules-haidong 1.0.0",
        "linshan_2023": "tic-rules-linshan 1.0.0",
    }
    assert all(str(elsewhere.parent) in origin["file"] for origin in packages.values())
    for ruleset in PROVINCES.values():
        assert used(elsewhere, tmp_path, "test", ruleset, "--strict").returncode == 0
        assert used(elsewhere, tmp_path, "lint", ruleset).returncode == 0
        assert (
            used(
                elsewhere, tmp_path, "explain", f"{ruleset}/{'researchers' if 'hai' in ruleset else 'awards'}"
            ).returncode
            == 0
        )
    fields = used(elsewhere, tmp_path, "vocabulary", "仪器设备").stdout
    assert "equipment_value" in fields
    begun = used(elsewhere, tmp_path, "init", "--rules", "haidong_2024").stdout
    assert "equipment" in begun


@pytest.mark.parametrize("province", PROVINCES)
def test_a_centre_is_checked_by_the_rule_set_of_its_province(
    elsewhere: Path, tmp_path: Path, province: str
) -> None:
    base = rule_file(province).parent / "cases" / PROVINCES[province] / "base.yaml"
    (tmp_path / "centre.yaml").write_bytes(base.read_bytes())
    ran = used(elsewhere, tmp_path, "check", "centre.yaml", "--format", "json")
    assert ran.returncode == 0, ran.stderr
    (report,) = json.loads(ran.stdout)["reports"]
    assert report["ruleset"]["id"] == PROVINCES[province]
    assert report["verdict"] == "on_course"
    text = base.read_text(encoding="utf-8")
    worse = text.replace("value: 3000}", "value: 2999}").replace("amount: 1000万元", "amount: 1001万元")
    (tmp_path / "centre.yaml").write_text(worse, encoding="utf-8")
    again = used(elsewhere, tmp_path, "check", "centre.yaml")
    assert again.returncode == 1, again.stdout


def test_the_environment_is_another_one(elsewhere: Path) -> None:
    code = "import tic_rules, os; print(os.path.realpath(tic_rules.__file__))"
    ran = subprocess.run(
        [str(elsewhere / "python"), "-c", code], env={"PATH": ""}, capture_output=True, text=True, check=True
    )
    assert ran.stdout.startswith(os.path.realpath(elsewhere.parent))
