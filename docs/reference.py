"""The reference of the public names, made from their docstrings: `make docs` writes
build/docs/index.html, a site that opens offline."""

from __future__ import annotations

import ast
import inspect
import sys
import warnings
from collections.abc import Iterator
from functools import cached_property
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from types import FunctionType
from typing import Any

import tic_rules
from tic_rules import monitoring


def aliases() -> dict[str, str]:
    """The docstrings of public names that are neither classes nor functions, by name: the text below their
    assignment."""
    texts = ((name, _below_assignment("tic_rules.api", name)) for name in tic_rules.__all__)
    return {name: text for name, text in texts if text}


def _below_assignment(module: str, name: str) -> str | None:
    """The text below the assignment of a name, in the module that makes it, or None."""
    spec = find_spec(module)
    assert spec is not None
    assert spec.origin is not None
    statements = ast.parse(Path(spec.origin).read_text(encoding="utf-8")).body
    for this, below in pairwise(statements):
        match this, below:
            case ast.Assign(targets=[ast.Name(id=made)]), ast.Expr(value=ast.Constant(value=str(text))) if (
                made == name
            ):
                return text
            case ast.ImportFrom(module=str(source)), _ if any(alias.name == name for alias in this.names):
                return _below_assignment(source, name)
    return None


def missing() -> list[str]:
    """The public names, and the members of public classes, that have no docstring."""
    described = aliases()
    public = {
        name: getattr(tic_rules, name)
        for name in tic_rules.__all__
        if name not in described and name != "__version__"
    }
    public |= {name: getattr(monitoring, name) for name in monitoring.__all__ if name != "LOOKED_AT"}
    return [name for name, value in public.items() if not _has_text(value)] + [
        f"{name}.{member}" for name, value in public.items() for member in _silent_members(value)
    ]


def _has_text(value: Any) -> bool:
    if inspect.isclass(value):
        return bool((value.__dict__.get("__doc__") or "").strip())
    return isinstance(inspect.unwrap(value), FunctionType) and bool(inspect.getdoc(inspect.unwrap(value)))


def _silent_members(value: Any) -> Iterator[str]:
    """The methods and properties of a class of ours that say nothing."""
    if not inspect.isclass(value) or not value.__module__.startswith("tic_rules"):
        return
    for name, member in vars(value).items():
        if name.startswith("_") or not isinstance(
            member, (FunctionType, classmethod, staticmethod, property, cached_property)
        ):
            continue
        if not inspect.getdoc(inspect.getattr_static(value, name)) and not inspect.getdoc(
            getattr(value, name)
        ):
            yield name


def write(folder: Path) -> Path:
    """Write the reference into a folder; gives its first page."""
    import pdoc.doc
    import pdoc.render

    for name in tic_rules.__all__:
        getattr(tic_rules, name)  # the package imports a name when it is first used, and has it from then on
    pdoc.render.configure(show_source=False, search=False, footer_text=f"tic-rules {tic_rules.__version__}")
    modules = {module.__name__: pdoc.doc.Module(module) for module in (tic_rules, monitoring)}
    warnings.simplefilter(
        "ignore"
    )  # pdoc cannot resolve every annotation of a NamedTuple and shows it as it is written
    described = aliases()
    for member in modules["tic_rules"].members.values():
        member.docstring = member.docstring or described.get(member.name, "")
    pages = {
        f"{name.replace('.', '/')}.html": pdoc.render.html_module(module, modules)
        for name, module in modules.items()
    }
    pages["index.html"] = pdoc.render.html_index(modules)
    for name, page in pages.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(page, encoding="utf-8")
    return folder / "index.html"


if __name__ == "__main__":
    silent = missing()
    if silent:
        sys.exit("without a docstring: " + ", ".join(silent))
    print(write(Path(sys.argv[1])))
