"""The data and the parts of rule files are pydantic models: alone, copied, dumped, hashed, and within a
caller's own model."""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from datetime import date
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, TypeAdapter, ValidationError, create_model

from tic_rules import (
    Centre,
    DataError,
    Dated,
    Programme,
    Range,
    Series,
    Span,
    check,
    load_ruleset,
    parse_ruleset,
    shipped_ids,
)
from tic_rules.model.centre import Contribution, Staff, Unit
from tic_rules.model.conditions import All, Compare, Condition, Is, Not, Where
from tic_rules.model.document import document_of
from tic_rules.model.fields import paths_of
from tic_rules.model.linker import vocabulary_faults
from tic_rules.model.ruleset import Bilingual, Rule
from tic_rules.model.shipped import rules_folder, shared_vocabulary
from tic_rules.model.subject import Record
from tic_rules.model.values import Money, NumberTotal, Percentage

ROOT = Path(__file__).parents[2]
ZHEJIANG = ROOT / "examples" / "zhejiang.yaml"
BOTH = {"fact": "headcount", "at_least": "300"}
DAY = Span(date(2022, 3, 1), date(2022, 3, 1))


# --- parts of rule files ------------------------------------------------------------------------------------


def test_a_condition_says_what_it_was_given_and_its_defaults() -> None:
    part: Any = TypeAdapter(Condition).validate_python(
        {"all": [BOTH, {"not": {"fact": "core", "is": "true"}}]}
    )
    assert part == All(all=(Compare(fact="headcount", at_least=300), Not(not_=Is(fact="core", is_="true"))))
    assert part.all[0].at_most is None
    assert pickle.loads(pickle.dumps(part)) == part
    assert hash(part) == hash(pickle.loads(pickle.dumps(part)))


def test_equality_of_parts_looks_at_the_fields_alone() -> None:
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
    with pytest.raises(ValidationError, match="frozen"):
        part.zh = "二"
    with pytest.raises(ValidationError, match="frozen"):
        del part.zh


def test_every_shipped_rule_reads_back_from_its_dump() -> None:
    for rule in load_ruleset("zhejiang_2022"):
        dumped = rule.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        assert Rule.model_validate(json.loads(json.dumps(dumped))) == rule


def test_the_shipped_files_hold_together() -> None:
    """Loading them does not look at their links."""
    vocabulary = shared_vocabulary()
    assert list(vocabulary_faults(vocabulary, vocabulary, ())) == []
    for name in shipped_ids():
        text = (rules_folder() / f"{name}.yaml").read_text(encoding="utf-8")
        assert parse_ruleset(text) == load_ruleset(name), "parse_ruleset raises for a link that does not hold"


def test_a_condition_too_deep_is_a_fault_and_no_crash() -> None:
    deep: Any = BOTH
    for _ in range(5000):
        deep = {"not": deep}
    with pytest.raises(ValidationError):
        Not.model_validate(deep)


# --- faults -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("kind", "data", "place", "code"),
    [
        (Bilingual, {"zh": "一"}, ("en",), "missing"),
        (Bilingual, {"zh": "", "en": "one"}, ("zh",), "string-too-short"),
        (Bilingual, {"zh": "一", "en": "one", "fr": "un"}, ("fr",), "extra-forbidden"),
        (Where, {"kind": {"among": ["a"]}}, ("each", "kind"), "test"),
        (Compare, {"fact": "headcount"}, (), "compare"),
        (Centre, {"staff": {"headcount": -1}}, ("staff", "headcount"), "negative"),
        (
            Centre,
            {"staff": {"headcount": [{"date": "2024", "value": -1}]}},
            ("staff", "headcount", 0),
            "negative",
        ),
        (Centre, {"staff": 3}, ("staff",), "dict-type"),
        (Centre, {"hosts": {"name": "a"}}, ("hosts",), "tuple-type"),
        (Centre, {"stage": "closed"}, ("stage",), "literal-error"),
    ],
)
def test_every_fault_has_its_place_its_code_and_both_languages(
    kind: type[Any], data: Any, place: tuple[Any, ...], code: str
) -> None:
    with pytest.raises(ValidationError) as caught:
        kind.model_validate(data)
    (fault,) = (error for error in caught.value.errors() if (error["loc"], error["type"]) == (place, code))
    assert fault["ctx"]["zh"] != fault["ctx"]["en"] == fault["msg"]


