"""The schemas that the program prints accept what it reads and writes, and refuse what it refuses."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from tic_rules import Centre, check, load_ruleset, shipped_ids
from tic_rules.cli import main
from tic_rules.model.shipped import rules_folder
from tic_rules.results.rule_schema import ruleset_schema
from tic_rules.results.schemas import centre_schema, report_schema

ROOT = Path(__file__).parents[2]
LINSHAN = ROOT / "examples/provinces/linshan/tic_rules_linshan/linshan_2023.yaml"
EXAMPLES = sorted(
    path
    for folder in ("", "real")
    for path in (ROOT / "examples" / folder).glob("*.yaml")
    if "programme" not in path.name
)


def _plain(path: Path) -> Any:
    return json.loads(
        json.dumps(yaml.load(path.read_text(encoding="utf-8"), Loader=_NoDates), ensure_ascii=False)
    )


class _NoDates(yaml.CSafeLoader):
    """YAML as an editor's schema check sees it: dates are text."""


_NoDates.yaml_implicit_resolvers = {
    k: [(tag, expr) for tag, expr in v if tag != "tag:yaml.org,2002:timestamp"]
    for k, v in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_the_centre_schema_accepts_the_examples(path: Path) -> None:
    jsonschema.Draft202012Validator(centre_schema()).validate(_plain(path))


@pytest.mark.parametrize(
    "wrong",
    [
        {"staf": {}},
        {"legal": {"independent": "maybe"}},
        {"zones": ["moon"]},
        {"contributions": [{"amount": -1}]},
        {"stage": "dreaming"},
    ],
)
def test_the_centre_schema_refuses(wrong: dict[str, Any]) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.Draft202012Validator(centre_schema()).validate(wrong)


@pytest.mark.parametrize("file", [*(rules_folder() / f"{name}.yaml" for name in shipped_ids()), LINSHAN])
def test_the_ruleset_schema_accepts_files_in_both_languages_and_in_chinese_alone(file: Path) -> None:
    jsonschema.Draft202012Validator(ruleset_schema()).validate(_plain(file))


def test_the_schema_of_a_file_in_both_languages_asks_for_english() -> None:
    data = _plain(rules_folder() / "zhejiang_2022.yaml")
    del data["rules"][0]["title"]["en"]
    schema = ruleset_schema(load_ruleset("zhejiang_2022"))
    messages = [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(data)]
    assert messages == ["'en' is a required property"]


def test_the_ruleset_schema_accepts_what_stands_for_more() -> None:
    data = _plain(LINSHAN)
    data["document"]["replaces"] = ["linshan_2020", {"id": "linshan_2021", "clauses": ["三"]}]
    data["vocabulary"]["facts"]["awards"]["over"] = "latest_full_year"
    validator = jsonschema.Draft202012Validator(ruleset_schema(load_ruleset(str(LINSHAN))))
    validator.validate(data)
    data["vocabulary"]["facts"]["awards"]["over"] = "last_full_year"
    assert [error.message for error in validator.iter_errors(data)] == ["'latest_full_year' was expected"]


def test_the_ruleset_schema_refuses_an_unknown_key_and_operator() -> None:
    data = _plain(rules_folder() / "zhejiang_2022.yaml")
    data["rules"][0]["requires"] = {}
    data["rules"][1]["require"] = {"fact": "investment", "exceeds": 3}
    errors = list(jsonschema.Draft202012Validator(ruleset_schema()).iter_errors(data))
    assert len(errors) == 2


@pytest.mark.parametrize("ruleset", shipped_ids())
def test_the_report_schema_accepts_reports(ruleset: str) -> None:
    schema = jsonschema.Draft202012Validator(report_schema())
    for path in EXAMPLES:
        report = check(Centre.from_file(path), ruleset)
        schema.validate({"schema_version": 1, "reports": [json.loads(report.to_json())], "unusable": []})
        one = report_schema()["properties"]["reports"]["items"]  # type: ignore[index]
        jsonschema.Draft202012Validator(one).validate(json.loads(report.to_json()))


@pytest.mark.parametrize("file", [*(rules_folder() / f"{name}.yaml" for name in shipped_ids()), LINSHAN])
def test_the_schema_of_a_file_at_hand_accepts_that_file(file: Path) -> None:
    """Linshan's is in Chinese alone."""
    schema = ruleset_schema(load_ruleset(str(file)))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.Draft202012Validator(schema).validate(_plain(file))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"require": {"fact": "investment", "at_leest": 3}}, "'at_leest' was unexpected"),
        ({"require": {"all": [{"fact": "investment", "atleast": 3}]}}, "'atleast' was unexpected"),
        ({"require": {"fact": "investments", "at_least": 3}}, "'investments' is not one of"),
        ({"topic": "funding.totl"}, "'funding.totl' is not one of"),
        ({"at": "九（九）"}, "'九（九）' is not one of"),
    ],
)
def test_the_schema_of_a_file_names_what_is_wrong(change: dict[str, Any], said: str) -> None:
    data = _plain(rules_folder() / "zhejiang_2022.yaml")
    data["rules"][0] |= change
    data["rules"][0]["x-note"] = "kept"
    schema = ruleset_schema(load_ruleset("zhejiang_2022"))
    messages = [error.message for error in jsonschema.Draft202012Validator(schema).iter_errors(data)]
    assert len(messages) == 1
    assert said in messages[0]


def test_schemas_have_an_id_and_speak_both_languages() -> None:
    for what in ("centre", "ruleset", "report"):
        schema = json.loads(CliRunner().invoke(main, ["schema", what]).stdout)
        assert schema["$id"] == f"urn:tic-rules:schema:{what}"
    rule = ruleset_schema()["$defs"]["Rule"]["properties"]
    lacking = [key for key, value in rule.items() if "·" not in value.get("description", "")]
    assert lacking == []
    centre = centre_schema()["properties"]
    assert [key for key, value in centre.items() if "·" not in value.get("description", "")] == []
    ran = CliRunner().invoke(main, ["schema", "ruleset", "--rules", "zhejiang_2022"])
    assert json.loads(ran.stdout)["$id"] == "urn:tic-rules:schema:zhejiang_2022"
