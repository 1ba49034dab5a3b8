"""docs/new-province.md as a new user follows it: every file is written, every command is run, in order."""

from __future__ import annotations

import os
import re
import shlex
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
import yaml

from tic_rules import Centre, parse_ruleset
from tic_rules.analysis.plan import make_plan

ROOT = Path(__file__).parents[2]
PAGES = ("new-province.md", "new-province.zh.md")


class Step(NamedTuple):
    """A file to be written, or a command with the exit status that it is to have."""

    file: str
    command: str
    status: int
    text: str


def steps(page: str) -> list[Step]:
    text = (ROOT / "docs" / page).read_text(encoding="utf-8")
    made = []
    for name, language, block in re.findall(
        r"(?:^`([^`\n]+)`:\n\n)?^```(\w+)\n(.*?)^```$", text, re.M | re.S
    ):
        if name:
            made.append(Step(name, "", 0, block))
        elif language == "sh":
            for line in block.splitlines():
                command, _, status = line.partition("  # ")
                made.append(Step("", command.strip(), int(status or 0), ""))
    return made


def run(command: str, folder: Path, site: Path) -> subprocess.CompletedProcess[str]:
    """A command of the page: program and pip are those of this Python, and nothing comes from elsewhere."""
    program, *words = shlex.split(command)
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(site), str(ROOT / "src")]),
        "TIC_RULES_LANG": "en",
    }
    if (program, *words) == ("pip", "install", "."):
        plain = ["--quiet", "--no-deps", "--no-index", "--no-build-isolation", "--target", str(site)]
        given = [sys.executable, "-m", "pip", "install", *plain, "."]
    elif program == "tic-rules":
        given = [sys.executable, "-m", "tic_rules", *words]
    else:
        given = [program, *words]
    target = None
    if ">" in given:
        target = given[given.index(">") + 1]
        given = given[: given.index(">")]
    ran = subprocess.run(given, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    if target is not None:
        (folder / target).write_text(ran.stdout, encoding="utf-8")
    return ran


def test_both_languages_show_the_same_files_and_commands() -> None:
    assert steps(PAGES[0]) == steps(PAGES[1])
    assert len([step for step in steps(PAGES[0]) if step.command]) > 15


@pytest.mark.skipif(os.name == "nt", reason="the page speaks to a shell of Unix")
def test_the_page_works_from_the_first_command_to_the_last(tmp_path: Path) -> None:
    folder, site = tmp_path / "xinan", tmp_path / "site"
    folder.mkdir()
    outputs = {}
    for step in steps(PAGES[0]):
        if step.file:
            file = folder / step.file
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(step.text, encoding="utf-8")
            continue
        ran = run(step.command, folder, site)
        assert ran.returncode == step.status, (step.command, ran.stdout[-2000:], ran.stderr[-2000:])
        outputs[step.command] = ran.stdout
    assert "clean" in outputs["tic-rules lint xinan_2025.yaml"]
    assert "package tic-rules-xinan 1.0.0" in outputs["tic-rules rules"]
    assert "What no case covers" not in outputs["tic-rules test xinan_2025.yaml"]
    assert "Every slip of the pen is caught" in outputs["tic-rules test xinan_2025.yaml --strict --mutants"]
    assert (folder / "cases.xml").is_file()
    schema = (folder / "xinan_2025.schema.json").read_text(encoding="utf-8")
    assert "years_registered" in schema, "made from the whole file, not from the draft"
    assert (folder / "site" / "index.html").is_file()


def test_a_plan_for_the_province_finds_the_doctor_that_is_lacking_and_gives_up_nothing_that_may_come() -> (
    None
):
    files = {step.file: step.text for step in steps(PAGES[0]) if step.file}
    rules = parse_ruleset(files["xinan_2025.yaml"])
    complete = yaml.safe_load(files["cases/xinan_2025/base.yaml"])
    centre = Centre.from_data(complete | {"people": {"fixed": 50, "doctors": 14}}, ruleset=rules)
    plan = make_plan(centre, rules, date(2027, 6, 30))
    assert [(step.text.zh, plan.verdict) for step in plan.steps] == [
        ("博士人数达到15人（再增1人）", "compliant")
    ]
    kept = make_plan(centre, rules, date(2027, 6, 30), keep=["people"])
    assert ([rest.rule for rest in kept.open], kept.lost) == (["researchers"], ())
