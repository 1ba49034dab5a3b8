"""The library as other systems see it: names, inputs of their own, immutability, threads, a silent import, an
installed wheel."""

from __future__ import annotations

import ast
import gc
import json
import pickle
import subprocess
import sys
import tomllib
import venv
import weakref
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import date
from itertools import repeat
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel, ValidationError

import tic_rules
from tic_rules import (
    Centre,
    DataError,
    RuleSetError,
    UsageError,
    check,
    check_programme,
    load_ruleset,
    parse_ruleset,
    rulesets_in_force,
    shipped_ids,
)
from tic_rules.results.parts import Engine
from tic_rules.results.report import KEYS, Report

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "zhejiang.yaml"


def test_the_example_of_the_interface() -> None:
    centre = Centre.from_file(EXAMPLE)
    report = check(centre, "zhejiang_2022", as_of="2026-06-30")
    assert report.verdict == "non_compliant"
    assert report["investment-2y"].status == "fail"
    assert report["zhejiang_2022/investment-2y"] is report["investment-2y"]
    assert {f.id for f in report if f.status == "fail" and f.severity == "error"} == {
        "investment-2y",
        "indicators",
    }
    told = json.loads(report.to_json())
    assert [f["rule"] for f in told["findings"]] == [
        f"zhejiang_2022/{rule.id}" for rule in load_ruleset("zhejiang_2022")
    ]
    assert list(told["findings"][0]) == list(KEYS)
    finding = next(f for f in told["findings"] if f["rule"].endswith("/investment-2y"))
    assert finding["observed"] == {"low": "850000000", "high": "850000000", "unit": "CNY"}
    assert finding["required"] == {"op": ">=", "value": "1000000000", "unit": "CNY"}
    assert (finding["gap"], finding["progress"], finding["deadline"], finding["days_left"]) == (
        "150000000",
        0.85,
        "2024-03-01",
        -851,
    )
    assert finding["window"] == ["2022-03-01", "2024-03-01"]
    assert finding["reached_on"] == "2024-09-05"
    assert all(
        datum["file"] == str(EXAMPLE) and datum["line"] and datum["column"] for datum in finding["data"]
    )
    assert finding["sources"]


def test_attributes_are_the_keys_of_the_json() -> None:
    report = check(Centre.from_file(EXAMPLE), "zhejiang_2022")
    for finding in report:
        told = finding.as_dict()
        for key in KEYS:
            value = getattr(finding, key)
            assert (value.as_dict() if isinstance(value, tic_rules.Text) else value) == told[
                key
            ] or key == "trace"
        assert finding.citation.locator == finding.citation["locator"]
    with pytest.raises(AttributeError):
        _ = report.findings[0].nothing


class Legal(BaseModel):
    independent: bool | None = None


class Mine(BaseModel):
    id: str = "mine"
    approved_on: date = date(2022, 3, 1)
    reported_on: date = date(2024, 3, 1)
    legal: Legal = Legal(independent=True)
    contributions: list[dict[str, Any]] = [
        {"date": date(2022, 5, 1), "amount": 1_000_000_000, "payer": "host"}
    ]


@dataclass
class Plain:
    approved_on: str
    reported_on: str
    contributions: list[dict[str, Any]]


def test_a_model_a_dataclass_or_a_dict_of_the_callers_own_works_as_well() -> None:
    as_dict = {
        "id": "mine",
        "approved_on": "2022-03-01",
        "reported_on": "2024-03-01",
        "legal": {"independent": True},
        "contributions": [{"date": "2022-05-01", "amount": 1e9, "payer": "host"}],
    }
    reports = [
        check(Mine(), "zhejiang_2022"),
        check(as_dict, "zhejiang_2022"),
        check(Centre.from_data(as_dict), "zhejiang_2022"),
    ]
    assert len({report.to_json() for report in reports}) == 1
    assert reports[0]["investment-2y"].status == "pass"
    plain = Plain("2022-03-01", "2024-03-01", [{"date": "2022-05-01", "amount": "9亿元", "payer": "host"}])
    assert check(plain, "zhejiang_2022")["investment-2y"].status == "pending"


