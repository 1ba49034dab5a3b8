"""Folders of centres: nothing that may hold one is passed over in silence."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tic_rules import Centre
from tic_rules import check as api_check
from tic_rules.cli import main
from tic_rules.cli.files import expand
from tic_rules.core.errors import Diagnostic

ROOT = Path(__file__).parents[2]
FAILING, PASSING = ROOT / "examples/zhejiang.yaml", ROOT / "examples/jiangsu.yaml"


@pytest.fixture
def centres(tmp_path: Path) -> Path:
    """One centre that does not fail, and a folder beside it with one that does."""
    (tmp_path / "centres").mkdir()
    (tmp_path / "elsewhere").mkdir()
    shutil.copy(PASSING, tmp_path / "centres/a.yaml")
    shutil.copy(FAILING, tmp_path / "elsewhere/b.yaml")
    return tmp_path / "centres"


def check(folder: Path) -> tuple[int, str]:
    done = CliRunner().invoke(main, ["check", str(folder), "--format", "json"])
    return done.exit_code, done.output


def names(folder: Path) -> list[str]:
    broken: list[Diagnostic] = []
    files = [str(Path(file).relative_to(folder)) for file in expand([str(folder)], broken)]
    return files + [fault.code for fault in broken]


def test_a_linked_folder_is_followed_once(centres: Path) -> None:
    assert check(centres)[0] == 0
    (centres / "linked").symlink_to(centres.parent / "elsewhere")
    (centres / "again").symlink_to(centres.parent / "elsewhere")
    (centres / "loop").symlink_to(centres)
    (centres.parent / "elsewhere/up").symlink_to(centres.parent)
    assert check(centres)[0] == 1
    assert len([name for name in names(centres) if name.endswith("b.yaml")]) == 1
    assert len(names(centres)) == 2


@pytest.mark.parametrize("more", ["what-if", "what-if --sweep investment-2y=5亿元..12亿元", "check"])
def test_a_file_that_is_named_twice_is_read_once(centres: Path, more: str) -> None:
    shutil.copy(FAILING, centres / "c.yaml")
    command, *options = more.split()

    def told(*paths: str) -> str:
        return CliRunner().invoke(main, [command, *paths, *options, "--lang", "en"]).output

    once = told(str(centres))
    assert told(str(centres), str(centres / "c.yaml"), f"{centres}/../centres/c.yaml") == once
    assert once


def test_a_folder_that_cannot_be_read_is_told(centres: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (centres / "closed").mkdir()
    shutil.copy(FAILING, centres / "closed/b.yaml")
    scan = os.scandir

    def denied(folder: Any) -> Any:
        if str(folder).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(folder))
        return scan(folder)

    monkeypatch.setattr(os, "scandir", denied)
    status, output = check(centres)
    assert status == 2
    assert "closed" in output


@pytest.mark.parametrize("kind", ["dangling", "itself", "pipe"])
def test_what_stands_in_the_place_of_a_file_is_told(kind: str, centres: Path) -> None:
    if kind == "pipe":
        os.mkfifo(centres / "b.yaml")
    else:
        (centres / "b.yaml").symlink_to("b.yaml" if kind == "itself" else "gone.yaml")
    status, output = check(centres)
    assert status == 2
    assert "b.yaml" in output


def test_lists_beside_a_table_are_read_with_it(tmp_path: Path) -> None:
    for name in (
        "c.csv",
        "c.contributions.csv",
        "c_资金投入.tsv",
        "c-x.csv",
        "d.contributions.csv",
        "c1.csv",
    ):
        (tmp_path / name).write_text("id\nx\n", "utf-8")
    assert names(tmp_path) == ["c-x.csv", "c.csv", "c1.csv", "d.contributions.csv"]


@pytest.mark.parametrize("name", ["c.contributions.csv", "c_资金投入.csv", "c-contributions.tsv"])
def test_a_list_that_is_named_by_hand_is_read_with_its_table(name: str, tmp_path: Path) -> None:
    for file in ("c.csv", "c-x.csv", name):
        (tmp_path / file).write_text("id\nx\n", "utf-8")
    for file, read in ((name, "c.csv"), ("c-x.csv", "c-x.csv")):
        assert list(expand([str(tmp_path / file)], [])) == [str(tmp_path / read)]


@pytest.mark.parametrize(
    ("name", "raw"),
    [("a.xls", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), ("a.et", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"),
     ("a.ods", b"PK\x03\x04mimetypeapplication/vnd.oasis.opendocument.spreadsheet"),
     ("a.XLSB", b"PK\x03\x04 xl/workbook.bin")],
)  # fmt: skip
def test_a_workbook_that_cannot_be_read_is_told(name: str, raw: bytes, centres: Path) -> None:
    (centres / "notes.docx").write_bytes(b"PK\x03\x04")
    assert check(centres)[0] == 0
    (centres / name).write_bytes(raw)
    status, told = check(centres)
    assert status == 2
    assert name in told
    assert "save it as .xlsx" in told or "另存为" in told


def test_rule_files_in_a_folder_are_no_centres(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    made_up = {"jiangsu.yaml", "national.yaml", "zhejiang.yaml"}
    real = {f"real/{name}" for name in os.listdir(ROOT / "examples/real") if name.endswith(".yaml")}
    assert set(names(tmp_path / "examples")) == made_up | real
    assert names(tmp_path / "examples/provinces") == ["no-files"]
    centre = PASSING.read_text(encoding="utf-8")
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd/a.yaml").write_text(centre + "\nrules: [a]\n", encoding="utf-8")
    assert names(tmp_path / "odd") == ["a.yaml"]


@pytest.mark.parametrize(
    "text",
    [
        '{"reported_on": "2026-06-30", "id": "x"}',
        '{"jurisdiction": "zhejiang"}',
        '\ufeff{"id": "x"}',
        '[{"name": "x"}]',
        '{"$schema": "centre.schema.json", "id": "x"}',
        '{"reported_on": "2026-06-30", "id": ',
    ],
)
def test_json_on_one_line_is_a_centre_as_on_several(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(text, "utf-8")
    (tmp_path / "a.yaml").write_text(text, "utf-8")
    assert names(tmp_path) == ["a.json", "a.yaml"]


def test_json_that_the_program_writes_is_no_centre(tmp_path: Path) -> None:
    report = api_check(Centre.from_file(FAILING), "zhejiang_2022", as_of="2026-06-30")
    (tmp_path / "report.json").write_text(report.to_json(indent=None), "utf-8")
    for ending in ("jsonl", "ndjson"):
        written = CliRunner().invoke(main, ["check", str(FAILING), "--format", "jsonl"]).stdout
        (tmp_path / f"reports.{ending}").write_text(written, "utf-8")
    (tmp_path / "figures.json").write_text('{"reported_on": "2021", "centres": 20}', "utf-8")
    (tmp_path / "other.json").write_text('{"version": 1}', "utf-8")
    for name, words in {
        "reports": ["check", str(FAILING), "--format", "json"],
        "runs": ["check", str(FAILING), "--format", "sarif"],
        "baseline": ["check", str(FAILING), "--write-baseline", str(tmp_path / "b.json")],
        "schema": ["schema", "centre"],
    }.items():
        written = CliRunner().invoke(main, words).stdout
        if name != "baseline":
            (tmp_path / f"{name}.json").write_text(json.dumps(json.loads(written)), "utf-8")
    assert names(tmp_path) == ["no-files"]
