"""The work of a team: baselines, expiry, the auditor's view, many files in several processes, settings of a
project."""

from __future__ import annotations

import io
import json
import multiprocessing
import os
import re
import shutil
import subprocess
import sys
import threading
from collections import deque
from concurrent.futures import Future
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from tic_rules import Centre, check, load_ruleset
from tic_rules.cli import main, progress
from tic_rules.cli.run import FileOutcome, Job, how_many, in_order, outcomes
from tic_rules.core.errors import UsageError
from tic_rules.renderers import FORMATS, Options
from tic_rules.results.baseline import KnownFinding, baseline_text, read_baseline
from tic_rules.results.report import VERDICTS

ROOT = Path(__file__).parents[2]
ZHEJIANG, JIANGSU = ROOT / "examples" / "zhejiang.yaml", ROOT / "examples" / "jiangsu.yaml"


def run(*args: str) -> Result:
    return CliRunner().invoke(main, list(args))


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two centres in a folder of their own: zhejiang fails, jiangsu does not."""
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_STEP_SUMMARY", "LC_ALL", "LC_MESSAGES", "LANG", "TIC_RULES_LANG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "centres").mkdir()
    for file in (ZHEJIANG, JIANGSU):
        shutil.copy(file, tmp_path / "centres")
    return tmp_path


def edit(file: str, *changes: tuple[str, str]) -> None:
    path = Path("centres") / file
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert text.count(old) == 1, old
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")


# --- baseline -----------------------------------------------------------------------------------------------


def test_a_rule_that_the_baseline_could_not_know_is_told_apart(folder: Path) -> None:
    """A baseline of 1.0.0 names no rule sets; one of today names them with their versions."""
    run("check", "centres", "--write-baseline", "base.json")
    written = json.loads(Path("base.json").read_text("utf-8"))
    assert written["rulesets"] == {"jiangsu_2020": "2.0.0", "zhejiang_2022": "2.0.0"}
    names = ("ip-layout", "open-sharing")  # of 2.0.0, and of 1.0.0; both wait for a judgement
    ruleset = load_ruleset("zhejiang_2022")
    assert [ruleset[name].new_in for name in names] == ["2.0.0", None]
    left = [entry for entry in written["baseline"] if not entry["rule"].endswith(names)]
    assert len(left) == len(written["baseline"]) - 2
    Path("knows.json").write_text(json.dumps({**written, "baseline": left}), "utf-8")
    Path("old.json").write_text(json.dumps({"schema_version": 1, "baseline": left}), "utf-8")
    ask = ("check", "centres", "--fail-on", "undetermined")
    today = run(*ask, "--baseline", "knows.json")
    assert "new 2" in today.stdout
    assert "rules that are new" not in today.stdout
    before = run(*ask, "--baseline", "old.json")
    assert before.exit_code == 1
    assert "new 1, of rules that are new since 1" in before.stdout
    assert re.findall(
        r"\(new rule since 2\.0\.0\) +(\S+)", run(*ask, "--baseline", "old.json", "-v").stdout
    ) == ["ip-layout"]
    sarif = json.loads(run(*ask, "--baseline", "old.json", "--format", "sarif").stdout)
    since = {
        result["ruleId"]: result["properties"]["newRuleSince"]
        for one in sarif["runs"]
        for result in one["results"]
        if "newRuleSince" in result["properties"]
    }
    assert since == {"zhejiang_2022/ip-layout": "2.0.0"}
    for text in ('["2.0.0"]', '{"zhejiang_2022": "two"}'):
        Path("bad.json").write_text(f'{{"schema_version": 1, "rulesets": {text}, "baseline": []}}', "utf-8")
        bad = run("check", "centres", "--baseline", "bad.json")
        assert bad.exit_code == 2
        assert re.search(r"^bad\.json:1:\d+: .*\[baseline\]", bad.stderr)


def test_only_new_findings_fail() -> None:
    assert run("check", "centres").exit_code == 1
    assert run("check", "centres", "--write-baseline", "base.json").exit_code == 0
    assert run("check", "centres", "--baseline", "base.json").exit_code == 0
    edit("zhejiang.yaml", ("{date: 2024-02-01, value: 320}", "{date: 2024-02-01, value: 290}"))
    worse = run("check", "centres", "--baseline", "base.json")
    assert worse.exit_code == 1
    assert "In the baseline 2, new 1" in worse.stdout
    assert len(re.findall(r"\(baseline\)", worse.stdout)) > 2
    assert "[in principle] (baseline)  investment-2y" in worse.stdout


def test_a_further_item_is_new_one_less_is_not() -> None:
    run("check", "centres", "--write-baseline", "base.json")
    edit("zhejiang.yaml", ('  "6.5": {target: 培养青年骨干和研究生200人}\n', ""))
    assert run("check", "centres", "--baseline", "base.json").exit_code == 1
    edit("zhejiang.yaml", ('  "6.4":', '  "6.5": {target: x}\n  "6.6": {target: x}\n  "6.4":'))
    better = run("check", "centres", "--baseline", "base.json")
    assert better.exit_code == 0
    assert better.stderr == ""


def test_an_entry_without_a_name_is_known_wherever_it_stands() -> None:
    def state(*appointed: str) -> tuple[int, bool]:
        listed = "".join(f"\n    - {{appointed_by_board: {each}}}" for each in appointed)
        changed, count = re.subn(
            r"  chief_scientists:[^\n]*(\n    - [^\n]*)*", f"  chief_scientists:{listed}", data
        )
        assert count == 1
        path.write_text(changed, encoding="utf-8")
        known = run("check", "centres", "--baseline", "base.json")
        return known.exit_code, "new 1" in known.stdout

    path = Path("centres/zhejiang.yaml")
    data = path.read_text(encoding="utf-8")
    run("check", "centres", "--write-baseline", "base.json")
    assert state("true", "false") == (1, True)
    run("check", "centres", "--write-baseline", "base.json")
    assert state("false", "true", "true") == (0, False)
    assert state("false", "true", "false") == (1, True)


def test_what_is_pending_and_then_fails_is_new() -> None:
    run("check", "centres/zhejiang.yaml", "--write-baseline", "base.json")
    assert (
        run("check", "centres/zhejiang.yaml", "--baseline", "base.json", "--fail-on", "on_course").exit_code
        == 0
    )
    late = run(
        "check",
        "centres/zhejiang.yaml",
        "--baseline",
        "base.json",
        "--as-of",
        "2028-01-01",
        "--fail-on",
        "undetermined",
    )
    assert late.exit_code == 1


def test_stale_entries_are_told_and_others_left_alone() -> None:
    run("check", "centres", "--write-baseline", "base.json")
    edit("zhejiang.yaml", ('  "6.4":', '  "6.6": {target: x}\n  "10.7": {target: x}\n  "6.4":'))
    result = run("check", "centres", "--baseline", "base.json")
    assert result.exit_code == 0
    assert re.search(
        r"^base.json: .*zhejiang_2022/indicators \(fail\) of zj-2022-01.*\[stale-baseline\]$",
        result.stderr,
        re.MULTILINE,
    )
    assert run("check", "centres/jiangsu.yaml", "--baseline", "base.json").stderr == "", (
        "the run did not look at the other centre"
    )
    assert run("check", "centres", "--baseline", "base.json", "--phase", "application").stderr == "", (
        "nor at rules of other phases"
    )


def test_a_baseline_is_taken_over() -> None:
    run("check", "centres", "--write-baseline", "base.json")
    before = json.loads(Path("base.json").read_text(encoding="utf-8"))["baseline"]
    edit("zhejiang.yaml", ('  "6.4":', '  "6.6": {target: x}\n  "10.7": {target: x}\n  "6.4":'))
    assert (
        run(
            "check", "centres/jiangsu.yaml", "--baseline", "base.json", "--write-baseline", "base.json"
        ).exit_code
        == 0
    )
    assert json.loads(Path("base.json").read_text(encoding="utf-8"))["baseline"] == before
    run("check", "centres", "--baseline", "base.json", "--write-baseline", "base.json")
    after = json.loads(Path("base.json").read_text(encoding="utf-8"))["baseline"]
    assert [entry for entry in before if entry not in after] == [
        {
            "centre": "zj-2022-01",
            "rule": "zhejiang_2022/indicators",
            "status": "fail",
            "lacking": ["10.7", "6.6"],
            "file": "centres/zhejiang.yaml",
        }
    ]


def test_a_baseline_survives_a_moved_file_and_moved_lines() -> None:
    run("check", "centres", "--write-baseline", "base.json")
    text = Path("centres/zhejiang.yaml").read_text(encoding="utf-8")
    Path("centres/zhejiang.yaml").unlink()
    Path("elsewhere.yaml").write_text("# a line more\n" + text, encoding="utf-8")
    assert run("check", "elsewhere.yaml", "--baseline", "base.json").exit_code == 0


def test_a_new_file_that_repeats_an_id_inherits_nothing() -> None:
    run("check", "centres", "--write-baseline", "base.json")
    entries = json.loads(Path("base.json").read_text("utf-8"))["baseline"]
    assert {entry["file"] for entry in entries} >= {"centres/zhejiang.yaml"}
    shutil.copy("centres/zhejiang.yaml", "centres/another.yaml")
    new = run("check", "centres/another.yaml", "--baseline", "base.json")
    assert (new.exit_code, "stale" in new.stderr) == (1, False)
    assert run("check", "centres", "--baseline", "base.json").exit_code == 1
    assert run("check", "centres/zhejiang.yaml", "--baseline", "base.json").exit_code == 0
    assert run("check", "centres", "--baseline", "base.json", "--write-baseline", "base.json").exit_code == 0
    both = run("check", "centres", "--baseline", "base.json")
    assert (both.exit_code, both.stderr) == (0, "")


_TABLE = "编号,中文名称,所属地区,填报截止日期,批复创建日期\n"
_ROW = ",{},浙江省,2026-06-30,2022-01-20\n"
_LINE = '{{"name": "{}", "jurisdiction": "zhejiang", "approved_on": "2022-01-20"}}\n'


@pytest.mark.parametrize(("file", "head", "row"), [("c.csv", _TABLE, _ROW), ("c.jsonl", "", _LINE)])
def test_centres_of_a_file_without_ids_are_told_apart(file: str, head: str, row: str) -> None:
    """By their names, and where a name comes again by which it is."""
    ask = ("check", file, "--as-of", "2026-06-30")
    Path(file).write_text(head + row.format("甲") + row.format("乙"), "utf-8")
    run(*ask, "--write-baseline", "base.json")
    assert run(*ask, "--baseline", "base.json").exit_code == 0
    for added in ("丙", "乙"):
        Path(file).write_text(head + row.format(added) + row.format("甲") + row.format("乙"), "utf-8")
        new = run(*ask, "--baseline", "base.json")
        assert (new.exit_code, "new 1" in new.stdout) == (1, True)
        results = json.loads(run(*ask, "--format", "sarif").stdout)["runs"][0]["results"]
        assert len({result["fingerprints"]["ticRulesFinding/v1"] for result in results}) == len(results)
    Path(file).write_text(head + row.format("乙") + row.format("甲"), "utf-8")
    assert run(*ask, "--baseline", "base.json").exit_code == 0, "in whatever order"


@pytest.mark.parametrize("jobs", ["1", "2"])
def test_a_second_centre_with_an_id_of_its_file_is_new(jobs: str) -> None:
    line = '{"id": "a", "name": "甲", "jurisdiction": "zhejiang", "approved_on": "2022-01-20"}\n'
    ask = ("check", "c.jsonl", "--as-of", "2026-06-30", "-j", jobs)
    Path("c.jsonl").write_text(line, "utf-8")
    run(*ask, "--write-baseline", "base.json")
    Path("c.jsonl").write_text(line * 2, "utf-8")
    new = run(*ask, "--baseline", "base.json")
    assert (new.exit_code, "new 1" in new.stdout) == (1, True)


def test_a_file_without_an_id_is_the_same_however_it_is_named(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    edit("zhejiang.yaml", ("id: zj-2022-01\n", ""))
    run("check", "centres", "--write-baseline", "base.json")
    for name in (str(folder / "centres"), "centres/../centres", "./centres/zhejiang.yaml"):
        assert run("check", name, "--baseline", "base.json").exit_code == 0, name
    before = run("check", "centres", "--format", "sarif").stdout
    after = run("check", "centres/../centres", "--format", "sarif").stdout
    marks = [re.findall(r'"ticRulesFinding/v1": "(\w+)"', text) for text in (before, after)]
    assert marks[0] == marks[1]
    monkeypatch.chdir("centres")
    assert run("check", ".", "--baseline", "../base.json").exit_code == 0


def test_a_baseline_of_many_thousand_findings_reads_back() -> None:
    entries = [
        KnownFinding(f"c{n}", "a/b", "fail", ("2024",), ("6.1", "6.2"), os.path.abspath("c"))
        for n in range(9_000)
    ]
    text = baseline_text(entries, "base.json", {"a": "1.0.0"})
    Path("base.json").write_text(text, "utf-8")
    baseline = read_baseline("base.json")
    assert sorted(entry for known in baseline.entries.values() for entry in known) == sorted(entries)
    assert baseline.versions == {"a": "1.0.0"}
    for old, new, said in (
        ('"fail"', '"fial"', "/baseline/0 a key or a value does not fit"),
        ('"fail"', '"fail', "base.json:5:"),
        ('"a/b"', r'"\ud800"', "/baseline/0 a key or a value does not fit"),
        ("{", '{"baseline": [],', "key baseline is given twice"),
    ):
        Path("base.json").write_text(text.replace(old, new, 1), "utf-8")
        with pytest.raises(UsageError, match=said):
            read_baseline("base.json")


@pytest.mark.parametrize("day", ["2025-06-01", "2025-03-01"])
def test_a_further_entry_is_new_though_it_falls_due_in_a_known_year(day: str) -> None:
    """Each change is to be filed within 30 days, whatever its year; two of one day are two."""
    data = {"id": "q", "jurisdiction": "example", "approved_on": "2024-02-01", "reported_on": "2025-12-31"}
    ask = ("check", "q.json", "--rules", str(ROOT / "tests" / "operators" / "example_2024.yaml"))

    def write(*days: str) -> None:
        Path("q.json").write_text(json.dumps(data | {"changes": [{"date": d, "filed": False} for d in days]}))

    write("2025-03-01")
    run(*ask, "--write-baseline", "base.json")
    assert '"years": ["2025-03-01"]' in Path("base.json").read_text("utf-8")
    assert run(*ask, "--baseline", "base.json").exit_code == 0
    write("2025-03-01", day)
    assert run(*ask, "--baseline", "base.json").exit_code == 1


def test_an_entry_whose_day_becomes_exact_stays_known() -> None:
    data = {"id": "q", "jurisdiction": "example", "approved_on": "2024-02-01", "reported_on": "2025-12-31"}
    ask = ("check", "q.json", "--rules", str(ROOT / "tests" / "operators" / "example_2024.yaml"))

    def write(*days: str) -> None:
        Path("q.json").write_text(json.dumps(data | {"changes": [{"date": d, "filed": False} for d in days]}))

    write("2025-03", "2025-06")
    run(*ask, "--write-baseline", "base.json")
    for days, status in (
        (("2025-03-10", "2025-06"), 0),
        (("2025-06-30", "2025-03-10"), 0),
        (("2025-03-10", "2025-03-12"), 1),
        (("2025-03-10", "2024-06-12"), 1),
        (("2025-03-10", "2025-06-10", "2025-06-12"), 1),
    ):
        write(*days)
        assert run(*ask, "--baseline", "base.json").exit_code == status, days


def test_a_baseline_that_names_no_files_goes_by_ids() -> None:
    run("check", "centres", "--write-baseline", "base.json")
    text = Path("base.json").read_text("utf-8")
    Path("base.json").write_text(re.sub(r', "file": "[^"]*"', "", text), "utf-8")
    shutil.copy("centres/zhejiang.yaml", "centres/another.yaml")
    assert run("check", "centres", "--baseline", "base.json").exit_code == 0


def test_a_baseline_may_lie_elsewhere_than_where_one_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("ci").mkdir()
    run("check", "centres", "--write-baseline", "ci/base.json")
    assert "../centres/zhejiang.yaml" in Path("ci/base.json").read_text("utf-8")
    monkeypatch.chdir("ci")
    assert run("check", "../centres", "--baseline", "base.json").exit_code == 0


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("", 1),
        ("[]", 1),
        ('{"schema_version": 2, "baseline": []}', 1),
        ('{"schema_version": 1,\n "baseline": [\n {"centre": "x"}]}', 3),
        ('{"schema_version": 1,\n "baseline": [\n {"centre": "x", "rule": "y", "status": "fine"}]}', 3),
        (
            (
                '{"schema_version": 1,\n "baseline": [\n {"centre": "x", "rule": "y", "status": "fail", '
                '"years": '
                '["MMXX"]}]}'
            ),
            3,
        ),
    ],
)
def test_a_broken_baseline_is_told_with_its_line(text: str, line: int) -> None:
    Path("base.json").write_text(text, encoding="utf-8")
    result = run("check", "centres", "--baseline", "base.json")
    assert result.exit_code == 2
    assert result.stderr.startswith(f"base.json:{line}:"), result.stderr
    assert result.stdout == ""


def test_a_baseline_that_is_not_there_is_an_error() -> None:
    result = run("check", "centres", "--baseline", "base.json")
    assert (result.exit_code, "--write-baseline" in result.stderr) == (2, True)


# --- exemptions and attestations ----------------------------------------------------------------------------


def status(rule: str, as_of: str = "2026-06-30") -> tuple[str, list[tuple[str, int]]]:
    report = check(Centre.from_file("centres/zhejiang.yaml"), "zhejiang_2022", as_of=as_of)
    return report[rule].status, [(warning.code, warning.line) for warning in report.warnings]


def test_an_exemption_stands_until_its_last_day() -> None:
    edit(
        "zhejiang.yaml",
        (
            "approved_by: 省科技厅, date: 2024-03-20}",
            "approved_by: 省科技厅, date: 2024-03-20, expires_on: 2026-06-29}",
        ),
    )
    found, warnings = status("teams-2y", "2026-06-30")
    assert (found, [code for code, _ in warnings]) == ("fail", ["expired"])
    assert (
        "expires_on"
        in Path("centres/zhejiang.yaml").read_text(encoding="utf-8").splitlines()[warnings[0][1] - 1]
    )
    edit("zhejiang.yaml", ("expires_on: 2026-06-29", "expires_on: 2026-06-30"))
    assert status("teams-2y", "2026-06-30") == ("exempted", [])


def test_an_attestation_stands_until_its_last_day() -> None:
    edit("zhejiang.yaml", ("evidence: 共建协议}", "evidence: 共建协议, expires_on: 2026-06-29}"))
    found, warnings = status("rights-and-duties")
    assert (found, [code for code, _ in warnings]) == ("needs_review", ["expired"])
    edit("zhejiang.yaml", ("expires_on: 2026-06-29", "expires_on: 2026-06-30"))
    assert status("rights-and-duties") == ("pass", [])


def test_an_expiry_has_to_be_a_day() -> None:
    edit("zhejiang.yaml", ("evidence: 共建协议}", "evidence: 共建协议, expires_on: 2026-06}"))
    result = run("check", "centres/zhejiang.yaml", "--lang", "en")
    assert (result.exit_code, "expires_on must be exact to the day" in result.stderr) == (2, True)


def test_entries_for_unknown_rule_sets_are_told() -> None:
    edit("zhejiang.yaml", ("rule: zhejiang_2022/teams-2y,", "rule: zhejang_2022/teams-2y,"))
    result = run("check", "centres/zhejiang.yaml", "--lang", "en")
    assert re.search(
        r"^centres/zhejiang.yaml:\d+:\d+: /exemptions/0/rule there is no rule set zhejang_2022",
        result.stderr,
        re.MULTILINE,
    )
    assert run("check", "centres/zhejiang.yaml", "--quiet").stderr == ""


def test_the_auditors_view() -> None:
    assert "exempted 1" in run("check", "centres/zhejiang.yaml").stdout
    strict = json.loads(run("check", "centres/zhejiang.yaml", "--no-exemptions", "--format", "json").stdout)[
        "reports"
    ][0]
    assert next(f for f in strict["findings"] if f["rule"].endswith("/teams-2y"))["status"] == "fail"
    assert strict["warnings"] == []


# --- many files ---------------------------------------------------------------------------------------------


@pytest.fixture
def many(folder: Path) -> Path:
    """Twenty centres, three broken files among them, and things that are no centres."""
    place = folder / "many"
    place.mkdir()
    for number in range(20):
        source = (ZHEJIANG, JIANGSU)[number % 2].read_text(encoding="utf-8")
        text = (
            "id: [\n"
            if number in (3, 11, 12)
            else re.sub(r"^id: .*", f"id: c-{number:02}", source, flags=re.MULTILINE)
        )
        (place / f"c{number:02}.yaml").write_text(text, encoding="utf-8")
    (place / "report.json").write_text('{\n  "schema_version": 1,\n  "reports": []\n}', encoding="utf-8")
    return place


@pytest.mark.parametrize("format_", ["text", "json", "jsonl", "sarif", "junit", "github", "markdown"])
def test_processes_change_nothing(many: Path, format_: str) -> None:
    one = run("check", str(many), "--format", format_, "--jobs", "1")
    three = run("check", str(many), "--format", format_, "--jobs", "3")
    assert (one.stdout, one.stderr, one.exit_code) == (three.stdout, three.stderr, three.exit_code)
    assert one.exit_code == 2
    assert one.stderr.count("[yaml]") == 3


def test_results_come_in_the_order_of_the_input(many: Path) -> None:
    files = [str(file) for file in sorted(many.glob("*.yaml"), reverse=True)]
    result = run("check", *files, "--format", "jsonl", "--jobs", "4")
    assert [json.loads(line)["centre"]["id"] for line in result.stdout.splitlines()] == [
        f"c-{n:02}" for n in range(19, -1, -1) if n not in (3, 11, 12)
    ]


def test_the_summary_counts_centres_and_clauses(many: Path) -> None:
    summary = run("check", str(many), "--quiet", "--lang", "en").stdout.split("Summary\n")[1]
    assert re.findall(r"^  ([a-z-]+(?: [a-z]+)*)  +(\d+)$", summary, re.MULTILINE) == [
        ("non-compliant", "9"),
        ("compliant", "8"),
        ("files that could not be checked", "3"),
    ]
    locator = r"[^《》]+ \(trial\) 附件1"
    title = "a target for each of the 43 second-level indicators"
    assert re.search(f"^ +9  {locator} +{title}  zhejiang_2022/indicators$", summary, re.MULTILINE)
    assert "Summary" not in run("check", "centres/jiangsu.yaml").stdout, "one centre needs none"


def test_a_centre_counts_once_with_its_worst_verdict() -> None:
    shutil.copy(ROOT / "examples" / "national.yaml", "centres")
    result = run("check", "centres/national.yaml", "centres/jiangsu.yaml", "--quiet")
    assert len(re.findall(r"^undetermined +国|^undetermined", result.stdout, re.MULTILINE)) >= 1
    assert "  undetermined  1\n  compliant     1\n" in result.stdout.split("Summary\n")[1]


def test_exit_zero_is_for_verdicts_only(many: Path) -> None:
    assert run("check", "centres", "--exit-zero").exit_code == 0
    assert run("check", str(many), "--exit-zero").exit_code == 2


def test_processes_are_started_where_they_pay() -> None:
    assert how_many(5, None) <= 1
    assert how_many(3, 8) == 3
    assert how_many(100_000, None) >= 1


START = """
import multiprocessing, sys
if __name__ == "__main__":
    multiprocessing.set_start_method(sys.argv.pop(1))
    from tic_rules.cli import main
    main()
