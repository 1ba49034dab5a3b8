"""What must hold: how long people wait, as ratios to composing the YAML of the example with PyYAML's C
parser.

python benchmarks/ratios.py prints the rows as JSON. Work and yardstick take turns in one process, and of many
rounds the fastest of each counts, so that what else the machine does counts least.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

import yaml

from tic_rules import Centre, check, load_ruleset
from tic_rules.renderers import Options, piece_of

ROOT = Path(__file__).parents[1]
CENTRE = ROOT / "examples" / "zhejiang.yaml"
RULES = "zhejiang_2022"
FILES = 1_000
BARE = "import yaml, click, pydantic; pydantic.create_model('M', x=(int, 0))"
READ_ALL = (
    "import sys, pathlib, tic_rules\nfor file in pathlib.Path(sys.argv[1]).iterdir(): "
    "tic_rules.Centre.from_file(file)"
)
SPIN = "import time\nuntil = time.process_time() + 3\nwhile time.process_time() < until: pass"


class Ratio(NamedTuple):
    """One thing that is measured: what it is, the ratio (or the seconds, the megabytes), and its bound."""

    what: str
    measured: float
    bound: float
    at_least: bool = False

    @property
    def holds(self) -> bool:
        return self.measured >= self.bound if self.at_least else self.measured <= self.bound


def measured(*arguments: str) -> list[Ratio]:
    """What this file prints, of a process of its own."""
    command = [sys.executable, __file__, *arguments]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    return [Ratio(*row) for row in json.loads(printed)]


def one_centre(rounds: int = 200) -> list[Ratio]:
    """Reading, deciding and writing one centre, against the yardstick."""
    text, ruleset = CENTRE.read_text(encoding="utf-8"), load_ruleset(RULES)
    centre = Centre.from_file(CENTRE)
    options = Options(format="text", lang="zh")
    work: dict[str, tuple[Callable[[], Any], float]] = {
        "`Centre.from_file`": (lambda: Centre.from_file(CENTRE), 1.9),
        "reading, checking, JSON": (lambda: check(Centre.from_file(CENTRE), ruleset).to_json(), 5),
        "reading, checking, the text report": (
            lambda: piece_of(check(Centre.from_file(CENTRE), ruleset), options),
            3.5,
        ),
        "statuses, reference": (lambda: check(centre, ruleset, engine="reference").statuses, 0.7),
        "statuses, compiled": (lambda: check(centre, ruleset, engine="compiled").statuses, 0.2),
    }
    best = dict.fromkeys(["", *work], float("inf"))
    for _ in range(rounds):
        best[""] = min(best[""], _seconds(lambda: yaml.compose(text, Loader=yaml.CSafeLoader)))
        for name, (call, _) in work.items():
            best[name] = min(best[name], _seconds(call))
    return [Ratio(name, best[name] / best[""], bound) for name, (_, bound) in work.items()]


def folder(files: int = FILES, rounds: int = 3) -> list[Ratio]:
    """A folder of centres through the command line, against reading the same files in one process, in
    turns."""
    with TemporaryDirectory() as place:
        text = CENTRE.read_text(encoding="utf-8")
        for number in range(files):
            centre = text.replace("id: ", f"id: n{number}-", 1)
            Path(place, f"centre-{number}.yaml").write_text(centre, encoding="utf-8")
        check_all = ["-m", "tic_rules", "check", place, "--rules", RULES, "--exit-zero", "--format"]
        ways = (["text", "-j", "1"], ["jsonl", "-j", "1"], ["jsonl", "-j", "2"])
        commands = [["-c", READ_ALL, place], *([*check_all, *way] for way in ways)]
        took = [[_process(command) for command in commands] for _ in range(rounds)]
    reading, as_text, lines, two = map(min, zip(*took, strict=True))
    started = time.perf_counter()
    spinning = [subprocess.Popen([sys.executable, "-c", SPIN]) for _ in range(2)]
    for process in spinning:
        process.wait()
    gain = 2 * _process(["-c", SPIN]) / (time.perf_counter() - started)
    return [
        Ratio(f"{files:,} files as text, × reading them", as_text / reading, 1.5),
        Ratio(f"{files:,} files as JSON Lines, × reading them", lines / reading, 2.5),
        Ratio("gain of `-j 2`, of what two busy loops gain", lines / two / gain, 0.9, at_least=True),
    ]


def start(rounds: int = 15) -> list[Ratio]:
    """The command against the libraries that it stands on, in turns; and what it holds in memory."""
    command = ["-m", "tic_rules", "check", str(CENTRE), "--rules", RULES, "--exit-zero"]
    bare = ours = mega = float("inf")
    for _ in range(rounds):
        bare = min(bare, _process(["-c", BARE]))
        ours = min(ours, _process(command))
        mega = min(mega, _peak(command))
    return [
        Ratio("`tic-rules check`, × the bare libraries", ours / bare, 1.7),
        Ratio("`tic-rules check`, MB", mega, 80),
    ]


def proof() -> list[Ratio]:
    """A comparison with proofs, in seconds."""
    command = ["-m", "tic_rules", "diff", "national_2020", RULES, "--prove"]
    return [Ratio("`tic-rules diff --prove`, seconds", min(_process(command) for _ in range(3)), 3)]


def _seconds(work: Callable[[], Any]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def _environment() -> Mapping[str, str]:
    """As people run it: modules compiled."""
    path = os.pathsep.join([str(ROOT / "src"), os.environ.get("PYTHONPATH", "")])
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"} | {
        "PYTHONPATH": path
    }


def _process(arguments: list[str]) -> float:
    """The seconds of a process; one that ends badly ends the measurement."""

    def run() -> None:
        done = subprocess.run(
            [sys.executable, *arguments],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            env=_environment(),
            check=False,
        )
        if done.returncode not in (0, 1):
            sys.exit(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr.decode()}")

    return _seconds(run)


def _peak(arguments: list[str]) -> float:
    """The megabytes that a process held at most."""
    process = subprocess.Popen(
        [sys.executable, *arguments], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=_environment()
    )
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return usage.ru_maxrss / 1024


PARTS: Mapping[str, Callable[[], list[Ratio]]] = {
    "centre": one_centre,
    "folder": folder,
    "start": start,
    "proof": proof,
}


if __name__ == "__main__":
    asked = sys.argv[1:] or list(PARTS)
    print(json.dumps([row for part in asked for row in PARTS[part]()]))