def test_what_cannot_be_used_is_an_error_with_diagnostics() -> None:
    with pytest.raises(DataError):
        check(["a list"], "zhejiang_2022")
    with pytest.raises(RuleSetError, match="zhejiang_2022"):
        check({}, "nowhere", as_of="2024-01-01")
    with pytest.raises(UsageError, match="as-of"):
        check({}, "zhejiang_2022")
    with pytest.raises(UsageError, match="engine"):
        check({}, "zhejiang_2022", as_of="2024-01-01", engine="magic")


@pytest.mark.parametrize("given", [None, 3, b"zhejiang_2022", ["zhejiang_2022"], object()])
def test_what_is_no_name_is_told_so(given: Any) -> None:
    with pytest.raises(RuleSetError, match="not "):
        load_ruleset(given, ids_only=True)
    with pytest.raises(RuleSetError, match="not "):
        check({}, given, as_of="2024-01-01")
    with pytest.raises(DataError, match="not "):
        Centre.from_file(given)
    with pytest.raises(DataError, match="text is expected"):
        Centre.from_text(given)
    with pytest.raises(RuleSetError, match="text is expected"):
        parse_ruleset(given)
    with pytest.raises(RuleSetError, match="no rule set"):
        rulesets_in_force(given, "2024-01-01")
    with pytest.raises(TypeError, match="rules are expected, not NoneType"):
        load_ruleset("zhejiang_2022").with_rules([None])  # type: ignore[list-item]


@pytest.mark.parametrize("given", [None, 3, b"a.yaml"])
def test_a_text_has_the_name_of_a_file_or_a_path(given: Any) -> None:
    with pytest.raises(DataError, match="a name or a path is expected, not "):
        Centre.from_text("id: a", file=given)
    with pytest.raises(RuleSetError, match="a name or a path is expected, not "):
        parse_ruleset("id: a", given)
    assert Centre.from_text("id: a", file=Path("a.yaml")).file == "a.yaml"
    with pytest.raises(RuleSetError, match=r"^a\.JSON:1:1: .*\[json\]"):
        parse_ruleset("id: a", Path("a.JSON"))


def test_a_text_that_cannot_be_written_is_refused_at_its_place() -> None:
    with pytest.raises(DataError, match=r"<text>:2:7: .*U\+D800"):
        Centre.from_text("id: a\nname: \ud800")
    with pytest.raises(RuleSetError, match=r"<text>:1:5: .*U\+D800"):
        parse_ruleset("id: \ud800")
    with pytest.raises(RuleSetError, match="no rule set"):
        rulesets_in_force("\ud800", "2024-01-01")


def test_a_report_is_written_as_json_dumps_writes_it() -> None:
    report = check({"id": "x"}, "zhejiang_2022", as_of="2024-01-01")
    for indent in (None, -1, 0, 3):
        assert report.to_json(indent=indent) == json.dumps(
            report.as_dict(), indent=indent, ensure_ascii=False
        )


def test_a_rule_set_is_immutable() -> None:
    rules = load_ruleset("zhejiang_2022")
    with pytest.raises(AttributeError):
        rules.version = "2.0.0"
    with pytest.raises(TypeError):
        rules.facts["investment"] = rules.facts["teams"]  # type: ignore[index]
    with pytest.raises(ValidationError, match="frozen"):
        rules["investment-2y"].at = "三"
    assert load_ruleset("zhejiang_2022") is rules
    assert pickle.loads(pickle.dumps(rules)) == rules


