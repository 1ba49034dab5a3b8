"""A fault of a rule file: where it stands, what is wrong there, what would mend it; and its code (what it
means, why it matters) in `codes.yaml`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, NamedTuple

from tic_rules.core.errors import Diagnostic, Text
from tic_rules.core.source import read_beside
from tic_rules.model import conditions as c
from tic_rules.model.ruleset import Rule, RuleSet

Loc = tuple[str | int, ...]
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

CHECK_NUMBER = Text(
    "核对数字，或在 reading 中说明它从何而来", "check the number, or say in the reading where it comes from"
)
CHECK_DEADLINE = Text(
    "核对期限，或在 reading 中说明由来", "check the deadline, or say in the reading where it comes from"
)


class Fault(NamedTuple):
    code: str
    message: Text
    file: str = ""
    line: int = 0
    column: int = 0
    rule: str | None = None
    fix: Text | None = None

    @property
    def severity(self) -> Severity:
        return BY_CODE[self.code].severity

    @property
    def place(self) -> str:
        return Diagnostic("", self.message, self.file, self.line, self.column).place

    def as_dict(self) -> dict[str, object]:
        return {
            "code": self.code,
            "severity": self.severity,
            "title": BY_CODE[self.code].title.as_dict(),
            "message": self.message.as_dict(),
            "fix": self.fix.as_dict() if self.fix else None,
            "rule": self.rule,
            "file": self.file or None,
            "line": self.line or None,
            "column": self.column or None,
        }


class Found(NamedTuple):
    """What a check yields: what is wrong and where in the rule; the driver adds file, line and rule."""

    code: str
    within: Loc
    zh: str
    en: str
    fix: Text | None = None


def located(flaw: Found, ruleset: RuleSet, at: Loc = (), rule: Rule | None = None) -> Fault:
    """A flaw as a fault of the file: `within` counts from `at`."""
    mark = ruleset.locate(*at, *flaw.within)
    name = rule.id if rule else None
    return Fault(flaw.code, Text(flaw.zh, flaw.en), ruleset.file, mark.line, mark.column, name, flaw.fix)


def tests_of(where: c.Where, at: Loc) -> Iterator[tuple[Loc, str, c.Test]]:
    """The tests on attributes within a `where`, those under `any` too."""
    for attribute, test in where.each.items():
        yield (*at, attribute), attribute, test
    for index, inner in enumerate(where.any):
        yield from tests_of(inner, (*at, "any", index))
