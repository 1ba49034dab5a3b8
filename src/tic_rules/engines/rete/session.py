"""One network of durable-rules and its sessions: facts asserted, matches drained, the session always
deleted.

The C engine is driven directly, without the package's host: a host starts two threads that would run our
rules behind our back. Actions compute nothing: each asserts the fact that its rule's `then` names."""

from __future__ import annotations

import importlib
import json
import sys
import threading
import weakref
from types import ModuleType
from typing import Protocol

from tic_rules.core.errors import TicRulesError, UsageError, fault
from tic_rules.engines.rete.semantics import Definition


class Deciding(Protocol):
    """Concludes a status code for every rule from the facts of one check."""

    def decide(self, facts: list[dict[str, int]], rules: int) -> dict[int, int]: ...


def engine_module() -> ModuleType:
    """The C engine of durable-rules. Raises UsageError that says which Python and which extra would do."""
    try:
        return importlib.import_module("durable_rules_engine")
    except ImportError as error:
        here = ".".join(map(str, sys.version_info[:2]))
        zh = (
            f"durable 引擎不能载入（{error}）：需要 Python 3.11 或 3.12（当前 {here}）、C 编译器，以及 pip "
            f"install 'tic-rules[durable]'；其他引擎不受影响"
        )
        en = (
            f"cannot import the durable engine ({error}): it needs Python 3.11 or 3.12 (this is {here}), a "
            f"C compiler, and pip install 'tic-rules[durable]'"
        )
        raise fault(UsageError, "extra", zh, en) from None


class Network:
    """A rule set's durable rules, compiled once; one check at a time has a session in it."""

    def __init__(self, name: str, definition: Definition) -> None:
        self._engine = engine = engine_module()
        self._handle = engine.create_ruleset(name, json.dumps(definition.rules))
        self._then, self._followed = definition.then, frozenset(definition.followed)
        self._lock = threading.Lock()
        self._checks = 0
        weakref.finalize(self, engine.delete_ruleset, self._handle)

    def decide(self, facts: list[dict[str, int]], rules: int) -> dict[int, int]:
        """The status of every rule. A check has a session of its own, deleted whatever happens."""
        for attempt in range(_ATTEMPTS):
            with self._lock:
                self._checks += 1
                session = f"{self._checks}.{attempt}"
                state = self._opened(session)
                try:
                    done = self._run(session, state, facts)
                finally:
                    self._engine.delete_state(self._handle, session)
            if len(done) == rules:
                return done
        raise fault(
            TicRulesError,
            "durable-incomplete",
            f"durable 引擎只判定了 {len(done)}/{rules} 条规则",
            f"the durable engine concluded only {len(done)} of {rules} rules",
        )

    def _opened(self, session: str) -> int:
        """A session whose first action has begun: only then does the C engine know what to free when it is
        deleted."""
        _, state = self._engine.assert_fact(
            self._handle, json.dumps({"opened": 1, "sid": session, "id": f"{session}.0"})
        )
        self._engine.start_action_for_state(self._handle, state)
        return int(state)

    def _run(self, session: str, state: int, facts: list[dict[str, int]]) -> dict[int, int]:
        engine, handle = self._engine, self._handle
        done: dict[int, int] = {}
        ids = iter(range(1, sys.maxsize))

        def tell(asserted: list[dict[str, int]]) -> None:
            # The engine knows a message by a 32-bit hash of its id and drops a second one with the same
            # hash. The rule that
            # misses it is then never concluded, and the check is run again under other ids.
            message = [fact | {"sid": session, "id": f"{session}.{next(ids)}"} for fact in asserted]
            engine.assert_facts(handle, json.dumps(message))

        tell(facts)
        while matched := engine.complete_and_start_action(handle, state):
            asserted: list[dict[str, int]] = []
            for rule, matches in json.loads(matched).items():
                then = self._then[rule]
                for match in matches if isinstance(matches, list) else [matches]:
                    fact = {
                        name: value if isinstance(value, int) else match[value[0]][value[1]]
                        for name, value in then.items()
                    }
                    if "done" in fact:
                        done[fact["done"]] = fact["s"]
                        if fact["done"] not in self._followed:
                            continue
                    asserted.append(fact)
            if asserted:
                tell(asserted)
        return done


_ATTEMPTS = 3
