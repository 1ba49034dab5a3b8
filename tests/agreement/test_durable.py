"""The durable engine: the same findings out of a Rete network, and what keeps its C library from doing
harm."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip(
    "durable_rules_engine",
    reason="needs the extra `durable` (durable-rules builds on Python 3.11 and 3.12 only)",
)

from agreement import THOROUGH, disagreements, told
from corpus_cases import centre_cases, programme_cases
from generate import random_centre, random_programme

from tic_rules import (
    Centre,
    DataError,
    RuleSet,
    TicRulesError,
    UsageError,
    check,
    check_programme,
    load_ruleset,
    parse_ruleset,
)
from tic_rules.core.dates import parse_span
from tic_rules.engines.check import sorted_scene
from tic_rules.engines.rete.facts import facts_of
from tic_rules.engines.rete.network import network_of
from tic_rules.engines.rete.plan import plan_of
from tic_rules.engines.rete.session import Network
from tic_rules.engines.rete.worker import Worker

ROOT = Path(__file__).parents[2]
SRC = str(ROOT / "src")


def rule_file(name: str) -> str:
    return (ROOT / "rules" / f"{name}.yaml").read_text(encoding="utf-8")


def centre(**facts: Any) -> dict[str, Any]:
    return {
        "stage": "approved",
        "approved_on": "2022-03-01",
        "applied_on": "2021-09-01",
        "term_years": 5,
        "reported_on": "2024-06-30",
        **facts,
    }


# --- agreement ----------------------------------------------------------------------------------------------


TOO_OPEN = "zhejiang_2022/stages.yaml: approved on an unknown day, only the term is missing"
"""The one case whose clock is open in more ways than the engine goes through."""


def test_a_clock_that_is_open_in_too_many_ways_is_refused_with_what_to_do() -> None:
    (case,) = [case for case in centre_cases() if case.id == TOO_OPEN]
    with pytest.raises(DataError, match=r"durable engine .* approved_on.* or use native") as caught:
        check(case.data, case.ruleset, as_of=case.as_of, engine="durable")
    (said,) = caught.value.diagnostics
    assert (said.code, said.path) == ("open-clock", "/approved_on")
    assert "数据不足" not in said.message.zh, "nothing is decided, so nothing is told to stay unknown"


@pytest.mark.parametrize("ruleset", sorted({case.ruleset for case in centre_cases()}))
def test_the_corpus_passes(ruleset: str) -> None:
    wrong = {}
    cases = [case for case in centre_cases() if case.ruleset == ruleset and case.id != TOO_OPEN]
    for case in cases if THOROUGH else cases[::24]:
        report = check(case.data, ruleset, as_of=case.as_of, engine="durable")
        if {rule: report[rule].status for rule in case.expect} != case.expect:
            wrong[case.id] = {
                rule: report[rule].status for rule in case.expect if report[rule].status != case.expect[rule]
            }
    assert wrong == {}


def test_the_corpus_of_programmes_passes() -> None:
    for case in programme_cases():
        centres = [Centre.from_data(data) for data in case.centres]
        report = check_programme(case.data, case.ruleset, centres=centres, as_of=case.as_of, engine="durable")
        assert {rule: report[rule].status for rule in case.expect} == case.expect, case.id


@pytest.mark.parametrize("ruleset", ["zhejiang_2022", "jiangsu_2020", "national_2020", "national_2017"])
def test_random_centres_are_decided_as_the_reference_does(ruleset: str) -> None:
    rules, rng = load_ruleset(ruleset), random.Random(20220114)
    for _ in range(30 if THOROUGH else 6):
        data, as_of = random_centre(rules, rng)
        first = next(disagreements(data, rules, as_of, "durable"), None)
        assert first is None, told(data, rules, as_of, first)


@pytest.mark.parametrize("ruleset", ["national_13fyp", "zhejiang_2022"])
def test_random_programmes_are_decided_as_the_reference_does(ruleset: str) -> None:
    rules, rng = load_ruleset(ruleset), random.Random(20171)
    for _ in range(30):
        data, as_of = random_programme(rules, rng)
        first = next(disagreements(data, rules, as_of, "durable", programme=True), None)
        assert first is None, told(data, rules, as_of, first, programme=True)


@pytest.mark.parametrize("first", ["浙江省甲产业技术研究院", "浙江省丙产业技术研究院", "研究院"])
@pytest.mark.parametrize("days", [("2022", "2022-06"), ("2021", "2021-06"), ("2020", "2021-06-01")])
def test_names_that_changed_on_a_day_known_in_part(first: str, days: tuple[str, str]) -> None:
    second = [{"date": days[0], "value": first}, {"date": days[1], "value": "浙江省甲产业技术研究院"}]
    data = {
        "stage": "approved",
        "approved_on": "2022-12-31",
        "reported_on": "2024-01-01",
        "name": "浙江省甲技术创新中心",
        "second_name": second,
    }
    assert not list(
        disagreements(data, load_ruleset("zhejiang_2022"), parse_span("2024-01-01").first, "durable")
    )


def test_the_whole_report_is_the_same() -> None:
    whole = [case for case in centre_cases() if Path(case.file).name == "whole.yaml"]
    for case in [
        next(case for case in whole if case.ruleset == ruleset)
        for ruleset in ("zhejiang_2022", "jiangsu_2020", "national_2020")
    ]:
        one, other = (
            check(case.data, case.ruleset, as_of=case.as_of, engine=engine).as_dict()
            for engine in ("reference", "durable")
        )
        assert one.pop("tool")["engine"] != other.pop("tool")["engine"]
        assert one == other, case.id


# --- the deciding is done in the network --------------------------------------------------------------------


def _patterns(definition: Any) -> str:
    return json.dumps(definition.rules)


def test_every_bound_stands_in_a_pattern_and_none_in_an_action() -> None:
    rules = load_ruleset("zhejiang_2022")
    definition = network_of(rules, plan_of(rules))
    for fen in (10**9 * 100, 25 * 10**8 * 100, 300, 800):
        assert f": {fen}}}" in _patterns(definition), fen
        assert str(fen) not in json.dumps(list(definition.then.values()))


def test_a_bound_changed_in_the_network_changes_the_finding() -> None:
    """What the network says is what is told: no evaluator of ours stands behind it."""
    rules = load_ruleset("zhejiang_2022")
    plan = plan_of(rules)
    scene = sorted_scene(
        Centre(**centre(staff={"headcount": [{"date": "2024-01-01", "value": 300}]})),
        rules,
        parse_span("2024-02-01").first,
    )
    facts, staff = facts_of(scene, plan), plan.numbers["staff-2y"]
    status = []
    for bound in ("300", "301"):
        definition = network_of(rules, plan)
        definition.rules = json.loads(_patterns(definition).replace(": 300}", f": {bound}}}"))
        status.append(Network("changed", definition).decide(facts, len(rules))[staff])
    assert status[0] == 4, "pass"
    assert status[1] != 4, "not with a bound of 301"


def test_two_failures_running_delist_and_recover_by_chaining() -> None:
    evaluations = [
        {"kind": "annual", "year": year, "result": "unqualified", "date": f"{year + 1}-03-01"}
        for year in (2022, 2023)
    ]
    report = check(
        centre(evaluations=evaluations, fiscal_balance=500),
        "zhejiang_2022",
        as_of="2024-06-30",
        engine="durable",
    )
    assert report["delisted-after-two-failures"].status == report["funds-recovered"].status == "fail"
    once = check(
        centre(evaluations=evaluations[:1], fiscal_balance=500),
        "zhejiang_2022",
        as_of="2023-12-31",
        engine="durable",
    )
    assert once["delisted-after-two-failures"].status != "fail"
    assert once["funds-recovered"].status != "fail"


# --- numbers ------------------------------------------------------------------------------------------------


def paid(amount: str) -> dict[str, Any]:
    return centre(contributions=[{"date": "2023-01-01", "payer": "host", "amount": amount}])


@pytest.mark.parametrize(
    ("amount", "status"),
    [
        ("999999999.99", "fail"),
        ("999999999.999", "fail"),
        ("1000000000", "pass"),
        ("90000000000000000", "pass"),
    ],
)
def test_amounts_are_compared_exactly_in_fen(amount: str, status: str) -> None:
    for engine in ("reference", "durable"):
        assert check(paid(amount), "zhejiang_2022", engine=engine)["investment-2y"].status == status


def test_an_amount_that_the_engine_cannot_compare_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"investment.*90000000000000001.*native") as caught:
        check(paid("90000000000000001"), "zhejiang_2022", engine="durable")
    assert "投入" in caught.value.diagnostics[0].message.zh
    assert check(paid("90000000000000001"), "zhejiang_2022")["investment-2y"].status == "pass"


def test_a_bound_that_the_engine_cannot_compare_is_refused() -> None:
    rules = parse_ruleset(
        rule_file("zhejiang_2022").replace("at_least: 10亿元", "at_least: 900000万亿元"), "huge.yaml"
    )
    with pytest.raises(TicRulesError, match="too large"):
        check(paid("1"), rules, engine="durable")


@pytest.mark.parametrize(
    "word", ['"', "\\", "\\u0000", "}{", "a\nb", "\U0001f4a3", "x" * 70_000, "true", "%s%n"]
)
def test_words_that_could_upset_a_parser_never_reach_the_engine(word: str) -> None:
    data = centre(fields=[word], name=word)
    one, other = (
        [finding.status for finding in check(data, "zhejiang_2022", engine=engine)]
        for engine in ("reference", "durable")
    )
    assert one == other


# --- sessions -----------------------------------------------------------------------------------------------


def _memory() -> int:
    return int(
        next(
            line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmRSS")
        ).split()[1]
    )


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
def test_checks_leave_memory_flat() -> None:
    """One session that is left behind costs megabytes; 100 of them would show. Docs tell of the run of
    100,000."""
    rules, data = load_ruleset("national_2020"), Centre(**centre())
    for _ in range(50):
        check(data, rules, engine="durable")
    before = _memory()
    for _ in range(100):
        check(data, rules, engine="durable")
    assert _memory() - before < 5_000, "kB"


def test_a_session_is_deleted_when_deciding_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    rules = load_ruleset("national_13fyp")
    definition = network_of(rules, plan_of(rules))
    network, deleted = Network("broken", definition), []

    class Watched:
        def __init__(self, engine: Any) -> None:
            self._engine = engine

        def __getattr__(self, name: str) -> Any:
            return getattr(self._engine, name)

        def complete_and_start_action(self, *given: Any) -> Any:
            raise RuntimeError("the engine is out of sorts")

        def delete_state(self, handle: int, session: str) -> None:
            deleted.append(session)
            self._engine.delete_state(handle, session)

    monkeypatch.setattr(network, "_engine", Watched(network._engine))
    with pytest.raises(RuntimeError, match="out of sorts"):
        network.decide([{"only": 1, "only_of": 0}], 1)
    assert len(deleted) == 1


def test_rules_left_without_a_conclusion_are_an_error_not_a_verdict() -> None:
    rules = load_ruleset("national_13fyp")
    network = Network("silent", network_of(rules, plan_of(rules)))
    with pytest.raises(TicRulesError, match="concluded only 0 of"):
        network.decide([{"only": 1, "only_of": 0}], len(rules))


def test_threads_share_a_network() -> None:
    rules, case = (
        load_ruleset("jiangsu_2020"),
        next(case for case in centre_cases() if case.ruleset == "jiangsu_2020"),
    )
    expected = [finding.status for finding in check(case.data, rules, as_of=case.as_of, engine="reference")]
    wrong: list[Any] = []

    def run() -> None:
        for _ in range(10):
            found = [
                finding.status for finding in check(case.data, rules, as_of=case.as_of, engine="durable")
            ]
            if found != expected:
                wrong.append(found)

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []


def test_no_thread_is_started_and_nothing_printed() -> None:
    script = (
        "import threading; from tic_rules import check; check({'reported_on': '2024-06-30'}, "
        "'national_2020', engine='durable'); "
        "assert threading.active_count() == 1, threading.enumerate()"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": SRC},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


# --- isolated -----------------------------------------------------------------------------------------------


def _worker(rules: RuleSet) -> Worker:
    worker = rules._compiled["durable", True][1]
    assert isinstance(worker, Worker)
    return worker


def test_an_isolated_engine_that_crashes_leaves_its_host_alive() -> None:
    rules = parse_ruleset(rule_file("national_2020"), "national_2020.yaml")
    expected = check(centre(), rules, engine="reference")
    found = check(centre(), rules, engine="durable", isolated=True)
    assert [f.status for f in found] == [f.status for f in expected]
    first = _worker(rules).pid
    assert first is not None
    assert first != os.getpid()
    os.kill(first, signal.SIGSEGV)
    with pytest.raises(TicRulesError, match="worker died"):
        check(centre(), rules, engine="durable", isolated=True)
    again = check(centre(), rules, engine="durable", isolated=True)
    assert [f.status for f in again] == [f.status for f in expected]
    assert _worker(rules).pid != first


def test_a_definition_that_crashes_the_engine_ends_the_worker_only() -> None:
    """An ill-formed operand makes the C library read where nothing is."""
    rules = load_ruleset("national_13fyp")
    definition = network_of(rules, plan_of(rules))
    definition.rules["bad"] = {"all": [{"a": {"$gt": {"x": {"m": "y"}}}}, {"b": {"x": {"$m": {"$m": "y"}}}}]}
    definition.then["bad"] = {}
    with pytest.raises(Exception, match=r"worker died|Could not create"):
        Worker("bad", definition).decide([{"x": 1, "y": 2}], 1)


def test_isolated_is_for_the_durable_engine() -> None:
    with pytest.raises(UsageError, match="isolated"):
        check(centre(), "national_2020", engine="reference", isolated=True)


# --- where it cannot be imported ----------------------------------------------------------------------------


def test_without_the_extra_the_error_says_what_would_do() -> None:
    script = (
        "import sys; sys.modules['durable_rules_engine'] = None; import tic_rules\n"
        "try: tic_rules.check({'reported_on': '2024-06-30'}, 'national_2020', engine='durable')\n"
        "except tic_rules.UsageError as error: print(error.diagnostics[0].message.en); "
        "print(error.diagnostics[0].message.zh)"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": SRC, "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    for part in ("3.11", "3.12", "pip install 'tic-rules[durable]'", "C compiler", "C 编译器"):
        assert part in done.stdout


def test_the_program_decides_with_it() -> None:
    from click.testing import CliRunner

    from tic_rules.cli import main

    example = str(ROOT / "examples" / "zhejiang.yaml")
    done = CliRunner().invoke(main, ["check", example, "--engine", "durable", "--format", "json"])
    expected = CliRunner().invoke(main, ["check", example, "--engine", "reference", "--format", "json"])
    assert done.exit_code == expected.exit_code == 1
    assert '"engine": "durable"' in done.stdout
    assert done.stdout.replace('"engine": "durable"', '"engine": "reference"') == expected.stdout