def changeable(value: Any, at: str) -> list[str]:
    """The places below a value where something can be changed."""
    if isinstance(value, BaseModel):
        within = [(f".{name}", part) for name, part in vars(value).items()]
    elif isinstance(value, dict):
        within = [(f"[{key!r}]", part) for key, part in value.items()]
    else:
        within = list(zip(repeat("[]"), value)) if isinstance(value, (tuple, list, set)) else []
    here = [at] if type(value) in (dict, list, set) else []
    return here + [place for name, part in within for place in changeable(part, at + name)]


def test_a_rule_is_found_by_either_of_its_names() -> None:
    rules = load_ruleset("zhejiang_2022")
    for rule in rules:
        full = f"zhejiang_2022/{rule.id}"
        assert rules[full] is rule
        assert rules.place_of(full) == rules.place_of(rule.id)
        assert rules.place(full, "quote") == rules.place(rule.id, "quote")
        assert rules.citation(full) == rules.citation(rule.id) != rules.citation(rule.id) | {"line": None}
    assert rules.place("jiangsu_2020/investment-2y").line == 0


@pytest.mark.parametrize("name", shipped_ids())
def test_nothing_that_a_rule_set_hands_out_changes_the_next(name: str) -> None:
    rules = load_ruleset(name)
    whole = rules.vocabulary.with_(rules.vocabulary)
    for part in (rules.document, rules.clauses, rules.rules, rules.vocabulary, rules.facts, whole):
        assert changeable(part, name) == []
    with pytest.raises(TypeError, match="does not change"):
        rules.vocabulary.words["zones"].clear()  # type: ignore[attr-defined]
    rules.written("rules", 0).clear()
    assert rules.written("rules", 0)["id"] == rules.rules[0].id


@pytest.mark.parametrize("name", ["zhejiang", "jiangsu", "national"])
def test_nothing_of_a_centre_can_be_changed(name: str) -> None:
    centre = Centre.from_file(ROOT / "examples" / f"{name}.yaml")
    assert changeable(centre, name) == []
    for copy in (pickle.loads(pickle.dumps(centre)), Centre.model_validate(centre.model_dump())):
        assert copy == centre
        assert changeable(copy, name) == []


@pytest.mark.parametrize(
    ("jurisdiction", "ruleset", "said"),
    [
        ("zhejiang", "jiangsu_2020", "is Jiangsu, that of the data is Zhejiang; applied all the same"),
        ("zhejiang", "national_2020", "is national, that of the data is Zhejiang; applied all the same"),
        ("national", "zhejiang_2022", "is Zhejiang, that of the data is national; applied all the same"),
        ("zhejiang", "zhejiang_2022", None),
        (None, "zhejiang_2022", None),
    ],
)
def test_a_document_of_another_place_is_warned_of(
    jurisdiction: str | None, ruleset: str, said: str | None
) -> None:
    data = {"jurisdiction": jurisdiction, "reported_on": "2024-01-15"}
    for report in (check(data, ruleset), check_programme(data, ruleset)):
        told = [one.message.en for one in report.warnings if one.code == "other-jurisdiction"]
        assert [text.endswith(said or "?") for text in told] == [True] * (said is not None)


def test_keys_of_the_callers_own_are_handed_out_as_a_copy() -> None:
    centre = Centre.from_data({"id": "x", "x-note": ["a"]})
    centre.extras["x-note"].append("b")  # type: ignore[attr-defined]
    centre.extras["x-more"] = 1  # type: ignore[index]
    assert centre.extras == {"x-note": ["a"]}


def test_two_files_that_say_the_same_are_equal(tmp_path: Path) -> None:
    text = (ROOT / "rules" / "jiangsu_2020.yaml").read_text(encoding="utf-8")
    moved = tmp_path / "moved.yaml"
    moved.write_text("# moved down\n\n" + text, encoding="utf-8")
    assert load_ruleset(moved) == load_ruleset("jiangsu_2020")
    assert (
        load_ruleset(moved).place("positioning").line
        == load_ruleset("jiangsu_2020").place("positioning").line + 2
    )


