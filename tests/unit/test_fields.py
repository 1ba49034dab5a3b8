"""A rule file's own fields: declared, read, and treated as the shipped ones wherever data goes."""

from __future__ import annotations

import pickle
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tic_rules import (
    Centre,
    DataError,
    Programme,
    Range,
    RuleSetError,
    Span,
    check,
    load_ruleset,
    parse_ruleset,
)
from tic_rules.analysis.lint import lint_file
from tic_rules.model.fields import paths_of
from tic_rules.model.loader import inspect_ruleset
from tic_rules.model.readings import held_at
from tic_rules.model.shipped import shared_vocabulary

HERE = Path(__file__).parents[1] / "fields"
RULES = HERE / "hefeng_2024.yaml"
CENTRE = HERE / "centre.yaml"
TEXT = RULES.read_text(encoding="utf-8")
DAY = "2026-06-30"

EXPECTED = {
    "floor": "pass",
    "equipment": "pass",
    "building": "pass",
    "handed-over": "pass",
    "address": "pass",
    "doctors": "pass",
    "honest": "pass",
    "site": "pass",
    "inventions": "unknown",  # one is shown, and the list is said to be incomplete
    "kinds": "fail",
    "claims": "pass",  # thirty are shown; more cannot take them away
    "research": "unknown",  # 29 to 33 million yuan
    "income": "fail",
    "registered": "pass",
    "awards": "pass",
    "green": "not_applicable",
}


def rules() -> Any:
    return load_ruleset(RULES)


# --- reading -----------------------------------------------------------------------------------------------


def test_a_centre_says_the_fields_of_a_rule_file() -> None:
    centre: Any = Centre.from_file(CENTRE, ruleset=RULES)
    assert isinstance(centre, Centre)
    assert centre.premises.research_area[1].value.low == Range(3000, 3000).low + 0.5
    assert centre.premises.equipment_value.low == 21_000_000
    assert centre.premises.handed_over_on == Span(date(2023, 5, 1), date(2023, 5, 31))
    assert centre.hosts[0].annual[1].research == Range(25_000_000, 25_000_000)
    assert centre.hosts[0].type == "enterprise"
    assert centre.patents[1].kind == "utility"
    assert centre.award_kinds == ("invention",)
    assert centre.place("/hosts/1/annual/0/research").line == 19
    assert centre == Centre.from_file(CENTRE, ruleset=[RULES, "zhejiang_2022"])


def test_the_shipped_centre_stays_as_it_is() -> None:
    assert load_ruleset("zhejiang_2022").centre_model is Centre
    assert type(Centre.from_data({"id": "x"}, ruleset="zhejiang_2022")) is Centre
    assert rules().centre_model is not Centre
    assert rules().centre_model is parse_ruleset(TEXT).centre_model, "one model for the same declarations"
    own = paths_of(rules().centre_model) - paths_of(Centre)
    assert {"premises.research_area", "hosts.annual.year", "hosts.annual.research", "patents.kind"} <= own
    assert "green_patents" not in own
    assert paths_of(rules().programme_model) - paths_of(Programme) == {"green_patents"}


@pytest.mark.parametrize("engine", ["native", "reference", "compiled", "durable"])
def test_every_engine_decides_by_them(engine: Any) -> None:
    if engine == "durable":
        pytest.importorskip("durable", reason="needs the extra durable")
    report = check(Centre.from_file(CENTRE, ruleset=RULES), RULES, as_of=DAY, engine=engine)
    assert {finding.id: finding.status for finding in report.findings} == EXPECTED
    assert report["floor"].place["line"] == 23
    assert report["research"].missing == ["/hosts/1/annual/0/research"]
    assert report["floor"].sources[0]["title"] == "房产证"


