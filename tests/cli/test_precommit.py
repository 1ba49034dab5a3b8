"""The hooks as pre-commit runs them, in a repository made for the purpose."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tic_rules.inputs import SUFFIXES

pytest.importorskip("pre_commit", reason="pre-commit is not installed")

ROOT = Path(__file__).parents[2]
HOOKS: list[dict[str, Any]] = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
pytestmark = pytest.mark.skipif(
    shutil.which("git") is None or os.name == "nt", reason="needs git and a POSIX shell"
)


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with centres, rules and other files, whose hooks run the program of this checkout."""
    programs = tmp_path / "bin"
    programs.mkdir()
    script = programs / "tic-rules"
    script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tic_rules "$@"\n', encoding="utf-8")
    script.chmod(script.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{programs}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", str(ROOT / "src"))
    monkeypatch.setenv("PRE_COMMIT_HOME", str(tmp_path / "cache"))
    monkeypatch.delenv("GIT_DIR", raising=False)
    monkeypatch.delenv("GIT_INDEX_FILE", raising=False)
    place = tmp_path / "repository"
    (place / "centres").mkdir(parents=True)
    (place / "rules").mkdir()
    shutil.copy(ROOT / "examples" / "jiangsu.yaml", place / "centres")
    for name in ("jiangsu_2020.yaml", "vocabulary.yaml"):
        shutil.copy(ROOT / "rules" / name, place / "rules")
    # As published, but for where the program comes from: installing it anew is not what is tried here.
    local = [{**hook, "language": "system", "additional_dependencies": []} for hook in HOOKS]
    config = {"repos": [{"repo": "local", "hooks": local}]}
    (place / ".pre-commit-config.yaml").write_text(
        yaml.safe_dump(config, allow_unicode=True), encoding="utf-8"
    )
    git(place, "init", "--quiet")
    git(place, "add", "--all")
    return place


def git(place: Path, *args: str) -> None:
    subprocess.run(["git", *args], cwd=place, check=True, capture_output=True)


def pre_commit(place: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "pre_commit", *args],
        cwd=place,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )


def test_the_manifest_is_valid() -> None:
    result = pre_commit(ROOT, "validate-manifest", ".pre-commit-hooks.yaml")
    assert result.returncode == 0, result.stdout


def test_centres_and_rules_that_are_right_pass(repository: Path) -> None:
    result = pre_commit(repository, "run", "--all-files")
    assert result.returncode == 0, result.stdout + result.stderr
    assert result.stdout.count("Passed") == 2


def test_a_centre_that_fails_stops_the_commit(repository: Path) -> None:
    shutil.copy(ROOT / "examples" / "zhejiang.yaml", repository / "centres")
    git(repository, "add", "--all")
    result = pre_commit(repository, "run", "tic-rules-check")
    assert result.returncode == 1
    assert "centres/zhejiang.yaml:93:32" in result.stdout
    assert "exit code: 1" in result.stdout


def taken(hook: str, name: str) -> bool:
    """Whether pre-commit gives a file to a hook: it searches for both patterns."""
    (about,) = [one for one in HOOKS if one["id"] == hook]
    return bool(re.search(about["files"], name)) and not re.search(about.get("exclude", "^$"), name)


@pytest.mark.parametrize("suffix", ["yaml", "yml", "json", "jsonl", "csv", "xlsx", "xlsm"])
def test_the_hook_knows_every_format_of_centres(suffix: str) -> None:
    assert taken("tic-rules-check", f"data/centres/a.{suffix}")
    assert f".{suffix}" in SUFFIXES


@pytest.mark.parametrize(
    "name",
    [
        "baseline.json",
        "our-baseline.json",
        "programme_zhejiang.yaml",
        "programme.yml",
        "~$a.xlsx",
        "notes.md",
    ],
)
def test_the_hook_leaves_other_files_alone(name: str) -> None:
    assert not taken("tic-rules-check", f"centres/{name}")
    assert taken("tic-rules-check", "centres/a.yaml")


@pytest.mark.parametrize("name", ["cases/x_2024/a", "cases/x_2024", "sentences/x_2024", "alignment/x--y"])
def test_the_hook_takes_rule_files_and_not_what_lies_beside_them(name: str) -> None:
    for folder in ("rules", "data/rules", "rules/own"):
        assert not taken("tic-rules-lint", f"{folder}/{name}.yaml")
        assert not taken("tic-rules-lint", f"{folder}/vocabulary.yaml")
        assert taken("tic-rules-lint", f"{folder}/x_2024.yaml")
    assert taken("tic-rules-lint", "cases/rules/x_2024.yaml")


def test_a_list_of_a_table_is_checked_with_its_table(
    repository: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(repository)
    (repository / "centres" / "all.csv").write_text(
        "id,jurisdiction,reported_on\nx,jiangsu,2026-06-30\n", encoding="utf-8"
    )
    (repository / "centres" / "all.contributions.csv").write_text(
        "centre,amount\nx,12万元\n", encoding="utf-8"
    )
    (repository / "centres" / "baseline.json").write_text(
        '{"schema_version": 1, "baseline": []}', encoding="utf-8"
    )
    shutil.copy(ROOT / "examples" / "programme_zhejiang.yaml", repository / "centres")
    git(repository, "add", "--all")
    result = pre_commit(repository, "run", "--all-files", "tic-rules-check", "--verbose")
    assert result.returncode == 0, result.stdout
    assert "contributions.csv:" not in result.stdout
    assert "undetermined  1" in result.stdout, "once, though both files are named"


def test_a_broken_rule_file_stops_the_commit(repository: Path) -> None:
    file = repository / "rules" / "jiangsu_2020.yaml"
    file.write_text(
        file.read_text(encoding="utf-8").replace("kind: condition", "kind: wish", 1), encoding="utf-8"
    )
    git(repository, "add", "--all")
    result = pre_commit(repository, "run", "tic-rules-lint")
    assert result.returncode == 1
    assert "rules/jiangsu_2020.yaml:" in result.stdout
