"""A plan made: what is open, how each rule can be met, the cheapest choice, and the evaluator's word on the
result."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import islice
from typing import Final, NamedTuple

from tic_rules.analysis.plan.choice import FIRST, ChosenWays, Costs, NewMoney, Open, choose
from tic_rules.analysis.plan.model import (
    ActionPlan,
    Alternative,
    DataChange,
    Rest,
    Step,
    Sum,
    Way,
    once,
)
from tic_rules.analysis.plan.money import UNIT, Purses, payers_text
from tic_rules.analysis.plan.reasons import IDENTITY, KEPT, reason_after, reason_before, reason_old
from tic_rules.analysis.plan.situation import Situation, adverse_words
from tic_rules.analysis.plan.update import apart, from_today, needless, update, worse
from tic_rules.analysis.plan.ways import by_judgement, exemption, ways
from tic_rules.core.dates import FIRST_DAY
from tic_rules.core.errors import Text
from tic_rules.core.logic import FALSE, TRUE
from tic_rules.core.numbers import Number, yuan_text
from tic_rules.core.scalars import Json
from tic_rules.engines.check import check_subject, sorted_scene
from tic_rules.evaluation.clock import cycles_owed
from tic_rules.evaluation.decisions import Decision
from tic_rules.evaluation.entries import Moment
from tic_rules.evaluation.scenarios import Scenario, needs_of, scenarios_of
from tic_rules.evaluation.settlement import settle
from tic_rules.model.centre import Centre
from tic_rules.model.document import Edit, apply, document_of, get, subject_of
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.results.report import Report
from tic_rules.results.terms import field_label

SETTLED = ("pass", "not_applicable", "exempted")
ENGINE: Final = "reference"
"""What is promised is promised by the definition itself."""
TRIES = 12  # more than there are payers
ALTERNATIVES = 4


def in_order(steps: Iterable[Step]) -> list[Step]:
    """Steps by the day that they are due, judgements last; first of all the data is brought up to date."""
    return sorted(
        steps, key=lambda step: (step.at != "reported_on", step.by or FIRST, step.kind == "judgement")
    )


class Trial(NamedTuple):
    """A choice put to the evaluator, and the rules that it fails."""

    rules: list[Open]
    choice: ChosenWays
    steps: list[Step]
    document: Json
    after: Report
    failed: set[str]


class Planner:
    """What makes a plan of a centre as its data stands."""

    def __init__(
        self,
        centre: Centre,
        ruleset: RuleSet,
        as_of: date,
        kept: tuple[str, ...],
        costs: Costs,
        exemptions: bool,
        encouraged: bool,
    ) -> None:
        self.centre, self.ruleset, self.as_of = centre, ruleset, as_of
        self.kept, self.costs, self.exemptions, self.encouraged = kept, costs, exemptions, encouraged
        self.why: dict[str, Text] = {}
        self.gone: set[str] = set()
        """The rules that can no longer be met."""
        self.barred: set[str] = set()
        self.before = check_subject(centre, ruleset, as_of, ENGINE)
        self.document = document_of(centre)
        self.fresh: list[DataChange] = []
        self.guards: list[Sum] = []
        self.ends: date | None = None
        """The day with which the data ends, where it is not brought up to the as-of day."""
        if centre.speaks_for is not None and centre.speaks_for < as_of:
            if "reported_on" not in kept:
                day = centre.speaks_for
                self.fresh = update(self.document, ruleset, self.before, (day, as_of), self._checked)
            self.ends = None if self.fresh else centre.speaks_for
        self.base = apply(self.document, (edit for made in self.fresh for edit in made.edits))
        self.subject = self._subject(self.base) if self.fresh else centre
        self.scene = sorted_scene(self.subject, ruleset, as_of)
        self.purses = Purses(self.subject, ruleset, as_of, kept)
        self.adverse = adverse_words(ruleset)

    # --- from findings to ways ------------------------------------------------------------------------------

    def plan(self) -> ActionPlan:
        opened = [open_ for rule in self.ruleset.rules if (open_ := self._open(rule)) is not None]
        if any(way.sums for rule in opened for way in rule.ways):
            self.guards = list(self._guards({rule.rule for rule in opened}))
        rules, trial = list(opened), None
        for _ in range(TRIES):
            trial = self._trial(rules, self._chosen(rules, self.guards))
            if not trial.failed:
                break
            rules = self._without_last_choice(rules, trial.choice, trial.failed)
        else:
            rules = [rule for rule in rules if trial is None or rule.rule not in trial.failed]
            trial = self._trial(rules, self._chosen(rules, self.guards))
        return self._plan_of(self._least(self._with_struck(trial, opened)))

    def _trial(self, rules: list[Open], choice: ChosenWays) -> Trial:
        """The evaluator's word on a choice."""
        steps = self._steps(rules, choice)
        document, after = self._applied(steps)
        failed = {rule.rule for rule in rules if after[rule.rule].status not in ("pass", "exempted")}
        return Trial(rules, choice, steps, document, after, failed or self._blamed(rules, steps, after))

    def _with_struck(self, trial: Trial, opened: list[Open]) -> Trial:
        """What was struck out for a fault of other rules' ways, tried again where those are gone, and what
        asks for money, as it stands once the other steps are taken; until nothing comes back."""
        back = True
        while back:
            back, planned = False, {rule.rule for rule in trial.rules}
            struck = {rule.rule: rule for rule in opened if rule.rule not in planned}
            paid = {rule.rule: rule for rule in self._paid(trial, planned)}
            for name, rule in {**(struck if len(struck) > 1 else {}), **paid}.items():
                again = self._again([*trial.rules, rule], name in paid)
                trial, back = (again, True) if again is not None else (trial, back)
        return trial

    def _paid(self, trial: Trial, planned: set[str]) -> list[Open]:
        """The rules that money alone meets once a trial's steps are taken, with what they ask beside them:
        other steps may change what a payer counts as, and whether a rule applies."""
        taken, templates = (self.base, self.scene, self.purses), self.purses.templates
        self.base, subject = trial.document, self._subject(trial.document)
        self.scene = sorted_scene(subject, self.ruleset, self.as_of)
        self.purses = Purses(subject, self.ruleset, self.as_of, self.kept)
        self.purses.templates = templates
        left = (rule for rule in self.ruleset.rules if rule.id not in planned)
        opened = [self._open(rule) for rule in left if trial.after[rule.id].status not in SETTLED]
        self.base, self.scene, self.purses = taken
        units = {name: [0] * len(kinds) for name, kinds in templates.items()}
        for one in trial.choice.amounts:
            of = one.template.of
            units[of][templates[of].index(one.template)] += one.amount // UNIT
        by_money = (
            (rule, [way.before(units) for way in rule.ways if way.sums and not way.changes])
            for rule in opened
            if rule is not None
        )
        return [rule._replace(ways=tuple(ways)) for rule, ways in by_money if ways]

    def _again(self, rules: list[Open], paid: bool) -> Trial | None:
        """The rules with the last one back; None where that fails."""
        before, again = {*self.barred}, None
        self.barred = set() if paid else self.barred
        for _ in range(TRIES):
            choice = choose(rules, self.guards, self.purses.templates, self._costs())
            again = self._trial(rules, choice) if choice is not None else None
            if again is None or again.failed != {""}:
                break
        if again is None or again.failed:
            self.barred, again = before, None
        return again

    def _least(self, trial: Trial) -> Trial:
        """The steps without those that nothing needs; a judgement stands for itself."""
        for number in reversed(range(len(trial.steps))):
            step, fewer = trial.steps[number], trial.steps[:number] + trial.steps[number + 1 :]
            update = step.at == "reported_on"  # of more than the day others build on that
            alone = all(edit.path in (("reported_on",), ("incomplete",)) for edit in step.edits if update)
            alone = alone and all(other.edits or other.at != step.at for other in fewer)
            if not (step.edits and (step.rules or update) and alone) or step.kind == "judgement":
                continue
            # Its own rules first: a whole check costs fifty times as much.
            if needless(self._standing(step.rules, fewer).items(), trial.after):
                document, after = self._applied(fewer)
                looked_at = (f for f in after if f.counts or self.encouraged)
                if needless(((finding.rule, finding.status) for finding in looked_at), trial.after):
                    self.base = self.document if update else self.base
                    steps = self._serving(step.rules, fewer)
                    trial = trial._replace(steps=steps, document=document, after=after)
        return trial._replace(steps=once(trial.steps))

    def _serving(self, rules: tuple[str, ...], steps: list[Step]) -> list[Step]:
        """The steps, with rules that hold by them although they were not made for them."""
        met = self._standing(rules, steps)
        rules = tuple(rule for rule in rules if met[rule] != "not_applicable")
        without = [  # on data that is brought up to date all others build
            self._standing(rules, [o for o in steps if o is not step and step.at != "reported_on"])
            for step in steps
        ]
        return [
            replace(
                step, rules=tuple(dict.fromkeys((*step.rules, *(r for r in rules if met[r] != stand[r]))))
            )
            for step, stand in zip(steps, without, strict=True)
        ]

    def _standing(self, rules: tuple[str, ...], steps: list[Step]) -> dict[str, str]:
        """The statuses of rules with these steps taken."""
        scene = sorted_scene(self._subject(self._document(steps)), self.ruleset, self.as_of)
        return {rule: settle(self.ruleset[rule], scene).status for rule in rules}

    def _document(self, steps: Iterable[Step]) -> Json:
        return apply(self.document, (edit for step in once(steps) for edit in step.edits))

    def _applied(self, steps: Iterable[Step]) -> tuple[Json, Report]:
        document = self._document(steps)
        return document, self._checked(document)

    def _subject(self, document: Json) -> Centre:
        return subject_of(document, self.ruleset.vocabulary, type(self.centre))

    def _checked(self, document: Json) -> Report:
        return check_subject(self._subject(document), self.ruleset, self.as_of, ENGINE)

    def _blamed(self, rules: list[Open], steps: list[Step], after: Report) -> set[str]:
        """The rules whose steps make another rule worse than it was; money of another kind is tried before a
        rule is given up."""
        if not (harmed := {finding.rule for finding in after if worse(finding, self.before)}):
            return set()
        undone = [step for step in steps if step.edits and step.at != "reported_on"]  # others build on that
        alone = [  # money of one payer for several deadlines comes and goes together
            [o for o in steps if o is step or (step.kind == o.kind == "money" and step.at == o.at)]
            for step in undone
        ]
        served = [[step for step in steps if rule.rule in step.rules] for rule in rules]
        planned = {rule.rule for rule in rules}
        for taken_together in (alone, served):  # each of several steps of a rule may do the harm by itself
            blamed: set[str] = set()
            for taken in taken_together:
                _, without = self._applied(step for step in steps if step not in taken)
                if any(not worse(without[rule], self.before) for rule in harmed):
                    if money := {step.at for step in taken if step.kind == "money"} - self.barred:
                        self.barred |= money
                        return {""}
                    blamed.update(rule for step in taken for rule in step.rules)
            if blamed & planned:
                return blamed & planned
        return planned

    def _costs(self) -> Costs:
        return Costs({**self.costs.given, **{at: Fraction(1000) for at in self.barred}})

    def _chosen(self, rules: list[Open], guards: list[Sum]) -> ChosenWays:
        costs = self._costs()
        choice = choose(rules, guards, self.purses.templates, costs)
        if choice is not None:
            return choice
        # All together cannot be had: leave out the amounts, which alone can get into each other's way.
        for rule in [rule for rule in rules if any(way.sums for way in rule.ways)]:
            rules.remove(rule)
            self.why[rule.rule] = Text(
                "与其他条款合在一起，没有可行的金额安排",
                "together with the other clauses no amounts are possible",
            )
            choice = choose(rules, guards, self.purses.templates, costs)
            if choice is not None:
                return choice
        return ChosenWays(tuple(0 for _ in rules), (), "direct")

    def _without_last_choice(self, rules: list[Open], choice: ChosenWays, failed: set[str]) -> list[Open]:
        """The evaluator did not agree: those ways are struck out."""
        kept = []
        for rule, pick in zip(rules, choice.ways, strict=True):
            if rule.rule not in failed:
                kept.append(rule)
            elif len(rule.ways) > 1:
                kept.append(rule._replace(ways=rule.ways[:pick] + rule.ways[pick + 1 :]))
            elif self.ends is not None:
                self.why[rule.rule] = reason_old(self.ends)
        return kept

    def _open(self, rule: Rule) -> Open | None:
        """A rule that has to be planned for, with its ways; the reason is noted where there is none."""
        finding = self.before[rule.id]
        if finding.status in SETTLED or rule.bearer == "programme" or not (finding.counts or self.encouraged):
            return None
        if rule.kind == "consequence":
            return None
        decision = settle(rule, self.scene)
        latest = decision.deadline
        if latest is None and finding.deadline_range is not None:
            latest = date.fromisoformat(finding.deadline_range[1])
        lost = reason_before(rule, decision, latest, self.as_of)
        if lost is not None:
            self.gone.add(rule.id)
            self.why[rule.id] = lost
            return self._exempted(rule, decision)
        ways = [way for way in self._ways(rule, decision) if way.changes or way.sums]
        free = [way for way in ways if not self._holds_fixed(way) and not self._redefines(way)]
        if ways and not free:
            self.why[rule.id] = IDENTITY if any(map(self._redefines, ways)) else KEPT
        deadline = next((due for _, status, _, due in decision.years if status != "pass"), decision.deadline)
        return Open(rule.id, self._still(deadline), tuple(free)) if free else None

    def _still(self, deadline: date | None) -> date | None:
        """A day that is still to come; None where it is past."""
        return deadline if deadline is not None and deadline >= self.as_of else None

    def _exempted(self, rule: Rule, decision: Decision) -> Open | None:
        if not self.exemptions or rule.modality != "in_principle" or decision.status != "fail":
            return None
        return Open(rule.id, None, (Way((exemption(self.ruleset, rule, self.as_of),)),))

    def _holds_fixed(self, way: Way) -> bool:
        return any(
            made.at == place or made.at.startswith(f"{place}.") for made in way.changes for place in self.kept
        )

    def _redefines(self, way: Way) -> bool:
        """Whether a way changes what the centre is: its field, its category."""
        fields = self.ruleset.vocabulary.fields
        return any(made.at in fields and fields[made.at].identity for made in way.changes)

    def _ways(self, rule: Rule, decision: Decision) -> list[Way]:
        scenario = scenarios_of(self.scene, needs_of(self.ruleset, rule)).all[0]
        if decision.years:
            moments: dict[int | str, Moment] = {}  # what an entry owes is not planned
            if rule.cycle is not None:
                moments = {one.key: one.moment for one in cycles_owed(rule, self.scene, scenario)}
            elif rule.yearly is not None:
                moments = {
                    year: Moment(min(self.as_of, due), FIRST_DAY, int(year))
                    for year, _, _, due in decision.years
                }
            combined = [Way()]
            for year, status, _, due in decision.years:
                if status != "pass" and year in moments:
                    options = ways(rule.condition, self._case(rule, moments[year], scenario, status))
                    by = self._still(due)
                    dated = [Way(tuple(replace(c, by=by) for c in way.changes), way.sums) for way in options]
                    combined = [before.joined(way) for before in combined for way in dated][:24]
            return combined
        if decision.moment is None:
            return []
        situation = self._case(rule, decision.moment, scenario, decision.status)
        by_data = ways(rule.condition, situation)
        return by_data or ([by_judgement(situation)] if decision.status == "needs_review" else [])

    def _case(self, rule: Rule, moment: Moment, scenario: Scenario, status: str) -> Situation:
        on, unknown = min(moment.day, self.as_of), status == "unknown"
        sums, adverse = self.purses.demands, self.adverse
        return Situation(rule, self.scene, moment, scenario, self.base, on, unknown, sums, adverse)

    def _guards(self, planned: set[str]) -> Iterable[Sum]:
        """Demands on amounts that hold now and have to go on holding."""
        for rule in self.ruleset.rules:
            finding = self.before[rule.id]
            if rule.bearer == "programme" or rule.kind == "consequence" or finding.status == "not_applicable":
                continue
            decision = settle(rule, self.scene)
            if decision.moment is None:
                continue
            scenario = scenarios_of(self.scene, needs_of(self.ruleset, rule)).all[0]
            situation = self._case(rule, decision.moment, scenario, decision.status)
            if rule.id not in planned and finding.status == "pass" and rule.require is not None:
                yield from self.purses.holding(rule.require, situation, TRUE)
            if rule.fails_at_once is not None:
                yield from self.purses.holding(rule.fails_at_once, situation, FALSE)

    # --- from a choice to steps -----------------------------------------------------------------------------

    def _steps(self, rules: Sequence[Open], choice: ChosenWays) -> list[Step]:
        taken: dict[str, tuple[DataChange, list[Open]]] = {made.key: (made, []) for made in self.fresh}
        for rule, pick in zip(rules, choice.ways, strict=True):
            for made in rule.ways[pick].changes:
                taken.setdefault(made.key, (made, []))[1].append(rule._replace(by=made.by or rule.by))
        highest: dict[tuple[str, date], Number] = {}
        for made, _ in taken.values():
            if made.level is not None:
                highest[made.level[:2]] = max(highest.get(made.level[:2], 0), made.level[2])
        days = Counter(at for at, _ in highest)
        steps, lost = list[Step](), [self.before[rule] for rule in self.gone]
        for made, served in taken.values():
            whole = made.level is None or made.level[2] == highest[made.level[:2]]
            if made.level is not None and days[made.at] > 1:
                made = replace(made, edits=apart(made, self.base, self.scene.reported_on))
            due = [rule.by for rule in served if rule.by is not None]
            by = min(due) if len(due) == len(served) and due else None
            ids = tuple(rule.rule for rule in served)
            edits = tuple(from_today(one, self.base, lost, self.as_of) for one in made.edits if whole)
            steps.append(Step(made.kind, made.text, by, ids, edits, self.costs.of(made), made.at))
        steps.extend(self._money(amount, rules, choice) for amount in choice.amounts)
        return in_order(steps)

    def _money(self, amount: NewMoney, rules: Sequence[Open], choice: ChosenWays) -> Step:
        template = amount.template
        index = self.purses.of(template.of).index(template)

        def counts_in(total: Sum) -> bool:
            return total.of == template.of and (total.many is not None or total.parts[index] > 0)

        served = [
            rule.rule
            for rule, pick in zip(rules, choice.ways, strict=True)
            if (rule.by or FIRST) >= amount.by and any(map(counts_in, rule.ways[pick].sums))
        ]
        path = tuple(template.of.split("."))
        payers = self._payers(amount, rules, choice) if template.record else None
        labels = [field_label(f"/{template.of}", self.ruleset.vocabulary, lang) for lang in ("zh", "en")]
        text = Text(
            f"{labels[0]}增加{yuan_text(amount.amount, 'zh')}" + (f"（{payers.zh}）" if payers else ""),
            f"{labels[1]}: {yuan_text(amount.amount, 'en')} more" + (f" ({payers.en})" if payers else ""),
        )
        entry = self.purses.entry(template, yuan_text(amount.amount, "zh"), self.as_of)
        edits = [Edit("append", path, entry)]
        if get(self.base, path) is None:
            edits.append(Edit("append", ("incomplete",), template.of))
        by, at = amount.by if amount.by != FIRST else None, template.at
        cost = self.costs.of_money(template, rules) * Fraction(amount.amount, UNIT)
        return Step("money", text, by, tuple(served), tuple(edits), cost, at)

    def _payers(self, amount: NewMoney, rules: Sequence[Open], choice: ChosenWays) -> Text:
        """Who pays an amount: all whose money every clause counts alike share it, at the same cost."""
        factor, name = self.costs.factor, amount.template.of
        picked = (rule.ways[pick].sums for rule, pick in zip(rules, choice.ways, strict=True))
        sums = [total for total in (*(t for sums in picked for t in sums), *self.guards) if total.of == name]
        sharing = [
            template
            for template in self.purses.alike(amount.template, sums)
            if template.at not in self.barred and factor(template.at) == factor(amount.template.at)
        ]
        who = self.ruleset, amount.template, sharing, self.purses.of(name)
        return Text.of(lambda lang: payers_text(*who, lang))

    # --- the plan told --------------------------------------------------------------------------------------

    def _plan_of(self, trial: Trial) -> ActionPlan:
        rules, choice, steps, document, after, _ = trial
        planned = {rule.rule for rule in rules}
        lost: list[Rest] = []
        still: list[Rest] = []
        for finding in after:
            if finding.status in SETTLED or not (finding.counts or self.encouraged):
                continue
            earlier = self.before[finding.id]
            why = self.why.get(finding.id) or reason_after(finding, earlier, self.ends)
            due = date.fromisoformat(finding.deadline) if finding.deadline else None
            rest = Rest(finding.id, finding.status, why, tuple(finding.missing), due)
            gone = finding.id in self.gone or finding.kind == "consequence"
            (lost if gone and finding.status == earlier.status == "fail" else still).append(rest)
        useful = tuple(step for step in steps if step.edits or planned.intersection(step.rules))
        served = {rule for step in useful for rule in step.rules}
        alternatives = tuple(self._alternatives(rules, choice, served))
        left, settled = (tuple(lost), tuple(still)), (self.kept, choice.chosen_by)
        return ActionPlan(self.before, after, document, useful, *left, alternatives, *settled)

    def _alternatives(self, rules: list[Open], choice: ChosenWays, served: set[str]) -> Iterable[Alternative]:
        """Other ways of the same rules, each put to the evaluator on its own."""
        for rule, pick in zip(rules, choice.ways, strict=True):
            if rule.rule not in served:
                continue
            others = [
                way for index, way in enumerate(rule.ways) if index != pick and way.changes and not way.sums
            ]
            tried = (
                self._alternative(rule, way)
                for way in sorted(others, key=lambda way: self.costs.of(*way.changes))
            )
            yield from islice((other for other in tried if other is not None), ALTERNATIVES)

    def _alternative(self, rule: Open, way: Way) -> Alternative | None:
        """Another way; None where its changes alone do not bring the rule to a pass."""
        edits = tuple(edit for made in way.changes for edit in made.edits)
        if self._checked(apply(self.base, edits))[rule.rule].status != "pass":
            return None
        texts = tuple(made.text for made in way.changes)
        return Alternative(rule.rule, texts, edits, self.costs.of(*way.changes))
