"""A monitor is at every step what a fresh check is, and what it tells is enough to keep up with."""

from __future__ import annotations

import json
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from agreement import THOROUGH
from generate import FromHypothesis, _Maker, aims_of, centres
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from tic_rules import Centre, DataError, UsageError, check, load_ruleset
from tic_rules.model import centre as model
from tic_rules.model.document import Edit, apply
from tic_rules.monitoring import LOOKED_AT, Monitor

EXAMPLE = Path(__file__).parents[2] / "examples" / "zhejiang.yaml"
LISTS = {
    "contributions": model.Contribution,
    "evaluations": model.Evaluation,
    "projects": model.Project,
    "reports": model.Submission,
}


LAW = settings(deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))


def told(finding: Any) -> list[Any]:
    return [finding.status, *(getattr(finding, key) for key in LOOKED_AT)]


@st.composite
def runs(draw: Any, ruleset: str) -> tuple[dict[str, Any], date, list[dict[str, Any]]]:
    """A centre, a day, and events that aim at what the rule set asks."""
    rules = load_ruleset(ruleset)
    data, day = draw(centres(rules))
    # Every day of several years takes seconds a step: `make agree` draws these too.
    if not THOROUGH and isinstance(data.get("approved_on"), dict):
        data["approved_on"] = draw(st.sampled_from(["2016-07", "2022-03"]))
    maker = _Maker(FromHypothesis(draw), aims_of(rules), model.Centre)
    events: list[dict[str, Any]] = []
    for _ in range(draw(st.integers(1, 5))):
        kind = draw(st.sampled_from(["day", "add", "set", "attest"]))
        if kind == "day":
            day += timedelta(days=draw(st.sampled_from([1, 30, 365, 366])))
            events.append({"day": day.isoformat()})
        elif kind == "add":
            name = draw(st.sampled_from(sorted(LISTS)))
            events.append({"add": name, "entry": maker._record(LISTS[name], f"{name}.")})
        elif kind == "attest":
            given_ = maker._attestations()
            events.extend({"add": "attestations", "entry": entry} for entry in given_[:1])
        else:
            place = draw(
                st.sampled_from(
                    [
                        "staff.headcount",
                        "staff.teams",
                        "legal.independent",
                        "governance.board.established",
                        "industry_fund",
                    ]
                )
            )
            value = (
                draw(st.booleans())
                if not place.startswith("staff")
                else draw(st.sampled_from([0, 5, 300, 800]))
            )
            events.append(
                {"set": place, "value": value, **draw(st.sampled_from([{}, {"since": day.isoformat()}]))}
            )
    return data, day, events


def stepped(document: dict[str, Any], event: dict[str, Any]) -> dict[str, Any] | None:
    """The same event applied to the raw document by other means; None where it takes more than one edit."""
    if "add" in event:
        return apply(document, [Edit("append", (event["add"],), event["entry"])])
    if "set" in event and "since" not in event:
        return apply(document, [Edit("set", tuple(event["set"].split(".")), event["value"])])
    if event.keys() == {"day"}:
        return (
            apply(document, [Edit("set", ("reported_on",), event["day"])])
            if document.get("reported_on")
            else document
        )
    return None


@pytest.mark.parametrize("ruleset", ["zhejiang_2022", "jiangsu_2020", "national_2017"])
def test_every_step_equals_a_fresh_check(ruleset: str) -> None:
    @settings(LAW, max_examples=20 if THOROUGH else 6)
    @given(runs(ruleset))
    def law(run: tuple[dict[str, Any], date, list[dict[str, Any]]]) -> None:
        data, _, events = run
        try:
            monitor = Monitor(ruleset, Centre.from_data(data), day=data.get("reported_on") or "2024-03-01")
        except DataError:
            assume(False)
        raw: dict[str, Any] | None = data
        kept = {finding.rule: told(finding) for finding in monitor.report}
        for event in events:
            before = json.dumps(monitor.state(), sort_keys=True)
            try:
                changes = monitor.apply(event)
            except (DataError, UsageError):
                assert json.dumps(monitor.state(), sort_keys=True) == before
                continue
            kept |= {finding.rule: told(finding) for finding in changes}
            fresh = check(monitor.data, ruleset, as_of=monitor.day)
            assert kept == {finding.rule: told(finding) for finding in fresh}
            assert changes.verdict == monitor.verdict == fresh.verdict
            raw = stepped(raw, event) if raw is not None else None
            if raw is not None:
                independent = check(raw, ruleset, as_of=monitor.day)
                assert [f.status for f in independent] == [f.status for f in monitor.report]
            # A state that has been through JSON goes on as if nothing had been.
            monitor = Monitor.restore(json.loads(json.dumps(monitor.state())))

    law()