class Mine(BaseModel):
    """A model of a caller's own that holds parts of ours."""

    centre: Centre | None = None
    staff: Staff | None = None
    hosts: tuple[Unit, ...] = ()
    budget: Money = None


def test_faults_within_a_callers_own_model_are_pydantics_with_our_codes() -> None:
    with pytest.raises(ValidationError) as caught:
        Mine.model_validate({"staff": {"headcout": 10}, "centre": {"term_years": "许多"}, "budget": "三头"})
    faults = {error["loc"]: error for error in caught.value.errors()}
    assert {loc: fault["type"] for loc, fault in faults.items()} == {
        ("centre", "term_years"): "number",
        ("staff", "headcout"): "extra-forbidden",
        ("budget",): "number",
    }
    assert faults["staff", "headcout"]["ctx"]["zh"] == "未知的键 headcout；是不是 headcount？"


def test_the_constructor_raises_pydantics_error_and_from_data_ours() -> None:
    with pytest.raises(ValidationError):
        Centre(staff={"heads": 3})  # type: ignore[arg-type]
    with pytest.raises(DataError) as caught:
        Centre.from_data({"staff": {"heads": 3}, "stage": "dreaming"})
    assert caught.value.diagnostics[0].message == (
        "dreaming 不在允许的取值之列：applicant、approved",
        "dreaming is not one of applicant, approved",
    )
    assert [(fault.code, fault.path) for fault in caught.value.diagnostics] == [
        ("literal-error", "/stage"),
        ("extra-forbidden", "/staff/heads"),
    ]


# --- the data as a model ------------------------------------------------------------------------------------


def test_the_constructor_takes_values_and_what_a_file_would_say() -> None:
    typed = Centre(
        approved_on=DAY,
        staff=Staff(headcount=Series([Dated(DAY, Range(320, 320))])),
        contributions=(Contribution(amount=Range(5, 5)),),
    )
    said = Centre.from_data(
        {
            "approved_on": "2022-03-01",
            "staff": {"headcount": [{"date": "2022-03-01", "value": 320}]},
            "contributions": [{"amount": "5元"}],
        }
    )
    assert typed == said
    assert hash(typed) == hash(said)


def test_places_do_not_count_for_equality() -> None:
    read, again = Centre.from_file(ZHEJIANG), Centre.from_file(ZHEJIANG)
    plain = Centre.from_data(read.model_dump())
    assert read == again == plain
    assert len({read, again, plain}) == 1
    assert read != read.model_copy(update={"id": "another"})
    assert hash(Centre(indicators={"a": {"target": "3"}}))  # type: ignore[dict-item]


def test_a_dump_obeys_nested_include_and_exclude_and_reads_back() -> None:
    centre = Centre.from_file(ZHEJIANG)
    dumped = centre.model_dump(include={"staff": {"headcount"}, "id": True, "contributions": {0: {"amount"}}})
    assert dumped.keys() == {"id", "staff", "contributions"}
    assert dumped["staff"].keys() == {"headcount"}
    assert [entry.keys() for entry in dumped["contributions"]] == [{"amount"}]
    assert (
        "amount"
        not in centre.model_dump(exclude={"contributions": {"__all__": {"amount"}}})["contributions"][0]
    )
    assert Centre.model_validate(centre.model_dump()) == centre
    assert Centre.model_validate_json(centre.model_dump_json()) == centre


