"""Declared parts: what pydantic's models promise holds for them too, alone and as fields of a caller's own model."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError

from tic_rules import Centre, Programme, check
from tic_rules.model.centre import CentreData, Staff, Unit
from tic_rules.model.conditions import All, Compare, Condition, Is, Not, Where
from tic_rules.model.ruleset import Bilingual, Rule
from tic_rules.model.shapes import validator_of

ROOT = Path(__file__).parents[2]
BOTH = {"fact": "headcount", "at_least": "300"}


def test_a_part_says_what_it_was_given_and_its_defaults() -> None:
    part = validator_of(Condition).validate_python({"all": [BOTH, {"not": {"fact": "core", "is": "true"}}]})
    assert part == All(all=(Compare(fact="headcount", at_least=300), Not(not_=Is(fact="core", is_="true"))))
    assert part.all[0].at_most is None
    assert dict(part.all[0])["at_least"] == 300
    assert pickle.loads(pickle.dumps(part)) == part
    assert hash(part) == hash(pickle.loads(pickle.dumps(part)))


def test_equality_looks_at_the_fields_alone() -> None:
    one, other = Compare(**BOTH), Compare(**BOTH)
    assert one.operator == "at_least", "remembered beside the fields"
    assert one == other
    assert one != Compare(fact="headcount", at_least=301)
    assert one != Is(fact="headcount", is_="300")
    assert repr(one) == "Compare(fact='headcount', at_least=300)"


def test_a_copy_forgets_what_was_made_of_the_old_fields() -> None:
    one = Compare(**BOTH)
    assert one.operator == "at_least"
    assert one.model_copy(update={"at_least": None, "at_most": 5}).operator == "at_most"


def test_a_part_cannot_be_changed() -> None:
    part = Bilingual(zh="一", en="one")
    with pytest.raises(AttributeError, match="immutable"):
        part.zh = "二"
    with pytest.raises(AttributeError, match="immutable"):
        del part.zh


@pytest.mark.parametrize(
    ("kind", "data", "place", "code"),
    [
        (Bilingual, {"zh": "一"}, ("en",), "missing"),
        (Bilingual, {"zh": "", "en": "one"}, ("zh",), "string_too_short"),
        (Bilingual, {"zh": "一", "en": "one", "fr": "un"}, ("fr",), "extra_forbidden"),
        (Not, {"not_": BOTH}, ("not",), "missing"),
        (Where, {"kind": {"among": ["a"]}}, ("each", "kind"), "test"),
        (Compare, {"fact": "headcount"}, (), "compare"),
        (CentreData, {"staff": {"headcount": -1}}, ("staff", "headcount"), "negative"),
        (CentreData, {"hosts": {"name": "a"}}, ("hosts",), "tuple_type"),
        (CentreData, {"stage": "closed"}, ("stage",), "literal_error"),
    ],
)
def test_every_fault_has_its_place_and_kind(
    kind: type[Any], data: Any, place: tuple[Any, ...], code: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(data)
    assert (place, code) in [(error["loc"], error["type"]) for error in caught.value.errors()]


def test_a_condition_too_deep_is_a_fault_and_no_crash() -> None:
    deep: Any = BOTH
    for _ in range(5000):
        deep = {"not": deep}
    with pytest.raises(ValidationError):
        validator_of(Condition).validate_python(deep)


class Mine(BaseModel):
    """A model of a caller's own that holds parts of ours."""

    staff: Staff | None = None
    hosts: tuple[Unit, ...] = ()


def test_parts_are_fields_of_a_callers_own_model() -> None:
    mine = Mine.model_validate({"staff": {"headcount": {"at_least": 10}}, "hosts": [{"name": "甲"}]})
    assert mine.staff == Staff.model_validate({"headcount": {"at_least": 10}})
    assert Mine(staff=mine.staff) == Mine(staff={"headcount": {"at_least": 10}})  # type: ignore[arg-type]
    assert mine.model_dump(mode="json", exclude_none=True) == {
        "staff": {"headcount": {"at_least": 10}},
        "hosts": [{"name": "甲"}],
    }
    schema = Mine.model_json_schema()
    assert schema["$defs"]["Staff"]["additionalProperties"] is False
    assert schema["$defs"]["Unit"]["description"] == "A host or another builder."
    with pytest.raises(ValidationError):
        Mine.model_validate({"staff": {"heads": 10}})


def test_the_schema_of_a_rule_is_that_of_pydantic() -> None:
    assert Rule.model_json_schema() == TypeAdapter(Rule).json_schema()
    assert Rule.model_json_schema()["properties"]["from"]["default"] is None


def test_the_data_is_a_pydantic_model_to_its_users() -> None:
    centre = Centre(stage="approved", staff={"headcount": [{"date": "2024", "value": 299}]})
    assert isinstance(centre, BaseModel)
    assert isinstance(centre, CentreData)
    assert list(Centre.model_fields) == list(CentreData.model_fields)
    assert Centre.model_validate(centre.model_dump()) == centre
    assert Centre.model_validate_json(centre.model_dump_json()) == centre
    assert CentreData.model_validate(centre.model_dump()).model_dump() == centre.model_dump()
    assert pickle.loads(pickle.dumps(centre)) == centre
    with pytest.raises(ValidationError, match="frozen"):
        centre.stage = "applicant"
    assert isinstance(Programme(centres=3), BaseModel)


def test_a_check_leaves_nothing_on_the_callers_data() -> None:
    centre = Centre(stage="approved", approved_on="2022-03-01")
    before = pickle.dumps(centre)
    check(centre, "zhejiang_2022", as_of="2025-01-01")
    assert pickle.dumps(centre) == before
