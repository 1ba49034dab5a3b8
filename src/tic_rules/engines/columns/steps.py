"""Intermediate columns, laid out in steps: each is made once, in the first step after what it is made of."""

from __future__ import annotations

from collections.abc import Callable

import narwhals as nw

from tic_rules.engines.columns.codes import Coded, Expr, Table


class Steps:
    """What is added to a table, step after step; each step is one `with_columns`."""

    def __init__(self) -> None:
        self.steps: list[dict[str, Expr]] = []
        self._made: dict[object, Coded] = {}

    def get(self, key: object) -> Coded | None:
        """The column that was made under a key."""
        return self._made.get(key)

    def made(self, key: object, make: Callable[[], Coded], *after: Coded) -> Coded:
        """The column of an intermediate result; none is added where it is the same in every row."""
        column = self._made.get(key)
        if column is None:
            column = make()
            if column.constant is None:
                step, name = max((one.step + 1 for one in after), default=0), f"~{len(self._made)}"
                while len(self.steps) <= step:
                    self.steps.append({})
                self.steps[step][name] = column.expr
                column = Coded(nw.col(name), column.may, step)
            self._made[key] = column
        return column

    def laid_out(self, frame: Table) -> Table:
        """A table of narwhals with all that was made."""
        for step in self.steps:
            frame = frame.with_columns(**step)
        return frame
