"""Python as a tree: the few forms of expressions and statements that the compiler builds. Nothing is ever written as text.

What a rule set says enters generated code only as a constant or as the value of a name, never as code.
"""

from __future__ import annotations

import ast
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

Expr = ast.expr
Stmt = ast.stmt

_AT: dict[str, Any] = {"lineno": 1, "col_offset": 0}
_LOAD, _STORE = ast.Load(), ast.Store()
_COMPARES: dict[str, ast.cmpop] = {
    "==": ast.Eq(), "!=": ast.NotEq(), "<": ast.Lt(), "<=": ast.LtE(), ">": ast.Gt(), ">=": ast.GtE(),
    "is": ast.Is(), "is not": ast.IsNot(), "in": ast.In(), "not in": ast.NotIn(),
}  # fmt: skip


@lru_cache(4096)
def name(of: str) -> Expr:
    """A name that is read. Nodes do not change once they are made, so that a tree may hold one in several places."""
    return ast.Name(of, _LOAD, **_AT)


@lru_cache(4096, typed=True)
def constant(value: int | str | bool | None) -> Expr:
    return ast.Constant(value, **_AT)


def call(function: str, *args: Expr) -> Expr:
    return ast.Call(name(function), list(args), [], **_AT)


def ask(of: Expr, method: str, *args: Expr) -> Expr:
    """A method of an object called."""
    return ast.Call(attribute(of, method), list(args), [], **_AT)


def attribute(of: Expr, called: str) -> Expr:
    return ast.Attribute(of, called, _LOAD, **_AT)


def item(of: Expr, at: Expr) -> Expr:
    return ast.Subscript(of, at, _LOAD, **_AT)


def compare(left: Expr, operator: str, right: Expr) -> Expr:
    return ast.Compare(left, [_COMPARES[operator]], [right], **_AT)


def both(*parts: Expr) -> Expr:
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.And(), list(parts), **_AT)


def either(*parts: Expr) -> Expr:
    return parts[0] if len(parts) == 1 else ast.BoolOp(ast.Or(), list(parts), **_AT)


def times(left: Expr, right: Expr) -> Expr:
    return ast.BinOp(left, ast.Mult(), right, **_AT)


def choose(*pairs: Expr) -> Expr:
    """`choose(a, if_a, b, if_b, otherwise)`: a if it holds, else b …"""
    result = pairs[-1]
    for test, value in reversed(list(zip(pairs[:-1:2], pairs[1:-1:2], strict=True))):
        result = ast.IfExp(test, value, result, **_AT)
    return result


def not_(of: Expr) -> Expr:
    return ast.UnaryOp(ast.Not(), of, **_AT)


def minus(left: Expr, right: Expr) -> Expr:
    return ast.BinOp(left, ast.Sub(), right, **_AT)


def list_(*parts: Expr) -> Expr:
    """A new list."""
    return ast.List(list(parts), _LOAD, **_AT)


def empty() -> Expr:
    """A new mapping without entries."""
    return ast.Dict([], [], **_AT)


def all_of(parts: Sequence[Expr]) -> Expr:
    """A new tuple of the entries of several."""
    return ast.Tuple([ast.Starred(part, _LOAD, **_AT) for part in parts], _LOAD, **_AT)


def tuple_(parts: Sequence[Expr]) -> Expr:
    return ast.Tuple(list(parts), _LOAD, **_AT)


def assign(target: str, value: Expr) -> Stmt:
    return ast.Assign([ast.Name(target, _STORE, **_AT)], value, **_AT)


def assign_both(first: str, second: str, value: Expr) -> Stmt:
    target = ast.Tuple([ast.Name(first, _STORE, **_AT), ast.Name(second, _STORE, **_AT)], _STORE, **_AT)
    return ast.Assign([target], value, **_AT)


def assign_all(targets: Sequence[str], value: Expr) -> Stmt:
    return ast.Assign(
        [ast.Tuple([ast.Name(target, _STORE, **_AT) for target in targets], _STORE, **_AT)], value, **_AT
    )


def assign_item(of: Expr, at: Expr, value: Expr) -> Stmt:
    return ast.Assign([ast.Subscript(of, at, _STORE, **_AT)], value, **_AT)


def add_to(target: str, value: Expr) -> Stmt:
    return ast.AugAssign(ast.Name(target, _STORE, **_AT), ast.Add(), value, **_AT)


def add_to_item(of: Expr, at: Expr, value: Expr) -> Stmt:
    return ast.AugAssign(ast.Subscript(of, at, _STORE, **_AT), ast.Add(), value, **_AT)


def if_(test: Expr, *body: Stmt, otherwise: Sequence[Stmt] = ()) -> Stmt:
    return ast.If(test, list(body), list(otherwise), **_AT)


def for_(targets: Sequence[str], entries: Expr, body: Sequence[Stmt]) -> Stmt:
    names: list[Expr] = [ast.Name(target, _STORE, **_AT) for target in targets]
    return ast.For(
        names[0] if len(names) == 1 else ast.Tuple(names, _STORE, **_AT), entries, list(body), [], **_AT
    )


def stop() -> Stmt:
    """Leave the loop."""
    return ast.Break(**_AT)


def do(value: Expr) -> Stmt:
    return ast.Expr(value, **_AT)


def go_on() -> Stmt:
    """On to the next entry of the loop."""
    return ast.Continue(**_AT)


def return_(value: Expr) -> Stmt:
    return ast.Return(value, **_AT)


def function(called: str, parameters: Sequence[str], body: Sequence[Stmt]) -> Stmt:
    arguments = ast.arguments([], [ast.arg(p, **_AT) for p in parameters], None, [], [], None, [])
    extra: dict[str, Any] = {"type_params": []} if "type_params" in ast.FunctionDef._fields else {}
    return ast.FunctionDef(called, arguments, list(body), [], **extra, **_AT)


def build(functions: Sequence[Stmt], names: dict[str, Any]) -> dict[str, Any]:
    """Compile the functions; `names` are what they may use besides each other."""
    exec(compile(ast.Module(list(functions), []), "<compiled rule set>", "exec"), names)
    return names
