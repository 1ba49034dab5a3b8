"""A centre's readings as facts of the network: ranges at a moment as whole numbers, words as codes, days as
numbers.

Nothing is decided here but the clock, which the lowering says once for all engines: what a bound or a list
makes of these facts, and what a rule's status is, is concluded by the network."""

from __future__ import annotations

from tic_rules.core.errors import DataError, UsageError, clip, fault
from tic_rules.core.source import fault_at
from tic_rules.engines.lowering import Days, Look, before_approval, look, occasions_owed
from tic_rules.engines.rete.assertions import Assertions, Ledger, Message
from tic_rules.engines.rete.plan import APPLIES, BROKEN, REQUIRE, NumberedRules, RulePlan
from tic_rules.engines.rete.questions import Questions
from tic_rules.engines.rete.semantics import DOES_NOT_SPEAK, FAIL, PENDING
from tic_rules.evaluation.entries import Moment
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.scenarios import Needs, Scenario, needs_of, scenarios_of
from tic_rules.evaluation.settlement import day_not_needed

_LATE = {"fail": FAIL, "pending": PENDING}


def facts_of(scene: Scene, plan: NumberedRules) -> list[Message]:
    """All facts of a check: every rule, every scenario that it can tell apart."""
    ledger = Ledger()
    _refuse_events(plan)
    for planned in plan.rules:
        rule = scene.ruleset.rules[planned.number]
        scenarios = _all_of(scene, needs_of(scene.ruleset, rule))
        distinct = {
            one.signature: one
            for one in (_asserted(scene, plan, planned, scenario) for scenario in scenarios)
        }
        behind = len(scenarios) > 1 and day_not_needed(rule, scene, scenarios)
        ledger.scenarios(planned.number, [ledger.place(one) for one in distinct.values()], behind)
    return ledger.facts


def _all_of(scene: Scene, needs: Needs) -> tuple[Scenario, ...]:
    """Every scenario. Raises DataError where they are too many to go through: nothing here stays unknown."""
    scenarios = scenarios_of(scene, needs)
    if scenarios.cut:
        mark, file = scene.subject.nearest(("approved_on",)), scene.subject.file or ""
        zh, en = (
            "批复、申报日期或建设期不明确，可能的情形太多，durable 引擎无法逐一核对；"
            "请写准 approved_on、applied_on、term_years，至少到月，或用 native 引擎",
            "the days of approval and application, or the term, are open in more ways than the durable "
            "engine goes through; make approved_on, applied_on and term_years more exact, days at least to "
            "the month, or use native",
        )
        raise DataError([fault_at(mark, "open-clock", zh, en, file, "/approved_on")])
    return scenarios.all


def _refuse_events(plan: NumberedRules) -> None:
    """Raise UsageError for rules of which each entry of a list owes something by itself."""
    named = [planned.rule.id for planned in plan.rules if planned.rule.clock.event]
    if named:
        shown = clip(", ".join(named), 300)
        zh = f"durable 引擎判定不了期限自条目起算的规则：{shown}；请用 native 引擎"
        en = f"the durable engine cannot decide rules whose deadline runs from entries: {shown}; use native"
        raise fault(UsageError, "durable-limit", zh, en)


def _asserted(scene: Scene, plan: NumberedRules, planned: RulePlan, scenario: Scenario) -> Assertions:
    """A rule in one scenario."""
    rule, assertions = planned.rule, Assertions(planned.number)
    questions, key = Questions(scene, plan, scenario, assertions), assertions.key()
    days = Days(scene.as_of, *scenario, scene.force)
    frame: Message = {"r": planned.number, "frame": key}
    assertions.facts.append(frame)
    before = None if rule.programme or scenario.approved else before_approval(rule.clock)
    if rule.programme != scene.programme:
        assertions.facts.append({"stat": key, "s": DOES_NOT_SPEAK})
    elif before == "pending":
        assertions.facts.append({"stat": key, "s": PENDING})
    elif before is not None and not rule.clock.timeless:
        assertions.facts.append({"stat": key, "s": DOES_NOT_SPEAK})
    elif before is not None:
        frame["silent"] = key
        questions.ask(planned.roots[REQUIRE], key, Moment(scene.as_of))
    elif rule.clock.yearly or rule.clock.cycle is not None:
        _owed(assertions, questions, planned, occasions_owed(rule.clock, days))
    else:
        _looked(questions, planned, frame, look(rule.clock, days))
    return assertions


def _looked(questions: Questions, planned: RulePlan, frame: Message, looked: Look) -> None:
    key = frame["frame"]
    if looked.late in _LATE:
        frame |= {"late": key, "s": _LATE[looked.late]}
        frame |= {"brk": int(BROKEN in planned.roots), "app": int(APPLIES in planned.roots)}
        questions.roots(planned, key, looked.moment)
    elif looked.holds:
        frame["silent"] = key
        questions.ask(planned.roots[REQUIRE], key, looked.moment)
    else:
        questions.assertions.facts.append({"stat": key, "s": DOES_NOT_SPEAK})


def _owed(assertions: Assertions, questions: Questions, planned: RulePlan, owed: list[Look]) -> None:
    """Every year that is owed is asked for by itself."""
    years = []
    for year in owed:
        years.append(key := assertions.key())
        late = {"late": key, "s": _LATE[year.late], "brk": 0, "app": 0}
        assertions.facts.append({"r": planned.number, **late})
        questions.ask(planned.roots[REQUIRE], key, year.moment)
    if years:
        assertions.owes(1, years)
    else:
        assertions.facts.append({"stat": 1, "s": DOES_NOT_SPEAK})