def test_a_contribution_a_day_and_an_evaluation() -> None:
    monitor = Monitor("zhejiang_2022", Centre.from_file(EXAMPLE))
    paid = monitor.apply(
        {"add": "contributions", "entry": {"date": "2026-06-30", "amount": "5亿元", "payer": "host"}}
    )
    assert {finding.id: (paid.before[finding.rule], finding.status) for finding in paid} == {
        "investment-5y": ("pending", "pass"),
        "builders-main-funder": ("pass", "pass"),  # what it observes is more than before
    }
    assert not monitor.apply({"day": "2026-07-01"}).findings
    for year, day in ((2025, "2026-08-01"), (2026, "2027-05-01")):
        entry = {"year": year, "kind": "annual", "result": "unqualified", "date": day}
        told_ = monitor.apply({"add": "evaluations", "entry": entry, "day": day})
    assert [part["rule"] for part in told_.consequences] == [
        "zhejiang_2022/delisted-after-two-failures",
        "zhejiang_2022/funds-recovered",
    ]
    assert json.loads(json.dumps(told_.as_dict()))["consequences"] == [
        "zhejiang_2022/delisted-after-two-failures",
        "zhejiang_2022/funds-recovered",
    ]


def test_a_value_since_a_day_leaves_the_days_before_as_they_were() -> None:
    monitor = Monitor("zhejiang_2022", Centre.from_file(EXAMPLE))
    changes = monitor.apply({"set": "staff.headcount", "value": 800, "since": "2026-06-30"})
    assert {finding.id: finding.status for finding in changes} == {"staff-5y": "pass"}
    assert monitor.report["staff-2y"].status == "pass"
    assert monitor.apply(
        {"set": "outputs.partner_enterprises", "value": 60, "since": "2026-07-10", "day": "2026-07-10"}
    )
    assert monitor.data["outputs"]["partner_enterprises"] == [
        {"date": "2026-06-30", "value": 41},
        {"date": "2026-07-10", "value": 60},
    ]


def test_an_entry_of_a_table_is_set_by_its_key() -> None:
    monitor = Monitor("zhejiang_2022", Centre.from_file(EXAMPLE))
    monitor.apply({"set": "indicators.6.6.target", "value": "引进6个"})
    assert list(monitor.report["indicators"].lacking) == ["10.7"]
    changes = monitor.apply({"set": "indicators.10.7", "value": {"target": "每年2次"}})
    assert {finding.id: finding.status for finding in changes} == {"indicators": "pass"}


ENDLESS: list[Any] = []
ENDLESS.append(ENDLESS)


@pytest.mark.parametrize(
    "event",
    [
        {},
        None,
        3,
        {"day": "2020-01-01"},
        {"day": "soon"},
        {"add": "donations", "entry": {}},
        {"add": "contributions", "entry": {"amount": "lots"}},
        {"set": "staff.headcount", "value": 1, "until": "2027-01-01"},
        {"set": "no.such.place", "value": 1},
        {"set": "staff.headcount"},
        {"set": "staff.headcount", "since": "2026-06-30"},
        {"add": "contributions"},
        {1: 2},
        {"add": "term_years", "entry": {"date": "2026-06-30", "value": 6}},
        {"add": "contributions.0", "entry": {"date": "2026-06-30"}},
        {"add": "contributions", "entry": ENDLESS},
        {"set": "name", "value": ENDLESS},
        {"day": ENDLESS},
    ],
)
def test_an_event_that_cannot_be_leaves_the_monitor_as_it_was(event: Any) -> None:
    monitor = Monitor("zhejiang_2022", Centre.from_file(EXAMPLE))
    before = monitor.state()
    with pytest.raises((UsageError, DataError)):
        monitor.apply(event)
    assert monitor.state() == before


def test_a_state_of_other_rules_is_refused() -> None:
    state = Monitor("zhejiang_2022", Centre.from_file(EXAMPLE)).state()
    with pytest.raises(UsageError, match="zhejiang_2022"):
        Monitor.restore(state, "jiangsu_2020")
    for broken in ({"data": {}}, None, {**state, "ruleset": "zhejiang_2022"}, {**state, "ruleset": {}}):
        with pytest.raises(UsageError):
            Monitor.restore(broken)  # type: ignore[arg-type]


def test_a_state_of_changed_rules_is_restored_under_those() -> None:
    rules = load_ruleset("zhejiang_2022").with_change("staff-2y", "900")
    monitor = Monitor(rules, Centre.from_file(EXAMPLE))
    state = json.loads(json.dumps(monitor.state()))
    with pytest.raises(UsageError, match="another text"):
        Monitor.restore(state)
    assert Monitor.restore(state, rules).report == monitor.report
    del state["ruleset"]["sha256"]  # as it was once written
    assert Monitor.restore(state).day == monitor.day


def test_data_speaks_for_no_earlier_day_than_it_did() -> None:
    data = {"approved_on": "2022-03-01", "reported_on": "2026-06-30", "staff": {"headcount": 500}}
    monitor = Monitor("zhejiang_2022", data, day="2024-01-15")
    assert not monitor.apply({"day": "2024-01-20"})
    assert monitor.data["reported_on"] == "2026-06-30"
    assert monitor.report["staff-2y"].status == "unknown"
    monitor.apply({"day": "2026-07-01"})
    assert monitor.data["reported_on"] == "2026-07-01"
