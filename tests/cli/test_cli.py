"""The program as people and CI call it: exit statuses, standard input, folders, languages, narrow and odd
terminals."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from tic_rules import Centre, check, shipped_ids
from tic_rules.cli import COMMANDS, main
from tic_rules.renderers.text import cells, cut, fitted

ROOT = Path(__file__).parents[2]
ZHEJIANG, JIANGSU = str(ROOT / "examples" / "zhejiang.yaml"), str(ROOT / "examples" / "jiangsu.yaml")


def run(*args: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(main, list(args), input=stdin)


@pytest.mark.parametrize(
    ("args", "status"),
    [
        (["check", JIANGSU], 0),
        (["check", ZHEJIANG], 1),
        (["check", ZHEJIANG, JIANGSU], 1),
        (["check", ZHEJIANG, "--phase", "application"], 0),
        (["check", ZHEJIANG, "--phase", "term_end"], 0),
        (["check", ZHEJIANG, "--phase", "term_end", "--fail-on", "undetermined"], 1),
        (["check", JIANGSU, "--fail-on", "on_course"], 0),
        (["check", "nothing.yaml"], 2),
        (["check", JIANGSU, "nothing.yaml"], 2),
        (["check", JIANGSU, "--rules", "atlantis_2020"], 2),
        (["check", JIANGSU, "--as-of", "yesterday"], 2),
        (["check", JIANGSU, "--as-of", "2021"], 2),
        (["check", JIANGSU, "--as-of", "2019-01-01"], 2),
        (["check", JIANGSU, "--format", "telegram"], 2),
        (["check"], 2),
        (["rules"], 0),
        (["rules", "zhejiang_2022"], 0),
        (["rules", "nowhere"], 2),
        (["explain", "zhejiang_2022/investment-2y"], 0),
        (["explain", "no-such-rule"], 2),
        (["schema", "centre"], 0),
        (["schema", "report"], 0),
        (["schema", "ruleset"], 0),
        (["chekc"], 2),
    ],
)
def test_exit_statuses(args: list[str], status: int) -> None:
    result = run(*args)
    assert result.exit_code == status, result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)


def test_an_as_of_day_is_typed_as_a_report_prints_it() -> None:
    ask = ("check", ZHEJIANG, "--quiet", "--as-of")
    assert run(*ask, "2026年6月30日").stdout == run(*ask, "2026-06-30").stdout != ""
    for wrong in ("2026-06", "2026-02-30", "3/4/2026"):
        said = run(*ask, wrong, "--lang", "zh")
        assert "--as-of' 的取值不对：应为精确到日的日期，例：2026-06-30、2026年6月30日" in said.stderr
        assert (said.exit_code, f"not '{wrong}'" in run(*ask, wrong, "--lang", "en").stderr) == (2, True)


def test_none_in_force_names_the_earliest_day() -> None:
    result = run("check", JIANGSU, "--as-of", "2019-01-01", "--lang", "en")
    assert "2020-12-03" in result.stderr


def test_a_rule_set_asked_for_by_name_is_applied_all_the_same_with_a_warning() -> None:
    report = json.loads(
        run("check", JIANGSU, "--rules", "jiangsu_2020", "--as-of", "2019-01-01", "--format", "json").stdout
    )["reports"][0]
    assert "not-in-force" in [warning["code"] for warning in report["warnings"]]


def test_json_and_json_lines_hold_the_same_reports() -> None:
    whole = json.loads(run("check", ZHEJIANG, JIANGSU, "--format", "json").stdout)
    lines = [
        json.loads(line) for line in run("check", ZHEJIANG, JIANGSU, "--format", "jsonl").stdout.splitlines()
    ]
    assert whole["schema_version"] == 1
    assert whole["reports"] == lines
    assert [report["centre"]["id"] for report in lines] == ["zj-2022-01", lines[1]["centre"]["id"]]


def test_no_report_is_still_json() -> None:
    result = run("check", "nothing.yaml", "--format", "json")
    assert result.exit_code == 2
    made = json.loads(result.stdout)
    assert (made["schema_version"], made["reports"]) == (1, [])
    (unusable,) = made["unusable"]
    assert (unusable["file"], [fault["code"] for fault in unusable["diagnostics"]]) == (
        "nothing.yaml",
        ["unreadable"],
    )


def test_standard_input_and_output_file(tmp_path: Path) -> None:
    text = Path(JIANGSU).read_text(encoding="utf-8")
    result = run(
        "check", "-", "--format", "json", "--output", str(tmp_path / "deep" / "report.json"), stdin=text
    )
    assert result.exit_code == 0
    assert result.stdout == ""
    report = json.loads((tmp_path / "deep" / "report.json").read_text(encoding="utf-8"))["reports"][0]
    assert report["centre"]["file"] == "<stdin>"
    assert report["findings"][0]["rule"] == "jiangsu_2020/positioning"


@pytest.mark.parametrize(
    ("args", "name", "begins"),
    [(["check", ZHEJIANG], "a.html", b"<!DOCTYPE"), (["check", ZHEJIANG], "a.JSON", b"{"),
     (["check", ZHEJIANG], "a.md", b"## "), (["check", ZHEJIANG], "a.xlsx", b"PK"),
     (["check", ZHEJIANG, "--format", "text"], "a.html", "浙江".encode()),
     (["check", ZHEJIANG], "a.txt", "浙江".encode()), (["check", ZHEJIANG], "a", "浙江".encode()),
     (["plan", ZHEJIANG], "a.html", b"<!DOCTYPE"),
     (["diff", "jiangsu_2020", "zhejiang_2022"], "a.docx", b"PK"),
     (["coverage", "zhejiang_2022"], "a.json", b"{")],
)  # fmt: skip
def test_the_name_of_the_output_says_the_format(
    args: list[str], name: str, begins: bytes, tmp_path: Path
) -> None:
    run(*args, "--output", str(tmp_path / name))
    assert (tmp_path / name).read_bytes().startswith(begins)


def test_a_name_of_what_is_not_written_is_refused(tmp_path: Path) -> None:
    for command, name in (("check", "a.pdf"), ("plan", "a.docx")):
        done = run(command, ZHEJIANG, "--output", str(tmp_path / name))
        assert done.exit_code == 2
        assert f"{name}: this is not written as such a file" in done.output
        assert not (tmp_path / name).exists()


def test_a_format_of_the_settings_goes_before_the_name(tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text('format = "sarif"\n', "utf-8")
    run("check", ZHEJIANG, "--config", str(tmp_path / "s.toml"), "--output", str(tmp_path / "a.json"))
    assert "sarif" in (tmp_path / "a.json").read_text("utf-8")[:200]


def test_json_on_standard_input() -> None:
    result = run(
        "check",
        "-",
        "--rules",
        "jiangsu_2020",
        "--as-of",
        "2024-01-01",
        "--format",
        "json",
        stdin='{"id": "x", "legal": {"independent": true}, "stage": "approved"}',
    )
    finding = next(
        f
        for f in json.loads(result.stdout)["reports"][0]["findings"]
        if f["rule"] == "jiangsu_2020/legal-entity"
    )
    assert finding["status"] == "pass"
    assert (finding["data"][0]["file"], finding["data"][0]["line"]) == ("<stdin>", 1)


def test_yaml_in_one_line_on_standard_input() -> None:
    result = run("check", "-", "--rules", "jiangsu_2020", "--as-of", "2024-01-01", stdin='{id: x, name: "a"}')
    assert result.exit_code == 0, result.stderr


def test_several_rule_sets_give_one_report_each() -> None:
    result = run("check", JIANGSU, "--rules", "jiangsu_2020", "--rules", "zhejiang_2022", "--format", "json")
    assert [report["ruleset"]["id"] for report in json.loads(result.stdout)["reports"]] == [
        "jiangsu_2020",
        "zhejiang_2022",
    ]


def test_a_folder_is_every_centre_file_below_it() -> None:
    result = run("check", str(ROOT / "examples"), "--format", "jsonl")
    files = {json.loads(line)["centre"]["file"] for line in result.stdout.splitlines()}
    assert {Path(file).name for file in files} == {
        "zhejiang.yaml",
        "jiangsu.yaml",
        "national.yaml",
        "zj-fos.yaml",
        "zj-textile.yaml",
        "nat-gan.yaml",
        "nat-rail.yaml",
    }


def test_a_programme_is_decided_beside_its_centres() -> None:
    figures = str(ROOT / "examples" / "programme_zhejiang.yaml")
    result = run("check", ZHEJIANG, "--programme", figures, "--rules", "zhejiang_2022", "--format", "json")
    report = json.loads(result.stdout)["reports"][-1]
    assert report["centre"] is None
    assert report["programme"] == {"file": figures, "centres": 1}
    told = {finding["rule"]: finding["status"] for finding in report["findings"]}
    assert told["zhejiang_2022/programme-count"] != "not_applicable"
    shown = run("check", ZHEJIANG, JIANGSU, "--programme", figures, "--lang", "en", "--quiet").stdout
    assert shown.partition("Summary")[2].split()[:4] == [
        "non-compliant",
        "1",
        "compliant",
        "1",
    ]
    assert told["zhejiang_2022/positioning"] == "not_applicable"


def test_a_centre_of_two_files_counts_once_in_a_programme(tmp_path: Path) -> None:
    head = "id: z1\njurisdiction: zhejiang\n"
    (tmp_path / "a.yaml").write_text(f"{head}approved_on: 2022-03-01\nreported_on: 2025-03-31\n")
    (tmp_path / "b.yaml").write_text(f"{head}approved_on: 2026-03-01\nreported_on: 2025-01-31\n")
    figures = tmp_path / "c" / "figures.yaml"
    figures.parent.mkdir()
    figures.write_text("jurisdiction: zhejiang\nreported_on: 2025-12-31\n")
    files = [str(tmp_path / "a.yaml"), str(tmp_path / "b.yaml"), "--programme", str(figures)]
    result = run("check", *files, "--rules", "zhejiang_2022", "--as-of", "2025-12-31", "--format", "json")
    report = json.loads(result.stdout)["reports"][-1]
    told = {finding["rule"]: finding["observed"] for finding in report["findings"]}
    assert (report["programme"]["centres"], told["zhejiang_2022/programme-count"]["low"]) == (1, "1")
    assert [one["code"] for one in report["warnings"]] == ["several-files"]


def test_the_language_follows_the_locale(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LC_ALL", "zh_CN.UTF-8")
    assert "结论" in run("check", ZHEJIANG).stdout
    monkeypatch.setenv("LC_ALL", "de_DE.UTF-8")
    assert "Verdict" in run("check", ZHEJIANG).stdout
    assert "结论" in run("check", ZHEJIANG, "--lang", "zh").stdout


def test_a_typical_centre_fits_on_a_screen_and_verbose_unfolds_it() -> None:
    short, long = (
        run("check", ZHEJIANG, "--lang", "zh").stdout,
        run("check", ZHEJIANG, "--lang", "zh", "--verbose").stdout,
    )
    assert len(short.splitlines()) <= 50
    assert "已折叠" in short
    assert "已折叠" not in long
    assert len(long.splitlines()) > 100


def test_worst_comes_first() -> None:
    text = run("check", ZHEJIANG, "--lang", "zh").stdout
    order = [text.index(sign) for sign in ("✗ 不符合", "◇ 待评审", "◷ 待完成", "– 鼓励")]
    assert order == sorted(order)


def test_chinese_stands_in_columns() -> None:
    lines = [
        line
        for line in run("check", ZHEJIANG, "--lang", "zh").stdout.splitlines()
        if line.startswith("  ") and line.strip()[0] in "一二三四五"
    ]
    starts = {cells(line[: len(line) - len(line.lstrip().split(maxsplit=1)[1])]) for line in lines}
    assert len(starts) == 1
    assert cut("浙江省技术创新中心", 7) == "浙江省…"


@pytest.mark.parametrize("width", range(20, 81))
def test_a_mark_at_the_end_of_a_line_stays_within_the_width(width: int) -> None:
    text = "批复创建后2年内各类资金投入合计未达到10亿元；现有8.5亿元，要求≥10亿元，差1.5亿元。"
    lines = fitted(text, width)
    assert "".join(lines) == text
    assert max(map(cells, lines)) <= width


def program(*args: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    env = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **environment}
    return subprocess.run(
        [sys.executable, "-m", "tic_rules", *args], capture_output=True, env=env, cwd=ROOT, check=False
    )


@pytest.mark.parametrize("encoding", ["gbk", "ascii", "latin-1", "cp437", "cp1251"])
def test_a_console_that_is_not_utf8_never_crashes_it(encoding: str) -> None:
    done = program("check", ZHEJIANG, "--lang", "zh", PYTHONIOENCODING=encoding)
    assert done.returncode == 1, done.stderr
    assert b"Traceback" not in done.stderr
    if encoding == "gbk":
        assert "结论：不合规" in done.stdout.decode("gbk")
        assert "× 不符合 (2)" in done.stdout.decode("gbk")
        compared = program("diff", "jiangsu_2020", "zhejiang_2022", "--lang", "zh", PYTHONIOENCODING=encoding)
        assert [b"\\u" in one.stdout for one in (done, compared)] == [False, False]


@pytest.mark.parametrize("encoding", ["cp1252", "shift_jis"])
def test_what_a_console_has_no_signs_for_is_shown_as_escapes(encoding: str) -> None:
    for words in (["--help"], ["--help", "--lang", "zh"]):
        done = program(*words, PYTHONIOENCODING=encoding)
        assert (done.returncode, done.stderr) == (0, b"")
        assert b"\\u672f" in done.stdout
    refused = program("check", "nowhere.yaml", "--lang", "zh", PYTHONIOENCODING=encoding)
    assert refused.returncode == 2
    assert b"\\u8bfb" in refused.stderr


def test_no_colour_where_it_is_redirected() -> None:
    assert b"\x1b[" not in program("check", ZHEJIANG).stdout


def test_colour_on_a_terminal_unless_no_color_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    from tic_rules.cli import common

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    assert common.colour_wanted(None)
    assert not common.colour_wanted("file.txt")
    monkeypatch.setenv("NO_COLOR", "1")
    assert not common.colour_wanted(None)


def test_a_coloured_report_says_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    from tic_rules.renderers import Options, text
    from tic_rules.renderers.sinks import leave

    monkeypatch.delenv("NO_COLOR", raising=False)
    monkeypatch.setenv("TERM", "xterm")
    report = check(Centre.from_file(ZHEJIANG), "zhejiang_2022", as_of="2026-06-30")
    plain, coloured = (text.piece(report, Options(colour=colour)) for colour in (False, True))
    assert "\x1b[1;31m" in coloured
    assert leave("text", coloured, colour=True) == coloured
    bare = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in bare.splitlines()] == plain.splitlines()


def test_a_workbook_is_not_written_to_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    from tic_rules.cli import common, outputs
    from tic_rules.core.errors import UsageError

    monkeypatch.setattr("sys.stdout.isatty", lambda: True, raising=False)
    with pytest.raises(UsageError, match="not for a terminal"):
        common.write_bytes(b"PK", None)
    with pytest.raises(UsageError, match="not for a terminal"):
        outputs.placed([outputs.Target("xlsx", None)], ["centre.yaml"], None)


@pytest.mark.parametrize("ruleset", shipped_ids())
def test_init_writes_a_file_that_loads_and_of_which_nothing_is_known(ruleset: str, tmp_path: Path) -> None:
    path = tmp_path / "centre.yaml"
    assert run("init", "--rules", ruleset, "--output", str(path)).exit_code == 0
    text = path.read_text(encoding="utf-8")
    result = run("check", str(path), "--rules", ruleset, "--as-of", "2026-06-30", "--format", "json")
    report = json.loads(result.stdout)["reports"][0]
    assert {finding["status"] for finding in report["findings"]} <= {
        "unknown",
        "not_applicable",
        "needs_review",
    }
    assert {f["bearer"] for f in report["findings"] if f["status"] == "not_applicable"} <= {"programme"}
    commented = [line for line in text.splitlines() if line.lstrip().startswith("#")]
    assert len(commented) > len(yaml.safe_load(text))
    assert "〔" in text


def test_init_asks_only_for_what_the_rules_read() -> None:
    zhejiang, plan = (
        run("init", "--rules", "zhejiang_2022").stdout,
        run("init", "--rules", "national_13fyp").stdout,
    )
    assert "headcount:" in zhejiang
    assert "headcount:" not in plan
    assert "formation_mode:" not in zhejiang
    assert "jurisdiction: zhejiang" in zhejiang


def test_what_was_filled_in_is_not_written_over(tmp_path: Path) -> None:
    form = tmp_path / "中心.yaml"
    form.write_text("id: x\n", encoding="utf-8")
    again = run("init", "--rules", "zhejiang_2022", "--output", str(form), "--lang", "en")
    assert (again.exit_code, "written over" in again.stderr) == (2, True)
    assert form.read_text(encoding="utf-8") == "id: x\n"


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["--wide"], "--wide is for a workbook"),
        (["--wide", "--output", "a.csv"], "--wide is for a workbook"),
        (["--format", "csv", "--output", "a.xlsx"], "a name in .xlsx does not go with the format csv"),
        (["--output", "a.XLS"], "a name in .xls does not go with the format xlsx"),
        (["--format", "yaml", "--output", "a.xlsm"], "a name in .xlsm does not go with the format yaml"),
        (["--format", "xlsx", "--output", "a.yaml"], "a name in .yaml does not go with the format xlsx"),
    ],
)
def test_a_form_of_another_kind_than_asked_for_is_refused(
    args: list[str], says: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run("init", "--rules", "zhejiang_2022", "--lang", "en", *args)
    assert (result.exit_code, says in result.stderr, list(tmp_path.iterdir())) == (2, True, [])


def test_a_form_to_fill_in_is_in_the_language_asked_for() -> None:
    zh, en = (run("init", "--rules", "zhejiang_2022", "--lang", lang).stdout for lang in ("zh", "en"))
    assert yaml.safe_load(zh) == yaml.safe_load(en)
    assert "# date of approval  〔浙科发高〔2022〕5号 二（一）; " in en
    assert "payer payer: host | co_builder co-builder" in en
    said = "".join(line for line in en.splitlines() if "〔" not in line and "example" not in line)
    assert not [char for char in said if char in "填例：；（"]


def test_what_comes_in_both_languages_is_of_one_alone(tmp_path: Path) -> None:
    """Days as Chinese writes them, a calendar that says its language, no word of the library beneath."""
    assert "基准日 2026年6月30日" in run("what-if", ZHEJIANG, "--set", "term_years=3", "--lang", "zh").stdout
    for lang in ("zh", "en"):
        calendar = run("check", ZHEJIANG, "--format", "ics", "--lang", lang).stdout
        assert f"PRODID:-//tic-rules//deadlines//{lang.upper()}" in calendar
    sarif = tmp_path / "a.sarif"
    run("check", ZHEJIANG, "--format", "sarif", "--output", str(sarif))
    assert (
        "writes it with --format json or jsonl [no-report]"
        in run("verify", str(sarif), "--lang", "en").stderr
    )


def test_a_calendar_has_an_entry_of_two_files_of_a_centre_once(tmp_path: Path) -> None:
    """RFC 5545: a UID stands for one component of a calendar."""
    other = tmp_path / "other.yaml"
    other.write_text(Path(ZHEJIANG).read_text(encoding="utf-8"), encoding="utf-8")
    one, both = (
        run("check", *files, "--format", "ics").stdout for files in ([ZHEJIANG], [ZHEJIANG, str(other)])
    )
    assert both == one


def test_explain_shows_what_a_rule_saw() -> None:
    text = run("explain", "zhejiang_2022/legal-entity", "--centre", ZHEJIANG, "--lang", "en").stdout
    assert "independent legal entity" in text
    assert "examples/zhejiang.yaml:" in text
    assert "Elsewhere" in text
    assert "jiangsu_2020/legal-entity 五（一）: " in text
    assert "did you mean investment-2y?" in run("explain", "INVESTMENT-2Y", "--lang", "en").stderr
    assert "did you mean" not in run("explain", "jiangsu_2020/board", "--lang", "en").stderr  # others have it


@pytest.mark.parametrize(
    ("rule", "seen"),
    [
        ("investment-2y", {"zh": "[8.5亿元]", "en": "[CNY 850 million]"}),
        ("recommendation", {"zh": "[设区市政府]", "en": "[government of a districted city]"}),
        ("legal-entity", {"zh": "人员相对独立：是  [是]", "en": "separate staff: yes  [yes]"}),
        ("staff-5y", {"zh": "[未知]", "en": "[unknown]"}),
        ("plan-decision", {"zh": "[2021-01-01至2022-02-07]", "en": "[2021-01-01 to 2022-02-07]"}),
    ],
)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_explain_says_values_in_words(rule: str, seen: dict[str, str], lang: str) -> None:
    thin = rule in ("staff-5y", "plan-decision")
    centre = str(Path(ZHEJIANG).parent / "real" / "zj-textile.yaml") if thin else ZHEJIANG
    assert seen[lang] in run("explain", f"zhejiang_2022/{rule}", "--centre", centre, "--lang", lang).stdout


@pytest.mark.parametrize("command", ["coverage", "lint"])
def test_a_document_may_be_named_in_chinese(command: str) -> None:
    done = run(command, "浙江", "--lang", "en")
    assert (done.exit_code, done.stderr) == (0, "")
    wrong = run(command, "某地", "--lang", "en")
    assert (wrong.exit_code, "no rule set 某地" in wrong.stderr) == (2, True)


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["explain", "zhejiang_2022/investment-2y", "--as-of", "2026-06-30"], "要与 --centre 同用"),
        (["diff", "national_2017", "national_2020", "--as-of", "2026-06-30"], "要与 --impact 同用"),
        (["diff", "national_2017", "national_2020", "--all"], "要与 --impact 同用"),
        (["diff", "national_2017", "national_2020", "江苏", "--impact", JIANGSU], "江苏 是第三份"),
        (["plan", "centre.xlsx", "--patch", "planned.yaml"], "--patch 只能改写 YAML 或 JSON 文件"),
        (["what-if", ZHEJIANG, "--rule", "zhejiang_2022/investment-2y.by=很久"], "1y（1年）"),
        (["explain", "TR999"], "tic-rules lint 没有代码 TR999"),
        (["verify", ZHEJIANG], "这不是本程序用 --format json 或 jsonl 写出的报告 [no-report]"),
        (["diff", "nowhere:rules/x.yaml", "zhejiang_2022"], "没有这个版本 [no-revision]"),
        (["diff", "HEAD:rules/x.yaml", "zhejiang_2022"], "这个版本中没有这个文件 [no-revision]"),
    ],
)
def test_what_is_asked_for_in_vain_is_told_in_chinese(
    args: list[str], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    result = run(*args, "--lang", "zh")
    assert (result.exit_code, says in result.stderr) == (2, True), result.stderr


def test_help_lists_every_command() -> None:
    text = run("--help").stdout
    assert all(name in text for name in COMMANDS)
    assert run("--version").stdout.startswith("tic-rules, version")


def test_a_missing_day_and_a_missing_jurisdiction_are_told_at_once(tmp_path: Path) -> None:
    file = tmp_path / "a.yaml"
    file.write_text("id: a\n", encoding="utf-8")
    for command in ("check", "plan"):
        lines = run(command, str(file)).stderr.splitlines()
        assert [line.rsplit(" ", 1)[1] for line in lines] == ["[as-of]", "[no-jurisdiction]"]
    (line,) = run("check", str(file), "--rules", "zhejiang_2022").stderr.splitlines()
    assert line.endswith("[as-of]")
