"""And, or and not of formulas (for z3), folded where a part is constant, and made without z3's own coercions,
which take most of the time that a proof takes."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

try:
    import z3
except ImportError:  # the extra is not installed: symbols.need_z3() says so
    z3 = None  # type: ignore[assignment,unused-ignore]

Formula = Any
"""A formula or a term of z3, which has no types."""
Ends = tuple[Formula, Formula]
"""The ends of a range."""


@cache
def truth(value: bool) -> Formula:
    """The constant formula: one for each value, so that it is known again."""
    return z3.BoolVal(value)


def neg(formula: Formula) -> Formula:
    """That a formula does not hold."""
    if formula is truth(True):
        return truth(False)
    if formula is truth(False):
        return truth(True)
    context = formula.ctx
    return z3.BoolRef(z3.Z3_mk_not(context.ref(), formula.as_ast()), context)


def conj(*formulas: Formula) -> Formula:
    """That all hold."""
    return _joined(formulas, True)


def disj(*formulas: Formula) -> Formula:
    """That one holds at least."""
    return _joined(formulas, False)


def _joined(formulas: Iterable[Formula], all_hold: bool) -> Formula:
    nothing, end = truth(all_hold), truth(not all_hold)
    parts = []
    for formula in formulas:
        if formula is end:
            return end
        if formula is not nothing:
            parts.append(formula)
    if len(parts) < 2:
        return parts[0] if parts else nothing
    context = parts[0].ctx
    array = (z3.Ast * len(parts))(*[part.as_ast() for part in parts])
    make = z3.Z3_mk_and if all_hold else z3.Z3_mk_or
    return z3.BoolRef(make(context.ref(), len(parts), array), context)


__all__ = ["Ends", "Formula", "conj", "disj", "neg", "truth", "z3"]
