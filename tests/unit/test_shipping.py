"""Rule sets that others ship: in packages, in folders of the environment and of the settings."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from tic_rules import RuleSetError, load_ruleset, rulesets, rulesets_in_force, shipped_ids
from tic_rules.cli import main
from tic_rules.model import catalogue

DRAFT = """\
id: {id}
version: 1.0.0
jurisdiction: {jurisdiction}
document: {{title: 草案, title_en: draft, in_force: {{from: 2026-01-01}}}}
vocabulary: {{words: {{jurisdictions: {{{jurisdiction}: {{zh: 某省, en: a province}}}}}}}}
clauses: [{{at: 一, heading: 总则, rules: [term]}}]
rules:
  - {{id: term, at: 一, quote: 建设期一般为3年, topic: term, kind: condition, modality: in_principle,
     bearer: centre, title: &t {{zh: 一, en: one}}, message: *t, remedy: *t,
     require: {{fact: term, equals: 3}}}}
"""


def rule_file(folder: Path, name: str, jurisdiction: str = "elsewhere") -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / f"{name}.yaml"
    file.write_text(DRAFT.format(id=name, jurisdiction=jurisdiction), encoding="utf-8")
    return file


def package(site: Path, name: str, value: str) -> None:
    """What an installed package leaves behind, without being installed."""
    about = site / f"{name}-1.2.dist-info"
    about.mkdir(parents=True)
    (about / "entry_points.txt").write_text(f"[tic_rules.rulesets]\nany = {value}\n", encoding="utf-8")


@pytest.fixture
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own to run in, without settings above it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TIC_RULES_PATH", raising=False)
    return tmp_path


def test_a_folder_of_the_environment_is_seen_by_library_and_commands(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = rule_file(elsewhere / "mine", "elsewhere_2026")
    (elsewhere / "mine" / "notes.yaml").write_text("a: 1\n")
    monkeypatch.setenv("TIC_RULES_PATH", str(elsewhere / "mine"))
    listed = {one.id: one for one in rulesets()}
    assert set(listed) == {*shipped_ids(), "elsewhere_2026"}
    assert listed["elsewhere_2026"][1:] == (str(file), "environment", "TIC_RULES_PATH")
    assert listed["zhejiang_2022"].origin == "shipped"
    assert load_ruleset("elsewhere_2026", ids_only=True).file == str(file)
    shown = json.loads(CliRunner().invoke(main, ["rules", "--format", "json"]).stdout)
    assert {one["id"] for one in shown} == set(listed)
    text = CliRunner().invoke(main, ["rules", "--lang", "en"]).stdout
    assert "variable TIC_RULES_PATH" in text
    explained = CliRunner().invoke(main, ["explain", "elsewhere_2026/term"])
    assert explained.exit_code == 0


def test_a_folder_of_the_settings_is_seen_from_below_it(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule_file(elsewhere / "sets", "elsewhere_2026")
    (elsewhere / "tic-rules.toml").write_text('rule-paths = ["sets"]\n')
    (elsewhere / "deep" / "er").mkdir(parents=True)
    monkeypatch.chdir(elsewhere / "deep" / "er")
    assert next(one for one in rulesets() if one.id == "elsewhere_2026").origin == "settings"
    shown = CliRunner().invoke(main, ["config", "--format", "json"]).stdout
    assert json.loads(shown)["settings"]["rule-paths"]["line"] == 1


def test_settings_that_are_named_hold_for_the_run_alone(elsewhere: Path) -> None:
    rule_file(elsewhere / "sets", "elsewhere_2026")
    (elsewhere / "other.toml").write_text('rule-paths = ["sets"]\n')
    (elsewhere / "centre.yaml").write_text("id: a\njurisdiction: elsewhere\nstage: approved\nterm_years: 3\n")
    asked = ["check", "centre.yaml", "--as-of", "2026-06-30", "--rules", "elsewhere_2026", "--lang", "en"]
    ran = CliRunner().invoke(main, [*asked, "--config", "other.toml"])
    assert "Verdict: compliant" in ran.output
    assert "TIC_RULES_CONFIG" not in os.environ
    assert CliRunner().invoke(main, asked).exit_code == 2


def test_of_a_package_that_is_there_twice_the_first_counts(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in ("site", "built"):  # installed, and built where one is
        rule_file(elsewhere / place / "a_province", "elsewhere_2026")
        package(elsewhere / place, "a_province", "a_province")
        monkeypatch.syspath_prepend(str(elsewhere / place))
    (elsewhere / "built" / "a_province-1.2.dist-info").rename(elsewhere / "built" / "A_province.egg-info")
    (listed,) = [one for one in rulesets() if one.origin == "package"]
    assert listed.file == str(elsewhere / "built" / "a_province" / "elsewhere_2026.yaml")


def test_a_package_is_asked_for_its_files_and_not_imported(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = elsewhere / "site"
    rule_file(site / "a_province" / "rules", "elsewhere_2026")
    (site / "a_province" / "__init__.py").write_text("raise RuntimeError('imported')\n")
    package(site, "tic_rules_a_province", "a_province.rules")
    monkeypatch.syspath_prepend(str(site))
    (listed,) = [one for one in rulesets() if one.origin == "package"]
    assert listed.by == "tic-rules-a-province 1.2"
    assert load_ruleset("elsewhere_2026").id == "elsewhere_2026"
    assert [
        one.id
        for one in rulesets_in_force("elsewhere", load_ruleset("elsewhere_2026").document.in_force.from_)
    ] == ["elsewhere_2026"]
    assert "a_province" not in sys.modules


def test_a_package_that_lies_in_the_working_folder_too_is_the_installed_one(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for folder in (elsewhere / "site", elsewhere):
        rule_file(folder / "a_province", "elsewhere_2026")
    package(elsewhere / "site", "a_province", "a_province")
    monkeypatch.syspath_prepend(str(elsewhere / "site"))
    monkeypatch.syspath_prepend(str(elsewhere))
    (listed,) = [one for one in rulesets() if one.origin == "package"]
    assert listed.file == str(elsewhere / "site" / "a_province" / "elsewhere_2026.yaml")


def test_a_package_that_is_edited_where_it_stands_is_seen_there(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = rule_file(elsewhere / "source" / "a_province", "elsewhere_2026")
    package(elsewhere / "site", "a_province", "a_province")
    monkeypatch.syspath_prepend(str(elsewhere / "site"))
    monkeypatch.syspath_prepend(str(elsewhere / "source"))
    assert [one.file for one in rulesets() if one.origin == "package"] == [str(file)]


@pytest.mark.parametrize("value", ["no_such_package", "../../etc", "a b"])
def test_a_package_that_names_no_package_is_told_of(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    package(elsewhere / "site", "broken", value)
    monkeypatch.syspath_prepend(str(elsewhere / "site"))
    with pytest.raises(RuleSetError, match=r"broken 1\.2"):
        rulesets()


@pytest.mark.parametrize("name", ["elsewhere_2026", "zhejiang_2022"])
def test_two_with_one_id_are_an_error_that_names_both_places(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    first = rule_file(elsewhere / "mine", name)
    second = rule_file(elsewhere / "site" / "theirs", name)
    package(elsewhere / "site", "theirs", "theirs")
    monkeypatch.syspath_prepend(str(elsewhere / "site"))
    monkeypatch.setenv("TIC_RULES_PATH", str(elsewhere / "mine"))
    for ask in (rulesets, lambda: load_ruleset(name), lambda: rulesets_in_force("zhejiang", None)):  # type: ignore[arg-type]
        with pytest.raises(RuleSetError) as refused:
            ask()
        said = str(refused.value)
        assert str(first) in said
        assert str(second) in said
    assert load_ruleset("jiangsu_2020").id == "jiangsu_2020"  # one that does not clash is as before


def test_one_file_by_two_ways_is_one_rule_set(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rule_file(elsewhere / "mine", "elsewhere_2026")
    (elsewhere / "link").symlink_to(elsewhere / "mine")
    monkeypatch.setenv("TIC_RULES_PATH", os.pathsep.join([str(elsewhere / "mine"), str(elsewhere / "link")]))
    assert len([one for one in rulesets() if one.id == "elsewhere_2026"]) == 1


def test_a_file_that_is_not_called_by_its_id_is_refused(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rule_file(elsewhere / "mine", "elsewhere_2026").rename(elsewhere / "mine" / "another_2026.yaml")
    monkeypatch.setenv("TIC_RULES_PATH", str(elsewhere / "mine"))
    with pytest.raises(RuleSetError, match="another_2026"):
        load_ruleset("another_2026")


def test_a_folder_that_is_not_there_or_too_full_is_refused(
    elsewhere: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIC_RULES_PATH", str(elsewhere / "none"))
    with pytest.raises(RuleSetError, match="TIC_RULES_PATH"):
        rulesets()
    full = elsewhere / "full"
    full.mkdir()
    for number in range(catalogue.MAX_FILES + 1):
        (full / f"a{number}.yaml").touch()
    monkeypatch.setenv("TIC_RULES_PATH", str(full))
    with pytest.raises(RuleSetError, match="more than"):
        rulesets()


def test_a_file_that_has_come_since_is_seen(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (elsewhere / "mine").mkdir()
    monkeypatch.setenv("TIC_RULES_PATH", str(elsewhere / "mine"))
    with pytest.raises(RuleSetError, match="did you mean zhejiang_2022"):
        load_ruleset("zhejiang_202")
    rule_file(elsewhere / "mine", "elsewhere_2026")
    assert load_ruleset("elsewhere_2026").id == "elsewhere_2026"


def test_packages_are_looked_for_once(elsewhere: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    load_ruleset("zhejiang_2022")
    monkeypatch.setattr(catalogue, "_metadata_of", lambda path: pytest.fail(f"{path} was looked through"))
    load_ruleset("zhejiang_2022")
    with pytest.raises(pytest.fail.Exception):
        rulesets()
