"""The adjudicated corpus: cases as data, each a centre (a base with changes), a day, and the statuses that a
careful reader expects."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from tic_rules.core.source import decode, read_text

CORPUS = Path(__file__).parent
CENTRE_SETS = ("zhejiang_2022", "jiangsu_2020", "national_2020", "national_2017", "national_13fyp")


@dataclass(frozen=True)
class Case:
    ruleset: str
    file: str
    name: str
    as_of: str
    data: dict[str, Any]
    expect: dict[str, str]
    missing: dict[str, list[str]] = field(default_factory=dict)
    verdict: str | None = None
    because: str = ""
    centres: tuple[dict[str, Any], ...] = ()
    bearers: dict[str, list[str]] = field(default_factory=dict)

    @property
    def id(self) -> str:
        return f"{self.ruleset}/{self.file}: {self.name}"


@cache
def _data(path: Path) -> Any:
    return read_text(decode(path.read_bytes(), str(path)), str(path)).data


def centre_cases() -> Iterator[Case]:
    for ruleset in CENTRE_SETS:
        for path in sorted((CORPUS / ruleset).glob("*.yaml")):
            content = _data(path)
            if isinstance(content, list):
                yield from (_case(ruleset, path, raw) for raw in content)


def programme_cases() -> Iterator[Case]:
    for path in sorted((CORPUS / "programme").glob("*.yaml")):
        for raw in _data(path):
            yield Case(
                path.stem,
                path.name,
                raw["case"],
                raw["as_of"],
                raw["figures"],
                raw["expect"],
                because=raw["because"],
                centres=tuple(raw.get("centres") or ()),
                bearers=raw.get("bearers") or {},
            )


def _case(ruleset: str, path: Path, raw: dict[str, Any]) -> Case:
    data = copy.deepcopy(_data(path.parent / raw.get("base", "base.yaml")))
    for where, value in (raw.get("with") or {}).items():
        _put(data, where.split("."), copy.deepcopy(value))
    for where, entries in (raw.get("append") or {}).items():
        _get(data, where.split(".")).extend(copy.deepcopy(entries))
    for where in raw.get("without") or ():
        *above, last = where.split(".")
        parent = _get(data, above)
        del parent[int(last) if isinstance(parent, list) else last]
    return Case(
        ruleset,
        path.name,
        raw["case"],
        raw["as_of"],
        data,
        raw["expect"],
        raw.get("missing") or {},
        raw.get("verdict"),
        raw["because"],
        bearers=raw.get("bearers") or {},
    )


def _get(data: Any, parts: list[str]) -> Any:
    for part in parts:
        data = data[int(part)] if isinstance(data, list) else data[part]
    return data


def _put(data: Any, parts: list[str], value: Any) -> None:
    for part in parts[:-1]:
        data = data[int(part)] if isinstance(data, list) else data.setdefault(part, {})
    last: Any = parts[-1]
    data[int(last) if isinstance(data, list) else last] = value
