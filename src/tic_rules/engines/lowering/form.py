"""The core form: what a rule asks, in a few kinds of node. `lower` writes it; every engine but the reference
reads it.

A rule is a `Clock` and three pieces of logic: what it requires, what breaks it at once, whether it applies.
A piece of logic has one of four values, as in the reference: FALSE 0, UNKNOWN 1, REVIEW 2, TRUE 3. It is
looked at on one day (`clock.look`). Nodes are tuples, frozen and hashable; each holds its `kind`, so that
nodes of different kinds differ.

Terms are what is read from the data at that day. `fact` is a name of `ruleset.facts`, whose `Fact` says
where it stands:
    Measure       a number: a range [low, high]; a sum may lie in some parts of it only (see RangeComparison)
    GroupAmount   a range: the amount of one group of a fact
    PartAmount    a range: what some groups have together, or (`rest`) what all other entries have
    Bounds        a range that is the law's own
    Multiple      a multiple of a Measure, PartAmount
    Choice        a word, a text, or yes and no: none (not known), one, or several that are possible
    Between       what stands between a beginning and an end of a text (a Choice); empty where the text does
                  not read so
    Attribute     a value of the entry at hand: none, one, or several words (within the body of a Fold only)
    Word          the word at hand (within the body of a Fold over a WordList only)
    ListEntries   the entries of a list that count, or may count, at the day and year looked at
    WordList      several words
    TableKeys     the entries of a table under these keys, each of which has to be there: one that is not is
                  unknown where the table may go on, else false

Logic:
    Constant      a value
    Conjunction   the least of its parts: false, else unknown, else needs review, else true
    Disjunction   true, else unknown, else needs review, else false
    Cases         what follows from each value of `of`: one piece of logic for false, unknown, needs review,
                  true
    RangeComparison  two ranges by an operator of `tables.COMPARISONS`. Where equals or between leaves it
                  unknown for a sum, what all parts of the range agree on in which the sum may lie
                  (`Scene.sums`)
    Member        `inside` where the term stands on the list, `outside` where it does not, `absent` where it
                  is not known; of several that are possible, what all agree on, else unknown. No words, and
                  inside false: it is given. An Attribute that holds several words: `outside` where it is
                  only to be given; else true where one of them is on the list and `inside` is true; else
                  unknown where the list may go on; else needs review where it holds any and `outside` is
                  needs review; else false
    Happened      a day of the data is not after the day looked at: false where its first day is after it,
                  true where its last is not, nor after `reported_on`; else unknown
    Until         the as-of day is not after the end of the term, or the approval; false where there is no
                  such day
    Fold          the body over what is read, one after the other, and what the data may not show. `every`:
                  the least of all, unknown of those that only may count and are not true, unknown for those
                  not shown; with `some` there has to be one that counts (else unknown where one may, false
                  where none may). Otherwise: as a Disjunction, those that only may count at most unknown,
                  unknown for those not shown
    Agree         texts that have to be the same (Betweens): false where no text is possible in all of those
                  that are known, unknown where one of them may be several, else true
    Passed        an attribute of the entry at hand, which is a day, is not after the day looked at: as
                  Happened
    FullYears     `body` in each of the last full calendar years, each looked at as a year of its own: from
                  its first to its last day, lists that have years by the year. A year that may be that of the
                  founding is true or unknown; where no year is surely left, never true
                  (`in_time.year_moments`)
    MostOfEach    no value of an attribute is that of more than `most` entries (`in_time.of_each`)
    EventEntry    what the entry is that a deadline runs from; in rules of such clocks only (`Clock.event`)
    Consecutive   so many calendar years running each have an entry for which `body` holds; by entry: so many
                  entries one after the other (`in_time.entries_running`)
    LatestEntry   the latest entry (by `by`) of those that are as `of` says is as `has` says. The meaning of
                  these two takes more than their parts: `consecutive_years` and `entry_operators.latest`
                  say it, and an engine with the data at hand leaves them to the reference
                  (`operators.see(node.source, …)`)
    Followed      the status of another consequence: true where it fails, unknown where it is unknown or
                  needs review
    Judged        the latest attestation for a rule, or for one item of it: true, false, unknown, or needs
                  review (none)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from typing import Literal, NamedTuple

from tic_rules.core.numbers import Number
from tic_rules.model import conditions as c
from tic_rules.model.time import Cycle, DueOn, Shift

# --- terms ----------------------------------------------------------------------------------------


class Measure(NamedTuple):
    fact: str
    kind: Literal["quantity"] = "quantity"


class GroupAmount(NamedTuple):
    fact: str
    group: str
    kind: Literal["amount"] = "amount"


class PartAmount(NamedTuple):
    fact: str
    groups: tuple[str, ...]
    rest: bool
    kind: Literal["part"] = "part"


class Bounds(NamedTuple):
    low: Number
    high: Number
    kind: Literal["bounds"] = "bounds"


class Multiple(NamedTuple):
    factor: Number
    of: Measure | PartAmount
    kind: Literal["times"] = "times"


Ranged = Measure | GroupAmount | PartAmount | Bounds | Multiple


class Choice(NamedTuple):
    fact: str
    kind: Literal["choice"] = "choice"


class Between(NamedTuple):
    fact: str
    before: str
    after: str
    packed: bool
    """White space does not count, neither in the text nor in its ends."""
    caseless: bool
    """Nor does the case of letters."""
    kind: Literal["between"] = "between"

    def reader(self) -> Callable[[str], str]:
        """A function that takes a text to what stands between."""
        before, after = (self._plain(end) for end in (self.before, self.after))

        def inner(text: str) -> str:
            text = self._plain(text)
            reads = text.startswith(before) and text.endswith(after) and len(text) > len(before) + len(after)
            return text[len(before) : len(text) - len(after)] if reads else ""

        return inner

    def _plain(self, text: str) -> str:
        text = "".join(text.split()) if self.packed else text
        return text.casefold() if self.caseless else text


class Attribute(NamedTuple):
    name: str
    kind: Literal["attribute"] = "attribute"


class Word(NamedTuple):
    kind: Literal["word"] = "word"


Chosen = Choice | Between | Attribute | Word


class ListEntries(NamedTuple):
    fact: str
    kind: Literal["entries"] = "entries"


class WordList(NamedTuple):
    fact: str
    kind: Literal["words"] = "words"


class TableKeys(NamedTuple):
    fact: str
    keys: tuple[str, ...]
    kind: Literal["keys"] = "keys"


# --- logic ----------------------------------------------------------------------------------------


class Constant(NamedTuple):
    value: int
    kind: Literal["constant"] = "constant"


class Conjunction(NamedTuple):
    parts: tuple[Logic, ...]
    kind: Literal["all"] = "all"


class Disjunction(NamedTuple):
    parts: tuple[Logic, ...]
    kind: Literal["any"] = "any"


class Cases(NamedTuple):
    of: Logic
    outcomes: tuple[Logic, Logic, Logic, Logic]
    kind: Literal["cases"] = "cases"


class RangeComparison(NamedTuple):
    operator: str
    left: Ranged
    right: Ranged
    kind: Literal["compare"] = "compare"


class Member(NamedTuple):
    term: Chosen
    words: tuple[str | bool, ...]
    inside: int
    outside: int
    absent: int
    kind: Literal["member"] = "member"


class Happened(NamedTuple):
    fact: str
    kind: Literal["happened"] = "happened"


class Passed(NamedTuple):
    attribute: str
    kind: Literal["passed"] = "passed"


class Until(NamedTuple):
    day: Literal["term_end", "approval"]
    kind: Literal["until"] = "until"


class Fold(NamedTuple):
    over: ListEntries | WordList | TableKeys
    every: bool
    body: Logic
    some: bool = False
    source: c.Node | None = None
    """The condition of the rule file, where the whole of it is this fold: columns of tables are named after
    it."""
    kind: Literal["fold"] = "fold"

    def __hash__(self) -> int:
        return hash(self[:-2])


class Agree(NamedTuple):
    texts: tuple[Between, ...]
    kind: Literal["agree"] = "agree"


class Consecutive(NamedTuple):
    years: int
    over: ListEntries
    body: Logic
    among: Logic
    by: Literal["year", "entry"]
    source: c.Running
    kind: Literal["running"] = "running"

    def __hash__(self) -> int:
        return hash(self[:-2])


class LatestEntry(NamedTuple):
    over: ListEntries
    by: Literal["date", "year"]
    of: Logic
    has: Logic
    source: c.Latest
    kind: Literal["latest"] = "latest"

    def __hash__(self) -> int:
        return hash(self[:-2])


class FullYears(NamedTuple):
    years: int
    founded: str | None
    body: Logic
    source: c.EachYear
    kind: Literal["each_year"] = "each_year"

    def __hash__(self) -> int:
        return hash(self[:-2])


class MostOfEach(NamedTuple):
    over: ListEntries
    attribute: str
    most: int
    source: c.OfEach
    kind: Literal["of_each"] = "of_each"

    def __hash__(self) -> int:
        return hash(self[:-2])


class EventEntry(NamedTuple):
    body: Logic
    kind: Literal["of_entry"] = "of_entry"


class Followed(NamedTuple):
    rule: str
    kind: Literal["followed"] = "followed"


class Judged(NamedTuple):
    rule: str
    item: str | None
    ruleset: str
    kind: Literal["judged"] = "judged"


Logic = (
    Constant | Conjunction | Disjunction | Cases | RangeComparison | Member | Happened | Passed | Until | Fold
    | Agree | Consecutive | LatestEntry | FullYears | MostOfEach | EventEntry | Followed | Judged
)  # fmt: skip


def parts_of(node: Logic) -> tuple[Logic, ...]:
    """The logic directly within a piece of logic, at the same day; the body of a fold is looked at entry by
    entry, and is none."""
    if isinstance(node, (Conjunction, Disjunction)):
        return node.parts
    return (node.of, *node.outcomes) if isinstance(node, Cases) else ()


def walk(node: Logic) -> Iterator[Logic]:
    """A piece of logic and everything within it at the same day, from the top."""
    yield node
    for part in parts_of(node):
        yield from walk(part)


# --- rules ----------------------------------------------------------------------------------------


class From(NamedTuple):
    """So long after the approval, or the end of the term."""

    shift: Shift
    day: Literal["approval", "term_end"]

    def __str__(self) -> str:
        """6m_after_term_end: as the columns of tables are named."""
        return f"{self.shift.name}_after_{self.day}"


class Clock(NamedTuple):
    """When a rule is looked at (`clock.look`), or which years it owes (`clock.years_owed`). Equal clocks
    look at the same day."""

    by: Literal["application", "approval", "term_end"] | date | int | From | None = None
    """The last day of its time; a number: so many years after approval."""
    opens: Literal["approval", "term_end"] | int | None = None
    """Nothing is owed before it, and nothing before it counts (`from` of a rule file): the day of approval,
    the day after the term, or the day after so many years."""
    since: Literal["approval", "term_end"] | date | None = None
    """The first day whose money and events count; for the end of the term the day after it."""
    until: Literal["term_end"] | None = None
    """It is not looked at after this day."""
    yearly: bool = False
    next_year: bool = False
    """What is owed for a year is looked for until the end of the next."""
    due_on: DueOn | None = None
    """Or until this day of the year."""
    cycle: Cycle | None = None
    """What every cycle from approval owes by itself."""
    event: bool = False
    """What every entry of a list owes by itself, within so long of its day: the reference decides such a rule
    (`evaluation.decisions.decide`), and an engine without the data at hand refuses it."""
    running_year: bool = False
    at_once: bool = False
    """It fails as soon as it does not hold, and is never pending: a limit, a prohibition, a consequence of
    what a day opens."""
    adverse: bool = False
    """It is a prohibition or a consequence that reads entries which the law, if it came later, leaves out
    for those."""

    @property
    def timeless(self) -> bool:
        """Whether the requirement means something before approval too."""
        owes = self.yearly or self.cycle or self.event
        return not (owes or self.opens or self.since or self.until)


class LoweredRule(NamedTuple):
    id: str
    place: int
    """Its place in the rule set."""
    programme: bool
    """It speaks to a programme, not to a centre."""
    clock: Clock
    require: Logic
    """What has to hold: of a consequence, that what it waits for has not come about. An attestation for the
    rule has settled what data leaves to be judged."""
    broken: Logic | None
    applies: Logic | None
    """Where it needs review and the status does too, the judgement on the rule as a whole decides
    (`whole`)."""
    whole: Judged
    waits_for: tuple[str, ...]
    """The consequences that its logic looks at."""

    @property
    def logic(self) -> tuple[Logic, ...]:
        return tuple(part for part in (self.require, self.broken, self.applies) if part is not None)
