"""What README and CONTRIBUTING show is true: snippets run, sample files load, what is shown as printed is
printed."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner
from corpus_cases import CORPUS
from pydantic import TypeAdapter

from tic_rules import check, load_ruleset, parse_ruleset, shipped_ids
from tic_rules.analysis.cases.case import cases_of
from tic_rules.analysis.cases.outcome import outcome_of
from tic_rules.cli import COMMANDS, main
from tic_rules.core.source import read_text
from tic_rules.model.conditions import _BY_KEY, Condition
from tic_rules.model.rulefile import Clause
from tic_rules.model.ruleset import READINGS, Rule

ROOT = Path(__file__).parents[2]
READMES = {"README.md": "en", "README.zh.md": "zh"}
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")

DRAFT = """
id: draft
version: 1.0.0
jurisdiction: zhejiang
document: {title: 草案, title_en: draft, in_force: {from: 2026-01-01}}
clauses: [{at: 一, heading: 总则, rules: [delisted, tried]}]
vocabulary: {facts: {tried: FACT}}
rules:
  - {id: delisted, at: 一, quote: 摘牌, topic: exit, kind: consequence, modality: must, bearer: department,
     title: &t {zh: 一, en: one}, message: *t, remedy: *t,
     when: {fact: acceptance, some: {result: failed}}, then: *t}
  - {id: tried, at: 一, quote: 试, topic: term, kind: condition, modality: must, bearer: centre, title: *t,
     message: *t, remedy: *t, require: CONDITION}
