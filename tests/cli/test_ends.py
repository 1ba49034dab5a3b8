"""How runs end: what is written is whole or what was there before, nothing read is written over, a status
means one thing."""

from __future__ import annotations

import errno
import json
import os
import shutil
import signal
import stat
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from tic_rules import api
from tic_rules.cli import main, replacement
from tic_rules.cli.replacement import Replacement
from tic_rules.core.errors import UsageError
from tic_rules.model.shipped import rules_folder
from tic_rules.renderers import FORMATS

ROOT = Path(__file__).parents[2]
ZHEJIANG, JIANGSU = ROOT / "examples" / "zhejiang.yaml", ROOT / "examples" / "jiangsu.yaml"
posix = pytest.mark.skipif(os.name == "nt", reason="needs a POSIX system")
needs_full = pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")


def run(*args: str) -> Result:
    return CliRunner().invoke(main, list(args))


def program(*args: str, **more: Any) -> subprocess.CompletedProcess[bytes]:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), **more.pop("env", {})}
    return subprocess.run(
        [sys.executable, "-m", "tic_rules", *args], env=environment, check=False, timeout=60, **more
    )


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_STEP_SUMMARY", "LC_ALL", "LC_MESSAGES", "LANG", "TIC_RULES_LANG"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "centres").mkdir()
    for file in (ZHEJIANG, JIANGSU):
        shutil.copy(file, tmp_path / "centres")
    shutil.copy(ROOT / "rules" / "national_2020.yaml", tmp_path / "rules.yaml")
    shutil.copy(ROOT / "rules" / "vocabulary.yaml", tmp_path / "vocabulary.yaml")
    return tmp_path


# --- whole, or what was there -------------------------------------------------------------------------------

WRITES: list[list[str]] = [
    ["check", "centres", "--output", "out"],
    ["check", "centres", "--format", "json", "--output", "out"],
    ["check", "centres", "--format", "xlsx", "--output", "out"],
    ["check", "centres", "--output-format", "sarif:out"],
    ["check", "centres", "--write-baseline", "out"],
    ["table", "centres/zhejiang.yaml", "--rules", "national_2020", "--output", "out.csv"],
    ["table", "centres/zhejiang.yaml", "--rules", "national_2020", "--output", "out.parquet"],
    ["table", "centres/zhejiang.yaml", "--rules", "national_2020", "--facts", "out.parquet"],
    ["diff", "national_13fyp", "national_2017", "--output", "out"],
    ["diff", "national_13fyp", "national_2017", "--witness", "."],
    ["docs", ".", "--rules", "national_13fyp"],
    ["plan", "centres/zhejiang.yaml", "--rules", "zhejiang_2022", "--output", "out"],
    ["plan", "centres/zhejiang.yaml", "--rules", "zhejiang_2022", "--patch", "out"],
    ["what-if", "centres/zhejiang.yaml", "--output", "out"],
    ["coverage", "zhejiang_2022", "--output", "out"],
]


def written(args: list[str]) -> str:
    return {"docs": "index.html"}.get(args[0]) or (
        "index.json" if "--witness" in args else args[-1].split(":")[-1]
    )


def needs(args: list[str]) -> None:
    if args[0] == "table":
        pytest.importorskip("polars", reason="the extra frames is not installed")
        pytest.importorskip("pyarrow", reason="the extra frames is not installed")
    if "xlsx" in args:
        pytest.importorskip("xlsxwriter", reason="the extra excel is not installed")


