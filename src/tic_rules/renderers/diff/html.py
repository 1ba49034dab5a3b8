"""The comparison as one page that stands by itself: both languages, a phone and a wide screen, print."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from tic_rules.analysis.diff.claims import STATUS as CLAIM_STATUS
from tic_rules.analysis.diff.front import numbers_of
from tic_rules.analysis.diff.impact import summary
from tic_rules.analysis.diff.relations import NATURE
from tic_rules.analysis.diff.topics import RELATION, Diff, Topic
from tic_rules.core.errors import Text
from tic_rules.renderers import diff
from tic_rules.renderers.diff.flow import flow_of, sides_of
from tic_rules.renderers.html import SYMBOLS
from tic_rules.renderers.html import render as page
from tic_rules.results.labels import BEARER, VERDICT


def _key(topic: Topic) -> str:
    """What a row is linked by on the page."""
    return topic.id + (f"-{topic.item}" if topic.item else "")


def render(compared: Diff, lang: str, verbose: bool) -> str:
    counts, proof, impact = compared.counts(), compared.proof, compared.impact
    first, second = diff.shorts(compared)
    spoken = {name for topic in compared.topics for name in topic.topics}
    labels = {**compared.a.vocabulary.topics, **compared.b.vocabulary.topics}
    return page(
        "diff.html.j2",
        lang=lang,
        name_a=first,
        name_b=second,
        foremost=list(map(Text, *(diff.foremost_lines(compared, name) for name in ("zh", "en")))),
        numbers=numbers_of((compared.a, compared.b)),
        sources=list(zip(diff.names(compared, "zh"), diff.names(compared, "en"), strict=True)),
        counts=[(relation, counts[relation]) for relation in diff.ORDER],
        relations=RELATION,
        symbols=SYMBOLS,
        relation_options=[(name, RELATION[name]) for name in diff.ORDER if counts[name]],
        topic_options=[(name, label.text) for name, label in labels.items() if name in spoken],
        bearer_options=[(name, BEARER[name]) for name in BEARER if name in _bearers(compared.topics)],
        all_topics=[
            {"key": _key(topic), "relation": topic.relation, "label": diff.label_of(topic)}
            for topic in compared.topics
        ],
        groups=_groups(compared),
        conflicts=[diff.conflict_text(compared, one) for one in proof.conflicts] if proof else (),
        assumptions=proof.assumptions if proof else (),
        claims=[
            (claim, Text.of(partial(diff.guarantors, compared, claim)))
            for _, claims in diff.claims_by_status(compared)
            for claim in claims
        ],
        claim_status=CLAIM_STATUS,
        impact=impact,
        flow=flow_of(impact) if impact else None,
        impact_summary=Text.of(partial(summary, impact)) if impact else None,
        verdicts=VERDICT,
        sides_of=sides_of,
    )


def _groups(compared: Diff) -> list[tuple[str, list[object], list[object]]]:
    """Of each relation its rows, and those that are folded: what is the same and has not changed."""
    groups = []
    for relation, topics in diff.grouped(compared):
        sides: tuple[list[object], list[object]] = ([], [])
        for topic in topics:
            sides[relation == "same" and not topic.changed].append(_topic(compared, topic))
        groups.append((relation, *sides))
    return groups


def _bearers(topics: Iterable[Topic]) -> list[str]:
    """Who owes what these rows speak of."""
    return list(dict.fromkeys(rule.bearer for topic in topics for rule in (*topic.a, *topic.b)))


def _topic(compared: Diff, topic: Topic) -> dict[str, object]:
    shown = diff.rows(compared, topic, False)
    return {
        "key": _key(topic),
        "label": diff.label_of(topic),
        "nature": NATURE[topic.nature] if topic.nature else None,
        "relation": topic.relation,
        "topics": topic.topics,
        "bearers": _bearers([topic]),
        "proved": topic.proved and topic.relation not in ("only_a", "only_b"),
        "rows": shown,
        "changes": [
            {"text": diff.change_text(one), "effect": one.effect, "places": diff.places(compared, row, one)}
            for row in shown
            for one in diff.changes_shown(compared, row, False)
        ],
        "notes": diff.notes_of(compared, topic),
    }
