"""The straight way of the compiled engine: taken where a centre is plain, left where it is not, the same findings on both."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from agreement import THOROUGH

from tic_rules import Centre, DataError, check, load_ruleset
from tic_rules.engines import python as compiled
from tic_rules.engines.python import straight

EXAMPLES = Path(__file__).parents[2] / "examples"
RULESETS = {
    "zhejiang.yaml": "zhejiang_2022",
    "jiangsu.yaml": "jiangsu_2020",
    "national.yaml": "national_2020",
}
UNSURE: tuple[Any, ...] = (
    None,
    "2024",
    {"at_least": 1},
    {"not_before": "2023-01-01"},
    [{"date": "2023-01-01", "value": True}],
)
"""What an attribute may say so that no loop over plain entries can tell; where it does not fit the attribute, the file is refused."""


def data_of(name: str) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load((EXAMPLES / name).read_text(encoding="utf-8"), yaml.BaseLoader)
    return _typed(found)  # type: ignore[no-any-return]


def _typed(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _typed(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_typed(item) for item in value]
    return {"true": True, "false": False, "null": None, "": None}.get(value, value)


def lists_in(value: Any, at: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    for key, item in value.items() if isinstance(value, dict) else ():
        if (
            isinstance(item, list)
            and item
            and isinstance(item[0], dict)
            and key not in ("sources", "attestations", "exemptions")
        ):
            yield (*at, key)
        yield from lists_in(item, (*at, key))


def spoilt(data: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """The data with one thing less certain: a list left out, empty or named incomplete, an attribute of an entry left out or vague."""
    for path in lists_in(data):
        for whole in (None, []):
            yield f"{path} {whole}", _with(data, path, whole)
        yield f"{path} incomplete", data | {"incomplete": [".".join(path)]}
        entries = _at(data, path)
        for place, attribute, said in (
            (at, key, said) for at in {0, len(entries) - 1} for key in entries[at] for said in UNSURE
        ):
            entry = [*entries[:place], entries[place] | {attribute: said}, *entries[place + 1 :]]
            yield f"{path} {place} {attribute} {said}", _with(data, path, entry)
    for clock in ("approved_on", "applied_on", "term_years", "acceptance", "indicators", "targets"):
        if clock in data:
            yield f"{clock} left out", {key: value for key, value in data.items() if key != clock}
    for named in (
        "headcount",
        "plan.sections",
        "indicators",
        "fields",
        "carriers",
        "governance",
        "services",
        "contributions",
        "acceptance",
        "meetings_a_year",
    ):
        yield f"{named} incomplete", data | {"incomplete": [named]}
    yield "held", data | {"acceptance": {"held": True, "date": "2026-05-01", "result": "failed"}}
    yield "held some day", data | {"acceptance": {"held": True, "result": "passed"}}
    yield "held or not", data | {"acceptance": {"result": None}}


def _at(data: Any, path: tuple[str, ...]) -> Any:
    for step in path:
        data = data[step]
    return data


def _with(data: dict[str, Any], path: tuple[str, ...], value: Any) -> dict[str, Any]:
    made = copy.deepcopy(data)
    _at(made, path[:-1])[path[-1]] = value
    return made


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Which lists were read as those that are not plain."""
    read: list[str] = []
    whole = straight.Later.__call__

    def called(self: straight.Later, *moments: Any) -> tuple[Any, ...]:
        read.append("list")
        return whole(self, *moments)

    monkeypatch.setattr(straight.Later, "__call__", called)
    return read


@pytest.mark.parametrize("name", ["zhejiang.yaml"])
def test_a_centre_with_good_books_goes_straight(
    name: str, slow: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ruleset = load_ruleset(RULESETS[name])
    centre = Centre.from_file(EXAMPLES / name)
    monkeypatch.setattr(compiled, "program_of", None)  # the general way would be a fault
    statuses = check(centre, ruleset, engine="compiled").statuses
    assert statuses == check(centre, ruleset, engine="reference").statuses
    assert slow == []


@pytest.mark.parametrize("name", RULESETS)
def test_whatever_is_not_plain_is_told_as_the_reference_tells_it(name: str) -> None:
    ruleset, tried = load_ruleset(RULESETS[name]), 0
    for what, data in spoilt(data_of(name)):
        try:
            centre = Centre.from_data(data, ruleset=ruleset)
        except DataError:
            continue
        tried += 1
        days = (None, "2024-03-01", "2026-12-31")
        for as_of in days if THOROUGH else (days[tried % 3],):
            wanted, found = (
                check(centre, ruleset, as_of=as_of, engine=engine) for engine in ("reference", "compiled")
            )
            assert found.statuses == wanted.statuses, what
            assert [finding.as_dict() for finding in found] == [finding.as_dict() for finding in wanted], what
    assert tried > 50


def test_a_list_that_is_not_plain_spoils_no_other(slow: list[str]) -> None:
    ruleset, data = load_ruleset("zhejiang_2022"), data_of("zhejiang.yaml")
    vague = _with(data, ("projects",), [data["projects"][0] | {"date": "2023"}, *data["projects"][1:]])
    check(Centre.from_data(vague, ruleset=ruleset), ruleset, engine="compiled").statuses  # noqa: B018
    assert slow == ["list"]
