"""A plan made: what is open, how each rule can be met, the cheapest choice, and the evaluator's word on the
result."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import chain, islice
from typing import Final

from tic_rules.analysis.plan.case import Case, adverse_words, kind_of, known_places
from tic_rules.analysis.plan.choosing import FIRST, Amount, Choice, Costs, Open, choose
from tic_rules.analysis.plan.model import Alternative, Change, Plan, Rest, Step, Sum, Way, change
from tic_rules.analysis.plan.money import UNIT, Purses, payers_text
from tic_rules.analysis.plan.reasons import IDENTITY, KEPT, reason_after, reason_before
from tic_rules.analysis.plan.ways import by_judgement, ways
from tic_rules.core.dates import FIRST_DAY, add_days
from tic_rules.core.errors import Text
from tic_rules.core.logic import FALSE, TRUE
from tic_rules.core.numbers import Number, yuan_text
from tic_rules.core.scalars import Json
from tic_rules.engines.checking import check_subject, sorted_scene
from tic_rules.evaluation.decisions import Decision
from tic_rules.evaluation.entries import Moment
from tic_rules.evaluation.operators import see
from tic_rules.evaluation.scenarios import Scenario, needs_of, scenarios_of
from tic_rules.evaluation.settlement import settle
from tic_rules.model import conditions as c
from tic_rules.model.centre import Centre
from tic_rules.model.document import Edit, apply, document_of, get, subject_of
from tic_rules.model.reading import fitting
from tic_rules.model.ruleset import Rule, RuleSet
from tic_rules.model.vocabulary import facts_within
from tic_rules.results.report import Finding, Report
from tic_rules.results.terms import field_label

SETTLED = ("pass", "not_applicable", "exempted")
ENGINE: Final = "reference"
"""What is promised is promised by the definition itself."""
TRIES = 12  # more than there are payers
RANK = {
    "pass": 0,
    "not_applicable": 0,
    "exempted": 1,
    "pending": 2,
    "needs_review": 3,
    "unknown": 4,
    "fail": 5,
}
"""A step may bring no finding further down than it stands."""
ALTERNATIVES = 4


def make_plan(
    centre: Centre,
    ruleset: RuleSet,
    as_of: date,
    *,
    keep: Iterable[str] = (),
    costs: Mapping[str, object] | None = None,
    exemptions: bool = False,
    encouraged: bool = False,
) -> Plan:
    """The least that would make a centre compliant on a day.

    `keep` names places of the data that stay as they are (legal, contributions.province); `costs` gives
    places a factor. With `exemptions`, an exemption is sought where a rule in principle can no longer be met;
    with `encouraged`, rules that the verdict does not look at are planned for too. Raises UsageError for an
    unknown place, or where z3 is needed and absent.
    """
    kept, factors = tuple(keep), {place: Fraction(str(value)) for place, value in (costs or {}).items()}
    known_places((*kept, *factors), ruleset)
    centre = fitting(centre, ruleset.vocabulary)
    return _Maker(centre, ruleset, as_of, kept, Costs(factors), exemptions, encouraged).plan()


def _together(step: Step, other: Step) -> bool:
    """Whether steps come and go together: one and the same, or money of one payer for several deadlines."""
    return other is step or (step.kind == other.kind == "money" and step.at == other.at)


class _Maker:
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
        self.barred: set[str] = set()
        self.before = check_subject(centre, ruleset, as_of, ENGINE)
        self.document = document_of(centre)
        self.fresh: list[Change] = []
        self.guards: list[Sum] = []
        self.ends: date | None = None
        """The day with which the data ends, where it is not brought up to the as-of day."""
        if centre.speaks_for is not None and centre.speaks_for < as_of:
            self.fresh = [] if "reported_on" in kept else self._brought_up_to_date(centre.speaks_for)
            self.ends = None if self.fresh else centre.speaks_for
        self.base = apply(self.document, (edit for made in self.fresh for edit in made.edits))
        self.subject = subject_of(self.base, ruleset.vocabulary, type(centre)) if self.fresh else centre
        self.scene = sorted_scene(self.subject, ruleset, as_of)
        self.purses = Purses(self.subject, ruleset, as_of, kept)
        self.adverse = adverse_words(ruleset)

    def _brought_up_to_date(self, spoken: date) -> list[Change]:
        """The data made to speak for the as-of day; none where that would settle what the data leaves open,
        or leave open what it settles.

        A number that spoke for the day before goes on doing so where a rule looks there.
        """
        as_of = self.as_of
        text = Text(
            f"数据更新到{as_of}，并确认{spoken}所填的数字和清单仍然有效",
            f"bring the data up to {as_of}, and confirm that the numbers and lists of {spoken} still stand",
        )
        edits = [Edit("set", ("reported_on",), as_of.isoformat())]
        fresh = self._checked(apply(self.document, edits))
        for rule in self.ruleset.rules:
            if self._worse(fresh[rule.id]):
                named = (facts_within(name, self.ruleset.facts) for name in c.facts_of(rule.condition))
                for name in dict.fromkeys(chain.from_iterable(named)):
                    edits.extend(self._unsaid(name, spoken, fresh[rule.id].status == "fail"))
        after = self._checked(apply(self.document, edits))
        settled = {finding.rule for finding in self.before if finding.counts and finding.status == "fail"}
        if any(self._worse(f) or (f.rule in settled and f.status != "fail") for f in after):
            return []
        return [change("data", "reported_on", tuple({edit.key: edit for edit in edits}.values()), text)]

    def _unsaid(self, name: str, spoken: date, decides: bool) -> Iterator[Edit]:
        """What a fact's data does not say of the days after the one that it spoke for: where that `decides` a
        rule against the centre, that a number still stands; that nothing has come to a list since."""
        path = tuple((self.ruleset.facts[name].stock or "").split("."))
        value = get(self.document, path)
        later: Json = {"date": self.as_of.isoformat(), "value": value}
        if decides:
            later = {"date": add_days(spoken, 1).isoformat(), "value": None}
        if isinstance(value, list) and decides:
            yield Edit("append", path, later)
        elif value is not None and not isinstance(value, list):
            yield Edit("set", path, [{"date": spoken.isoformat(), "value": value}, later])
        listed = self.ruleset.vocabulary.lists.get(self.ruleset.facts[name].list_name or "")
        yield from (Edit("append", ("incomplete",), dotted) for dotted in (listed.paths if listed else ()))

    # --- from findings to ways ------------------------------------------------------------------------------

    def plan(self) -> Plan:
        rules = [opened for rule in self.ruleset.rules if (opened := self._open(rule)) is not None]
        guards = (
            list(self._guards({rule.rule for rule in rules}))
            if any(way.sums for rule in rules for way in rule.ways)
            else []
        )
        self.guards = guards
        for _ in range(TRIES):
            choice = self._chosen(rules, guards)
            steps = self._steps(rules, choice)
            document, after = self._applied(steps)
            failed = {rule.rule for rule in rules if after[rule.rule].status not in ("pass", "exempted")}
            if not failed:
                failed = self._blamed(rules, steps, after)
            if not failed:
                break
            rules = self._without_last_choice(rules, choice, failed)
        else:
            rules = [rule for rule in rules if rule.rule not in failed]
            choice = self._chosen(rules, guards)
            steps = self._steps(rules, choice)
            document, after = self._applied(steps)
        return self._told(rules, choice, steps, document, after)

    def _applied(self, steps: Iterable[Step]) -> tuple[Json, Report]:
        document = apply(self.document, (edit for step in steps for edit in step.edits))
        return document, self._checked(document)

    def _checked(self, document: Json) -> Report:
        subject = subject_of(document, self.ruleset.vocabulary, type(self.centre))
        return check_subject(subject, self.ruleset, self.as_of, ENGINE)

    def _blamed(self, rules: list[Open], steps: list[Step], after: Report) -> set[str]:
        """The rules whose steps make another rule worse than it was; money of another kind is tried before a
        rule is given up."""
        worse = {finding.rule for finding in after if self._worse(finding)}
        if not worse:
            return set()
        blamed: set[str] = set()
        for step in steps:
            if step.edits and step.rules:
                _, without = self._applied(other for other in steps if not _together(step, other))
                if any(not self._worse(without[rule]) for rule in worse):
                    if step.kind == "money" and step.at not in self.barred:
                        self.barred.add(step.at)
                        return {""}
                    blamed.update(step.rules)
        return blamed & {rule.rule for rule in rules}

    def _worse(self, finding: Finding) -> bool:
        return finding.counts and RANK[finding.status] > RANK[self.before[finding.rule].status]

    def _chosen(self, rules: list[Open], guards: list[Sum]) -> Choice:
        costs = Costs({**self.costs.given, **{at: Fraction(1000) for at in self.barred}})
        choice = choose(rules, guards, self.purses.templates, costs)
        if choice is not None:
            return choice
        # What the clauses ask together cannot be had: leave out the amounts, which alone can get into each
        # other's way.
        for rule in [rule for rule in rules if any(way.sums for way in rule.ways)]:
            rules.remove(rule)
            self.why[rule.rule] = Text(
                "与其他条款合在一起，没有可行的金额安排",
                "together with the other clauses no amounts are possible",
            )
            choice = choose(rules, guards, self.purses.templates, costs)
            if choice is not None:
                return choice
        return Choice(tuple(0 for _ in rules), (), "direct")

    def _without_last_choice(self, rules: list[Open], choice: Choice, failed: set[str]) -> list[Open]:
        """The evaluator did not agree: those ways are struck out."""
        kept = []
        for rule, pick in zip(rules, choice.ways, strict=True):
            if rule.rule not in failed:
                kept.append(rule)
            elif len(rule.ways) > 1:
                kept.append(rule._replace(ways=rule.ways[:pick] + rule.ways[pick + 1 :]))
        return kept

    def _open(self, rule: Rule) -> Open | None:
        """A rule that has to be planned for, with its ways; the reason is noted where there is none."""
        finding = self.before[rule.id]
        if finding.status in SETTLED or rule.bearer == "programme" or not (finding.counts or self.encouraged):
            return None
        if rule.kind == "consequence":
            return None
        decision = settle(rule, self.scene)
        lost = reason_before(rule, decision, finding, self.as_of)
        if lost is not None:
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
        value = {
            "rule": f"{self.ruleset.id}/{rule.id}",
            "reason": "（豁免理由）",
            "approved_by": "（批准单位）",
            "date": self.as_of.isoformat(),
        }
        text = Text(f"申请豁免：{rule.title.zh}", f"seek an exemption: {rule.title.en}")
        return Open(
            rule.id,
            None,
            (Way((change("exemption", "exemptions", (Edit("append", ("exemptions",), value),), text),)),),
        )

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
            if rule.yearly is None:
                return []  # what a cycle or an entry owes is not planned
            combined = [Way()]
            for year, status, _, due in decision.years:
                if status != "pass" and isinstance(year, int):
                    options = ways(
                        rule.condition,
                        self._case(rule, Moment(min(self.as_of, due), FIRST_DAY, year), scenario, status),
                    )
                    dated = [
                        replace(
                            option, changes=tuple(replace(c, by=self._still(due)) for c in option.changes)
                        )
                        for option in options
                    ]
                    combined = [before.joined(option) for before in combined for option in dated][:24]
            return combined
        if decision.moment is None:
            return []
        case = self._case(rule, decision.moment, scenario, decision.status)
        by_data = ways(rule.condition, case)
        return by_data or ([by_judgement(case)] if decision.status == "needs_review" else [])

    def _case(self, rule: Rule, moment: Moment, scenario: Scenario, status: str) -> Case:
        on = min(moment.day, self.as_of)
        return Case(
            rule,
            self.scene,
            moment,
            scenario,
            self.base,
            on,
            status == "unknown",
            self.purses.demands,
            self.adverse,
        )

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
            case = self._case(rule, decision.moment, scenario, decision.status)
            if rule.id not in planned and finding.status == "pass" and rule.require is not None:
                yield from self._holding(rule.require, case, TRUE)
            if rule.fails_at_once is not None:
                yield from self._holding(rule.fails_at_once, case, FALSE)

    def _holding(self, tree: c.Condition, case: Case, wanted: int) -> Iterable[Sum]:
        for node in c.walk(tree):
            if (
                not isinstance(node, (c.Compare, c.Largest, c.Share))
                or see(node, case.scene, case.moment, case.scenario, case.rule).value != wanted
            ):
                continue
            if wanted == FALSE:
                if not isinstance(node, c.Compare) or node.operator not in ("more_than", "at_least"):
                    continue
                node = c.Compare(
                    fact=node.fact, **{"at_most" if node.operator == "more_than" else "less_than": node.limit}
                )
            for sums in self.purses.demands(node, case)[:1]:
                yield from sums

    # --- from a choice to steps -----------------------------------------------------------------------------

    def _steps(self, rules: Sequence[Open], choice: Choice) -> list[Step]:
        taken: dict[str, tuple[Change, list[Open]]] = {made.key: (made, []) for made in self.fresh}
        for rule, pick in zip(rules, choice.ways, strict=True):
            for made in rule.ways[pick].changes:
                taken.setdefault(made.key, (made, []))[1].append(rule._replace(by=made.by or rule.by))
        highest: dict[str, Number] = {}
        for made, _ in taken.values():
            if made.level is not None:
                highest[made.level[0]] = max(highest.get(made.level[0], 0), made.level[1])
        steps: list[Step] = []
        for made, served in taken.values():
            whole = made.level is None or made.level[1] == highest[made.level[0]]
            due = [rule.by for rule in served if rule.by is not None]
            by = min(due) if len(due) == len(served) and due else None
            ids, edits = tuple(rule.rule for rule in served), made.edits if whole else ()
            steps.append(Step(made.kind, made.text, by, ids, edits, self.costs.of(made), made.at))
        steps.extend(self._money(amount, rules, choice) for amount in choice.amounts)
        done: set[str] = set()
        for number, step in enumerate(steps):  # a list is named incomplete once
            edits = tuple(e for e in step.edits if e.path != ("incomplete",) or e.key not in done)
            steps[number] = replace(step, edits=edits)
            done.update(edit.key for edit in edits)
        return sorted(
            steps, key=lambda step: (step.at != "reported_on", step.by or FIRST, step.kind == "judgement")
        )

    def _money(self, amount: Amount, rules: Sequence[Open], choice: Choice) -> Step:
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
        words = self._payers(amount, rules, choice)
        labels = [field_label(f"/{template.of}", self.ruleset.vocabulary, lang) for lang in ("zh", "en")]
        text = Text(
            f"{labels[0]}增加{yuan_text(amount.amount, 'zh')}（{words.zh}）",
            f"{labels[1]}: {yuan_text(amount.amount, 'en')} more ({words.en})",
        )
        entry = self.purses.entry(template, yuan_text(amount.amount, "zh"), self.as_of)
        edits = [Edit("append", path, entry)]
        if get(self.base, path) is None:
            edits.append(Edit("append", ("incomplete",), template.of))
        by, at = amount.by if amount.by != FIRST else None, template.at
        cost = self.costs.of_money(template, rules) * Fraction(amount.amount, UNIT)
        return Step(kind_of(template.of), text, by, tuple(served), tuple(edits), cost, at)

    def _payers(self, amount: Amount, rules: Sequence[Open], choice: Choice) -> Text:
        """Who pays an amount: all whose money every clause counts alike share it, at the same cost."""
        factor, name = self.costs.factor, amount.template.of
        picked = (rule.ways[pick].sums for rule, pick in zip(rules, choice.ways, strict=True))
        sums = [total for total in (*(t for sums in picked for t in sums), *self.guards) if total.of == name]
        sharing = [
            template
            for template in self.purses.alike(amount.template, sums)
            if template.at not in self.barred and factor(template.at) == factor(amount.template.at)
        ]
        return payers_text(self.ruleset, amount.template, sharing, self.purses.of(name))

    # --- the plan told --------------------------------------------------------------------------------------

    def _told(
        self, rules: list[Open], choice: Choice, steps: list[Step], document: dict[str, object], after: Report
    ) -> Plan:
        planned = {rule.rule for rule in rules}
        lost: list[Rest] = []
        still: list[Rest] = []
        for finding in after:
            if finding.status in SETTLED or not (
                finding.counts or (self.encouraged and finding.severity == "note")
            ):
                continue
            earlier = self.before[finding.id]
            why = self.why.get(finding.id) or reason_after(finding, earlier, self.ends)
            due = date.fromisoformat(finding.deadline) if finding.deadline else None
            rest = Rest(finding.id, finding.status, why, tuple(finding.missing), due)
            (lost if finding.status == "fail" and earlier.status == "fail" else still).append(rest)
        useful = tuple(step for step in steps if step.edits or planned.intersection(step.rules))
        alternatives = tuple(self._alternatives(rules, choice))
        return Plan(self.before, after, document, useful, tuple(lost), tuple(still), alternatives, self.kept,
                    choice.chosen_by)  # fmt: skip

    def _alternatives(self, rules: list[Open], choice: Choice) -> Iterable[Alternative]:
        """Other ways of the same rules, each put to the evaluator on its own."""
        for rule, pick in zip(rules, choice.ways, strict=True):
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
        changed = subject_of(apply(self.base, edits), self.ruleset.vocabulary, type(self.centre))
        if check_subject(changed, self.ruleset, self.as_of, ENGINE)[rule.rule].status != "pass":
            return None
        texts = tuple(made.text for made in way.changes)
        return Alternative(rule.rule, texts, edits, self.costs.of(*way.changes))