def test_threads_share_a_rule_set_and_a_centre() -> None:
    centre, rules = Centre.from_file(EXAMPLE), load_ruleset(ROOT / "rules" / "zhejiang_2022.yaml")
    expected = check(centre, rules).to_json()
    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(lambda _: check(centre, rules).to_json(), range(24))) == {expected}


def test_a_report_can_be_pickled() -> None:
    report = check(Centre.from_file(EXAMPLE), "zhejiang_2022")
    again = pickle.loads(pickle.dumps(report))
    assert again.to_json() == report.to_json()
    assert again.verdict == report.verdict


def test_the_public_names_are_all_there() -> None:
    assert all(hasattr(tic_rules, name) for name in tic_rules.__all__)
    assert {"Centre", "check", "load_ruleset", "TicRulesError", "DataError", "RuleSetError"} <= set(
        tic_rules.__all__
    )
    assert (Path(tic_rules.__file__).parent / "py.typed").exists()


def test_one_class_a_name() -> None:
    names = Counter(
        node.name
        for file in (ROOT / "src").rglob("*.py")
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    )
    assert len(names) > 300
    assert [name for name, times in names.items() if times > 1] == []


def test_the_version_stands_once() -> None:
    assert (
        tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
        == tic_rules.__version__
    )


def test_importing_is_silent_and_starts_nothing() -> None:
    code = (
        "import sys, tic_rules; print(sorted(m for m in ('rich', 'click', 'jinja2', 'durable', 'polars', "
        "'z3', 'hypothesis') if m in sys.modules))"
    )
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", code],
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""},
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_programme_rules_are_decided_from_figures_and_centres() -> None:
    centres = [Centre(id=f"c{n}", jurisdiction="zhejiang", approved_on="2023-01-01") for n in range(16)]
    figures = {"jurisdiction": "zhejiang", "reported_on": "2024-12-31"}
    assert check_programme(figures, "zhejiang_2022", centres=centres)["programme-count"].status == "fail"
    assert (
        check_programme(figures, "zhejiang_2022", centres=centres[:12])["programme-count"].status == "unknown"
    )
    undated = [Centre(id=f"u{n}", jurisdiction="zhejiang", stage="approved") for n in range(16)]
    assert check_programme(figures, "zhejiang_2022", centres=undated)["programme-count"].status == "fail"
    partly = [
        Centre(jurisdiction="zhejiang", stage="approved", approved_on="2025", reported_on="2025-03-01")
        for _ in range(16)
    ]
    report = check_programme({**figures, "reported_on": "2025-04-01"}, "zhejiang_2022", centres=partly)
    assert report["programme-count"].status == "fail"  # more than 15 by the day of their files
    report = check_programme({**figures, "centres": 12}, "zhejiang_2022", centres=centres[:3])
    assert report["programme-count"].status == "pass"
    assert report.programme == {"file": None, "centres": 3}


@pytest.mark.parametrize("engine", ["reference", "compiled", "durable"])
def test_more_centres_than_the_figure_says_contradict_it(engine: Engine) -> None:
    if engine == "durable":
        pytest.importorskip("durable", reason="needs the extra durable")
    centres = [Centre(id=f"c{n}", jurisdiction="zhejiang", approved_on="2023-01-01") for n in range(16)]
    figures = {"jurisdiction": "zhejiang", "reported_on": "2025-12-31", "centres": 12}
    for given, status in ((16, "fail"), (13, "unknown"), (12, "pass")):
        report = check_programme(figures, "zhejiang_2022", centres=centres[:given], engine=engine)
        assert report["programme-count"].status == status
        assert ("contradiction" in [one.code for one in report.warnings]) == (given > 12)
    contradicted = check_programme(figures, "zhejiang_2022", centres=centres[:13], engine=engine)
    assert contradicted["programme-count"].missing == ["/centres"]


