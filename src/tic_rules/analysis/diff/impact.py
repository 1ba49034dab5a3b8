"""For whom a change of rules matters: centres whose findings or verdict flip, and by which clause."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

from tic_rules.analysis.diff.demands import counts
from tic_rules.analysis.diff.topics import Diff
from tic_rules.core.errors import Text, plural
from tic_rules.model.centre import Centre
from tic_rules.model.ruleset import Rule
from tic_rules.results.parts import VERDICTS

if TYPE_CHECKING:
    from tic_rules.results.report import Report

_SILENT = "not_applicable"
_WEIGHT = {"fail": 3, "unknown": 2, "needs_review": 2, "pending": 1}
"""How heavily a status weighs against a centre."""


@dataclass(frozen=True, slots=True)
class Flip:
    """One finding that is another under B: the clauses of both sides and what was found."""

    topic: str
    a: Rule | None
    b: Rule | None
    status_a: str | None
    status_b: str | None
    decides: bool
    """Whether the clause is one that counts in the verdict and stands against the centre on one side only."""


@dataclass(frozen=True, slots=True)
class Affected:
    """One centre under both rule sets."""

    id: str | None
    name: str | None
    file: str | None
    as_of: date
    verdict_a: str
    verdict_b: str
    flips: tuple[Flip, ...]

    @property
    def shown(self) -> str:
        """What the centre is called."""
        return self.name or self.id or self.file or "?"

    @property
    def flipped(self) -> bool:
        return self.verdict_a != self.verdict_b

    @property
    def against(self) -> dict[tuple[str, str], Rule]:
        """The clauses that stand against the centre on one side only, by side and id."""
        turned = [_against(flip) for flip in self.flips if flip.decides]
        return {(side, rule.id): rule for side, rule in turned if rule is not None}


class Turning(NamedTuple):
    """A clause that stands against centres on its side only, and which centres."""

    side: str
    rule: Rule
    centres: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Impact:
    centres: tuple[Affected, ...]
    others: tuple[str, ...] = ()
    """Centres of other jurisdictions, which neither document binds: by name, not looked at."""

    def table(self) -> list[tuple[str, str, int]]:
        """How many centres go from which verdict to which, the worst first."""
        counts = Counter((centre.verdict_a, centre.verdict_b) for centre in self.centres)
        order = sorted(counts, key=lambda pair: (VERDICTS.index(pair[0]), VERDICTS.index(pair[1])))
        return [(*pair, counts[pair]) for pair in order]

    def clauses(self) -> list[Turning]:
        """Which clause turns whose findings against them, the most centres first."""
        turned: dict[tuple[str, str], list[str]] = {}
        rules: dict[tuple[str, str], Rule] = {}
        for centre in self.centres:
            rules |= centre.against
            for key in centre.against:
                turned.setdefault(key, []).append(centre.shown)
        listed = [Turning(key[0], rules[key], tuple(names)) for key, names in turned.items()]
        return sorted(listed, key=lambda turning: -len(turning.centres))

    def as_dict(self) -> dict[str, object]:
        return {
            "centres": len(self.centres),
            "verdicts_flipped": sum(centre.flipped for centre in self.centres),
            "verdicts": [{"a": a, "b": b, "centres": n} for a, b, n in self.table()],
            "clauses": [
                {"side": side, "rule": rule.id, "locator": rule.at, "centres": len(names), "names": [*names]}
                for side, rule, names in self.clauses()
            ],
            "others": list(self.others),
            "details": [_detail(centre) for centre in self.centres],
        }


def _against(flip: Flip) -> tuple[str, Rule | None]:
    weight_a, weight_b = (
        _WEIGHT.get(status or "", 0) if rule is not None and counts(rule) else 0
        for rule, status in ((flip.a, flip.status_a), (flip.b, flip.status_b))
    )
    return ("a", flip.a) if weight_a > weight_b else ("b", flip.b)


def _detail(centre: Affected) -> dict[str, object]:
    return {
        "id": centre.id,
        "name": centre.name,
        "file": centre.file,
        "as_of": centre.as_of.isoformat(),
        "verdict": {"a": centre.verdict_a, "b": centre.verdict_b},
        "flips": [
            {
                "topic": flip.topic,
                "a": flip.a and {"rule": flip.a.id, "locator": flip.a.at, "status": flip.status_a},
                "b": flip.b and {"rule": flip.b.id, "locator": flip.b.at, "status": flip.status_b},
                "decides": flip.decides,
            }
            for flip in centre.flips
        ],
    }


def concerns(compared: Diff, centre: Centre) -> bool:
    """Whether a centre is of the jurisdiction of either document; one that names none may be of any."""
    jurisdiction = centre.jurisdiction
    return jurisdiction is None or jurisdiction in (compared.a.jurisdiction, compared.b.jurisdiction)


def impact(compared: Diff, centres: Iterable[Centre], as_of: date | None = None) -> Impact:
    """Every centre under both rule sets, on its own reporting day unless another is asked for.

    Raises UsageError where there is no day."""
    from tic_rules.engines.check import as_of_day

    return Impact(tuple(_affected(compared, centre, as_of_day(centre, as_of)) for centre in centres))


def _affected(compared: Diff, centre: Centre, day: date) -> Affected:
    from tic_rules.engines.check import check_subject  # a comparison of texts alone needs no engine

    centre = _to_editions(compared, centre)
    first, second = check_subject(centre, compared.a, day), check_subject(centre, compared.b, day)
    flips: dict[object, Flip] = {}
    for topic in compared.topics:
        for pair in topic.pairs:
            if (flip := _flip(topic.id, pair.a, pair.b, first, second)) is not None:
                flips.setdefault((pair.a and pair.a.id, pair.b and pair.b.id), flip)  # one in several rows
    verdicts = str(first.verdict), str(second.verdict)
    name = first.centre.name if first.centre is not None else None  # type: ignore[union-attr,unused-ignore]
    return Affected(centre.id, name, centre.file, day, *verdicts, tuple(flips.values()))


def _to_editions(compared: Diff, centre: Centre) -> Centre:
    """A centre whose judgements and exemptions under one edition of a document are given under the other too,
    as a proof takes them to be; what it says of both stays as it is."""
    if not compared.editions or compared.a.id == compared.b.id:
        return centre
    sides = (compared.a, compared.b), (compared.b, compared.a)
    other = {f"{x.id}/{rule.id}": f"{y.id}/{rule.id}" for x, y in sides for rule in y.rules}
    more = {}
    for field in ("attestations", "exemptions"):
        given = getattr(centre, field)
        said = {one.rule for one in given}
        also = [one for one in given if one.rule in other and other[one.rule] not in said]
        more[field] = (*given, *(one.model_copy(update={"rule": other[one.rule]}) for one in also))
    return centre.model_copy(update=more)


def _flip(topic: str, a: Rule | None, b: Rule | None, first: Report, second: Report) -> Flip | None:
    """A finding that differs, in its status or in whether it counts. A clause of one side only flips where it
    stands against the centre."""
    status_a = first[a.id].status if a is not None else None
    status_b = second[b.id].status if b is not None else None
    statuses = {status_a, status_b}
    decides = _stands(a, first, second) or _stands(b, second, first)
    fails = "fail" in statuses
    if a is not None and b is not None and len(statuses) == 1:
        return Flip(topic, a, b, status_a, status_b, True) if decides and counts(a) != counts(b) else None
    if (None in statuses and not (fails or decides)) or statuses == {"pass", _SILENT}:
        return None
    return Flip(topic, a, b, status_a, status_b, decides)


def _stands(rule: Rule | None, report: Report, other: Report) -> bool:
    """Whether a clause counts and stands against the centre: it fails, or is of those that make the verdict
    worse than that of the other side."""
    from tic_rules.results.report import verdict_of

    if rule is None or not counts(rule):
        return False
    status = report[rule.id].status
    worse = VERDICTS.index(report.verdict) < VERDICTS.index(other.verdict)
    return status == "fail" or (worse and status in _WEIGHT and verdict_of({status}) == report.verdict)


def summary(impact: Impact, lang: str) -> str:
    """How many centres get another verdict, in a line."""
    total, others = len(impact.centres), len(impact.others)
    flipped = sum(centre.flipped for centre in impact.centres)
    said = Text(
        f"{total}个中心中，{flipped}个的结论会变",
        f"{flipped} of {plural(total, 'centre')} with another verdict",
    )
    if others:
        elsewhere = f"{plural(others, 'centre')} of other jurisdictions, bound by neither document"
        said = Text(
            f"{said.zh}；另有{others}个中心属于其他地区，两份文件都不适用，未计入（--all 一并计入）",
            f"{said.en}; {elsewhere}: not looked at (--all does)",
        )
    return said.in_(lang)