@pytest.mark.parametrize("args", WRITES, ids=" ".join)
@pytest.mark.parametrize("step", ["write", "finish", "replace"])
def test_a_disk_that_fills_leaves_what_was_there(
    args: list[str], step: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    needs(args)
    file = folder / written(args)
    file.write_text("before\n", encoding="utf-8")
    rest = sorted(path.name for path in folder.iterdir())

    def full(*_: Any, **__: Any) -> Any:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    if step == "write":
        opened = Replacement._open

        class Full:
            """A file on a full disk."""

            def __init__(self, inner: Any) -> None:
                self.inner, self.closed, self.write, self.flush = inner, False, full, full

            def __getattr__(self, name: str) -> Any:
                return getattr(self.inner, name)

        monkeypatch.setattr(Replacement, "_open", lambda self: Full(opened(self)))
    else:
        monkeypatch.setattr(replacement.os, {"finish": "fsync", "replace": "replace"}[step], full)
    result = run(*args, *([] if args[0] == "table" else ["--lang", "en"]))
    monkeypatch.undo()
    if step == "finish" and args[0] == "docs":
        assert result.exit_code == 0, "pages are not waited for"
        return
    assert result.exit_code == 2, result.output
    assert "cannot be written: No space left on device" in result.stderr or args[0] == "table"
    assert "unforeseen" not in result.stderr
    assert file.read_text(encoding="utf-8") == "before\n"
    assert sorted(path.name for path in folder.iterdir()) == rest, "nothing else is left behind"


@pytest.mark.parametrize("args", WRITES, ids=" ".join)
def test_what_is_written_takes_its_place(args: list[str], folder: Path) -> None:
    needs(args)
    file = folder / written(args)
    file.write_text("before\n", encoding="utf-8")
    if os.name != "nt":
        file.chmod(0o640)
    result = run(*args)
    assert result.exit_code in (0, 1), result.output
    assert file.read_bytes() != b"before\n"
    assert file.stat().st_size > 100
    assert not list(folder.glob(".*tmp"))
    if os.name != "nt":
        assert stat.S_IMODE(file.stat().st_mode) == 0o640, "the mode of a file stays"


@posix
def test_a_new_file_has_the_mode_that_the_user_wants(folder: Path) -> None:
    before = os.umask(0o027)
    try:
        run("check", "centres", "--output", "out")
    finally:
        os.umask(before)
    assert stat.S_IMODE((folder / "out").stat().st_mode) == 0o640


@posix
def test_a_link_stays_a_link(folder: Path) -> None:
    (folder / "real").mkdir()
    (folder / "real" / "out").write_text("before", encoding="utf-8")
    (folder / "out").symlink_to("real/out")
    run("check", "centres", "--output", "out")
    assert (folder / "out").is_symlink()
    assert (folder / "real" / "out").read_text(encoding="utf-8") != "before"


@posix
def test_a_pipe_and_a_device_are_written_as_they_are(folder: Path) -> None:
    assert run("check", "centres", "--output", "/dev/null").exit_code == 1
    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)
    done = program("check", "centres", "--output", "/dev/stdout", capture_output=True)
    assert (done.returncode, done.stderr) == (1, b"")
    assert done.stdout == program("check", "centres", capture_output=True).stdout != b""


@needs_full
def test_a_full_standard_output_is_a_two_and_no_traceback() -> None:
    for args in (
        ["check", "centres"],
        ["rules"],
        ["schema", "report"],
        ["diff", "national_13fyp", "national_2017"],
    ):
        with open("/dev/full", "wb") as full:
            done = program(*args, stdout=full, stderr=subprocess.PIPE)
        assert done.returncode == 2, args
        assert b"Traceback" not in done.stderr
        assert b"Exception ignored" not in done.stderr
        assert "standard output: cannot be read or written: No space left" in done.stderr.decode("utf-8")


@needs_full
def test_a_full_disk_keeps_the_baseline(folder: Path) -> None:
    assert run("check", "centres", "--write-baseline", "b.json").exit_code == 0
    before = (folder / "b.json").read_bytes()
    done = run(
        "check", "centres", "--baseline", "b.json", "--write-baseline", "b.json", "--output", "/dev/full"
    )
    assert done.exit_code == 2
    assert (folder / "b.json").read_bytes() == before
    assert run("check", "centres", "--baseline", "b.json", "--write-baseline", "b.json").exit_code == 0
    assert (folder / "b.json").read_bytes() == before, "read and written, as it was asked for"


