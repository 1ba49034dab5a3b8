"""Logic of the core form over the cells of a row, as Python source.

Cells are names `x0, x1, …` by their place among the columns; constants of the rule file are names `k0, k1,
…` by theirs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from tic_rules.core.logic import FALSE, REVIEW, TRUE, UNKNOWN, compare
from tic_rules.core.numbers import ANYTHING, INFINITY, Number, Range
from tic_rules.engines.columns import names as n
from tic_rules.engines.lowering import COMPARISONS, FOLLOWED
from tic_rules.engines.lowering import form as f

_VALUES = ("0", "1", "2", "3")
"""Source for each of the four values: false, unknown, needs review, true."""
_LEAST = tuple(tuple(min(one, other) for other in range(4)) for one in range(4))
_RANK = (FALSE, REVIEW, UNKNOWN, TRUE)
_ANY = tuple(tuple(max(one, other, key=_RANK.index) for other in range(4)) for one in range(4))


class LogicWriter:
    """Writes the statements of one function."""

    def __init__(self, columns: Sequence[str], constants: list[object], places: Mapping[str, int]) -> None:
        self.columns = {name: place for place, name in enumerate(columns)}
        self.constants, self.places = constants, places
        self.used: dict[int, None] = {}
        self.lines: list[str] = []
        self._made: dict[tuple[f.Logic, str], str] = {}

    # --- names ------------------------------------------------------------------------------------

    def constant(self, value: object) -> str:
        """The name of a constant."""
        self.constants.append(value)
        return f"k{len(self.constants) - 1}"

    def cell(self, name: str) -> str:
        """The name of a cell; None where there is no such column."""
        place = self.columns.get(name)
        if place is None:
            return "None"
        self.used[place] = None
        return f"x{place}"

    def named(self, column: n.Column, ending: str = "") -> str | None:
        """The column of a reading: at its look day, or one that holds on every day."""
        names = (column.name + ending, column.plain + ending)
        return next((name for name in names if name in self.columns), None)

    def several(self, column: n.Column) -> list[str]:
        """The cells of a word: its own, and those of what else it may be."""
        first = self.named(column)
        if first is None:
            return []
        names = [first]
        while (more := f"{first}__or{len(names) + 1}") in self.columns:
            names.append(more)
        return [self.cell(name) for name in names]

    def texts(self, column: n.Column, look: str) -> list[str]:
        """The cells of a word, or of what stands between the ends of a text; where only the text is there,
        what is read of it."""
        cells = self.several(column)
        if cells or not isinstance(column.of, f.Between):
            return cells
        (text,) = n.columns_of(f.Member(f.Choice(column.of.fact), (), FALSE, TRUE, UNKNOWN), look)
        inner = self.constant(column.of.reader())
        cells = self.several(text)
        return [self.keep(f"None if is_gap({cell}) else {inner}({cell})") for cell in cells]

    def truth(self, column: n.Column, absent: int = UNKNOWN) -> str:
        """A column of truth values."""
        return f"truth({self.cell(self.named(column) or '')}, {absent})"

    def keep(self, source: str) -> str:
        """A variable that holds what some source comes to."""
        name = f"v{len(self.lines)}"
        self.lines.append(f"{name} = {source}")
        return name

    # --- logic ------------------------------------------------------------------------------------

    def value(self, node: f.Logic, look: str) -> str:
        """The value of a piece of logic, as a name or a number; written once."""
        made = self._made.get((node, look))
        if made is None:
            source = self._source(node, look)
            made = self._made[node, look] = source if source in _VALUES else self.keep(source)
        return made

    def _source(self, node: f.Logic, look: str) -> str:
        """Source for the value of a piece of logic."""
        match node:
            case f.Constant(value):
                return str(value)
            case f.RangeComparison():
                return self._compare(node, look)
            case f.Member(term=f.Choice() | f.Between()):
                return self._member(node, look)
            case f.Conjunction() | f.Disjunction():
                table = "LEAST" if isinstance(node, f.Conjunction) else "ANY"
                parts = [self.value(part, look) for part in node.parts]
                return reduce(lambda one, other: f"{table}[{one}][{other}]", parts)
            case f.Cases():
                table = ", ".join(self.value(outcome, look) for outcome in node.outcomes)
                return f"({table})[{self.value(node.of, look)}]"
        return self._call(node, look)

    def _call(self, node: f.Logic, look: str) -> str:
        """What takes a call to see, as a value."""
        match node:
            case f.Happened():
                return self._happened(node, look)
            case f.Until(day):
                cell = self.cell(n.TERM_END if day == "term_end" else n.APPROVED_ON)
                return f"(0 if approved == 0 else not_after(as_of, {cell}))"
            case f.Followed(rule):
                return f"FOLLOWED.get(s{self.places[rule]}, 0)"
        columns = n.columns_of(node, look)
        match node:
            case f.Agree():
                texts = [self.texts(column, look) for column in columns]
                cells = ", ".join(f"({', '.join(text)},)" for text in texts if text)
                return f"agree({cells})"
            case f.Fold(over=f.WordList(), body=f.Member() as member):
                return self._words(columns, member)
            case f.Judged():
                return self.truth(columns[0], REVIEW)
        return self.truth(columns[0])

    def _compare(self, node: f.RangeComparison, look: str) -> str:
        column, *parted = n.columns_of(node, look)
        bounds, anything = Range(0, 0), Range(-INFINITY, INFINITY)
        if column.kind == n.ColumnKind.RANGE:
            assert isinstance(node.right, f.Bounds)
            bounds, anything = Range(node.right.low, node.right.high), ANYTHING
        exact, low, high = (self.named(column, ending) for ending in ("", "__low", "__high"))
        # of a sum that may lie in some parts of its range only, what the comparison came to stands beside it
        beside = [part for part in parted if self.named(part) is not None]
        unknown = self.truth(beside[0]) if beside else str(UNKNOWN)
        without = compare(node.operator, anything, bounds)
        unread = unknown if without == UNKNOWN else str(without)
        if exact is None and low is None and high is None:
            return unread
        if exact is not None and low is None and high is None:
            cell = self.cell(exact)
            met, failed = self._tests(node.operator, {"low": cell, "high": cell}, bounds)
            # what is neither met nor failed is not a number; where 0 or 1 would be, it may be yes or no
            guarded = {compare(node.operator, Range(number, number), bounds) for number in (0, 1)}
            plain = f"if {cell}.__class__ is int or {cell}.__class__ is float else of_number({cell}, "
            true, false = (f"({one} {plain}{one}))" if one in guarded else one for one in (TRUE, FALSE))
            certain = f"{true} if {met} else {false} if {failed} else {unread}"
            return f"({unread} if {cell} is None else {certain})"
        ends = {"low": self._end(low or exact, anything.low), "high": self._end(high or exact, anything.high)}
        met, failed = self._tests(node.operator, ends, bounds)
        return f"({TRUE} if {met} else {FALSE} if {failed} else {unknown})"

    def _tests(self, operator: str, ends: Mapping[str, str], bounds: Range) -> tuple[str, str]:
        """Source for whether a comparison is met, and whether it fails."""
        names = {"low": self.constant(_double(bounds.low)), "high": self.constant(_double(bounds.high))}
        true, false = (
            [f"{ends[test.left]} {test.operator} {names[test.right]}" for test in tests]
            for tests in COMPARISONS[operator]
        )
        return " and ".join(true), " or ".join(false)

    def _end(self, name: str | None, limit: Number) -> str:
        """The cell of one end of a range; its limit where nothing is known."""
        bound = self.constant(limit)
        if name is None:
            return bound
        cell = self.cell(name)
        plain = f"{cell}.__class__ is int or {cell}.__class__ is float"
        number = f"{cell} if {plain} else of_number({cell}, {cell})"
        return self.keep(f"{bound} if {cell} is None or {cell} != {cell} else {number}")

    def _member(self, node: f.Member, look: str) -> str:
        assert isinstance(node.term, (f.Choice, f.Between))
        cells = self.texts(n.columns_of(node, look)[0], look)
        if not cells:
            return str(node.absent)
        words = self.constant(frozenset(_as_cells(node.words)))
        if len(cells) == 1:
            return self._on_list(cells[0], node, words)
        return f"one_of(({', '.join(cells)}), {words}, {node.inside}, {node.outside}, {node.absent})"

    def _on_list(self, cell: str, node: f.Member, words: str) -> str:
        other = f"other_word({cell}, {node.absent}, {node.outside})"
        listed = f"{cell} in {words}"
        truths = [word for word in node.words if isinstance(word, bool)]
        if truths:  # 1 equals True, and says no yes
            same = " or ".join(f"{cell} is {word}" for word in truths)
            listed = f"{same} or {listed} and {cell}.__class__ not in NUMBERS"
        if len(node.words) == 1 and not isinstance(node.words[0], bool):
            listed = f"{cell} == {self.constant(node.words[0])}"
        return f"({node.absent} if {cell} is None else {node.inside} if {listed} else {other})"

    def _happened(self, node: f.Happened, look: str) -> str:
        (column,) = n.columns_of(node, look)
        spans = []
        for place in range(1, 60):
            ends = f"{column.other(place)}__first", f"{column.other(place)}__last"
            if any(end in self.columns for end in ends):
                spans.append(f"({self.cell(ends[0])}, {self.cell(ends[1])}),")
        exact = self.named(column)
        if not spans and exact is not None:
            spans.append(f"({self.cell(exact)}, {self.cell(exact)}),")
        return f"happened({self.cell(n.day_of(look))}, {self.cell(n.REPORTED_ON)}, ({' '.join(spans)}))"

    def _words(self, columns: Sequence[n.Column], member: f.Member) -> str:
        """Whether one of several words is on a list: a column says of each word whether it is there."""
        *has, any_word = columns
        there = reduce(lambda one, other: f"ANY[{one}][{other}]", [self.truth(column) for column in has])
        if member.outside != REVIEW:
            return there
        value = self.keep(there)
        return f"({REVIEW} if {value} == 0 and {self.truth(any_word)} == {TRUE} else {value})"


def _double(bound: Number) -> Number:
    """A bound as a cell is compared with it: cells that are no whole numbers are doubles."""
    return bound if isinstance(bound, int) else float(bound)


def _as_cells(words: Iterable[str | bool]) -> Iterable[str | bool]:
    """Words as a cell may hold them: yes and no stand as such, or as the words true and false."""
    for word in words:
        yield word
        if isinstance(word, bool):
            yield from (str(word), str(word).lower())


NAMESPACE: dict[str, object] = {
    "ANY": _ANY, "LEAST": _LEAST, "FOLLOWED": FOLLOWED, "NUMBERS": frozenset((int, float)),
}  # fmt: skip
"""What the source names besides cells, constants and the functions of `values`."""