def test_a_copy_forgets_the_places_of_what_was_changed_and_keeps_the_others() -> None:
    centre = Centre.from_file(ZHEJIANG)
    assert centre.contributions is not None
    assert centre.place("/contributions/0/amount").line > 0
    less = centre.model_copy(update={"contributions": (Contribution(amount=Range(5, 5), date=DAY),)})
    assert less.place("/contributions/0/amount").line == less.nearest(("contributions",)).line == 0
    assert less.extent(("contributions",)).line == 0
    assert less.place("/staff/headcount") == centre.place("/staff/headcount")
    assert check(centre.model_copy(update={"term_years": 3}), "zhejiang_2022")["term-length"].status == "fail"
    for wrong in ({"term_years": "three"}, {"term_year": 3}):
        with pytest.raises(DataError, match=next(iter(wrong))):
            centre.model_copy(update=wrong)
    assert centre.model_copy().place("/contributions") == centre.place("/contributions")
    report = check(less, "zhejiang_2022")
    (finding,) = (f for f in report.findings if f.rule == "zhejiang_2022/investment-2y")
    assert [place["line"] for place in finding.data if place["path"].startswith("/contributions")] == [None]


def test_a_copy_of_a_part_is_validated_as_a_copy_of_the_whole_is() -> None:
    centre = Centre.from_file(ZHEJIANG)
    assert centre.staff is not None
    staff = centre.staff.model_copy(update={"headcount": 900})
    assert staff.headcount == Range(900, 900)
    report = check(centre.model_copy(update={"staff": staff}), "zhejiang_2022")
    assert report["staff-5y"].status == "pass"
    for wrong in ({"headcount": "many"}, {"head_count": 3}):
        with pytest.raises(DataError, match=next(iter(wrong))):
            centre.staff.model_copy(update=wrong)


def test_a_centre_that_was_compared_still_has_its_fields_alone() -> None:
    centre = Centre.from_file(ZHEJIANG)
    assert centre == Centre.from_file(ZHEJIANG)
    assert Centre(**dict(centre)) == centre
    with pytest.raises(ValidationError, match="frozen"):
        centre.extras = {"x-note": "n"}  # type: ignore[misc]


def test_a_copy_with_another_key_of_the_callers_own_says_that_one() -> None:
    centre = Centre.from_text("id: a\nx-note: old")
    copy = centre.model_copy(update={"x-note": "new"})
    assert copy.extras["x-note"] == document_of(copy)["x-note"] == "new"


def test_a_copy_is_held_against_the_vocabulary_again() -> None:
    centre = Centre.from_file(ZHEJIANG)
    with pytest.raises(DataError) as caught:
        check(centre.model_copy(update={"jurisdiction": "moon"}), "zhejiang_2022")
    assert [(fault.code, fault.line) for fault in caught.value.diagnostics] == [("unknown-word", 0)]


def test_the_json_schema_has_the_words() -> None:
    schema = Centre.model_json_schema()
    payers = list(shared_vocabulary().words["payers"])
    assert schema["$defs"]["Contribution"]["properties"]["payer"]["anyOf"][0]["enum"] == payers
    assert Mine.model_json_schema()["$defs"]["Contribution"] == schema["$defs"]["Contribution"]
    assert schema["$defs"]["Staff"]["additionalProperties"] is False


def test_the_data_is_a_pydantic_model_to_its_users() -> None:
    centre = Centre.model_validate(
        {"stage": "approved", "staff": {"headcount": [{"date": "2024", "value": 299}]}}
    )
    assert pickle.loads(pickle.dumps(centre)) == centre
    with pytest.raises(ValidationError, match="frozen"):
        centre.stage = "applicant"
    assert isinstance(Programme(centres=Range(3, 3)), BaseModel)
    assert Mine.model_validate({"centre": centre}).centre is centre


