"""What is accepted is decided and shown: by the reference and by the compiled engine, every finding looked
at, in every format in turn."""

from __future__ import annotations

import time
from datetime import date
from itertools import count
from typing import Any

from tic_rules import RuleSet
from tic_rules.core.errors import TicRulesError
from tic_rules.engines.check import check_subject
from tic_rules.renderers import FORMATS, Options, render

_FORMATS = tuple(FORMATS)


class Disagree(Exception):
    """Two engines say different things of one input: a failure of the run."""


class Judge:
    """Decides and shows; the formats and languages take turns. `took` are the seconds of CPU of every check
    and every rendering."""

    def __init__(self) -> None:
        self._turn = count()
        self.took: list[float] = []

    def decide(self, subject: Any, ruleset: RuleSet, day: date) -> None:
        """Raises Disagree. What the reference refuses in words (a clock that is open in too many ways), the
        compiled engine has to refuse too."""
        told = [self._told(subject, ruleset, day, engine) for engine in ("reference", "compiled")]
        if told[0] != told[1]:
            raise Disagree(f"{ruleset.id}: reference and compiled differ")
        if isinstance(told[0], dict):
            turn = next(self._turn)
            start = time.process_time()
            report = check_subject(subject, ruleset, day, "reference")
            render(
                [report],
                Options(
                    _FORMATS[turn % len(_FORMATS)], lang="zh" if turn % 2 else "en", verbose=turn % 3 == 0
                ),
            )
            self.took.append(time.process_time() - start)

    def _told(self, subject: Any, ruleset: RuleSet, day: date, engine: str) -> Any:
        start = time.process_time()
        try:
            return check_subject(subject, ruleset, day, engine).as_dict() | {"tool": None}
        except TicRulesError as error:
            return [diagnostic.code for diagnostic in error.diagnostics]
        finally:
            self.took.append(time.process_time() - start)


__all__ = ["Disagree", "Judge"]
