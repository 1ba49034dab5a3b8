"""The network in a process of its own: a crash of the C engine ends the worker, never its host.

Host and worker speak JSON lines over pipes: first the definition, then the facts of one check a line,
answered in turn."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import IO

from tic_rules.core.errors import Diagnostic, Text, TicRulesError, UsageError, fault
from tic_rules.core.scalars import Json
from tic_rules.engines.rete.semantics import Definition
from tic_rules.engines.rete.session import Network


class Worker:
    """A worker process for one rule set, started when it is first asked and again after a crash."""

    def __init__(self, name: str, definition: Definition) -> None:
        self._opening = json.dumps(
            {
                "name": name,
                "rules": definition.rules,
                "then": definition.then,
                "followed": sorted(definition.followed),
            }
        )
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._owner = 0

    def decide(self, facts: list[dict[str, int]], rules: int) -> dict[int, int]:
        """The status of every rule. Raises TicRulesError where the worker dies of it."""
        with self._lock:
            answer = self._ask(json.dumps({"facts": facts, "rules": rules}))
        if "fault" in answer:
            code, zh, en = answer["fault"]
            raise UsageError([Diagnostic(code, Text(zh, en))])
        return {int(rule): status for rule, status in answer["done"].items()}

    @property
    def pid(self) -> int | None:
        """The worker's process, while there is one."""
        return self._process.pid if self._process is not None else None

    def _ask(self, question: str) -> Json:
        if self._process is None or self._owner != os.getpid():
            self._process, self._owner = _started(), os.getpid()
            weakref.finalize(self, _ended, self._process)
            question = f"{self._opening}\n{question}"
        process = self._process
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(question + "\n")
            process.stdin.flush()
            line = process.stdout.readline()
        except OSError:
            line = ""
        if line:
            return json.loads(line)  # type: ignore[no-any-return]
        self._process = None
        _ended(process)
        how = process.returncode
        zh, en = (
            f"durable 引擎的工作进程中断（返回码 {how}），本次检查没有结论",
            f"the durable engine's worker died (exit status {how}); this check has no result",
        )
        raise fault(TicRulesError, "durable-crashed", zh, en)


def _started() -> subprocess.Popen[str]:
    above = str(Path(__file__).resolve().parents[3])
    paths = os.pathsep.join(path for path in (above, os.environ.get("PYTHONPATH", "")) if path)
    command = [sys.executable, "-m", "tic_rules.engines.rete"]
    pipe = subprocess.PIPE
    return subprocess.Popen(
        command, stdin=pipe, stdout=pipe, text=True, encoding="utf-8", env={**os.environ, "PYTHONPATH": paths}
    )


def _ended(process: subprocess.Popen[str]) -> None:
    """End a worker and close its pipes; one that has died already is only buried."""
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            try:
                stream.close()
            except OSError:
                continue
    try:
        process.wait(5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def serve(questions: IO[str], answers: IO[str]) -> None:
    """The worker: a network for the definition of the first line, an answer to every line after it."""
    opening = json.loads(questions.readline())
    definition = Definition()
    definition.rules, definition.then, definition.followed = (
        opening["rules"],
        opening["then"],
        set(opening["followed"]),
    )
    network: Network | None = None
    for line in questions:
        asked = json.loads(line)
        try:
            network = network or Network(opening["name"], definition)
            answer: Json = {"done": network.decide(asked["facts"], asked["rules"])}
        except TicRulesError as error:
            first = error.diagnostics[0]
            answer = {"fault": [first.code, first.message.zh, first.message.en]}
        answers.write(json.dumps(answer) + "\n")
        answers.flush()
