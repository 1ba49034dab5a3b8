"""A centre's readings as facts of the network: ranges at a moment as whole numbers, words as codes, days as numbers.

Nothing is decided here: what a bound, a list or a deadline makes of these facts is concluded by the network.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from tic_rules.core.quantities import FIRST_DAY, add_days, year_end
from tic_rules.engines.rete.asking import Asking
from tic_rules.engines.rete.network import ENDLESS, timeless
from tic_rules.engines.rete.plan import REQUIRE, Plan, RulePlan
from tic_rules.engines.rete.sheets import Ledger, Message, Sheet
from tic_rules.evaluation.clock import deadline_of
from tic_rules.evaluation.entries import Moment
from tic_rules.evaluation.facts import Scene
from tic_rules.evaluation.scenarios import Scenario, needs_of, whole
from tic_rules.evaluation.settlement import day_not_needed
from tic_rules.model.programme import Programme


def facts_of(scene: Scene, plan: Plan) -> list[Message]:
    """All facts of a check: every rule, every scenario that it can tell apart."""
    ledger = Ledger()
    for planned in plan.rules:
        scenarios = whole(scene, needs_of(scene.ruleset, planned.rule))
        sheets = _told_apart(_lived(scene, plan, planned, scenario) for scenario in scenarios)
        behind = len(scenarios) > 1 and day_not_needed(planned.rule, scene, scenarios)
        ledger.scenarios(planned.number, [ledger.place(sheet) for sheet in sheets], behind)
    return ledger.facts


def _told_apart(sheets: Iterable[Sheet]) -> list[Sheet]:
    """Scenarios with the same readings differ by one day only: the deadline, or the day that has to be past. The earliest and the
    latest stand for all of them."""
    alike: dict[Any, list[Sheet]] = {}
    for sheet in sheets:
        alike.setdefault(sheet.signature, []).append(sheet)
    kept: list[Sheet] = []
    for group in alike.values():
        ends = {sheet.days.get("due", sheet.days.get("opens", 0)): sheet for sheet in group}
        kept.extend(ends[day] for day in sorted({min(ends), max(ends)}))
    return kept


# --- a rule in a scenario -----------------------------------------------------------------------------------------------------


def _lived(scene: Scene, plan: Plan, planned: RulePlan, scenario: Scenario) -> Sheet:
    rule, as_of = planned.rule, scene.as_of
    sheet = Sheet(planned.number)
    asking = Asking(scene, plan, scenario, sheet, rule)
    programme = isinstance(scene.subject, Programme)
    key = sheet.key()
    frame = {
        "r": planned.number,
        "frame": key,
        "programme": int(programme),
        "approved": int(scenario.approved is not None),
        "as_of": as_of.toordinal(),
    }
    sheet.facts.append(frame)
    if programme != (rule.bearer == "programme"):
        return sheet
    if not programme and scenario.approved is None and rule.by != "application":
        if rule.by != "approval" and timeless(planned):
            asking.ask(planned.roots[REQUIRE], key, Moment(as_of))
        return sheet
    if rule.yearly is not None:
        _owed(sheet, asking, planned, scenario, frame)
        return sheet
    if rule.from_ is not None:
        opens = scenario.approved if rule.from_ == "approval" else scenario.term_end
        sheet.days["opens"] = ENDLESS if opens is None else opens.toordinal()
        asking.roots(planned, key, Moment(as_of, add_days(opens or FIRST_DAY, 1)))
        return sheet
    start = scenario.approved if rule.since == "approval" else rule.since
    deadline = deadline_of(rule, scenario)
    last = (
        min(as_of, deadline)
        if deadline is not None
        else min(as_of, scenario.term_end)
        if rule.until and scenario.term_end
        else as_of
    )
    sheet.days["due"] = ENDLESS if deadline is None else deadline.toordinal()
    asking.roots(planned, key, Moment(last, start if isinstance(start, date) else FIRST_DAY))
    return sheet


def _owed(sheet: Sheet, asking: Asking, planned: RulePlan, scenario: Scenario, frame: Message) -> None:
    """Every full calendar year between approval and the as-of day is asked for by itself."""
    as_of, owed = asking.scene.as_of, planned.rule.yearly
    assert owed is not None
    assert scenario.approved is not None
    first = (
        scenario.approved.year
        if scenario.approved == date(scenario.approved.year, 1, 1)
        else scenario.approved.year + 1
    )
    last = as_of.year if as_of == year_end(as_of.year) or owed.running_year else as_of.year - 1
    years = []
    for year in range(first, last + 1):
        due = year_end(year + 1 if owed.looked_for_until == "end_of_next_year" else year)
        years.append(own := sheet.key())
        sheet.facts.append(
            {"r": planned.number, "frame": own, "owed": 1, "as_of": as_of.toordinal(), "due": due.toordinal()}
        )
        asking.ask(planned.roots[REQUIRE], own, Moment(min(as_of, due), FIRST_DAY, year))
    frame["owed"] = 2 if years else 0
    if years:
        sheet.owes(1, years)