"""
SOME_FACT = "{label: {zh: 甲, en: a}, value: industry_fund, type: truth}"


def blocks(name: str, language: str) -> list[str]:
    """The fenced blocks of a document in one language."""
    text = (ROOT / name).read_text(encoding="utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def rows(part: str) -> list[tuple[str, str]]:
    """First and second column of a marked table of CONTRIBUTING."""
    body = CONTRIBUTING.split(f"<!-- {part}: begin -->")[1].split(f"<!-- {part}: end -->")[0]
    return re.findall(r"^\| (`[^|]*) \| `([^|]*)` \|", body, re.MULTILINE)


def printed(*args: str) -> str:
    """What the program prints with these arguments."""
    result = CliRunner().invoke(main, [*args], terminal_width=200)
    assert result.exit_code in (0, 1), result.output
    return result.stdout


@pytest.mark.parametrize("name", READMES)
def test_the_python_snippet_prints_what_is_shown_below_it(name: str) -> None:
    (snippet,) = blocks(name, "python")
    ran = subprocess.run(
        [sys.executable, "-X", "utf8", "-c", snippet],
        cwd=ROOT,
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert ran.stdout in blocks(name, "text")


@pytest.mark.parametrize(("name", "lang"), READMES.items())
def test_the_finding_that_is_shown_is_what_is_printed(
    name: str, lang: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    shown = [line for line in blocks(name, "text")[0].splitlines() if line.strip() not in ("", "…")]
    lines = printed("check", "examples/zhejiang.yaml", "--lang", lang).splitlines()
    assert [line for line in shown if line not in lines] == []
    assert len(shown) > 8


@pytest.mark.parametrize(("name", "lang"), READMES.items())
def test_the_sample_rule_file_decides_the_sample_centre_as_shown(
    name: str, lang: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules, centre = blocks(name, "yaml")
    for text in (rules, centre):
        (tmp_path / text.split("\n", 1)[0].removeprefix("# ")).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert (
        printed("check", "centre.yaml", "--rules", "lakeside_2026.yaml", "--lang", lang).rstrip()
        == blocks(name, "text")[-1].rstrip()
    )


@pytest.mark.parametrize("name", READMES)
def test_the_table_of_rule_sets_is_that_of_the_rule_files(name: str) -> None:
    table = {
        row[0]: row[1:]
        for row in re.findall(
            r"^\| `([a-z0-9_]+)` \| (.*) \| (\d+) \|$",
            (ROOT / name).read_text(encoding="utf-8"),
            re.MULTILINE,
        )
    }
    documents = {which: load_ruleset(which).document for which in shipped_ids()}
    told = {
        which: ("，".join(part for part in (d.title, d.number) if part), str(len(load_ruleset(which))))
        for which, d in documents.items()
    }
    assert table == told


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md"])
def test_every_command_and_option_that_is_named_exists(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    named = set(re.findall(r"tic-rules ([a-z]+(?:-[a-z]+)*)", text))
    assert named <= set(COMMANDS)
    options = set(re.findall(r"(?<![\w-])--[a-z][a-z-]+", "\n".join(re.findall(r"`[^`\n]+`", text))))
    known = set(re.findall(r"--[a-z][a-z-]+", "\n".join(printed(command, "--help") for command in named)))
    assert options - known - {"--strict"} == set()


@pytest.mark.parametrize("name", [*READMES, "CONTRIBUTING.md", "CHANGELOG.md"])
def test_every_file_that_is_linked_is_there(name: str) -> None:
    links = re.findall(r"\]\(([^)#:]+)(?:#[^)]*)?\)", (ROOT / name).read_text(encoding="utf-8"))
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_contributing_shows_every_operator() -> None:
    assert {name.strip("`") for name, _ in rows("operators")} == _BY_KEY.keys()


@pytest.mark.parametrize("example", [example for _, example in rows("operators")])
def test_the_example_of_an_operator_loads_and_decides(example: str) -> None:
    draft = DRAFT
    if example.startswith("{entry"):  # it is asked where a deadline runs from entries
        draft = DRAFT.replace("require: CONDITION", "by: {days: 30, after: evaluations}, require: CONDITION")
    ruleset = parse_ruleset(draft.replace("FACT", SOME_FACT).replace("CONDITION", example))
    assert ruleset["tried"].require == TypeAdapter(Condition).validate_python(
        read_text(example, "<example>").data
    )
    assert check({"id": "a", "approved_on": "2026-02-01"}, ruleset, as_of="2026-06-30")["tried"].status in (
        "unknown",
        "needs_review",
        "pass",
        "fail",
    )


def test_contributing_shows_every_reading_of_a_fact() -> None:
    assert {re.findall(r"`(\w+)`", name)[0] for name, _ in rows("facts")} == set(READINGS)


@pytest.mark.parametrize("example", [example for _, example in rows("facts")])
def test_the_example_of_a_fact_loads(example: str) -> None:
    assert (
        "tried"
        in parse_ruleset(DRAFT.replace("FACT", example).replace("CONDITION", "{attested: true}")).facts
    )


def test_the_clause_that_contributing_encodes_is_the_shipped_rule() -> None:
    shown = Rule.model_validate(read_text(blocks("CONTRIBUTING.md", "yaml")[0], "<shown>").data)
    assert shown == load_ruleset("zhejiang_2022")["bases-term-end"]


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "CONTRIBUTING.zh.md"])
def test_contributing_names_every_disposition_of_a_clause(name: str) -> None:
    text = (ROOT / name).read_text(encoding="utf-8")
    known = Clause.model_json_schema()["properties"]["disposition"]["anyOf"][0]["enum"]
    assert [disposition for disposition in known if f"`{disposition}`" not in text] == []


def test_the_clauses_that_contributing_shows_are_shipped() -> None:
    ruleset = load_ruleset("zhejiang_2022")
    for shown in read_text(blocks("CONTRIBUTING.md", "yaml")[1], "<shown>").data:
        (clause,) = [clause for clause in ruleset.clauses if clause.at == shown["at"]]
        assert (clause.heading, list(clause.rules), clause.disposition) == (
            shown["heading"],
            shown.get("rules", []),
            shown.get("disposition"),
        )


def test_the_cases_that_contributing_shows_hold(tmp_path: Path) -> None:
    file = tmp_path / "shown.yaml"
    file.write_text(blocks("CONTRIBUTING.md", "yaml")[2], encoding="utf-8")
    shutil.copy(CORPUS / "zhejiang_2022" / "base.yaml", tmp_path)
    ruleset = load_ruleset("zhejiang_2022")
    cases = cases_of(ruleset, str(file))
    assert len(cases) == 2
    assert [outcome_of(case, ruleset).message.en for case in cases] == ["", ""]
