"""A pair of files for every claim that does not hold, found and confirmed by the reference evaluator."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from tic_rules.analysis.diff.claims import Claim, read_off, row_of, sides
from tic_rules.analysis.diff.topics import Diff, Topic
from tic_rules.analysis.prove.witness import SHORT, Witness, witness


def shown(compared: Diff) -> Diff:
    """The comparison with a pair of files for every claim that does not hold, each confirmed."""
    claims = tuple(_with_witness(compared, claim) for claim in (compared.claims or read_off(compared).claims))
    topics = tuple(_evident(claims, topic) for topic in compared.topics)
    return replace(compared, claims=claims, topics=topics)


def _evident(claims: Sequence[Claim], topic: Topic) -> Topic:
    """A topic with its pairs; not proved where its relation hangs on a claim that stays undecided."""
    undecided = tuple(
        claim.rule.id for claim in claims if _stands_in(claim, topic) and claim.status == "undecided"
    )
    return replace(
        topic,
        witnesses=tuple(_most_telling(claims, topic)),
        undecided=undecided,
        proved=topic.proved and not (undecided and topic.a and topic.b),
    )


def _stands_in(claim: Claim, topic: Topic) -> bool:
    return claim.rule in (topic.b if claim.side == "b" else topic.a)


def _with_witness(compared: Diff, claim: Claim) -> Claim:
    if claim.status in ("guaranteed", "other_bearer"):
        return claim
    ruleset, other = sides(compared, claim.side)
    topic = row_of(compared, claim.side, claim.rule)
    pair = witness(ruleset, claim.rule, other, topic.a if claim.side == "b" else topic.b, claim.side)
    undecided = pair is None and claim.status in ("looser", "silent")
    return replace(claim, witness=pair, status="undecided" if undecided else claim.status)


def _most_telling(claims: Sequence[Claim], topic: Topic) -> Iterator[Witness]:
    """For each side that asks more, the plainest pair: first one that fails outright. So too where people
    hold the words to be the same, and the data that is asked for is not."""
    for side, asks_more in (("b", topic.tightens), ("a", topic.loosens)):
        meant = [claim for claim in claims if claim.side == side and _stands_in(claim, topic)]
        pairs = [claim.witness for claim in meant if claim.witness is not None]
        same_words = topic.relation == "same" and any(claim.status == "looser" for claim in meant)
        if (asks_more or same_words) and pairs:
            yield min(pairs, key=lambda pair: SHORT.index(pair.short))