def test_a_number_of_the_day_that_is_less_than_the_files_is_a_contradiction_and_a_bound_by_them() -> None:
    series = [{"date": "2024-12-31", "value": 1}, {"date": "2025-12-31", "value": 12}]
    figures = {"jurisdiction": "zhejiang", "reported_on": "2025-12-31", "centres": series}
    centres = [Centre(id=f"z{n}", jurisdiction="zhejiang", approved_on="2024-01-01") for n in range(16)]
    for day, given, status in (("2024-12-31", 2, "unknown"), ("2024-12-31", 16, "fail")):
        for engine in ("reference", "compiled"):
            report = check_programme(
                figures, "zhejiang_2022", centres=centres[:given], as_of=day, engine=engine
            )
            assert report["programme-count"].status == status
            assert "contradiction" in [one.code for one in report.warnings]
            assert (report["programme-count"].observed or {})["low"] == str(given)


def test_a_centre_of_several_files_counts_once_in_a_programme() -> None:
    """By its newest file up to the as-of day; files without an id are each of a centre of their own."""

    def count(centres: list[Centre]) -> Report:
        figures = {"jurisdiction": "zhejiang", "reported_on": "2025-12-31"}
        return check_programme(figures, "zhejiang_2022", centres=centres, as_of="2025-12-31")

    def files(number: int, **of_day: tuple[str, str]) -> list[Centre]:
        return [
            Centre(id=f"z{n}", jurisdiction="zhejiang", reported_on=reported_on, approved_on=approved_on)
            for n in range(number)
            for reported_on, approved_on in of_day.values()
        ]

    several = count(files(8, a=("2025-01-31", "2022-03-01"), b=("2025-03-31", "2022-03-01")))
    assert (several.programme["centres"], several["programme-count"].status) == (8, "unknown")
    (warning,) = [one for one in several.warnings if one.code == "several-files"]
    assert "z4等8家" in warning.message.zh
    later = {
        "b": ("2025-03-31", "2022-03-01"),
        "a": ("2025-01-31", "2026-03-01"),
        "c": ("2026-06-30", "2026-03-01"),
    }
    assert count(files(16, **later))["programme-count"].status == "fail"
    withdrawn = [
        Centre(id=f"z{n}", jurisdiction="zhejiang", reported_on="2025-06-30", stage="applicant")
        for n in range(16)
    ]
    assert count([*files(16, a=("2025-01-31", "2022-03-01")), *withdrawn]).programme["centres"] == 0
    nameless = [Centre(jurisdiction="zhejiang", approved_on="2022-03-01")] * 16
    report = count(nameless)
    assert report["programme-count"].status == "fail"
    assert "several-files" not in [one.code for one in report.warnings]
    assert report.centre is None


