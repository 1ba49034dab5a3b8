"""Files that are named by hand: only what is a file, only so much of it, and nobody waits for a pipe."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tic_rules.cli import main
from tic_rules.core.errors import DataError
from tic_rules.core.files import read_named

ROOT = Path(__file__).parents[2]
CENTRE = str(ROOT / "examples/zhejiang.yaml")
RULES = str(ROOT / "rules/zhejiang_2022.yaml")
NAMED = {
    "check": ["check", "{}"],
    "check --rules": ["check", CENTRE, "--rules", "{}"],
    "check --baseline": ["check", CENTRE, "--baseline", "{}"],
    "check --config": ["check", CENTRE, "--config", "{}"],
    "check --programme": ["check", CENTRE, "--programme", "{}"],
    "lint": ["lint", "{}"],
    "rules": ["rules", "{}"],
    "diff": ["diff", RULES, "{}"],
    "coverage": ["coverage", "{}"],
    "coverage --source": ["coverage", "zhejiang_2022", "--source", "{}"],
    "explain --centre": ["explain", "zhejiang_2022/investment-2y", "--centre", "{}"],
    "what-if": ["what-if", "{}", "--set", "term_years=3"],
    "plan": ["plan", "{}", "--rules", "zhejiang_2022"],
    "table": ["table", "{}", "--rules", "zhejiang_2022", "--output", "statuses.csv"],
}


@pytest.fixture
def at_once() -> Iterator[None]:
    """What waits for a pipe, or reads a device without end, is stopped."""

    def late(*_: object) -> None:
        raise TimeoutError("not at once")

    before = signal.signal(signal.SIGALRM, late)
    signal.alarm(20)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


def invoked(command: list[str], file: Path) -> Result:
    runner = CliRunner(env={"TIC_RULES_LANG": "en"})
    return runner.invoke(main, [part.format(file) for part in command], catch_exceptions=False)


@pytest.mark.usefixtures("at_once")
@pytest.mark.parametrize("kind", ["fifo", "device", "large", "folder", "absent"])
@pytest.mark.parametrize("name", NAMED)
def test_what_is_no_file_is_refused_in_words(name: str, kind: str, tmp_path: Path) -> None:
    file = tmp_path / "named.yaml"
    match kind:
        case "fifo":
            os.mkfifo(file)
        case "device":
            file.symlink_to("/dev/zero")
        case "large":
            with file.open("wb") as stream:
                stream.truncate(3 * 1024**3)
        case "folder":
            (file / "inside").mkdir(parents=True)
    tracemalloc.start()
    try:
        done = invoked(NAMED[name], file)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert done.exit_code == 2, done.output
    assert "named.yaml" in done.output
    assert kind != "fifo" or "a pipe, not a file; save it as a file first" in done.output
    assert most < 100 * 1024 * 1024


@pytest.mark.parametrize("source", ["/dev/zero", "/dev/full"])
def test_standard_input_without_an_end_is_refused_in_bounded_memory(source: str) -> None:
    script = (
        "import resource, sys; resource.setrlimit(resource.RLIMIT_AS, (2**29, 2**29)); "
        "from tic_rules.cli import main; main(['check', '-'])"
    )
    with Path(source).open("rb") as stream:
        done = subprocess.run(
            [sys.executable, "-c", script], stdin=stream, capture_output=True, text=True, timeout=60,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src")}, check=False,
        )  # fmt: skip
    assert (done.returncode, "16 MB" in done.stderr) == (2, True), done.stderr


def test_what_the_shell_has_opened_is_read() -> None:
    """`tic-rules check <(…)` names a pipe that is open already."""
    reading, writing = os.pipe()
    os.write(writing, b"id: x\n")
    os.close(writing)
    assert read_named(f"/dev/fd/{reading}", DataError) == b"id: x\n"
    os.close(reading)


@pytest.mark.parametrize("name", ["a\0b", "x" * 300, "/dev/null"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(DataError) as caught:
        read_named(name, DataError)
    assert [fault.code for fault in caught.value.diagnostics] == ["unreadable"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a file has no such name")
@pytest.mark.parametrize("encoding", ["utf-8", "ascii"])
def test_a_name_that_is_no_utf8_spoils_no_other_report(encoding: str, tmp_path: Path) -> None:
    """A name in GBK, as it comes out of an archive made on Windows; and, where the locale knows ASCII alone,
    every Chinese name."""
    folder = tmp_path / "中心"
    folder.mkdir()
    named = os.fsencode(folder) + b"/" + "中".encode("gbk") + b".yaml"
    Path(os.fsdecode(named)).write_bytes(Path(CENTRE).read_bytes())
    shutil.copy(CENTRE, folder / "a.yaml")
    ascii_ = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}

    def run(*words: str) -> bytes:
        done = subprocess.run(
            [sys.executable, "-m", "tic_rules", "check", folder, *words],
            capture_output=True,
            env={**os.environ, **(ascii_ if encoding == "ascii" else {})},
        )
        assert (done.stderr, done.returncode) == (b"", 0 if words[0].endswith("baseline") else 1)
        return done.stdout

    reports = json.loads(run("--format", "json"))["reports"]
    names = [Path(report["centre"]["file"]).relative_to(folder).name for report in reports]
    assert sorted(names) == [r"\xd6\xd0.yaml", "a.yaml"]
    results = json.loads(run("--format", "sarif"))["runs"][0]["results"]
    places = (result["locations"][0]["physicalLocation"]["artifactLocation"] for result in results)
    assert all(place["uri"].startswith("file:///") and place["uri"].isascii() for place in places)
    base = str(tmp_path / "base.json")
    run("--write-baseline", base)
    run("--baseline", base)