def test_a_list_within_a_list_is_open_where_the_outer_one_is() -> None:
    def status(hosts: Any, **more: Any) -> tuple[str, list[str]]:
        data = {"jurisdiction": "hefeng", "stage": "approved", "approved_on": "2024-03-01", **more}
        centre = Centre.from_data(data | ({} if hosts is None else {"hosts": hosts}), ruleset=RULES)
        report, other = (check(centre, RULES, as_of=DAY, engine=e) for e in ("reference", "compiled"))
        assert report["research"].status == other["research"].status
        return report["research"].status, report["research"].missing

    year = {"year": 2025, "research": "3000万元"}
    assert status(None) == ("unknown", ["/hosts"])
    assert status([]) == ("fail", [])
    assert status([{"annual": []}]) == ("fail", [])
    assert status([{"name": "甲"}]) == ("unknown", ["/hosts/0/annual"])
    assert status([{"annual": [year]}])[0] == "pass"
    assert status([{"annual": [{**year, "research": "2999万元"}]}]) == ("fail", [])
    assert status([{"annual": [{**year, "research": "1500万元"}]}] * 2)[0] == "pass"
    inner, outer = "/hosts/0/annual", "/hosts"
    assert status([{"annual": []}], incomplete=["hosts.annual"]) == ("unknown", [inner])
    assert status([{"annual": []}], incomplete=["hosts"]) == ("unknown", [outer, inner])
    assert status([], incomplete=["hosts.annual"]) == ("unknown", [outer])


def test_types_and_errors_are_pydantics(tmp_path: Path) -> None:
    file = tmp_path / "centre.yaml"
    file.write_text(
        "premises:\n  research_area: much\n  own_building: maybe\n"
        "patents:\n  - {kind: design}\n  - {titel: x}\n"
        "staff: {doctor_share: 30}\nannual: [{year: soon}]\n",
        encoding="utf-8",
    )
    with pytest.raises(DataError) as caught:
        Centre.from_file(file, ruleset=RULES)
    assert [(d.line, d.path, d.code) for d in caught.value.diagnostics] == [
        (2, "/premises/research_area", "number"),
        (3, "/premises/own_building", "truth"),
        (5, "/patents/0/kind", "unknown-word"),
        (6, "/patents/1/titel", "extra-forbidden"),
        (7, "/staff/doctor_share", "percentage"),
        (8, "/annual/0/year", "number"),
    ]
    assert "title" in str(caught.value)
    file.write_text("patents:\n  - {kind: design}\n", encoding="utf-8")
    with pytest.raises(DataError, match="2:12: /patents/0/kind design is not one of invention, utility"):
        Centre.from_file(file, ruleset=RULES)
    with pytest.raises(DataError, match="unknown key premises"):
        Centre.from_data({"premises": {}})


def test_a_field_that_another_rule_set_has_is_refused_with_its_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TIC_RULES_PATH", str(HERE))
    elsewhere = tmp_path / "centre.yaml"
    text = CENTRE.read_text(encoding="utf-8").replace(": hefeng", ": zhejiang")
    elsewhere.write_text(text, encoding="utf-8")
    for ruleset, file in (("zhejiang_2022", CENTRE), ("zhejiang_2022", elsewhere), (None, elsewhere)):
        with pytest.raises(DataError) as caught:
            Centre.from_file(file, ruleset=ruleset)
        said = {fault.path: fault.message for fault in caught.value.diagnostics}
        assert said["/premises"].en == "premises is a field of `hefeng_2024`: name it with `--rules`"
        assert said["/hosts/1/annual"].zh == "annual 是 `hefeng_2024` 的字段：请用 `--rules` 指定"
    assert Centre.from_file(CENTRE, ruleset=["zhejiang_2022", "hefeng_2024"])
    assert Centre.from_file(CENTRE), "no rule set is named: those of its jurisdiction count"
    with pytest.raises(DataError, match="unknown key premise;"):
        Centre.from_data({"premise": {}}, ruleset="hefeng_2024")


def test_data_read_without_the_rule_file_is_widened_and_keeps_its_places(tmp_path: Path) -> None:
    file = tmp_path / "centre.yaml"
    file.write_text("stage: approved\nstaff:\n  headcount: 320\n", encoding="utf-8")
    report = check(Centre.from_file(file), RULES, as_of=DAY)
    assert report["floor"].status == "unknown"
    assert report.subject.place("/staff/headcount").line == 3
    own = Centre.from_data({"premises": {"address": "甲"}, "stage": "approved"}, ruleset=RULES)
    other = "national_2020"
    assert check(own, other, as_of=DAY).verdict == check(Centre(stage="approved"), other, as_of=DAY).verdict


