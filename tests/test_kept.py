"""Shipped rule sets are kept between processes: the same rule sets, made anew whenever a file has changed, and nothing but rule sets."""

from __future__ import annotations

import pickle
import shutil
import subprocess
import sys
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tic_rules import RuleSet, check, load_ruleset, loading
from tic_rules.kept import Keeper

ROOT = Path(__file__).parents[1]


@pytest.fixture
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The shipped rule files in a folder of their own, and a process that keeps things."""
    folder = tmp_path / "rules"
    shutil.copytree(ROOT / "rules", folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(loading, "rules_folder", lambda: folder)
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    for cached in (loading._shipped, loading.shared_vocabulary):
        cached.cache_clear()
    yield folder
    for cached in (loading._shipped, loading.shared_vocabulary):
        cached.cache_clear()


def _again() -> RuleSet:
    """The rule set as another process would load it."""
    for cached in (loading._shipped, loading.shared_vocabulary):
        cached.cache_clear()
    return load_ruleset("zhejiang_2022")


def test_what_is_kept_is_the_same_rule_set(rules: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    built = load_ruleset("zhejiang_2022")
    centre = {"stage": "approved", "approved_on": "2022-03-01", "staff": {"headcount": 299}}
    report = check(centre, built, as_of="2025-01-01").to_json()

    def no_text(*_: Any, **__: Any) -> Any:
        raise AssertionError("the rule file is not read again")

    monkeypatch.setattr(loading, "_build", no_text)
    kept = _again()
    assert kept is not built
    assert kept == built
    assert kept.vocabulary is loading.shared_vocabulary(), "data that was held against the one need not be held against the other"
    assert check(centre, kept, as_of="2025-01-01").to_json() == report
    assert kept.citation("staff-2y") == built.citation("staff-2y")
    assert kept.place("staff-2y", "by") == built.place("staff-2y", "by")
    assert kept.written("rules", 0, "id") == built.written("rules", 0, "id")
    assert pickle.loads(pickle.dumps(kept)) == built


def test_a_file_that_has_changed_is_read_anew(rules: Path) -> None:
    assert load_ruleset("zhejiang_2022")["staff-2y"].require.at_least == 300
    file = rules / "zhejiang_2022.yaml"
    file.write_text(file.read_text(encoding="utf-8").replace("{fact: headcount, at_least: 300}", "{fact: headcount, at_least: 301}"), encoding="utf-8")
    assert _again()["staff-2y"].require.at_least == 301


def test_a_damaged_file_is_as_good_as_none(rules: Path) -> None:
    load_ruleset("zhejiang_2022")
    [kept] = (rules / "__pycache__").glob("zhejiang_2022.*.kept")
    whole = kept.read_bytes()
    kept.write_bytes(whole[: len(whole) // 2])
    assert len(_again()) == 78
    assert len(kept.read_bytes()) > len(whole) // 2, "made anew"


class _Evil:
    def __reduce__(self) -> tuple[Any, ...]:
        return partial(print, "run"), ()


def test_nothing_but_a_rule_set_is_loaded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    (tmp_path / "a.yaml").write_text("a", encoding="utf-8")
    keeper = Keeper("a", (tmp_path / "a.yaml",))
    keeper.save(_Evil())
    assert keeper.path.exists()
    assert keeper.load() is None
    assert capsys.readouterr().out == ""


def test_nothing_is_kept_where_python_keeps_nothing(tmp_path: Path) -> None:
    (tmp_path / "a.yaml").write_text("a", encoding="utf-8")
    script = f"import pathlib; from tic_rules.kept import Keeper; Keeper('a', (pathlib.Path({str(tmp_path)!r}) / 'a.yaml',)).save(1)"
    subprocess.run([sys.executable, "-B", "-c", script], check=True)
    assert [path.name for path in tmp_path.iterdir()] == ["a.yaml"]
