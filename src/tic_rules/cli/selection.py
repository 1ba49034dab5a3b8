"""Which centre, which day, which rule sets: what the commands about one centre have in common."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from tic_rules.cli.files import day_of, jurisdiction_of
from tic_rules.core.errors import RuleSetError, TicRulesError, UsageError, clip, fault
from tic_rules.model.catalogue import here
from tic_rules.model.centre import Centre
from tic_rules.model.intake import read_subject
from tic_rules.model.loader import load_ruleset, rulesets_in_force, words_of
from tic_rules.model.ruleset import RuleSet
from tic_rules.model.written_names import rules_named


def chosen(
    path: str,
    rules: Sequence[str],
    as_of: date | None,
    *,
    own_day: bool = False,
    also: Sequence[RuleSet] = (),
) -> tuple[Centre, date, tuple[RuleSet, ...]]:
    """A centre file with its day and its rule sets: those named, else those of its jurisdiction in force on
    the day.

    With `own_day`, the file's reported_on goes before the day asked for; the file may say the fields of the
    rule sets in `also` too."""
    named = load_rulesets(rules)
    centre = read_subject(path, Centre, words_of((*named, *also)), named)
    on = day_of(centre, None if own_day and centre.speaks_for is not None else as_of, named)
    return centre, on, named or tuple(rulesets_in_force(jurisdiction_of(centre), on))


def ruleset_with(name: str, files: Iterable[str], named: Sequence[str] = ()) -> RuleSet:
    """The one rule set, of those named or on hand, that has a rule of this id or title; of several, those
    that bind one of the centres. Raises UsageError, which lists what the name may mean."""
    rulesets = named_or_on_hand(named)
    meant = [(ruleset, rules) for ruleset in rulesets if (rules := rules_named(ruleset, name))]
    exact = [one for one in meant if any(name in (rule.id, rule.title.zh) for rule in one[1])]
    meant = exact or meant
    if len(meant) > 1:
        subjects = (one for file in files for one in Centre.each_from_file(file))
        places = {one.jurisdiction for one in subjects if isinstance(one, Centre)}
        meant = [one for one in meant if one[0].jurisdiction in places] or meant
    if len(meant) == 1:
        return meant[0][0]
    if not meant:
        zh, en = f"没有规则集有规则 {clip(name)}", f"no rule set on hand has a rule {clip(name)}"
        raise fault(UsageError, "unknown-rule", zh, en)
    listed = [(f"{ruleset.id}/{rule.id}", rule.title.zh) for ruleset, rules in meant for rule in rules]
    zh = "、".join(f"{place}（{title}）" for place, title in listed)
    en = ", ".join(place for place, _ in listed)
    zh, en = f"“{clip(name)}”可指 {zh}；请写全", f"{clip(name)} may mean {en}: write it in full"
    raise fault(UsageError, "unknown-rule", zh, en)


def named_or_on_hand(names: Sequence[str]) -> list[RuleSet]:
    """The rule sets of these names; without any, all on hand."""
    return list(load_rulesets(names or [listed.id for listed in here().all()]))


def load_rulesets(names: Iterable[str]) -> tuple[RuleSet, ...]:
    """The rule sets of several names, each once. Raises the faults of all, and of two with one id."""
    by_id: dict[str, RuleSet] = {}
    faults: list[TicRulesError] = []
    for name in dict.fromkeys(names):
        try:
            ruleset = load_ruleset(name)
        except TicRulesError as error:
            faults.append(error)
            continue
        other = by_id.setdefault(ruleset.id, ruleset)
        if other.sha256 != ruleset.sha256:
            zh = f"{other.file} 和 {ruleset.file} 的编号都是 {ruleset.id}，结论无法区分；请改其中一个"
            en = f"{other.file} and {ruleset.file} both have the id {ruleset.id}: change one of them"
            faults.append(fault(RuleSetError, "two-rulesets", zh, en, file=name))
    if faults:
        raise type(faults[0])([d for error in faults for d in error.diagnostics])
    return tuple(by_id.values())