def test_it_goes_from_process_to_process() -> None:
    centre: Any = Centre.from_file(CENTRE, ruleset=RULES)
    again = pickle.loads(pickle.dumps(centre))
    assert again == centre
    assert type(again) is type(centre)
    ruleset = pickle.loads(pickle.dumps(rules()))
    assert check(again, ruleset, as_of=DAY).verdict == check(centre, RULES, as_of=DAY).verdict
    assert centre.model_copy(deep=True) == centre
    for part in (centre.premises, centre.hosts[0], centre.hosts[0].annual[0], centre.patents, centre.staff):
        assert pickle.loads(pickle.dumps(part)) == part


def test_a_programme_has_own_figures() -> None:
    from tic_rules import check_programme

    for number, status in ((100, "pass"), (99, "fail")):
        series = [{"date": "2025-12-31", "value": number}]
        figures = {"green_patents": series, "reported_on": "2026-01-01"}
        assert check_programme(figures, RULES, as_of="2026-01-01")["green"].status == status
    with pytest.raises(DataError, match="green_patents"):
        Centre.from_data({"green_patents": 3}, ruleset=RULES)


# --- declarations ------------------------------------------------------------------------------------------

NAMED = "{zh: 甲, en: a, type: truth}"
HOSTILE = {
    f"model_dump: {NAMED}": ("field-name", "model_dump"),
    f"place: {NAMED}": ("field-name", "place"),
    f"copy: {NAMED}": ("field-name", "copy"),
    f"patents.json: {NAMED}": ("field-name", "json"),
    f"__class__: {NAMED}": ("field-name", "__class__"),
    f"patents.__dict__: {NAMED}": ("field-name", "__dict__"),
    f"_source: {NAMED}": ("field-name", "_source"),
    f"科研用房: {NAMED}": ("field-name", "科研用房"),
    f"premises.面积: {NAMED}": ("field-name", "面积"),
    f"Premises: {NAMED}": ("field-name", "Premises"),
    f"on: {NAMED}": ("field-name", "on"),
    f"premises.no: {NAMED}": ("field-name", "no"),
    f"y: {NAMED}": ("field-name", "y"),
    f"class: {NAMED}": ("field-name", "class"),
    f'"premises.": {NAMED}': ("field-name", "''"),
    f'"a b": {NAMED}': ("field-name", "a b"),
    f"{'x' * 61}: {NAMED}": ("field-name", "xxx"),
    f"a.b.c.d.e: {NAMED}": ("field-name", "a.b.c.d.e "),
    f"stage: {NAMED}": ("field-place", "stage"),
    f"hosts: {NAMED}": ("field-place", "hosts"),
    f"name.short: {NAMED}": ("field-place", "name"),
    f"staff.headcount.women: {NAMED}": ("field-place", "staff.headcount"),
    f"premises.address.city: {NAMED}": ("field-place", "premises.address"),
    f"attestations.weight: {NAMED}": ("field-place", "attestations"),
    f"hosts.contact.phone: {NAMED}": ("field-place", "hosts.contact"),
    f"annual.year: {NAMED}": ("field-place", "annual"),
    f"alliances.list: {NAMED}": ("field-place", "alliances"),
    "invention_patents.green: {zh: 甲, en: a, type: truth, of: centre}": ("field-place", "invention_patents"),
    "area: {zh: 甲, en: a, type: number}": ("unknown-unit", "unit"),
    "area: {zh: 甲, en: a, type: number, unit: acre}": ("unknown-unit", "acre"),
    "area: {zh: 甲, en: a, type: truth, unit: CNY}": ("field", "number"),
    "area: {zh: 甲, en: a, type: word}": ("field", "words"),
    "area: {zh: 甲, en: a, type: word, words: nothing}": ("unknown-list", "nothing"),
    "area: {zh: 甲, en: a, type: text, words: zones}": ("field", "words"),
    "area: {zh: 甲, en: a, type: truth, holds: total}": ("field", "holds"),
    "patents.cost: {zh: 甲, en: a, type: money, holds: stock}": ("field", "total"),
    "hosts.capital: {zh: 甲, en: a, type: money, holds: stock}": ("field", "total"),
    "area: {zh: 甲, en: a, type: money, plausible: [5, 1]}": ("field", "plausible"),
    "awards: {zh: 甲, en: a, type: entries}": ("field", "awards"),
    "area: {zh: 甲, en: a, type: area}": ("literal-error", "number"),
    "area: {zh: 甲, en: a, unit: CNY}": ("field", "type"),
    "premises.reserch_area: {zh: 甲, en: a}": ("unknown-path", "reserch_area"),
    "area: {en: a, type: truth}": ("missing", "zh"),
    "area: {zh: 甲, en: a, type: truth, typ: x}": ("extra-forbidden", "type"),
}


