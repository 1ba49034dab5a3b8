"""The part of the network that every rule set shares: Kleene's folds, a rule's status, the agreement of
scenarios.

Rules are durable-rules definitions as plain data; `then` says which facts a match concludes: a constant, or
a property copied from a message of the match. Values are ordered as `all` needs them (v: false, unknown,
needs review, true) and as `any` needs them (w: false, needs review, unknown, true)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import product

from tic_rules.engines.lowering.tables import judged, spoken

FALSE, UNKNOWN, REVIEW, TRUE = range(4)
RANK = (0, 2, 1, 3)
"""The place of each value in the order of `any`."""

FAIL, OPEN, JUDGE, PENDING, PASS, NOT_APPLICABLE, DOES_NOT_SPEAK, NOT_MET = range(8)
"""Statuses from the worst on, as yearly findings are put together. NOT_APPLICABLE is one whose requirement
holds all the same, so that it agrees with a pass of another scenario; DOES_NOT_SPEAK is one whose
requirement does not. NOT_MET stands for scenarios of which some fail and the others are pending."""

STATUSES = ("fail", "unknown", "needs_review", "pending", "pass", "not_applicable", "not_applicable")

_CODES = {word: code for code, word in enumerate(STATUSES[: PASS + 1])}

_TOGETHER = {
    frozenset((FAIL, PENDING)): NOT_MET, frozenset((FAIL, NOT_MET)): NOT_MET,
    frozenset((PENDING, NOT_MET)): NOT_MET, frozenset((PASS, NOT_APPLICABLE)): PASS,
    frozenset((NOT_APPLICABLE, DOES_NOT_SPEAK)): DOES_NOT_SPEAK,
}  # fmt: skip
"""What two scenarios of different statuses agree on; any other two on nothing (OPEN)."""

ALL, ANY, AGREE = range(3)
PLAIN, SOFT_ALL, SOFT_ANY = range(3)
"""How an entry counts: for certain; perhaps (for `all` one that is so is enough, for `any` one that is
not)."""

NOTHING_YET = 9

Pattern = dict[str, object]
Patterns = Sequence[tuple[str, Sequence[object]]]
Template = dict[str, int | str]
Add = Callable[[str, Patterns, Template], None]
"""`Definition.add`."""


class Definition:
    """Durable rules under construction."""

    def __init__(self) -> None:
        self.rules: dict[str, object] = {}
        self.then: dict[str, dict[str, int | list[str]]] = {}
        self.followed: set[int] = set()
        """The rules whose conclusion others wait for."""

    def add(self, name: str, patterns: Patterns, then: Template) -> None:
        """A rule: patterns in order, each under an alias and a conjunction of expressions; `a.p` in `then`
        copies a property."""
        key = f"{name}_{len(self.rules)}"
        self.rules[key] = {
            "all": [{alias: parts[0] if len(parts) == 1 else {"$and": parts}} for alias, parts in patterns],
            "cap": 100,
        }
        self.then[key] = {
            name: value.split(".") if isinstance(value, str) else value for name, value in then.items()
        }


def there(name: str) -> Pattern:
    return {"$ex": {name: 1}}


def same_as(name: str, other: str) -> Pattern:
    """A value that is the one called `other` of the first fact of the rule, `a`."""
    return {name: {"a": other}}


def shared(add: Add) -> None:
    add("opened", [("a", [there("opened")])], {})
    _counted(add)
    _folds(add)
    _statuses(add)
    _years(add)
    _scenarios(add)


def _counted(add: Add) -> None:
    """The value at an entry's key becomes a part of the fold that the entry is linked to."""
    for mode, test, value in (
        (PLAIN, None, None),
        (SOFT_ALL, {"v": TRUE}, TRUE), (SOFT_ALL, {"$lt": {"v": TRUE}}, UNKNOWN),
        (SOFT_ANY, {"v": FALSE}, FALSE), (SOFT_ANY, {"$gt": {"v": FALSE}}, UNKNOWN),
    ):  # fmt: skip
        result: Template = {"v": "b.v", "w": "b.w"} if value is None else {"v": value, "w": RANK[value]}
        seen = [there("val"), same_as("val", "n"), same_as("key", "alt"), *([test] if test else [])]
        add(
            "counted",
            [("a", [there("alt"), {"m": mode}]), ("b", seen)],
            {"p": "a.of", "at": "a.at", "to": "a.to", "k": "a.k", **result},
        )


def _folds(add: Add) -> None:
    """Parts are folded one after the other onto what has been gathered so far."""
    for kind, order in ((ALL, "v"), (ANY, "w")):
        worse = "$lt" if kind == ALL else "$gt"
        not_worse = "$gte" if kind == ALL else "$lte"
        for operator, source in ((worse, "b"), (not_worse, "a")):
            _step(add, kind, [{operator: {order: {"a": order}}}], {"v": f"{source}.v", "w": f"{source}.w"})
    _step(add, AGREE, [], {"v": "b.v", "w": "b.w"}, [{"v": NOTHING_YET}])
    _step(add, AGREE, [same_as("v", "v")], {"v": "a.v", "w": "a.w"}, [{"$lt": {"v": NOTHING_YET}}])
    _step(
        add,
        AGREE,
        [{"$neq": {"v": {"a": "v"}}}],
        {"v": UNKNOWN, "w": RANK[UNKNOWN]},
        [{"$lt": {"v": NOTHING_YET}}],
    )
    gathered = ("b", [there("acc"), same_as("acc", "end"), same_as("at", "at")])
    add(
        "folded",
        [("a", [there("end"), there("en")]), gathered],
        {"r": "a.er", "val": "a.en", "key": "a.ek", "v": "b.v", "w": "b.w"},
    )
    add("years", [("a", [there("end"), there("owes")]), gathered], {"stat": "a.owes", "s": "b.v"})


