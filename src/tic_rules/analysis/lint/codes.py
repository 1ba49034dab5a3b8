"""The faults that a rule file can have: one code each, what it means, why it matters, what to do."""

from __future__ import annotations

from typing import Literal, NamedTuple

from tic_rules.core.errors import Text
from tic_rules.core.source import read_beside

Severity = Literal["error", "warning"]


class LintCode(NamedTuple):
    """A kind of fault. `title` says what it is in a few words, `why` explains it and what would be right."""

    code: str
    severity: Severity
    title: Text
    why: Text


CODES = tuple(
    LintCode(one["code"], one["severity"], Text(**one["title"]), Text(**one["why"]))
    for one in read_beside(__file__, "codes.yaml")
)
BY_CODE = {code.code: code for code in CODES}
