"""The compiled engine: a centre with one thing less certain, one after the other; what it leaves to the
reference, and says so.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml
from agreement import THOROUGH

from tic_rules import Centre, DataError, TicRulesError, check, load_ruleset
from tic_rules.engines import python
from tic_rules.engines.check import sorted_scene
from tic_rules.engines.explanation import Concluded

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
"""What an attribute may say so that no loop over plain entries can tell; where it does not fit the
attribute, the file is refused.
"""


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
    """The data with one thing less certain: a list left out, empty or named incomplete, an attribute of an
    entry left out or vague.
    """
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


@pytest.mark.parametrize("name", RULESETS)
def test_whatever_is_less_certain_comes_to_the_same(name: str) -> None:
    ruleset, tried = load_ruleset(RULESETS[name]), 0
    for what, data in islice(spoilt(data_of(name)), 0, None, 1 if THOROUGH else 2):
        try:
            centre = Centre.from_data(data, ruleset=ruleset)
        except DataError:
            continue
        tried += 1
        days = (None, "2024-03-01", "2026-12-31")
        for as_of in days if THOROUGH else (days[tried % 3],):
            wanted, given = (
                check(centre, ruleset, as_of=as_of, engine=engine) for engine in ("reference", "compiled")
            )
            assert given.statuses == wanted.statuses, what
    assert tried > 50


@pytest.mark.parametrize("name", RULESETS)
def test_what_a_finding_says_is_the_reference_s(name: str) -> None:
    centre = Centre.from_file(EXAMPLES / name)
    wanted, given = (check(centre, RULESETS[name], engine=engine) for engine in ("reference", "compiled"))
    assert given.tool["engine"] == "compiled"
    assert [finding.as_dict() for finding in given] == [finding.as_dict() for finding in wanted]


@pytest.mark.parametrize(
    ("said", "engine"),
    [
        ({"approved_on": "2022-03-01", "term_years": 5}, "compiled"),
        ({"stage": "applicant", "applied_on": "2021-09-01"}, "compiled"),
        ({"approved_on": "2022"}, "reference"),
        ({"approved_on": "2022-03-01"}, "reference"),
        ({}, "reference"),
    ],
)
def test_an_open_clock_is_left_to_the_reference_and_the_report_says_so(
    said: dict[str, Any], engine: str
) -> None:
    clock = {"applied_on": "2021-09-01", "reported_on": "2026-06-30"}
    data = clock | said if said else {"reported_on": "2026-06-30"}
    report = check(data, "zhejiang_2022", engine="compiled")
    assert report.tool["engine"] == engine
    assert report.statuses == check(data, "zhejiang_2022", engine="reference").statuses


def test_warnings_of_a_rule_that_waits_for_another_are_the_reference_s() -> None:
    """Whether an attestation had an effect is seen without the engine's help, the consequences that a rule
    waits for included.
    """
    judged = {"met": True, "by": "评审组", "date": "2024-06-14", "evidence": "评审意见"}
    data = data_of("zhejiang.yaml") | {"attestations": [judged | {"rule": "zhejiang_2022/funds-recovered"}]}
    wanted, given = (check(data, "zhejiang_2022", engine=engine) for engine in ("reference", "compiled"))
    assert given.warnings == wanted.warnings
    assert "not-attested" in [warning["code"] for warning in given.warnings]


def test_an_engine_that_disagrees_with_the_reference_is_not_explained_away() -> None:
    ruleset = load_ruleset("zhejiang_2022")
    scene = sorted_scene(Centre.from_file(EXAMPLES / "zhejiang.yaml"), ruleset, date(2026, 6, 30))
    right = python.check_rules(scene)
    assert right is not None
    wrong = Concluded(scene, ["exempted"] * len(right.statuses), "compiled")
    with pytest.raises(TicRulesError, match="please report this"):
        wrong[0]
    assert [right[place].status for place in range(3)] == right.statuses[:3]


def test_one_program_a_rule_set_whoever_asks_first() -> None:
    ruleset, made = load_ruleset("jiangsu_2020"), []
    started = threading.Barrier(4)

    def ask() -> None:
        started.wait()
        made.append(python.program_of(ruleset))

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({id(program) for program in made}) == 1