def _step(add: Add, kind: int, test: list[object], then: Template, start: list[object] | None = None) -> None:
    gathered = [there("acc"), {"k": kind}, *(start or [])]
    part = [there("p"), same_as("p", "acc"), same_as("at", "at"), *test]
    add("step", [("a", gathered), ("b", part)], {"acc": "a.acc", "at": "b.to", "k": kind, **then})


def _statuses(add: Add) -> None:
    """The status table: from what was required, what breaks at once, and whether the time is up; then
    whether the clause applies."""
    for require, breaks in product(range(4), (None, *range(4))):
        failed, pending = (_CODES[judged(require, breaks or FALSE, late)] for late in ("fail", "pending"))
        cases: list[tuple[list[Pattern], int | str]] = [([{"s": FAIL}], failed), ([{"s": PENDING}], pending)]
        if failed == pending or (failed, pending) == (FAIL, PENDING):
            cases = [([], failed if failed == pending else "a.s")]
        given = [("b", [{"val": 1}, {"v": require}, same_as("key", "late")])]
        if breaks is not None:
            given.append(("c", [{"val": 2}, {"v": breaks}, same_as("key", "late")]))
        for tests, status in cases:
            late = [there("late"), {"brk": len(given) - 1}, *tests]
            add("decided", [("a", [*late, {"app": 0}]), *given], {"stat": "a.late", "s": status})
            base: Template = {"base": "a.late", "s": status, "hv": require, "l": "a.s"}
            add("decided", [("a", [*late, {"app": 1}]), *given], base)
    _applicability(add)
    _silent(add)


def _silent(add: Add) -> None:
    """A rule whose time has not come, or is over before the document: not applicable, whether or not it
    holds all the same."""
    for test, status in (({"v": TRUE}, NOT_APPLICABLE), ({"$lt": {"v": TRUE}}, DOES_NOT_SPEAK)):
        required = ("b", [{"val": 1}, test, same_as("key", "silent")])
        add("silent", [("a", [there("silent")]), required], {"stat": "a.silent", "s": status})


def _applicability(add: Add) -> None:
    def clause(tests: list[Pattern], value: int, status: int | str) -> None:
        add(
            "applies",
            [("a", [there("base"), *tests]), ("b", [{"val": 3}, {"v": value}, same_as("key", "base")])],
            {"stat": "a.base", "s": status},
        )

    clause([], TRUE, "a.s")
    clause([{"hv": TRUE}], FALSE, NOT_APPLICABLE)
    clause([{"$lt": {"hv": TRUE}}], FALSE, DOES_NOT_SPEAK)
    for value, base in product((UNKNOWN, REVIEW), range(len(_CODES))):
        word = spoken(STATUSES[base], value)
        if word != "needs_review":
            clause([{"s": base}], value, _CODES[word])
    # whether it applies is left to be judged: the judgement is on the rule as a whole
    for judgement, status in ((TRUE, PASS), (UNKNOWN, OPEN), (REVIEW, JUDGE), (FALSE, "a.l")):
        applies = ("b", [{"val": 3}, {"v": REVIEW}, same_as("key", "base")])
        whole = ("c", [{"val": 4}, {"v": judgement}, same_as("key", "base")])
        unsettled: list[Pattern] = [{"$neq": {"s": PASS}}, {"$neq": {"s": OPEN}}]
        add("judged", [("a", [there("base"), *unsettled]), applies, whole], {"stat": "a.base", "s": status})


def _years(add: Add) -> None:
    add(
        "year",
        [("a", [there("yr")]), ("b", [there("stat"), same_as("stat", "yr")])],
        {"p": "a.of", "at": "a.at", "to": "a.to", "k": ALL, "v": "b.s", "w": "b.s"},
    )


def _scenarios(add: Add) -> None:
    """A finding is what all scenarios agree on; one that passes agrees with one that the clause does not
    reach but that holds."""
    status = [there("stat")]
    add(
        "only",
        [("a", [there("only")]), ("b", [*status, same_as("stat", "only")])],
        {"done": "a.only_of", "s": "b.s"},
    )
    add(
        "scenario",
        [("a", [there("scenario")]), ("b", [*status, same_as("stat", "scenario")])],
        {"st": "a.scenario_of", "at": "a.at", "to": "a.to", "s": "b.s"},
    )

    def meet(first: list[Pattern], second: list[Pattern], agreed: int | str) -> None:
        lived = [there("st"), same_as("st", "la"), same_as("at", "at"), *second]
        add("meet", [("a", [there("la"), *first]), ("b", lived)], {"la": "a.la", "at": "b.to", "s": agreed})

    meet([{"s": NOTHING_YET}], [], "b.s")
    meet([{"$lt": {"s": NOT_MET}}], [same_as("s", "s")], "a.s")
    for one, other in product(range(NOT_MET + 1), range(NOT_MET)):
        if one != other:
            meet([{"s": one}], [{"s": other}], _TOGETHER.get(frozenset((one, other)), OPEN))
    # An approved centre's day of approval that is left out is behind it: what has not been met by it has
    # failed.
    closed: list[tuple[int, Pattern, int | str]] = [(0, {"s": NOT_MET}, OPEN), (1, {"s": NOT_MET}, FAIL)]
    settled: Pattern = {"$lt": {"s": NOT_MET}}
    closed += [(behind, settled, "b.s") for behind in (0, 1)]
    for behind, test, end in closed:
        ended = ("b", [there("la"), test, same_as("la", "lend"), same_as("at", "at")])
        add("lived", [("a", [there("lend"), {"behind": behind}]), ended], {"done": "a.lend", "s": end})
