"""What a finding is made from: rule, decision, scene, exemption; nothing is decided here."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import cached_property
from typing import Any

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
from tic_rules.results.late_fulfilment import reached_on
from tic_rules.results.parts import Citation, OwedYear, Part, Parts, Quantity


class Evidence:
    """The evidence of one finding; `decide` gives the decision, when something is looked at that depends on
    it. `words`, `numbers`, `time`, `places` and `steps` give attributes of the finding by name."""

    def __init__(
        self, rule: Rule, scene: Scene, status: str, decide: Callable[[], Decision], exemption: Any = None
    ) -> None:
        self.rule, self.scene, self.status, self._decide = rule, scene, status, decide
        self.exemption = exemption
        self.applies = status != "not_applicable"

    @cached_property
    def decision(self) -> Decision:
        return self._decide()

    # --- numbers --------------------------------------------------------------------------------------------

    @property
    def range(self) -> tuple[object, Range | None]:
        """What the rule's one condition observed, and against what; None for a clause that asks several."""
        main = self.decision.main
        return (None, None) if main is None else (main.observed, main.bound)

    def numbers(self) -> dict[str, object]:
        """observed, required, gap, progress"""
        value, bound = self.range
        if not self.applies:
            value = None
        made = numbers.numbers_of(self.rule, self.scene.ruleset, value, bound)
        if years := self.decision.by_year:
            observed = Quantity(years=Part({str(year): status for year, status in years.items()}))
            made |= {"observed": observed, "required": None}
        return made

    def total(self) -> Range | None:
        """What a consequence's amount adds up to: a range where the data leaves it open."""
        return None if self.rule.amount is None else amount_of(self.rule, self.scene).range

    # --- words ----------------------------------------------------------------------------------------------

    def words(self) -> dict[str, object]:
        """message, detail"""
        return messages.words(self)

    def steps(self) -> dict[str, object]:
        """trace"""
        return {"trace": traces.trace(self.rule, self.decision, self.scene.ruleset)}

    # --- time -----------------------------------------------------------------------------------------------

    def time(self) -> dict[str, object]:
        """deadline, deadline_range, days_left, window, reached_on, years"""
        decision = self.decision
        last_day = decision.deadline if self.applies else None
        reached = None if last_day is None else self.reached
        window = decision.window if self.applies else None
        return {
            "deadline": None if last_day is None else last_day.isoformat(),
            "deadline_range": self.deadline_range(),
            "days_left": None if last_day is None else (last_day - self.scene.as_of).days,
            "window": None if window is None else Parts(day.isoformat() for day in window),
            "reached_on": None if reached is None else reached.isoformat(),
            "years": Parts(
                OwedYear(
                    year=year if isinstance(year, int) else due.year,
                    status=status,
                    deadline=due.isoformat(),
                    **({} if isinstance(year, int) else {"of": year}),
                )
                for year, status, _, due in decision.years
            ),
        }

    def deadline_range(self) -> list[str] | None:
        """The days between which the deadline lies, where the data leaves it open but not without end."""
        subject = self.scene.subject
        if not self.applies or self.decision.deadline is not None or not isinstance(subject, Centre):
            return None
        between = deadline_between(self.rule, subject, self.scene.as_of)
        return None if between is None else Parts(day.isoformat() for day in between)

    @cached_property
    def reached(self) -> date | None:
        """After a missed deadline: the first day on which the data shows the requirement met."""
        return reached_on(self.rule, self.decision, self.scene) if self.status == "fail" else None

    # --- places ---------------------------------------------------------------------------------------------

    def places(self) -> dict[str, object]:
        """lacking, data, place (which may be one of the data), sources, missing"""
        scene, paths = self.scene, self._paths()
        missing = self.decision.missing if self.status == "unknown" else ()
        return {
            "lacking": self.lacking(),
            "data": places.at(scene, paths),
            "place": places.main(scene, self.status, missing, paths),
            "sources": places.sources(scene, paths),
            "missing": Parts(map(pointer, missing)),
        }

    def _paths(self) -> tuple[Path, ...]:
        """The places that the finding rests on; of a consequence that follows, those of its amount too."""
        read = cited_places(self.rule, self.decision, self.scene)
        if self.rule.amount is None or self.status != "fail":
            return read
        return tuple(dict.fromkeys([*read, *amount_of(self.rule, self.scene).cites]))

    def lacking(self) -> list[str]:
        """What a list lacks: sections, indicators, tasks not attested, entries that are not as asked."""
        return Parts(() if self.status in ("pass", "not_applicable") else self.decision.lacking)


def finding_of(
    rule: Rule, scene: Scene, status: str, decide: Callable[[], Decision], exemption: object = None
) -> Finding:
    """The finding of a decision: its rule's clause, its status, and the evidence that says the rest."""
    clause = _clause_of(scene.ruleset, rule, status)
    return Finding(clause, Evidence(rule, scene, status, decide, exemption))


def _clause_of(ruleset: RuleSet, rule: Rule, status: str) -> Mapping[str, object]:
    """What the findings of a rule with some status say whatever the data; made once for a rule set."""
    made: dict[str, object] | None = ruleset._compiled.get(("clause", rule.id, status))
    if made is None:
        made = ruleset._compiled["clause", rule.id, status] = {
            "rule": f"{ruleset.id}/{rule.id}",
            "status": status,
            **weight(rule.modality, rule.kind, status),
            "kind": rule.kind,
            "modality": rule.modality,
            "bearer": rule.bearer,
            "topic": rule.topic,
            "phase": rule.phase,
            "title": rule.title.text,
            "remedy": rule.remedy.text,
            "reading": rule.reading.text if rule.reading else None,
            "citation": Citation(ruleset.citation(rule.id)),
            "judged": _judged(ruleset, rule) or status == "needs_review",
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
