"""The comparison as one page that stands by itself: both languages, a phone and a wide screen, print."""

from __future__ import annotations

from typing import Any

from tic_rules.analysis.diff.impact import summary
from tic_rules.analysis.diff.topics import RELATION, Diff, Topic
from tic_rules.core.errors import Text
from tic_rules.renderers.diff import (
    CLAIM_STATUS,
    ORDER,
    change_text,
    claims_by_status,
    conflict_text,
    grouped,
    names,
    places,
    remark,
    rows_shown,
    sentence_of,
)
from tic_rules.renderers.html import SYMBOLS
from tic_rules.renderers.html import render as page
from tic_rules.results.labels import STATUS, VERDICT


def render(found: Diff, lang: str, verbose: bool) -> str:
    counts = found.counts()
    return page(
        "diff.html.j2",
        lang=lang,
        name_a=found.name_a,
        name_b=found.name_b,
        sources=list(zip(names(found, "zh"), names(found, "en"), strict=True)),
        counts=[(relation, counts[relation]) for relation in ORDER],
        relations=RELATION,
        symbols=SYMBOLS,
        all_topics=found.topics,
        groups=[
            (
                relation,
                *(
                    [
                        _topic(found, topic)
                        for topic in topics
                        if (relation == "same" and not topic.changed) == folded
                    ]
                    for folded in (False, True)
                ),
            )
            for relation, topics in grouped(found)
        ],
        conflicts=[conflict_text(found, conflict) for conflict in found.proof.conflicts]
        if found.proof is not None
        else (),
        assumptions=found.proof.assumptions if found.proof is not None else (),
        claims=[claim for _, claims in claims_by_status(found) for claim in claims],
        claim_status=CLAIM_STATUS,
        impact=found.impact,
        impact_summary=Text(summary(found.impact, "zh"), summary(found.impact, "en"))
        if found.impact is not None
        else None,
        verdicts=VERDICT,
        statuses=STATUS,
    )


def _topic(found: Diff, topic: Topic) -> dict[str, Any]:
    note = remark(topic)
    told = rows_shown(found, topic, False)
    return {
        "id": topic.id,
        "label": topic.label,
        "relation": topic.relation,
        "proved": topic.proved and topic.relation not in ("only_a", "only_b"),
        "rows": told,
        "changes": [
            {
                "text": change_text(change),
                "effect": change.effect,
                "places": places(found, row, change) if found.editions else "",
            }
            for row in told
            for change in row.changes
            if change.level == "verdict" or found.editions
        ],
        "notes": [*((note,) if note else ()), *(sentence_of(found, pair) for pair in topic.witnesses)],
    }