SLOW = """
import sys, time
sys.path.insert(0, sys.argv.pop(1))
from tic_rules.cli import main, outputs
written = outputs.Replacement.write
def write(self, data):
    written(self, data[: len(data) // 2])
    self.stream.flush()
    print("half", flush=True)
    time.sleep(30)
outputs.Replacement.write = write
main(["check", "centres", "--format", "json", "--output", "out"])
"""


@posix
@pytest.mark.parametrize(("number", "status"), [(signal.SIGKILL, -9), (signal.SIGINT, 130)])
def test_a_run_that_is_stopped_leaves_the_old_report(number: int, status: int, folder: Path) -> None:
    (folder / "out").write_text("before\n", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-c", SLOW, str(ROOT / "src")], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    assert process.stdout is not None
    assert process.stdout.readline() == b"half\n"
    process.send_signal(number)
    _, errors = process.communicate(timeout=30)
    assert process.returncode == status, errors
    assert b"Traceback" not in errors
    assert (folder / "out").read_text(encoding="utf-8") == "before\n"
    if number == signal.SIGINT:
        assert not list(folder.glob(".*tmp"))


@posix
def test_two_runs_to_one_file_leave_one_report(folder: Path) -> None:
    def start(*args: str) -> subprocess.Popen[bytes]:
        command = [
            sys.executable,
            "-m",
            "tic_rules",
            "check",
            *args,
            "--format",
            "json",
            "--output",
            "out",
            "-q",
        ]
        return subprocess.Popen(command, env={**os.environ, "PYTHONPATH": str(ROOT / "src")})

    for process in [start("centres/zhejiang.yaml"), start("centres")]:
        process.wait(timeout=60)
    made = json.loads((folder / "out").read_text(encoding="utf-8"))
    assert len(made["reports"]) in (1, 2)


# --- nothing that is read is written over -------------------------------------------------------------------

OVER: list[tuple[list[str], str]] = [
    (["check", "centres/zhejiang.yaml", "--output", "centres/zhejiang.yaml"], "centres/zhejiang.yaml"),
    (["check", "centres", "--output-format", "json:centres/zhejiang.yaml"], "centres/zhejiang.yaml"),
    (["check", "centres", "--output", "none/../centres/zhejiang.yaml"], "centres/zhejiang.yaml"),
    (["plan", "centres/zhejiang.yaml", "--patch", "none/../centres/zhejiang.yaml"], "centres/zhejiang.yaml"),
    (["check", "centres", "--write-baseline", "centres/zhejiang.yaml"], "centres/zhejiang.yaml"),
    (["check", "centres", "--rules", "rules.yaml", "--output", "rules.yaml"], "rules.yaml"),
    (["check", "centres", "--rules", "rules.yaml", "--output", "vocabulary.yaml"], "vocabulary.yaml"),
    (["check", "centres", "--rules", "rules.yaml", "--write-baseline", "rules.yaml"], "rules.yaml"),
    (["check", "centres", "--programme", "figures.yaml", "--output", "figures.yaml"], "figures.yaml"),
    (["check", "centres", "--config", "settings.toml", "--output", "settings.toml"], "settings.toml"),
    (["check", "centres", "--output", "tic-rules.toml"], "tic-rules.toml"),
    (["check", "centres", "--baseline", "b.json", "--output", "b.json"], "b.json"),
    (["check", "list.csv", "--rules", "rules.yaml", "--output", "list.csv"], "list.csv"),
    (["check", "list.csv", "--rules", "rules.yaml", "--output", "list.contributions.csv"],
        "list.contributions.csv"),
    (["check", "list.csv", "--output", "list_资金投入.csv"], "list_资金投入.csv"),
    (["check", ".", "--output", "list.board.members.csv"], "list.board.members.csv"),
    (["plan", "list.csv", "--output", "list-income.csv"], "list-income.csv"),
    (["check", "-", "--output", "centres/zhejiang.yaml"], "centres/zhejiang.yaml"),
    (["table", "list.csv", "--rules", "rules.yaml", "--output", "list.csv"], "list.csv"),
    (["table", "list.csv", "--rules", "rules.yaml", "--output", "list.contributions.csv"],
        "list.contributions.csv"),
    (["diff", "rules.yaml", "jiangsu_2020", "--output", "rules.yaml"], "rules.yaml"),
    (["diff", "rules.yaml", "jiangsu_2020", "--impact", "centres", "--output", "centres/zhejiang.yaml"],
        "centres/zhejiang.yaml"),
    (["docs", "pages", "--rules", "pages/index.md"], "pages/index.md"),
    (["init", "--rules", "rules.yaml", "--output", "rules.yaml"], "rules.yaml"),
    (["plan", "centres/zhejiang.yaml", "--rules", "rules.yaml", "--patch", "centres/zhejiang.yaml"],
        "centres/zhejiang.yaml"),
    (["plan", "centres/zhejiang.yaml", "--rules", "rules.yaml", "--output", "rules.yaml"], "rules.yaml"),
    (["what-if", "centres", "--output", "centres/zhejiang.yaml"], "centres/zhejiang.yaml"),
    (["what-if", "centres/zhejiang.yaml", "--rule", "rules.yaml", "--output", "rules.yaml"], "rules.yaml"),
    (["coverage", "rules.yaml", "--output", "rules.yaml"], "rules.yaml"),
    (["coverage", "rules.yaml", "--source", "text.txt", "--output", "text.txt"], "text.txt"),
    (["coverage", "rules.yaml", "--output", "sentences/rules.yaml"], "sentences/rules.yaml"),
    (["init", "--rules", "rules.yaml", "--output", "tic-rules.toml"], "tic-rules.toml"),
    (["check", "centres", "--output", "own/lakeside_2026.yaml"], "own/lakeside_2026.yaml"),
    (["plan", "centres/zhejiang.yaml", "--output", "own/vocabulary.yaml"], "own/vocabulary.yaml"),
    (["test", "zhejiang_2022", "--cases", "own", "--output", "own/a.yaml"], "own/a.yaml"),
    (["test", "zhejiang_2022", "--cases", "own/a.yaml", "--output", "own/base.yaml"], "own/base.yaml"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("args", "file"), OVER, ids=lambda value: " ".join(value) if isinstance(value, list) else ""
)
@pytest.mark.parametrize("link", ["", "symbolic", "hard"])
def test_no_input_is_written_over(args: list[str], file: str, link: str, folder: Path) -> None:
    if args[0] == "table":
        pytest.importorskip("polars", reason="the extra frames is not installed")
    (folder / "list.csv").write_text("id,stage\nx,applicant\n", encoding="utf-8")
    (folder / "list.contributions.csv").write_text("centre,amount\nx,1\n", encoding="utf-8")
    if file.startswith("list") and file != "list.csv":
        (folder / file).write_text("centre\nx\n", encoding="utf-8")
    (folder / "settings.toml").write_text("jobs = 1\n", encoding="utf-8")
    (folder / "tic-rules.toml").write_text('jobs = 1\nrule-paths = ["own"]\n', encoding="utf-8")
    for made in ("sentences", "own"):
        (folder / made).mkdir()
    (folder / "sentences/rules.yaml").write_text("[]\n", encoding="utf-8")
    (folder / "own/lakeside_2026.yaml").write_text("clauses: []\n", encoding="utf-8")
    for name in ("vocabulary", "a", "base"):
        (folder / f"own/{name}.yaml").write_text("{}\n", encoding="utf-8")
    (folder / "text.txt").write_text("一、总则\n", encoding="utf-8")
    shutil.copy(ROOT / "examples" / "programme_zhejiang.yaml", folder / "figures.yaml")
    (folder / "pages").mkdir()
    shutil.copy(folder / "rules.yaml", folder / "pages" / "index.md")
    if file == "b.json":
        run("check", "centres", "--write-baseline", "b.json")
    before = (folder / file).read_bytes()
    words = list(args)
    if link and words[0] not in ("docs",) and file != "tic-rules.toml":
        other = folder / f"link{Path(file).suffix}"
        if link == "symbolic":
            other.symlink_to(folder / file)
        else:
            os.link(folder / file, other)
        words[-1] = words[-1].replace(file, other.name)
    if words[1] == "-":
        with open(file, "rb") as stream:
            done = program(*words, "--lang", "en", stdin=stream, capture_output=True)
        status, errors = done.returncode, done.stderr.decode("utf-8")
    else:
        result = run(*words, *([] if words[0] == "table" else ["--lang", "en"]))
        status, errors = result.exit_code, result.stderr
    assert status == 2, (words, errors)
    assert "is not overwritten" in errors or words[0] == "table", errors
    assert (folder / file).read_bytes() == before


def test_a_file_beside_a_table_that_is_no_list_of_it_is_written(folder: Path) -> None:
    (folder / "list.csv").write_text("id,jurisdiction\nx,zhejiang\n", encoding="utf-8")
    for _ in range(2):
        done = run("check", "list.csv", "--as-of", "2026-06-30", "--output", "list.out.csv")
        assert done.exit_code < 2, done.stderr


def test_a_shipped_rule_set_is_not_written_over() -> None:
    shipped = rules_folder() / "zhejiang_2022.yaml"
    before = shipped.read_bytes()
    assert run("check", "centres", "--rules", "zhejiang_2022", "--output", str(shipped)).exit_code == 2
    assert shipped.read_bytes() == before


def test_it_is_refused_before_anything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from tic_rules.cli import check

    def read(*_: Any) -> Any:
        raise AssertionError("something is read")

    monkeypatch.setattr(check, "expand", read)
    monkeypatch.setattr(check, "prepared", read)
    result = run("check", "centres/zhejiang.yaml", "--output", "centres/zhejiang.yaml", "--lang", "zh")
    assert (result.exit_code, "不能覆盖" in result.stderr) == (2, True)


def test_two_outputs_are_two_files(folder: Path) -> None:
    for args in (
        ["check", "centres", "--output", "a", "--write-baseline", "./a"],
        ["check", "centres", "--output", "a", "--output-format", "json:b/../a"],
        ["plan", "centres/zhejiang.yaml", "--rules", "zhejiang_2022", "--output", "a", "--patch", "a"],
    ):
        result = run(*args, "--lang", "en")
        assert (result.exit_code, "same file" in result.stderr) == (2, True), args
        assert not (folder / "a").exists()


def test_what_is_not_read_may_be_replaced() -> None:
    assert run("check", "centres/zhejiang.yaml", "--output", "centres/jiangsu.yaml").exit_code == 1


# --- one status, one meaning --------------------------------------------------------------------------------


@pytest.mark.parametrize(("lang", "says"), [("zh", "程序出错"), ("en", "the program failed")])
@pytest.mark.parametrize("error", [ValueError("x"), RecursionError(), MemoryError(), AssertionError("y")])
def test_the_unforeseen_is_a_two_in_the_language_asked_for(
    error: Exception, lang: str, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> Any:
        raise error

    monkeypatch.setattr("tic_rules.cli.check.prepared", fail)
    result = run("check", "centres", "--lang", lang)
    assert result.exit_code == 2
    assert says in result.stderr
    assert type(error).__name__ in result.stderr
    assert "Traceback" not in result.stderr


LONG = "x" * 5000


@pytest.mark.parametrize(
    "args",
    [
        ["check", LONG],
        ["check", "centres", "--output", LONG],
        ["check", "centres", "--output", f"a/{LONG}/b"],
        ["check", "centres", "--rules", LONG],
        ["check", "centres", "--baseline", LONG],
        ["check", "centres", "--programme", LONG],
        ["check", "centres", "--write-baseline", LONG],
        ["check", "centres", "--config", LONG],
        ["rules", LONG],
        ["explain", LONG],
        ["explain", "investment-2y", "--centre", LONG],
        ["init", "--output", LONG],
        ["diff", LONG, "zhejiang_2022"],
        ["lint", LONG],
        ["coverage", LONG],
        ["coverage", "zhejiang_2022", "--source", LONG],
        ["docs", LONG, "--rules", "jiangsu_2020"],
        ["docs", "pages", "--rules", "jiangsu_2020", "--corpus", LONG],
        ["plan", LONG],
        ["what-if", LONG],
    ],
    ids=lambda args: " ".join(args).replace(LONG, "LONG"),
)
def test_paths_that_are_too_long_are_a_two(args: list[str]) -> None:
    for lang in ("zh", "en"):
        result = run(*args, "--lang", lang)
        assert result.exit_code == 2, result.output
        assert result.stderr
        assert "unforeseen" not in result.stderr, result.stderr
        assert len(result.stderr) < 40_000


@posix
@pytest.mark.parametrize(
    "args",
    [["check", "centres", "-v"], ["schema", "ruleset"], ["diff", "national_13fyp", "national_2017", "-v"]],
)
def test_a_reader_that_went_away_is_141(args: list[str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    try:
        done = program(*args, stdout=writing, stderr=subprocess.PIPE)
    finally:
        os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")


@posix
@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("closed", [0, 1])
def test_a_stream_that_the_shell_closed_is_a_two_in_words(closed: int, lang: str) -> None:
    """`tic-rules check - <&-` and `>&-`."""
    args = ["check", "-" if closed == 0 else str(JIANGSU), "--lang", lang]
    done = program(*args, stderr=subprocess.PIPE, preexec_fn=lambda: os.close(closed))
    assert done.returncode == 2
    assert ("cannot be read" if lang == "en" else "无法读") in done.stderr.decode()


def test_a_name_that_is_empty_is_no_folder(folder: Path) -> None:
    """`tic-rules check "$CENTRES"` where a variable is not set."""
    done = run("check", "")
    assert done.exit_code == 2
    assert "cannot be read" in done.stderr or "无法读取" in done.stderr


@pytest.mark.parametrize("module", ["click", "pydantic", "tic_rules.cli.check"])
def test_an_interrupt_is_130_while_the_program_is_being_loaded(module: str) -> None:
    interrupted = (
        "import runpy, sys\n"
        "class Interrupt:\n"
        "    def find_spec(self, name, *_):\n"
        f"        if name == {module!r}: raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Interrupt())\n"
        "sys.argv = ['tic-rules', 'check', 'centres']\n"
        "runpy.run_module('tic_rules', run_name='__main__')"
    )
    done = subprocess.run(
        [sys.executable, "-c", interrupted], env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        check=False, timeout=60, capture_output=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (130, b"", b"")


@posix
def test_an_interrupt_is_130_with_several_processes_too(folder: Path) -> None:
    for number in range(400):
        shutil.copy(ZHEJIANG, folder / "centres" / f"{number}.yaml")
    process = subprocess.Popen(
        [sys.executable, "-m", "tic_rules", "check", "centres", "-j", "2", "--format", "jsonl"],
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        start_new_session=True,
    )  # fmt: skip
    assert process.stdout is not None
    process.stdout.readline()
    os.killpg(process.pid, signal.SIGINT)  # as a terminal does: the workers are told too
    started = time.monotonic()
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 130
    assert errors == b""
    assert time.monotonic() - started < 20


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (["check"], ("缺少", "Missing argument")),
        (["check", "x", "--bogus"], ("没有选项 --bogus", "No such option")),
        (["check", "x", "--format", "fax"], ("取值不对", "Invalid value for '--format'")),
    ],
)
def test_wrong_arguments_are_told_in_both_languages(args: list[str], says: tuple[str, str]) -> None:
    for lang, what in zip(("zh", "en"), says, strict=True):
        result = run(*args, f"--lang={lang}")
        assert result.exit_code == 2
        assert what in result.stderr
        assert "Usage" in result.stderr or "用法" in result.stderr
    assert "Choose from:\n  centre," in run("--lang=en", "schema").stderr


def test_wrong_arguments_are_annotated_where_annotations_are_asked_for() -> None:
    for args in (
        ["check", "--format", "github", "x", "--fail-on", "nothing"],
        ["check", "--format=github", "centres", "--as-of", "never"],
        ["check", "--format", "github", "--output-format", "fax:a", "centres"],
    ):
        result = run(*args)
        assert result.exit_code == 2
        assert result.stdout.startswith("::error title="), (args, result.output)
        assert len(result.stdout.splitlines()) == 1
        assert run(*[word.replace("github", "text") for word in args]).stdout == ""


def test_the_settings_ask_for_annotations_too(folder: Path) -> None:
    (folder / "tic-rules.toml").write_text('format = "github"\nlang = "zh"\n', encoding="utf-8")
    result = run("check", "centres", "--rules", "nowhere")
    assert result.stdout.startswith("::error title=")
    assert "没有规则集" in result.stderr


# --- what gave no report ------------------------------------------------------------------------------------


def test_json_lists_the_files_that_gave_no_report(folder: Path) -> None:
    (folder / "centres" / "broken.yaml").write_text("id: x\nid: y\nwrong: 1\n", encoding="utf-8")
    (folder / "centres" / "some.jsonl").write_text(
        '{"id": "a", "jurisdiction": "zhejiang", "reported_on": "2026-06-30"}\n{"id": 1, "wrong": 2}\n',
        encoding="utf-8",
    )
    (folder / "empty").mkdir()
    made = json.loads(run("check", "centres", "empty", "--format", "json").stdout)
    assert list(made) == ["schema_version", "reports", "unusable"]
    assert len(made["reports"]) == 3
    unusable = {
        entry["file"]: [fault["code"] for fault in entry["diagnostics"]] for entry in made["unusable"]
    }
    assert set(unusable) == {"empty", "centres/broken.yaml", "centres/some.jsonl"}
    assert unusable["empty"] == ["no-files"]
    assert "duplicate-key" in unusable["centres/broken.yaml"]
    first = next(entry for entry in made["unusable"] if entry["file"] == "centres/broken.yaml")[
        "diagnostics"
    ][0]
    assert (first["line"], set(first["message"])) == (2, {"zh", "en"})
    import jsonschema

    schema = json.loads(run("schema", "report").stdout)
    jsonschema.Draft202012Validator(schema).validate(made)
    lines = run("check", "centres", "empty", "--format", "jsonl").stdout.splitlines()
    assert [json.loads(line) for line in lines] == made["reports"]


# --- the verdict of the data --------------------------------------------------------------------------------


def reviewed(folder: Path) -> Path:
    """A centre of which the data is in order, and which nobody has judged."""
    data = yaml.safe_load(JIANGSU.read_text(encoding="utf-8"))
    del data["attestations"]
    file = folder / "reviewed.yaml"
    file.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return file


def test_the_verdict_of_the_data_leaves_judgements_out(folder: Path) -> None:
    file = str(reviewed(folder))
    (report,) = json.loads(run("check", file, "--format", "json").stdout)["reports"]
    assert list(report)[list(report).index("verdict") + 1] == "data_verdict"
    assert (report["verdict"], report["data_verdict"]) == ("undetermined", "compliant")
    assert run("check", file, "--fail-on", "undetermined").exit_code == 1
    assert run("check", file, "--fail-on", "undetermined", "--data-only").exit_code == 0
    again = api.Report.from_dict(report)
    assert (again.verdict, again.data_verdict, again.as_dict()) == ("undetermined", "compliant", report)


def test_judgements_are_listed_apart(folder: Path) -> None:
    text = run("check", str(reviewed(folder)), "--data-only", "--lang", "en").stdout
    head, apart = text.split("Left to judgement")
    assert "Verdict by data: compliant" in head
    assert "needs review" not in head.split("Phases")[1]
    assert "◇" in apart
    zh = run("check", str(reviewed(folder)), "--data-only", "--lang", "zh").stdout
    assert "据数据的结论：合规" in zh
    assert "由评审认定" in zh


def test_what_data_decides_still_fails() -> None:
    assert run("check", "centres/zhejiang.yaml", "--data-only").exit_code == 1
    data = json.loads(run("check", "centres/zhejiang.yaml", "--format", "json").stdout)["reports"][0]
    assert data["data_verdict"] == "non_compliant"


@pytest.mark.parametrize("format_", ["junit", "github", "markdown", "html", "xlsx", "sarif", "text", "json"])
def test_no_format_changes_the_status_of_a_run_over_the_data(format_: str, folder: Path) -> None:
    if format_ == "xlsx":
        pytest.importorskip("xlsxwriter", reason="the extra excel is not installed")
    out = ["--output", str(folder / f"out.{format_}")]
    result = run(
        "check", str(reviewed(folder)), "--data-only", "--fail-on", "undetermined", "--format", format_, *out
    )
    assert result.exit_code == 0, result.output
    if format_ == "junit":
        assert 'failures="0"' in (folder / "out.junit").read_text(encoding="utf-8")
    if format_ == "github":
        assert "::error" not in (folder / "out.github").read_text(encoding="utf-8")


# --- the engine ---------------------------------------------------------------------------------------------


def engines(*args: str) -> set[str]:
    return {
        json.loads(line)["tool"]["engine"]
        for line in run("check", *args, "--format", "jsonl").stdout.splitlines()
    }


def test_several_files_are_decided_by_the_compiled_engine() -> None:
    assert engines("centres/zhejiang.yaml") == {"native"}
    assert engines("centres") == {"compiled"}
    assert engines("centres/zhejiang.yaml", "centres/jiangsu.yaml") == {"compiled"}
    assert engines("centres", "--engine", "native") == {"native"}
    assert engines("centres/zhejiang.yaml", "--engine", "compiled") == {"compiled"}


def test_the_same_input_and_engine_give_the_same_bytes(folder: Path) -> None:
    for number in range(4):
        shutil.copy(ZHEJIANG, folder / "centres" / f"{number}.yaml")
    for format_ in ("text", "html"):  # of the others, test_team.py
        one = program("check", "centres", "--format", format_, "-j", "1", stdout=subprocess.PIPE).stdout
        assert (
            program("check", "centres", "--format", format_, "-j", "2", stdout=subprocess.PIPE).stdout == one
        )
        assert one


def test_a_replacement_says_what_is_wrong_at_once(folder: Path) -> None:
    with pytest.raises(UsageError, match="cannot be written"):
        Replacement(str(folder))


# --- the encoding of the console ----------------------------------------------------------------------------


@pytest.mark.parametrize("format_", [name for name in FORMATS if name not in ("text", "xlsx")])
def test_formats_for_programs_are_utf8_on_every_console(format_: str) -> None:
    done = console("check", "centres/zhejiang.yaml", "--format", format_)
    assert "浙江" in done.decode("utf-8")


def test_data_is_utf8_and_text_follows_the_console() -> None:
    assert "中文名称" in console("init", "--lang", "zh", "--format", "csv").decode("utf-8")
    assert "浙江" in console("plan", "centres/zhejiang.yaml", "--patch", "-").decode("utf-8")
    assert "浙江" in console("check", "centres/zhejiang.yaml").decode("gbk")


def console(*args: str) -> bytes:
    """What a command prints where the console is in GBK."""
    return program(*args, env={"PYTHONIOENCODING": "gbk"}, capture_output=True).stdout


# --- a path that leads nowhere ------------------------------------------------------------------------------


def test_a_path_that_is_too_long_loses_no_other_report() -> None:
    done = run("check", "centres/zhejiang.yaml", f"{LONG}.yaml", f"{LONG}.csv", "--format", "json")
    made = json.loads(done.stdout)
    assert (done.exit_code, len(made["reports"]), len(made["unusable"])) == (2, 1, 2)


def test_a_working_folder_that_is_gone_is_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "gone").mkdir()
    monkeypatch.chdir("gone")
    (folder / "gone").rmdir()
    done = program("check", str(folder / "centres"), "--lang", "en", capture_output=True)
    assert (done.returncode, done.stderr.startswith(b"working folder: ")) == (2, True), done.stderr