"""


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_any_way_of_starting_processes_will_do(many: Path, method: str) -> None:
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"this system cannot {method}")
    Path("start.py").write_text(START, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUTF8": "1"}
    command = [sys.executable, "start.py", method, "check", str(many), "--format", "sarif", "--jobs", "2"]
    done = subprocess.run(command, env=environment, capture_output=True, check=False)
    assert done.stdout.decode("utf-8") == run("check", str(many), "--format", "sarif", "--jobs", "1").stdout
    assert done.returncode == 2


def test_only_so_many_files_are_under_way() -> None:
    class Pool:
        """Does the work when it is asked for, and notes how much waits."""

        most = under_way = 0

        def submit(self, function: Any, job: Job, paths: tuple[str, ...]) -> Future[list[FileOutcome]]:
            self.under_way += 1
            self.most = max(self.most, self.under_way)
            done: Future[list[FileOutcome]] = Future()
            done.set_result([FileOutcome(files=int(path)) for path in paths])
            return done

        def shutdown(self, **_: Any) -> None:
            self.under_way = 0

    pool = Pool()
    came = []
    for outcome in in_order(pool, Job(), deque((str(number),) for number in range(1000)), processes=2):  # type: ignore[arg-type]
        pool.under_way -= 1
        came.append(outcome.files)
    assert came == list(range(1000))
    assert pool.most <= 8


@pytest.mark.parametrize("taken", [None, 1])
def test_no_thread_of_the_processes_outlives_them(many: Path, taken: int | None) -> None:
    """One that still ends while the interpreter does closes pipes under its feet: a traceback at exit."""
    before = set(threading.enumerate())
    running = outcomes(Job(outputs=(Options(),)), sorted(map(str, many.iterdir())), jobs=2)
    assert list(islice(running, taken))
    running.close()
    assert set(threading.enumerate()) <= before


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("ci", "wanted", "shows"), [("", True, True), ("true", True, False), ("", False, False)]
)
def test_the_progress_bar_is_for_terminals(
    monkeypatch: pytest.MonkeyPatch, ci: str, wanted: bool, shows: bool
) -> None:
    terminal = Terminal()
    monkeypatch.setattr(sys, "stderr", terminal)
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setattr(progress, "_WAIT", 0.0)
    monkeypatch.setattr(progress, "_EVERY", 0.0)
    bar = progress.Progress(4, wanted=wanted, shared=True)
    bar.step(1)
    bar.make_room()
    bar.step(1)
    bar.clear()
    assert ("1/4" in terminal.getvalue(), "2/4" in terminal.getvalue()) == (shows, shows)
    assert terminal.getvalue().endswith("\r\033[K") == shows


def test_no_progress_bar_off_a_terminal(many: Path) -> None:
    assert "#" not in run("check", str(many), "--format", "jsonl").stderr


# --- outputs ------------------------------------------------------------------------------------------------


def test_several_outputs_in_one_run() -> None:
    result = run(
        "check",
        "centres",
        "--output-format",
        "sarif:out/a.sarif",
        "--output-format",
        "junit:out/a.xml",
        "--format",
        "jsonl",
    )
    assert len(result.stdout.splitlines()) == 2
    assert json.loads(Path("out/a.sarif").read_text(encoding="utf-8"))["version"] == "2.1.0"
    assert Path("out/a.xml").read_text(encoding="utf-8").count("<testsuite ") == 2
    assert result.exit_code == 1


@pytest.mark.parametrize("source", ["centres", "-"])
def test_every_format_in_one_run_says_what_it_says_alone(source: str) -> None:
    pytest.importorskip("jinja2", reason="pages need the extra html")
    pytest.importorskip("xlsxwriter", reason="the extra excel is not installed")
    text = Path("centres/zhejiang.yaml").read_text(encoding="utf-8")
    many = [word for name in FORMATS for word in ("--output-format", f"{name}:{name}")]
    assert (
        CliRunner()
        .invoke(main, ["check", source, *many, "--format", "jsonl", "--output", "out"], input=text)
        .exit_code
        == 1
    )
    assert Path("out").read_bytes() == Path("jsonl").read_bytes()
    for name in FORMATS:
        alone = CliRunner().invoke(
            main, ["check", source, "--format", name, "--output", f"alone-{name}"], input=text
        )
        assert (alone.exit_code, alone.stdout) == (1, ""), name
        written = Path(name).read_bytes()
        assert written, name
        assert written == Path(f"alone-{name}").read_bytes(), name


@pytest.mark.parametrize("fail_on", VERDICTS[:3])
@pytest.mark.parametrize("file", ["centres", "centres/jiangsu.yaml", "nothing.yaml"])
def test_the_format_never_changes_the_exit_status(file: str, fail_on: str) -> None:
    formats = ("text", "json", "jsonl", "markdown", "sarif", "junit", "github")
    assert (
        len({run("check", file, "--fail-on", fail_on, "--format", format_).exit_code for format_ in formats})
        == 1
    )


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--output-format", "fax:a"], "no format fax"),
        (["--output-format", "json", "--output-format", "sarif"], "only one format"),
        (["--format", "json", "--output-format", "sarif"], "only one format"),
        (["--output-format", "json:a", "--output-format", "sarif:./a"], "same file"),
        (["--output", "centres/jiangsu.yaml"], "is not overwritten"),
        (["--output", "centres"], "cannot be written"),
    ],
)
def test_outputs_that_cannot_be(args: list[str], says: str) -> None:
    before = Path("centres/jiangsu.yaml").read_bytes()
    result = run("check", "centres", *args)
    assert (result.exit_code, says in result.stderr) == (2, True), result.output
    assert Path("centres/jiangsu.yaml").read_bytes() == before


# --- settings -----------------------------------------------------------------------------------------------


def test_the_nearest_settings_win() -> None:
    Path("pyproject.toml").write_text(
        '[tool.other]\nx = 1\n[tool.tic-rules]\nfail-on = "on_course"\n', encoding="utf-8"
    )
    shown = json.loads(run("config", "--format", "json").stdout)
    assert shown["settings"]["fail-on"] == {"value": "on_course", "line": 4}
    Path("tic-rules.toml").write_text('as-of = "2026年6月30日"\n', encoding="utf-8")
    shown = json.loads(run("config", "--format", "json").stdout)
    assert Path(shown["file"]).name == "tic-rules.toml"
    assert shown["settings"]["fail-on"] == {"value": "non_compliant", "line": None}
    assert shown["settings"]["as-of"]["value"] == "2026-06-30"


def test_settings_are_defaults_and_paths_start_from_their_file(monkeypatch: pytest.MonkeyPatch) -> None:
    run("check", "centres", "--write-baseline", "base.json")
    Path("tic-rules.toml").write_text('baseline = "base.json"\nlang = "zh"\n', encoding="utf-8")
    Path("deep/er").mkdir(parents=True)
    monkeypatch.chdir("deep/er")
    result = run("check", "../../centres", "--quiet")
    assert (result.exit_code, "汇总" in result.stdout) == (0, True)
    assert "Summary" in run("check", "../../centres", "--lang", "en").stdout, "the command line goes before"
    Path("own.toml").write_text('fail-on = "undetermined"\n', encoding="utf-8")
    assert run("check", "../../centres", "--config", "own.toml").exit_code == 1


def test_rule_sets_by_id_and_by_path() -> None:
    rules = (
        (ROOT / "rules" / "jiangsu_2020.yaml")
        .read_text(encoding="utf-8")
        .replace("id: jiangsu_2020", "id: our_rules", 1)
    )
    Path("ours.yaml").write_text(rules, encoding="utf-8")
    Path("tic-rules.toml").write_text('rules = ["jiangsu_2020", "ours.yaml"]\n', encoding="utf-8")
    lines = run("check", "centres/jiangsu.yaml", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line)["ruleset"]["id"] for line in lines] == ["jiangsu_2020", "our_rules"]


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('fail-onn = "x"', "tic-rules.toml:1:1: fail-onn no setting fail-onn; did you mean fail-on?"),
        ('lang = "en"\nfail-on = "never"', "tic-rules.toml:2:1: fail-on one of non_compliant"),
        ("rules = 3", "a list of rule sets is expected"),
        ("jobs = 0", "a whole number from 1 on"),
        ("baseline = 1", "the path of a file"),
        ('exit-zero = "yes"', "true or false"),
        ("as-of = true", "a date exact to the day is expected"),
        ("as-of = 2026-06-30T10:00:00", "a date exact to the day is expected"),
        ('as-of = "2026-06"', "tic-rules.toml:1:1: as-of a date exact to the day is expected"),
        ("as-of = \n", "tic-rules.toml:1:"),
        ('rules = ["atlantis_2020"]', "atlantis_2020"),
    ],
)
def test_settings_that_do_not_fit_are_told(text: str, says: str) -> None:
    Path("tic-rules.toml").write_text(text, encoding="utf-8")
    result = run("check", "centres")
    assert result.exit_code == 2
    assert says in result.stderr
    assert result.exception is None or isinstance(result.exception, SystemExit)


@pytest.mark.parametrize("target", ["nowhere.toml", "tic-rules.toml"])
def test_settings_that_lead_nowhere_are_told(target: str) -> None:
    Path("tic-rules.toml").symlink_to(target)
    result = run("check", "centres")
    assert (result.exit_code, "tic-rules.toml: cannot be read" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("lang ＝ 1", "应有半角的 ="),
        ("lang = “zh”", "加半角引号"),
        ('lang = "zh', "引号没有成对"),
        ('rules = ["a" "b"]', "缺少 ]"),
        ("jobs = 1\njobs = 2", "写了两次"),
        ("[a", "缺少 ]"),
        ("= 1", "写法不对"),
    ],
)
def test_what_is_no_toml_is_told_in_chinese(text: str, says: str) -> None:
    Path("tic-rules.toml").write_text(text, encoding="utf-8")
    said = run("check", "centres", "--lang", "zh").stderr
    assert re.search(r"tic-rules\.toml:\d+:\d+: TOML 语法错误：", said)
    assert says in said
    assert not re.search("[A-Z][a-z]+ ", said.split("：", 1)[1])


def test_a_rule_set_is_decided_once_and_two_of_one_id_are_refused() -> None:
    text = (ROOT / "rules" / "jiangsu_2020.yaml").read_text("utf-8")
    Path("ours.yaml").write_text(text, "utf-8")
    names = ("jiangsu_2020", "ours.yaml", "centres/../ours.yaml")
    rules = [word for name in names for word in ("--rules", name)]
    assert len(run("check", "centres/jiangsu.yaml", *rules, "--format", "jsonl").stdout.splitlines()) == 1
    Path("ours.yaml").write_text(text + "# a line more\n", "utf-8")
    result = run("check", "centres/jiangsu.yaml", *rules)
    assert (result.exit_code, "ours.yaml both have the id jiangsu_2020" in result.stderr) == (2, True)


@pytest.mark.parametrize(
    "text",
    [
        "this is = = no toml",
        "dependencies = ['tic-rules']\n[tool.ruff] = no toml",
        "requires = ['setuptools']\ndependencies = ['tic-rules']\n= no toml",
        "[tool.ruff]\n[dependency-groups]\ndev = ['tic-rules']\n= no toml",
    ],
)
def test_a_foreign_pyproject_is_left_alone(text: str) -> None:
    Path("pyproject.toml").write_text(text, encoding="utf-8")
    assert run("check", "centres/jiangsu.yaml").exit_code == 0
    assert "No settings file" in run("config", "--lang", "en").stdout
    assert "没有设置文件" in run("config", "--lang", "zh").stdout


@pytest.mark.parametrize(
    "text",
    [
        "[tool.tic-rules]\nlang = 'zh'",
        """[ "tool" . 'tic-rules' ]\nlang = 'zh'""",
        "[tool]\ntic-rules.lang = 'zh'",
        "tool.tic-rules.lang = 'zh'",
        "tool = {ruff = {}, tic-rules = {lang = 'zh'}}",
    ],
)
def test_the_table_of_ours_is_found_in_every_form(text: str) -> None:
    Path("pyproject.toml").write_text("[project]\n" * text.startswith("[") + text, encoding="utf-8")
    assert "没有设置文件" not in run("config", "--lang", "zh").stdout


def test_an_entry_that_names_no_rule_set_is_reported_once_a_report(folder: Path) -> None:
    attestation = "\nattestations:\n- {rule: rd-staff, met: true, by: 甲, date: 2023-01-01, evidence: 证}\n"
    Path("one.yaml").write_text("name: 甲\nreported_on: 2024-01-01" + attestation, encoding="utf-8")
    result = run("check", "one.yaml", "--rules", "zhejiang_2022", "--lang", "en")
    assert "one.yaml:4:10 the rule rd-staff has to be written as zhejiang_2022/" in result.stdout
    assert "no rule set" not in result.output
    Path("one.yaml").write_text(
        Path("one.yaml").read_text(encoding="utf-8").replace("rd-staff", "zhejian_2022/rd-staff"),
        encoding="utf-8",
    )
    result = run("check", "one.yaml", "--rules", "zhejiang_2022", "--lang", "en")
    assert "there is no rule set zhejian_2022" in result.stderr
