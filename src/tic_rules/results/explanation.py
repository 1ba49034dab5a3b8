"""What there is to say of one rule: its time in words, the fields that it reads, its counterparts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import partial

from tic_rules.core.errors import Text, plural
from tic_rules.model import conditions as c
from tic_rules.model.catalogue import rulesets
from tic_rules.model.loader import load_ruleset
from tic_rules.model.ruleset import Fact, Rule, RuleSet, Vocabulary
from tic_rules.model.written_names import rules_named
from tic_rules.results.time_words import after_words, cycle_words, day_text, due_words


def data_read(ruleset: RuleSet, rule: Rule, lang: str) -> str:
    """The facts that a rule reads, each with the path of its data."""
    facts = [ruleset.facts[name] for name in dict.fromkeys(facts_of_rule(rule))]
    said = [f"{getattr(f.label, lang)} ({', '.join(paths_of_fact(f, ruleset.vocabulary))})" for f in facts]
    if rule.attested:
        said.append("认定意见 (attestations)" if lang == "zh" else "attestations")
    return ("；" if lang == "zh" else "; ").join(said)


def place_shown(ruleset: RuleSet, rule: Rule) -> str:
    """Where a rule stands in its file."""
    mark = ruleset.place(rule.id)
    return f"{ruleset.file}:{mark.line}:{mark.column}" if ruleset.file else "—"


def find_rules(ref: str, path: str | None = None) -> list[tuple[RuleSet, Rule]]:
    """The rules that a reference means: `<rule set>/<id>`, an id, or Chinese names (浙江/两年内投入)."""
    set_name, _, name = ref.rpartition("/")
    if set_name and not set_name.isascii():
        set_name = load_ruleset(set_name).id
    sets = (
        [load_ruleset(path)]
        if path
        else [load_ruleset(listed.id) for listed in rulesets() if set_name in ("", listed.id)]
    )
    named = [(ruleset, rules_named(ruleset, name)) for ruleset in sets if set_name in ("", ruleset.id)]
    return [(ruleset, rule) for ruleset, rules in named for rule in rules]


def counterparts(ruleset: RuleSet, rule: Rule) -> Iterator[tuple[RuleSet, Rule]]:
    """The rules of the other rule sets on hand on the same topic."""
    for listed in rulesets():
        if listed.id != ruleset.id:
            other = load_ruleset(listed.id)
            yield from ((other, theirs) for theirs in other if theirs.topic == rule.topic)


def time_of(rule: Rule, vocabulary: Vocabulary | None = None) -> Text:
    """When a rule is looked at, in words; the vocabulary says what its facts are called."""
    parts = []
    if rule.since is not None:
        named = {
            "approval": Text("批复创建", "approval"),
            "term_end": Text("建设期满次日", "the day after the end of the term"),
        }
        start = named.get(str(rule.since)) or Text.of(partial(day_text, str(rule.since)))
        parts.append(Text(f"自{start.zh}起计", f"counted from {start.en}"))
    if rule.until is not None:
        parts.append(Text("计至建设期满", "up to the end of the term"))
    if rule.yearly is not None:
        end = due_words(rule.yearly.looked_for_until)
        parts.append(
            Text(f"批复后每个完整年度，至迟{end.zh}", f"for every full year since approval, by {end.en}")
        )
    if rule.cycle is not None:
        parts.append(cycle_words(rule.cycle))
    if rule.from_ is not None:
        parts.append(_from(rule.from_, rule.from_years))
    if rule.after is not None:
        parts.append(after_words(rule, vocabulary))
    elif rule.by is not None:
        parts.append(_by(rule.by, rule.years))
    if not parts:
        parts.append(Text("批复后随时", "at any time from approval on"))
    return Text.listed(parts, "，")


def _from(start: str, years: int | None) -> Text:
    if years is not None:
        return Text(f"批复创建满{years}年之后", f"after {plural(years, 'year')} from approval")
    if start == "approval":
        return Text("自批复之日起", "from the day of approval on")
    return Text("建设期满之后", "after the end of the term")


def _by(by: object, years: int | None) -> Text:
    if years is not None:
        return Text(f"批复创建后{years}年内", f"within {plural(years, 'year')} of approval")
    if isinstance(by, date):
        return Text(f"{day_text(by, 'zh')}前（含）", f"by {by}")
    return {
        "application": Text("申报时", "when the application is filed"),
        "approval": Text("批复时", "at approval"),
        "term_end": Text("建设期满时", "by the end of the term"),
    }[str(by)]


def facts_of_rule(rule: Rule) -> Iterator[str]:
    """Every fact that a rule reads, in its order, with repetitions."""
    for tree in (rule.applies, rule.condition, rule.fails_at_once):
        if tree is not None:
            yield from c.facts_of(tree)
            for node in c.walk(tree):
                if isinstance(node, c.EachYear) and node.each_year.founded is not None:
                    yield node.each_year.founded
    if rule.event is not None:
        yield rule.event
    if rule.amount is not None:
        yield from rule.amount.sum_of


def paths_of_fact(fact: Fact, vocabulary: Vocabulary) -> list[str]:
    """The dotted paths of the data that a fact is read from."""
    if fact.made_of:
        inner = [paths_of_fact(vocabulary.facts[part], vocabulary) for part in fact.made_of]
        of_list = vocabulary.lists[fact.list_name].paths if fact.list_name is not None else ()
        return list(dict.fromkeys([*of_list, *(path for paths in inner for path in paths)]))
    listed = vocabulary.lists.get(fact.list_name or "")
    if listed is not None:
        return list(listed.paths)
    return [path for path in (fact.stock, fact.value, fact.words, fact.table) if path is not None]
