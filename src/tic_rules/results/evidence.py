"""What a finding is made from: a rule, the decision on it, the scene of the check, an exemption that holds.

Each method gives the finding's attribute of its name. All is read off the decision; nothing is decided here.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from functools import cached_property
from typing import Any

from tic_rules.core.errors import Text
from tic_rules.core.numbers import Range
from tic_rules.core.source import pointer
from tic_rules.evaluation.clock import deadline_between
from tic_rules.evaluation.decisions import Decision
from tic_rules.evaluation.entries import Path
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.settlement import amount_of, cited_places
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results import messages, numbers, places, traces
from tic_rules.results.finding import Finding, weight
from tic_rules.results.parts import Citation, OwedYear, Part, Place, Quantity, Requirement
from tic_rules.results.reached import reached_on


class Evidence:
    """The evidence of one finding; `decide` gives the decision, when something is looked at that depends on
    it."""

    def __init__(
        self, rule: Rule, scene: Scene, status: str, decide: Callable[[], Decision], exemption: Any = None
    ) -> None:
        self.rule, self.scene, self.status, self._decide, self.exemption = (
            rule,
            scene,
            status,
            decide,
            exemption,
        )

    @cached_property
    def decision(self) -> Decision:
        return self._decide()

    @property
    def applies(self) -> bool:
        return self.status != "not_applicable"

    # --- numbers --------------------------------------------------------------------------------------------

    @cached_property
    def range(self) -> tuple[Any, Range | None]:
        """What the rule's one condition observed, and against what; None where the clause asks several
        things."""
        main = self.decision.main
        return (None, None) if main is None else (main.observed, main.bound)

    def observed(self) -> Quantity | Part | None:
        by_year = self.decision.by_year
        if by_year:
            return Part(years={str(year): status for year, status in by_year.items()})
        return numbers.observed(self.range[0], self.rule, self.scene.ruleset) if self.applies else None

    def required(self) -> Requirement | None:
        return (
            None if self.decision.by_year else numbers.required(self.rule, self.scene.ruleset, self.range[1])
        )

    def gap(self) -> str | None:
        return numbers.gap_text(*self.range, self.rule) if self.applies else None

    def progress(self) -> float | None:
        return numbers.progress(*self.range, self.rule) if self.applies else None

    def total(self) -> Range | None:
        """What a consequence's amount adds up to: a range where the data leaves it open."""
        return None if self.rule.amount is None else amount_of(self.rule, self.scene).range

    # --- words ----------------------------------------------------------------------------------------------

    @cached_property
    def words(self) -> messages.Words:
        return messages.words(self)

    def message(self) -> Text:
        return self.words.message

    def detail(self) -> Text:
        return self.words.detail

    def trace(self) -> Part:
        return traces.trace(self.rule, self.decision, self.scene.ruleset)

    # --- time -----------------------------------------------------------------------------------------------

    @property
    def last_day(self) -> date | None:
        """The last day of the rule's time."""
        return self.decision.deadline if self.applies else None

    def deadline(self) -> str | None:
        return None if self.last_day is None else self.last_day.isoformat()

    def deadline_range(self) -> list[str] | None:
        """The days between which the deadline lies, where the data leaves it open but not without end."""
        subject = self.scene.subject
        if not self.applies or self.last_day is not None or not isinstance(subject, Centre):
            return None
        between = deadline_between(self.rule, subject)
        return None if between is None else [day.isoformat() for day in between]

    def days_left(self) -> int | None:
        return None if self.last_day is None else (self.last_day - self.scene.as_of).days

    def window(self) -> list[str] | None:
        window = self.decision.window
        return [day.isoformat() for day in window] if window and self.applies else None

    def reached_on(self) -> str | None:
        day = self.reached
        return None if day is None else day.isoformat()

    @cached_property
    def reached(self) -> date | None:
        """For a deadline that was missed: the first day after it on which the data shows the requirement
        met."""
        return reached_on(self.rule, self.decision, self.scene) if self.status == "fail" else None

    def years(self) -> list[OwedYear]:
        return [
            OwedYear(year=year, status=status, deadline=due.isoformat())
            for year, status, _, due in self.decision.years
        ]

    # --- places ---------------------------------------------------------------------------------------------

    @cached_property
    def paths(self) -> tuple[Path, ...]:
        """The places that the finding rests on; of a consequence that follows, those of its amount too."""
        read = cited_places(self.rule, self.decision, self.scene)
        if self.rule.amount is None or self.status != "fail":
            return read
        return tuple(dict.fromkeys([*read, *amount_of(self.rule, self.scene).cites]))

    def data(self) -> list[Place]:
        return places.at(self.scene, self.paths)

    def sources(self) -> list[Part]:
        return places.sources(self.scene, self.paths)

    def place(self) -> Place:
        return places.main(
            self.scene, self.status, self.decision.missing if self.status == "unknown" else (), self.paths
        )

    def missing(self) -> list[str]:
        return [pointer(path) for path in self.decision.missing] if self.status == "unknown" else []

    def lacking(self) -> list[str]:
        """What a list lacks: sections, indicators, tasks without an attestation, entries that are not as
        asked."""
        return [] if self.status in ("pass", "not_applicable") else list(self.decision.lacking)


def finding_of(
    rule: Rule, scene: Scene, status: str, decide: Callable[[], Decision], exemption: Any = None
) -> Finding:
    """The finding of a decision: its rule's clause, its status, and the evidence that says the rest."""
    clause = _clause_of(scene.ruleset, rule)
    evidence = Evidence(rule, scene, status, decide, exemption)
    judged = clause["judged"] or status == "needs_review"
    return Finding(
        {
            **clause,
            "status": status,
            **weight(rule.modality, rule.kind, status),
            "judged": judged,
            "_evidence": evidence,
        }
    )


def _clause_of(ruleset: RuleSet, rule: Rule) -> dict[str, Any]:
    """What the findings of a rule say whatever the data; made once for a rule set."""
    made: dict[str, Any] | None = ruleset._compiled.get(("clause", rule.id))
    if made is None:
        made = ruleset._compiled["clause", rule.id] = {
            "rule": f"{ruleset.id}/{rule.id}",
            "kind": rule.kind,
            "modality": rule.modality,
            "bearer": rule.bearer,
            "topic": rule.topic,
            "phase": rule.phase,
            "title": rule.title.text,
            "remedy": rule.remedy.text,
            "reading": rule.reading.text if rule.reading else None,
            "citation": Citation(ruleset.cited(rule.id)),
            "judged": _judged(ruleset, rule),
            "new_in": rule.new_in,
        }
    return made


def _judged(ruleset: RuleSet, rule: Rule, follows: frozenset[str] = frozenset()) -> bool:
    """Whether a rule waits for a judgement: its own, or that of a rule that it follows from."""
    for node in c.walk(rule.condition):
        if isinstance(node, c.Attested):
            return True
        if isinstance(node, c.Follows) and node.follows not in follows:
            other = ruleset[node.follows]
            if _judged(ruleset, other, follows | {other.id}):
                return True
    return False


__all__ = ["Evidence", "finding_of"]
