"""tic-rules verify: a report decided again comes to the same, or the program says what changed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from tic_rules import Centre, check
from tic_rules.cli import main

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
RULES = ROOT / "rules" / "zhejiang_2022.yaml"


def run(*words: str | Path) -> tuple[int, str, str]:
    done = CliRunner().invoke(main, [str(word) for word in words])
    return done.exit_code, done.stdout, done.stderr


def written(file: Path, *words: str | Path, format_: str = "json") -> Path:
    """The reports of a run, in a file."""
    code, _, said = run("check", *words, "--format", format_, "--output", file)
    assert code in (0, 1), said
    return file


@pytest.fixture
def centre(tmp_path: Path) -> Path:
    file = tmp_path / "centre.yaml"
    file.write_bytes((EXAMPLES / "zhejiang.yaml").read_bytes())
    return file


def told(*words: str | Path) -> tuple[int, list[dict[str, Any]]]:
    code, out, _ = run("verify", *words, "--format", "json")
    return code, json.loads(out)["verified"]


def test_in_another_process_and_folder(tmp_path: Path) -> None:
    """What one machine wrote, another decides again: the file stands elsewhere there."""
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    program = [sys.executable, "-m", "tic_rules"]
    given = {"cwd": EXAMPLES, "env": environment, "capture_output": True, "text": True}
    report = subprocess.run([*program, "check", "zhejiang.yaml", "--format", "json"], **given).stdout  # type: ignore[call-overload]
    (tmp_path / "report.json").write_text(report, encoding="utf-8")
    given["cwd"] = tmp_path
    alone = subprocess.run([*program, "verify", "report.json"], **given)  # type: ignore[call-overload]
    assert (alone.returncode, alone.stdout) == (2, "")
    assert "zhejiang.yaml" in alone.stderr
    done = subprocess.run([*program, "verify", "report.json", str(EXAMPLES / "zhejiang.yaml")], **given)  # type: ignore[call-overload]
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == "浙江省示例电路技术创新中心 · zhejiang_2022 · 2026-06-30: the same\n"


@pytest.mark.parametrize("format_", ["json", "jsonl"])
def test_every_report_of_a_run(tmp_path: Path, format_: str) -> None:
    names = ["zhejiang.yaml", "jiangsu.yaml", "national.yaml", "real"]
    file = written(tmp_path / "reports", *(EXAMPLES / name for name in names), format_=format_)
    code, results = told(file)
    assert code == 0
    assert len(results) > 5
    assert all(result["same"] and not result["causes"] for result in results)


def test_engines_settings_phases_and_rule_files(tmp_path: Path, centre: Path) -> None:
    mine = tmp_path / "mine.yaml"
    mine.write_text("# mine\n" + RULES.read_text(encoding="utf-8"), encoding="utf-8")
    for options in (
        ["--engine", "compiled"],
        ["--no-exemptions"],
        ["--phase", "construction"],
        ["--rules", mine],
        ["--as-of", "2025-01-01"],
    ):
        file = written(tmp_path / "report.json", centre, *options)
        assert told(file)[0] == 0, options
    assert told(file, "--engine", "compiled")[0] == 0


def test_a_programme_with_its_centres(tmp_path: Path, centre: Path) -> None:
    figures = EXAMPLES / "programme_zhejiang.yaml"
    file = written(tmp_path / "reports.json", centre, "--programme", figures, "--rules", "zhejiang_2022")
    code, results = told(file)
    assert (code, [result["centre"] is None for result in results]) == (0, [False, True])
    data = json.loads(file.read_text(encoding="utf-8"))
    data["reports"] = data["reports"][1:]
    file.write_text(json.dumps(data), encoding="utf-8")
    code, [alone] = told(file)
    assert (code, [cause["what"] for cause in alone["causes"]]) == (1, ["centres"])


def test_tables_and_data_given_in_python(tmp_path: Path) -> None:
    table = tmp_path / "centres.csv"
    table.write_text(
        "id,name,jurisdiction,reported_on,term_years\na,甲,zhejiang,2026-06-30,3\nb,乙,zhejiang,2026-06-30,5\n",
        encoding="utf-8",
    )
    file = written(tmp_path / "reports.json", table)
    assert [result["same"] for result in told(file)[1]] == [True, True]
    data = {"id": "x", "reported_on": "2026-06-30", "term_years": 3}
    file.write_text(check(data, "zhejiang_2022").to_json(), encoding="utf-8")
    assert run("verify", file)[0] == 2
    (tmp_path / "x.json").write_text(json.dumps(data), encoding="utf-8")
    code, [result] = told(file, tmp_path / "x.json")
    assert (code, result["causes"], result["differences"]) == (0, [], []), (
        "the values are the same, wherever they stand"
    )


def test_changed_data_is_named(tmp_path: Path, centre: Path) -> None:
    file = written(tmp_path / "report.json", centre)
    text = centre.read_text(encoding="utf-8")
    assert "amount: " in text
    changed = text.replace("amount: ", "amount: 9", 1)
    centre.write_text(changed, encoding="utf-8")
    code, [result] = told(file)
    assert (code, result["same"]) == (1, False)
    assert [cause["what"] for cause in result["causes"]] == ["data"]
    moved = {one["rule"]: one for one in result["differences"] if one["key"] == "status"}
    assert (moved["investment-2y"]["then"], moved["investment-2y"]["now"]) == ("fail", "pass")
    code, out, _ = run("verify", file, "--lang", "zh")
    assert code == 1
    assert "结果不同" in out
    assert "中心数据已变" in out
    assert "  investment-2y：判定 不符合 → 符合；" in out
    code, out, _ = run("verify", file, "--lang", "en")
    assert "  investment-2y: status fail → pass; " in out
    assert "the centre's data: changed" in out


def test_a_changed_rule_file_is_named(tmp_path: Path, centre: Path) -> None:
    mine = tmp_path / "mine.yaml"
    text = RULES.read_text(encoding="utf-8")
    mine.write_text(text, encoding="utf-8")
    file = written(tmp_path / "report.json", centre, "--rules", mine)
    mine.write_text(text.replace("at_least: 10亿元", "at_least: 8亿元", 1), encoding="utf-8")
    assert run("verify", file, "--rules", "zhejiang_2022")[0] == 0, (
        "what decided says the same under another name"
    )
    code, [result] = told(file)
    assert (code, [cause["what"] for cause in result["causes"]]) == (1, ["rules"])
    code, [result] = told(file, "--rules", mine)
    assert (code, [cause["what"] for cause in result["causes"]]) == (1, ["rules"])
    assert "investment-2y" in {one["rule"] for one in result["differences"]}


def edited(file: Path, centre: Path, path: tuple[Any, ...], value: Any) -> Path:
    """A report of the centre with another value at a path."""
    data = json.loads(written(file, centre).read_text(encoding="utf-8"))
    at = data["reports"][0]
    for part in path[:-1]:
        at = at[part]
    at[path[-1]] = value
    file.write_text(json.dumps(data), encoding="utf-8")
    return file


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("verdict",), "compliant"),
        (("findings", 3, "status"), "exempted"),
        (("findings", 3, "message", "zh"), "改过"),
        (("findings", 3, "citation", "quote"), "改过"),
        (("as_of",), "2026-06-29"),
        (("summary", "pass"), True),
    ],
)
def test_an_edited_report_is_not_the_same(
    tmp_path: Path, centre: Path, path: tuple[Any, ...], value: Any
) -> None:
    file = edited(tmp_path / "report.json", centre, path, value)
    code, [result] = told(file)
    assert (code, result["same"], result["causes"]) == (1, False, [])
    assert (
        path[-1] == "as_of" or "nothing it depends on has changed" in run("verify", file, "--lang", "en")[1]
    )


def test_the_version_and_keys_that_were_not_written_yet_are_no_difference(
    tmp_path: Path, centre: Path
) -> None:
    file = written(tmp_path / "report.json", centre)
    data = json.loads(file.read_text(encoding="utf-8"))
    [report] = data["reports"]
    report["tool"] = {"name": "tic-rules", "version": "0.0.9", "engine": "durable"}
    code, [result] = told_of(file, data)
    assert (code, result["same"], result["causes"]) == (
        0,
        True,
        [{"what": "version", "then": "0.0.9", "now": "0.1.0"}],
    )
    del report["provenance"], report["findings"][0]["remedy"]
    assert told_of(file, data)[0] == 0
    report["findings"][0]["invented"] = 1
    assert told_of(file, data)[0] == 1
    del report["findings"][0]
    assert told_of(file, data)[0] == 1


def told_of(file: Path, data: Any) -> tuple[int, list[dict[str, Any]]]:
    file.write_text(json.dumps(data), encoding="utf-8")
    return told(file)


@pytest.mark.parametrize(
    "text",
    ["", "{}", "[]", "3", "null", "x", '{"reports": []}', '{"reports": 3}', '{"reports": [{}]}',
        "[" * 100_000, "\xff",
     (
         '{"tool": {}, "ruleset": {}, "as_of": "2026-06-30", "findings": [], "consequences": [], "warnings": '
         '[]}'
     )],
)  # fmt: skip
def test_what_is_no_report_is_refused(tmp_path: Path, text: str) -> None:
    file = tmp_path / "report.json"
    file.write_bytes(text.encode("latin-1"))
    code, out, said = run("verify", file, EXAMPLES / "zhejiang.yaml")
    assert (code, out) == (2, "")
    assert "report.json" in said
    assert "unforeseen" not in said


@pytest.mark.parametrize(
    ("path", "value"),
    [
        (("as_of",), "someday"), (("as_of",), 3), (("ruleset", "id"), "nowhere"), (("ruleset", "id"), None),
        (("centre",), 3),
        (("centre",), {}), (("provenance",), 3), (("provenance", "data"), None),
        (("provenance", "rules"), []),
        (("provenance", "settings"), "x"), (("findings", 0, "rule"), 3), (("findings", 0), None),
        (("findings",), {}),
        (("provenance", "settings", "phase"), "nowhere"), (("tool",), None),
    ],
)  # fmt: skip
def test_a_report_with_hostile_values_is_no_crash(
    tmp_path: Path, centre: Path, path: tuple[Any, ...], value: Any
) -> None:
    file = edited(tmp_path / "report.json", centre, path, value)
    code, _, said = run("verify", file, centre)
    assert code in (1, 2)
    assert "unforeseen" not in said


def test_a_file_that_is_gone_and_an_output_over_the_report(tmp_path: Path, centre: Path) -> None:
    file = written(tmp_path / "report.json", centre)
    assert run("verify", file, "--output", file)[0] == 2
    assert run("verify", file, "--output", centre)[0] == 2
    assert run("verify", file, "--output", tmp_path / "out.txt")[0] == 0
    assert "the same" in (tmp_path / "out.txt").read_text(encoding="utf-8")
    centre.unlink()
    code, _, said = run("verify", file)
    assert code == 2
    assert "give CENTRE" in said
    assert run("verify", tmp_path / "none.json")[0] == 2


def test_a_report_names_no_file_that_is_not_data(tmp_path: Path, centre: Path) -> None:
    """A report that somebody sent opens nothing but what may be data."""
    file = written(tmp_path / "report.json", centre)
    data = json.loads(file.read_text(encoding="utf-8"))
    (tmp_path / "secret").write_text("a: 1", encoding="utf-8")
    data["reports"][0]["centre"]["file"] = str(tmp_path / "secret")
    file.write_text(json.dumps(data), encoding="utf-8")
    assert run("verify", file)[0] == 2


def test_what_a_report_says_reaches_no_terminal_as_a_command(tmp_path: Path) -> None:
    data = {"id": "x", "name": "\x1b[31m##[add-mask]x", "reported_on": "2026-06-30"}
    (tmp_path / "x.json").write_text(json.dumps(data), encoding="utf-8")
    centre = Centre.from_file(tmp_path / "x.json")
    (tmp_path / "r.json").write_text(check(centre, "zhejiang_2022").to_json(), encoding="utf-8")
    code, out, _ = run("verify", tmp_path / "r.json")
    assert code == 0
    assert "\x1b" not in out
    assert "##[" not in out


@pytest.mark.parametrize("form", [2, "1", None])
def test_reports_of_another_schema_version_are_refused_by_it(
    centre: Path, tmp_path: Path, form: object
) -> None:
    file = written(tmp_path / "report.json", centre)
    reports = json.loads(file.read_text(encoding="utf-8"))
    file.write_text(json.dumps({**reports, "schema_version": form}), encoding="utf-8")
    code, out, said = run("verify", file, "--lang", "en")
    assert (code, out) == (2, "")
    assert f"reports of schema_version {json.dumps(form)}, and this program knows 1: use the version" in said
    file.write_text(json.dumps(reports["reports"][0]), encoding="utf-8")
    assert run("verify", file)[0] == 0, "a report alone says no version"