class Measured(Centre):
    rate: Percentage = None
    area: NumberTotal = None
    fund: Money = None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("rate", "三分之一"),
        ("rate", 0.30000000000000004),
        ("rate", 1e-60),
        ("rate", "150%"),
        ("rate", [{"date": "2024-01-01", "value": {"at_least": "三分之一", "at_most": "三分之四"}}]),
        ("area", Fraction(1, 10**80)),
        ("fund", {"at_least": Fraction(10**9, 7)}),
    ],
)
def test_a_number_is_never_cut_on_its_way(field: str, value: object) -> None:
    centre = Measured.model_validate({field: value})
    assert Measured.model_validate(centre.model_dump()) == centre
    assert Measured.model_validate_json(centre.model_dump_json()) == centre
    assert pickle.loads(pickle.dumps(centre)) == centre


@pytest.mark.parametrize(
    ("text", "hinted"),
    [("≥5", True), ("不少于5人", True), ("超过5", True), ("5左右", True), ("at least 5", True), ("5-8", True),
     ("many", False), ("2024-03", False), ("2024-13-01", False)],
)  # fmt: skip
def test_bounds_in_words_are_answered_with_how_a_range_is_written(text: str, hinted: bool) -> None:
    with pytest.raises(DataError, match="is not a number") as error:
        Centre.from_data({"staff": {"headcount": text}})
    assert ("at_least" in str(error.value)) is hinted


@pytest.mark.parametrize("text", ["≥2024", "2023-2024", "last"])
def test_a_year_is_no_range(text: str) -> None:
    with pytest.raises(DataError, match=r"is not a number \["):
        Centre.from_data({"reports": [{"year": text}]})


def test_a_model_with_more_fields_is_a_centre_too() -> None:
    award = create_model("Award", __base__=Record, amount=(Money, None))
    wider = create_model("Wider", __base__=Centre, awards=(tuple[award, ...] | None, None))  # type: ignore[valid-type]
    assert paths_of(wider) - paths_of(Centre) == {"awards", "awards.amount"}
    centre: Any = wider.from_text("stage: approved\nreported_on: 2026-06-30\nawards: [{amount: 5万元}]\n")
    assert centre.awards[0].amount == Range(50_000, 50_000)
    assert centre.place("/awards/0/amount").line == 3
    assert (
        check(centre, "zhejiang_2022").verdict
        == check(
            Centre.from_data({"stage": "approved", "reported_on": "2026-06-30"}), "zhejiang_2022"
        ).verdict
    )
    with pytest.raises(DataError, match="amount"):
        wider.from_text("awards: [{amuont: 5}]")


def test_a_pickle_does_not_carry_the_vocabulary() -> None:
    centre = Centre.from_data({"stage": "approved", "zones": ["wanmu_qianyi_platform"]})
    assert len(pickle.dumps(centre)) < 5_000
    assert pickle.loads(pickle.dumps(centre)) == centre


def test_a_check_leaves_nothing_on_the_callers_data() -> None:
    centre = Centre(stage="approved", approved_on=DAY)
    before = pickle.dumps(centre)
    check(centre, "zhejiang_2022", as_of="2025-01-01")
    assert pickle.dumps(centre) == before


TOGETHER = """
import sys
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from tic_rules import Centre, check
sys.setswitchinterval(1e-6)
start = Barrier(8)
def read(_):
    start.wait()
    clock = {"applied_on": "2021-09-01", "approved_on": "2022-03-01", "term_years": 5}
    return Centre.from_data({"stage": "approved", "reported_on": "2026-06-30"} | clock)
with ThreadPoolExecutor(8) as pool:
    centres = [*pool.map(read, range(8))]
    sys.setswitchinterval(0.005)
    print({*pool.map(lambda centre: check(centre, "zhejiang_2022").verdict, centres)})
"""


def test_threads_that_validate_their_first_values_together() -> None:
    done = subprocess.run(
        [sys.executable, "-c", TOGETHER],
        capture_output=True,
        text=True,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.count(",") == 0
