"""A web service of somebody else: a report as response model and as body, in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tic_rules import Centre, Report, check

pytest.importorskip("fastapi", reason="fastapi is not installed")
pytest.importorskip("httpx", reason="httpx is not installed")

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "zhejiang.yaml"

SERVICE = """
import json, sys
from typing import Annotated, Any

import httpx
from fastapi import Body, FastAPI, HTTPException
from pydantic import BaseModel

from tic_rules import DataError, Finding, Report, RuleSetError, check, load_ruleset

app = FastAPI()


class Answer(BaseModel):
    report: Report
    worst: Finding | None


@app.post("/checks/{rules}", response_model=Report)
def checked(rules: str, as_of: str, data: dict[str, Any]) -> Any:
    try:
        return check(data, load_ruleset(rules, ids_only=True), as_of=as_of)
    except RuleSetError as error:
        raise HTTPException(404, str(error)) from None
    except DataError as error:
        raise HTTPException(422, [fault.message.zh for fault in error.diagnostics]) from None


@app.post("/answers")
def answered(report: Annotated[Report, Body()]) -> Answer:
    return Answer(report=report, worst=next((one for one in report if one.status == "fail"), None))


async def main() -> None:
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
        for method, path, body in json.load(sys.stdin):
            answer = await client.request(method, path, json=body)
            print(json.dumps([answer.status_code, answer.json()]))


import asyncio
asyncio.run(main())
"""


def asked(*requests: tuple[str, str, Any]) -> list[Any]:
    """The status and the body of each answer of the service."""
    done = subprocess.run(
        [sys.executable, "-c", SERVICE], input=json.dumps(requests), capture_output=True,
        text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def data() -> dict[str, Any]:
    return Centre.from_file(EXAMPLE).model_dump(mode="json", exclude_none=True)


@pytest.fixture(scope="module")
def report(data: dict[str, Any]) -> Report:
    return check(data, "zhejiang_2022", as_of="2026-06-30")


Answers = dict[str, tuple[int, Any]]


@pytest.fixture(scope="module")
def answers(data: dict[str, Any], report: Report) -> Answers:
    """The status and the body that the service gives to each of these."""
    requests: dict[str, tuple[str, str, Any]] = {
        "checked": ("POST", "/checks/zhejiang_2022?as_of=2026-06-30", data),
        "unknown rules": ("POST", "/checks/secret.yaml?as_of=2026-06-30", data),
        "unknown word": ("POST", "/checks/zhejiang_2022?as_of=2026-06-30", {"stage": "dreaming"}),
        "answered": ("POST", "/answers", report.as_dict()),
        "described": ("GET", "/openapi.json", None),
    }
    requests |= {name: ("POST", "/answers", body) for name, body in broken(report).items()}
    return dict(zip(requests, asked(*requests.values()), strict=True))


def test_a_report_is_a_response_model(answers: Answers, report: Report) -> None:
    status, body = answers["checked"]
    assert status == 200
    assert list(body) == list(report.as_dict())
    assert Report.from_json(json.dumps(body)) == report


def test_what_cannot_be_used_is_an_answer_and_no_crash(answers: Answers) -> None:
    assert answers["unknown rules"][0] == 404
    status, body = answers["unknown word"]
    assert status == 422
    assert "dreaming" in body["detail"][0]


def test_a_report_is_a_body_and_a_field_of_a_model(answers: Answers, report: Report) -> None:
    status, body = answers["answered"]
    assert status == 200
    assert Report.from_dict(body["report"]) == report
    assert body["worst"] == next(one for one in report if one.status == "fail").as_dict()


def broken(report: Report) -> dict[str, Any]:
    """Reports with a fault each, by what the fault is."""
    mended = {
        "a status that there is not": ("findings", 0, "status", "passed"),
        "a citation that is none": ("findings", 0, "citation", 3),
        "a rule set that is none": ("ruleset", "zhejiang_2022"),
        "findings that are no list": ("findings", {}),
        "a day that is none": ("as_of", 20260630),
        "a day in words": ("as_of", "soon"),
        "a day that no month has": ("as_of", "2026-02-30"),
        "an engine that there is not": ("tool", "engine", "magic"),
        "a window without an end": ("findings", 0, "window", ["2026-06-30"]),
        "more than all of it": ("findings", 0, "progress", 7.5),
        "a deadline in words": ("findings", 0, "deadline", "soon"),
        "a year that is none": ("findings", 0, "years", [None]),
        "an id that is none": ("centre", "id", 3),
        "a digest that is none": ("provenance", "data", "sha256", "?"),
        "a message in one language": ("findings", 0, "message", {"zh": "文"}),
    }
    bodies = {}
    for name, (*above, last, value) in mended.items():
        at = bodies[name] = report.as_dict()
        for part in above:
            at = at[part]
        at[last] = value
    bodies["a verdict that is missing"] = {k: v for k, v in report.as_dict().items() if k != "verdict"}
    return bodies | {"nothing": {}}


def test_a_body_that_is_no_report_is_refused(answers: Answers, report: Report) -> None:
    bodies = broken(report)
    assert {name: answers[name][0] for name in bodies} == dict.fromkeys(bodies, 422)
    for body in bodies.values():
        with pytest.raises(ValueError, match="this is no report"):
            Report.from_json(json.dumps(body))


def test_what_a_later_version_has_added_does_no_harm(report: Report) -> None:
    later = report.as_dict()
    later["weather"] = later["findings"][0]["mood"] = "fine"
    assert Report.from_json(json.dumps(later)).statuses == report.statuses


def test_the_service_describes_reports_and_findings_by_name(answers: Answers, report: Report) -> None:
    jsonschema = pytest.importorskip("jsonschema", reason="jsonschema is not installed")
    status, described = answers["described"]
    assert status == 200
    answer = described["paths"]["/checks/{rules}"]["post"]["responses"]["200"]["content"]["application/json"]
    assert answer["schema"] == {"$ref": "#/components/schemas/Report"}
    schemas = described["components"]["schemas"]
    assert (
        schemas["Report"]["properties"]["findings"]["items"]["properties"].keys()
        == schemas["Finding"]["properties"].keys()
    )
    for name, given in (("Report", [report]), ("Finding", list(report))):
        schema = jsonschema.Draft202012Validator(schemas[name])
        schema.check_schema(schemas[name])
        for one in given:
            schema.validate(one.as_dict())
