"""The names of the columns of a table, from the core form: `fact@look day` and what is read of it. See docs/frames.md."""

from __future__ import annotations

from fractions import Fraction
from hashlib import sha256

from tic_rules.engines.lowering import Clock
from tic_rules.engines.lowering import form as f


def look_name(clock: Clock) -> str:
    """The name of the day that a rule looks at, and from which day on money and events count for it."""
    if clock.opens is not None:
        return f"after_{day_name(clock.opens)}"
    day = day_name(clock.by) if clock.by is not None else "until_term_end" if clock.until else "now"
    return day if clock.since is None else f"{day}_since_{clock.since}"


def year_name(clock: Clock, year: int) -> str:
    """2023, or 2023+1 where what is owed for a year is looked for until the end of the next."""
    return f"{year}+1" if clock.next_year else str(year)


def day_name(day: object) -> str:
    """A day of a clock as a rule file says it: 2y, approval, 2025-12-31."""
    return f"{day}y" if isinstance(day, int) else str(day)


def due_name(clock: Clock) -> str:
    """The column of a rule's deadline."""
    return f"due@{day_name(clock.by)}"


def compared(node: f.Compare) -> tuple[str, bool]:
    """What is read for a comparison, without a look day; whether it is a margin, which is compared with nothing."""
    left, right = node.left, node.right
    match left, right:
        case f.Quantity(fact), f.Times(factor, f.Quantity(other)):
            return f"{fact}-{Fraction(factor)}*{other}", True
        case f.Amount(fact, group), f.Amount(_, other):
            return f"{fact}/{group}-{other}", True
        case f.Times(rest, f.Part(fact, groups)), f.Times(part, _):
            return f"{fact}/{'+'.join(groups)}-{Fraction(part) / Fraction(part + rest)}", True
        case f.Quantity(fact), f.Bounds():
            return fact, False
    raise AssertionError(f"no comparison of the core form: {node!r}")


def suffix_of(node: f.Member | f.Fold | f.Running | f.Latest | f.Happened) -> str:
    """What follows the look day in the name of a column that is read for a piece of logic; dots are not for Spark."""
    match node:
        case f.Member(term=f.Between() as term):
            return between_suffix(term)
        case f.Fold(source=source) | f.Running(source=source) | f.Latest(source=source):
            suffix = f":{type(source).__name__.lower()}:{sha256(repr(source).encode()).hexdigest()[:10]}"
        case _:
            suffix = ""
    return suffix.replace(".", "·")


def between_suffix(term: f.Between) -> str:
    plain = (":packed" if term.packed else "") + (":caseless" if term.caseless else "")
    return f":between:{term.before}:{term.after}{plain}".replace(".", "·")


def word_suffix(word: str) -> str:
    return f":{word}".replace(".", "·")


def judgement_name(node: f.Judged) -> str:
    return f"judgement:{node.rule}" + (f":{node.item}" if node.item else "")


__all__ = [
    "between_suffix",
    "compared",
    "day_name",
    "due_name",
    "judgement_name",
    "look_name",
    "suffix_of",
    "word_suffix",
    "year_name",
]