def test_the_consequences_carry_their_chain_and_amount() -> None:
    centre = Centre.from_file(EXAMPLE)
    data = centre.model_dump()
    data["evaluations"] = [
        {
            "year": year,
            "kind": "annual",
            "result": "unqualified",
            "by": "department",
            "date": f"{year + 1}-05-10",
        }
        for year in (2023, 2024)
    ]
    open_ended = check(data, "zhejiang_2022", as_of="2026-06-30").consequences[-1]["amount"]
    for spent in data["fiscal_spending"]:
        spent["audited"] = "compliant"
    report = check(data, "zhejiang_2022", as_of="2026-06-30")
    chain = {c["rule"]: c for c in report.consequences}
    assert chain["zhejiang_2022/funds-recovered"]["because"] == ["zhejiang_2022/delisted-after-two-failures"]
    assert chain["zhejiang_2022/funds-recovered"]["amount"]["unit"] == "CNY"
    assert chain["zhejiang_2022/funds-recovered"]["amount"] == {
        "low": "9000000",
        "high": "9000000",
        "unit": "CNY",
    }
    assert (open_ended["low"], open_ended["high"]) == ("9000000", "210000000"), (
        "spending that no audit speaks of leaves a range"
    )
    assert report["delisted-after-two-failures"].severity == "error"
    assert "/fiscal_balance" in [datum.path for datum in chain["zhejiang_2022/funds-recovered"]["data"]]


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_a_requirement_may_wait_for_a_consequence_that_stands_after_it(engine: str) -> None:
    text = (ROOT / "rules" / "zhejiang_2022.yaml").read_text(encoding="utf-8")
    rules = parse_ruleset(
        text.replace(
            "require: {fact: investment, at_least: 10亿元}", "require: {not: {follows: funds-recovered}}", 1
        ),
        "mine.yaml",
    )
    data = {
        "approved_on": "2022-03-01",
        "reported_on": "2024-03-02",
        "evaluations": [],
        "acceptance": {"held": False},
    }
    assert check(data, rules, engine=engine)["investment-2y"].status == "pass"


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A Python that has the built wheel, and of this checkout nothing."""
    folder = tmp_path_factory.mktemp("wheel")
    plain = ("--quiet", "--no-deps", "--no-index", "--no-build-isolation")  # nothing comes from elsewhere
    subprocess.run(
        [sys.executable, "-m", "pip", "wheel", *plain, "--wheel-dir", str(folder), str(ROOT)],
        check=True,
        capture_output=True,
    )
    (wheel,) = folder.glob("tic_rules-*.whl")
    venv.create(folder / "env", system_site_packages=False, with_pip=False)
    python = folder / "env" / "bin" / "python"
    target = next((folder / "env" / "lib").glob("python*")) / "site-packages"
    import zipfile

    zipfile.ZipFile(wheel).extractall(target)
    (target / "needed.pth").write_text(
        "\n".join(path for path in sys.path if path.endswith("site-packages")), encoding="utf-8"
    )
    return python


def test_the_wheel_runs_elsewhere(installed: Path, tmp_path: Path) -> None:
    code = (
        "import tic_rules, pathlib; from tic_rules import *; from tic_rules import shipped_ids;"
        "assert 'env' in tic_rules.__file__, tic_rules.__file__;"
        f"print(len(shipped_ids()), check(Centre.from_file({str(EXAMPLE)!r}), 'zhejiang_2022').verdict)"
    )
    done = subprocess.run(
        [str(installed), "-c", code],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
        env={"PATH": ""},
    )
    assert done.stdout == "5 non_compliant\n", done.stderr


@pytest.mark.parametrize("engine", ["reference", "compiled"])
def test_nothing_of_a_check_is_left_when_its_report_is_gone(engine: str) -> None:
    """No circles: a thousand files would stay in memory until Python looks for them."""
    gc.collect()
    gc.disable()
    try:
        data = Centre.from_file(ROOT / "examples" / "national.yaml").model_dump()
        report = check(data, "national_2017", as_of="2025-06-30", engine=engine)
        assert report.to_json()
        subject = weakref.ref(report.subject)
        del report
        assert subject() is None
    finally:
        gc.enable()


def test_what_is_no_data_is_told_what_is_expected() -> None:
    with pytest.raises(DataError, match="a Programme, a mapping or a model is expected, not NoneType"):
        check_programme(None, "jiangsu_2020")  # type: ignore[arg-type]
    with pytest.raises(DataError, match="a Centre, a mapping or a model is expected, not int"):
        check_programme({}, "jiangsu_2020", centres=[3], as_of="2024-01-01")  # type: ignore[list-item]


def test_the_rules_that_a_rule_set_gives_are_in_it() -> None:
    ruleset = load_ruleset("zhejiang_2022")
    rule = ruleset["zhejiang_2022/investment-2y"]
    assert rule in ruleset
    assert rule.id in ruleset
    assert f"zhejiang_2022/{rule.id}" in ruleset
    assert [] not in ruleset
    assert load_ruleset("jiangsu_2020").rules[0] not in ruleset
    assert 0 not in ruleset
    for missing in ("nothing", 0):
        with pytest.raises(KeyError):
            ruleset[missing]  # type: ignore[index]
