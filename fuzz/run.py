"""The fuzzer: hostile inputs for every format and for the rule loader.

    python fuzz/run.py --inputs 1000000          # all targets in turn; prints a table
    python fuzz/run.py --target yaml --seconds 60

Each input is a seed (an example, a case of the corpus, a known attack) that is mutated, spliced or made from
tokens of the format. A run fails where anything but an error of ours is raised, where two engines disagree,
where reading an input, one check of it or writing its report takes over two seconds of CPU, as a plain server
has them (or two minutes by the clock), or the process grows over 300 MB, or where the process dies: workers
are processes of their own, and the input at hand is on disk before it is tried. The same --seed gives the
same inputs.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import random
import resource
import sys
import tempfile
import time
import traceback
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [
    str(HERE),
    str(HERE.parent / "src"),
    str(HERE.parent / "tests/agreement"),
    str(HERE.parent / "tests/corpus"),
]

from hostile import SECONDS, as_of_a_server  # noqa: E402
from mutate import Mutator  # noqa: E402
from targets import TARGETS, Target, seeds_of  # noqa: E402

HANGS = 120
LARGE = 300 * 1024 * 1024


def work(name: str, seed: int, inputs: int, seconds: float, folder: str, pipe: object) -> None:
    """Try inputs until their number or the time is up; tell counts now and then."""
    from tic_rules.core.errors import TicRulesError

    resource.setrlimit(
        resource.RLIMIT_AS, (8 * LARGE, 8 * LARGE)
    )  # a runaway is a MemoryError here, and leaves the machine alone
    target: Target = TARGETS[name](folder)
    mutator = Mutator(random.Random(seed), seeds_of(name), target.tokens)
    at_hand = Path(folder) / f"{name}.input"
    counts = {"inputs": 0, "accepted": 0, "refused": 0, "slowest": 0.0, "failures": []}
    end, beat = time.monotonic() + seconds, 0.0
    descriptor = os.open(at_hand, os.O_CREAT | os.O_RDWR)
    while counts["inputs"] < inputs and time.monotonic() < end:
        data = target.made(mutator)
        os.pwrite(descriptor, len(data).to_bytes(8, "big") + data, 0)
        target.judge.took.clear()
        start = time.process_time()
        try:
            target.run(data)
            counts["accepted"] += 1
        except TicRulesError as error:
            counts["refused"] += 1
            if not error.diagnostics:
                counts["failures"].append(("no diagnostics", data))
            str(error)
        except BaseException:
            counts["failures"].append((traceback.format_exc(limit=-8), data))
            if len(counts["failures"]) > 20:
                break
        took = max([time.process_time() - start - sum(target.judge.took), *target.judge.took])
        took = as_of_a_server(took)
        if took > SECONDS:
            counts["failures"].append((f"{took:.1f} s of CPU", data))
        counts["slowest"] = max(counts["slowest"], took)
        counts["inputs"] += 1
        if time.monotonic() > beat:
            beat = time.monotonic() + 2
            pipe.send(dict(counts, memory=_memory(), failures=list(counts["failures"])))
    pipe.send(dict(counts, memory=_memory(), done=True))


def _memory() -> int:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def campaign(name: str, seed: int, inputs: int, seconds: float, keep: Path) -> dict[str, object]:
    """One target in a process of its own. A process that dies is a failure; the next goes on with another
    seed."""
    total = {
        "inputs": 0,
        "accepted": 0,
        "refused": 0,
        "slowest": 0.0,
        "memory": 0,
        "failures": 0,
        "seconds": 0.0,
    }
    start = time.monotonic()
    with tempfile.TemporaryDirectory(dir="/dev/shm" if Path("/dev/shm").is_dir() else None) as folder:
        while total["inputs"] < inputs and time.monotonic() - start < seconds:
            here, there = multiprocessing.Pipe(duplex=False)
            left = seconds - (time.monotonic() - start)
            process = multiprocessing.Process(
                target=work, args=(name, seed, inputs - total["inputs"], left, folder, there)
            )
            process.start()
            there.close()
            told: dict[str, object] = {}
            while True:
                try:
                    if here.poll(HANGS):
                        told = here.recv()
                        continue
                    process.kill()
                except EOFError:
                    pass
                break
            process.join()
            failures = list(told.get("failures", ()))
            if process.exitcode != 0 or not told.get("done"):
                raw = (Path(folder) / f"{name}.input").read_bytes()
                failures.append(
                    (
                        f"the process ended with {process.exitcode}",
                        raw[8 : 8 + int.from_bytes(raw[:8], "big")],
                    )
                )
            for said, data in failures:
                total["failures"] += 1
                kept = keep / f"{name}-{abs(hash((said, data))) % 10**12}"
                keep.mkdir(parents=True, exist_ok=True)
                kept.with_suffix(".input").write_bytes(data)
                kept.with_suffix(".txt").write_text(said)
                print(f"{name}: {kept}: {said.strip().splitlines()[-1][:200]}", flush=True)
            for key in ("inputs", "accepted", "refused"):
                total[key] += int(told.get(key, 0))
            for key in ("slowest", "memory"):
                total[key] = max(total[key], told.get(key, 0))
            seed += 1
            if total["failures"] > 50:
                break
    total["seconds"] = time.monotonic() - start
    return total


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--target", action="append", choices=list(TARGETS))
    parser.add_argument("--inputs", type=int, default=100_000, help="in all, shared out among the targets")
    parser.add_argument("--seconds", type=float, default=10**9, help="for each target")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", default="fuzz-failures", help="where inputs that fail are put")
    asked = parser.parse_args()
    names = asked.target or list(TARGETS)
    shares = {name: TARGETS[name].share for name in names}
    failed = 0
    print(
        f"{'target':<12}{'inputs':>10}{'accepted':>10}{'refused':>10}{'slowest':>10}{'memory':>9}{'failures':>10}{'seconds':>9}",
        flush=True,
    )
    for name in names:
        inputs = asked.inputs * shares[name] // sum(shares.values())
        t = campaign(name, asked.seed, inputs, asked.seconds, Path(asked.keep))
        failed += t["failures"]
        counts = f"{name:<12}{t['inputs']:>10}{t['accepted']:>10}{t['refused']:>10}"
        print(
            f"{counts}{t['slowest']:>9.2f}s{t['memory'] // 2**20:>6} "
            f"MB{t['failures']:>10}{t['seconds']:>9.0f}",
            flush=True,
        )
        failed += t["memory"] > LARGE
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