def with_fields(*lines: str, text: str = TEXT) -> str:
    return text.replace("  fields:\n", "  fields:\n" + "".join(f"    {line}\n" for line in lines), 1)


@pytest.mark.parametrize("line", HOSTILE)
def test_a_hostile_declaration_is_refused_at_its_line(line: str) -> None:
    code, said = HOSTILE[line]
    with pytest.raises(RuleSetError) as caught:
        parse_ruleset(with_fields(line), "own.yaml")
    (fault,) = caught.value.diagnostics
    assert fault.code == code
    assert said in fault.message.zh + fault.path
    assert said in fault.message.en + fault.path
    assert fault.message.zh != fault.message.en
    assert fault.line == TEXT[: TEXT.index("  fields:\n")].count("\n") + 2


def test_a_rule_file_with_fields_is_clean_under_lint() -> None:
    assert lint_file(RULES) == []


def test_a_draft_with_hostile_declarations_can_be_looked_at(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text(with_fields(*(line for line in HOSTILE if "typ" in line[-20:])), encoding="utf-8")
    file.write_text(with_fields(f"model_dump: {NAMED}", f"name.short: {NAMED}"), encoding="utf-8")
    ruleset, faults = inspect_ruleset(file)
    assert [fault.code for fault in faults] == ["field-name", "field-place"]
    assert "premises.research_area" in paths_of(ruleset.centre_model)
    assert "model_dump" not in ruleset.centre_model.model_fields


def test_a_thousand_fields_are_refused_and_three_hundred_are_read_in_good_time() -> None:
    with pytest.raises(RuleSetError, match="more than 300 fields"):
        parse_ruleset(with_fields(*(f"f{n}: {NAMED}" for n in range(1_000))))
    many = parse_ruleset(with_fields(*(f"f{n}: {NAMED}" for n in range(270))))
    centre: Any = Centre.from_data({f"f{n}": True for n in range(270)}, ruleset=many)
    assert centre.f269 is True


def test_facts_read_fields_as_what_they_are() -> None:
    def said(old: str, new: str) -> str:
        assert old in TEXT
        with pytest.raises(RuleSetError) as caught:
            parse_ruleset(TEXT.replace(old, new))
        return "\n".join(fault.message.en for fault in caught.value.diagnostics)

    assert "cannot be read as truth" in said(
        "premises.own_building, type: truth", "premises.address, type: truth"
    )
    assert "cannot be read as stock" in said("stock: premises.research_area", "stock: premises.address")
    assert "by `lists`" in said("stock: premises.research_area", "stock: patents.claims")
    assert "use value" in said("unit: square_metre, holds: stock", "unit: square_metre, holds: total")
    assert "adds up" in said("sum: claims", "sum: title")
    assert "is no list" in said("{path: annual, year: year}", "{path: premises}")
    assert "is no date" in said("date: granted_on", "date: title")
    assert "is in square_metre, not in piece" in said(
        "stock: premises.research_area, unit: square_metre", "stock: premises.research_area, unit: piece"
    )
    assert "is in ratio, not in CNY" in said(
        "stock: staff.doctor_share, unit: ratio", "stock: staff.doctor_share, unit: CNY"
    )
    assert "is in CNY, not in piece" in said(
        "sum: main_income, of: annual, over: latest_full_year, unit: CNY",
        "sum: main_income, of: annual, over: latest_full_year, unit: piece",
    )
    assert "use a list instead" in said(
        "{path: annual, year: year}", "{path: premises, date: handed_over_on, held: own_building}"
    )
    assert "the data has no patents.grants" in said("where: {kind: invention}", "where: {grants: invention}")
    assert "design is not one of" in said("where: {kind: invention}", "where: {kind: design}")
    assert "the data has no premises.height" in said(
        "stock: premises.research_area", "stock: premises.height"
    )


def test_a_field_declared_in_two_ways_names_both_places(tmp_path: Path) -> None:
    one, other, same = (tmp_path / f"{name}.yaml" for name in ("one", "other", "same"))
    one.write_text(TEXT, encoding="utf-8")
    other.write_text(TEXT.replace("unit: square_metre", "unit: piece"), encoding="utf-8")
    same.write_text(
        TEXT.replace("zh: 科研用房面积, en: research floor area, example", "zh: 面积, en: area, example")
    )
    line = TEXT[: TEXT.index("premises.research_area")].count("\n") + 1
    with pytest.raises(RuleSetError) as caught:
        Centre.from_file(CENTRE, ruleset=[one, other])
    (fault,) = caught.value.diagnostics
    assert fault.code == "field-differs"
    assert f"{one}:{line}" in fault.message.en
    assert f"{other}:{line}" in fault.message.zh
    assert Centre.from_file(CENTRE, ruleset=[one, same]), "a label alone is no difference"
    centre = Centre.from_file(CENTRE, ruleset=one)
    with pytest.raises(RuleSetError, match="research_area is declared differently"):
        check(centre, other, as_of=DAY)


def test_a_group_of_one_file_is_no_scalar_of_another(tmp_path: Path) -> None:
    one, other = tmp_path / "one.yaml", tmp_path / "other.yaml"
    one.write_text(with_fields(f"ledger.kept: {NAMED}"), encoding="utf-8")
    other.write_text(with_fields(f"ledger: {NAMED}"), encoding="utf-8")
    with pytest.raises(RuleSetError, match="ledger is declared differently"):
        Centre.from_data({}, ruleset=[one, other])


def test_the_shared_vocabulary_may_declare_fields_too() -> None:
    from tic_rules.model.vocabulary import Vocabulary

    added = Vocabulary.model_validate(
        {"fields": {"ledger.kept": {"zh": "台账", "en": "ledger", "type": "truth"}}}
    )
    shared = shared_vocabulary().with_(added)
    assert "ledger.kept" in paths_of(parse_ruleset(TEXT, shared=shared).centre_model)
    with pytest.raises(RuleSetError, match="ledger is declared differently"):
        parse_ruleset(with_fields(f"ledger: {NAMED}"), shared=shared)


def test_every_field_of_the_shipped_models_has_a_label_and_every_value_an_example() -> None:
    vocabulary = shared_vocabulary()
    places = paths_of(Centre) | paths_of(Programme)
    assert vocabulary.fields.keys() == places
    for path in places:
        field = vocabulary.fields[path]
        held = held_at(Centre, path) or held_at(Programme, path)
        assert held is not None
        assert field.zh
        assert field.en
        if held.kind in ("record", "list", "table"):
            continue
        assert field.example is not None, path


def test_model_and_vocabulary_say_the_same() -> None:
    """Every declared field has its labels, and an example that the model reads as that field."""
    from tic_rules.core.source import read_text

    ruleset = rules()
    for model in (ruleset.centre_model, ruleset.programme_model):
        for path, field in model._own.fields:
            assert path in paths_of(model)
            assert (ruleset.vocabulary.fields[path].zh, ruleset.vocabulary.fields[path].en) == (
                field.zh,
                field.en,
            )
            if field.type in ("group", "entries", "by_year"):
                continue
            assert field.example is not None
            value = read_text(f"value: {field.example}", "").data["value"]
            for part in reversed(path.split(".")):
                value = {part: value}
            nested = {"hosts", "patents", "annual"}
            for name in nested & value.keys():
                inner = value[name]
                value = {name: [{k: [v] if k in nested else v for k, v in inner.items()}]}
            assert model.from_data(value, ruleset=ruleset)
