"""Cases decided, for people, programs and test panels: text, JSON, JUnit XML."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from tic_rules.analysis.cases.outcome import Outcome
from tic_rules.analysis.cases.run import Run
from tic_rules.core.errors import Text, plural, visible
from tic_rules.renderers import sinks
from tic_rules.renderers.sinks import xml, xml_attribute
from tic_rules.renderers.text import lined_up
from tic_rules.results.labels import STATUS
from tic_rules.results.parts import STATUSES


def render(runs: Sequence[Run], format_: str, lang: str, strict: bool = False) -> str:
    """What came of the cases of rule sets, in a format: text, json or junit. `strict`: what no case covers
    fails too."""
    if format_ == "json":
        return sinks.as_json({"schema_version": 1, "rulesets": [run.as_dict() for run in runs]})
    if format_ == "junit":
        suites = "".join(_suite(run, lang, strict) for run in runs)
        head = '<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="tic-rules test">\n'
        return f"{head}{suites}</testsuites>\n"
    return "".join(f"{visible(line)}\n" for run in runs for line in _text(run, lang))


def _text(run: Run, lang: str) -> Iterator[str]:
    zh = lang == "zh"
    expected = sum(len(outcome.case.expect) for outcome in run.outcomes)
    number = len(run.outcomes)
    counts = Text(
        f"{number}个案例，{expected}个预期",
        f"{plural(number, 'case')}, {plural(expected, 'expected status', 'expected statuses')}",
    )
    yield f"{run.ruleset.id}  {counts.in_(lang)}"
    yield ""
    yield from _rows(run, lang)
    yield ""
    for outcome in run.failed:
        yield f"✗ {outcome.case.place}: {outcome.case.name}"
        yield f"    {outcome.message.in_(lang)}"
        if outcome.case.because:
            yield f"    {'理由：' if zh else 'because: '}{outcome.case.because}"
        yield from (f"    {fault.render(lang)}" for fault in outcome.diagnostics)
    yield from _left_out(run, lang)
    yield from _mutants(run, lang)
    passed, failed = len(run.outcomes) - len(run.failed), len(run.failed)
    yield f"{passed}个相符，{failed}个不符" if zh else f"{passed} as expected, {failed} otherwise"
    yield ""


def _rows(run: Run, lang: str) -> Iterator[str]:
    """How many cases expect each status of each rule."""
    used = [status for status in STATUSES if any(row.statuses[status] for row in run.rows)]
    head = ["条款", "规则"] if lang == "zh" else ["clause", "rule"]
    rows = [["", *head, *(STATUS[status].in_(lang) for status in used)]]
    for row in run.rows:
        sign = "✗" if row.missed else "✓" if row.statuses else "·"
        numbers = (str(row.statuses[status] or "") for status in used)
        rows.append([sign, row.rule.at, row.rule.id, *numbers])
    yield from lined_up(rows)


def _left_out(run: Run, lang: str) -> Iterator[str]:
    if run.gaps:
        number = len(run.gaps)
        yield Text(f"案例没有涵盖（{number}）：", f"What no case covers ({number}):").in_(lang)
        yield from (f"  {gap.rule.at} {gap.rule.id}  {gap.message.in_(lang)}" for gap in run.gaps)
        yield ""


def _mutants(run: Run, lang: str) -> Iterator[str]:
    if run.survivors is None:
        return
    number = len(run.survivors)
    if not number:
        yield "每处改动都被发现" if lang == "zh" else "Every slip of the pen is caught"
    else:
        yield Text(f"没有被发现的改动（{number}）：", f"Slips that nothing catches ({number}):").in_(lang)
    yield from (f"  {mutant}" for mutant in run.survivors)
    yield ""


def _suite(run: Run, lang: str, strict: bool) -> str:
    """Every case; the mutants that nothing catches, and where it is `strict` what no case covers, as failures
    of their own."""
    cases = [_case(run, outcome, lang) for outcome in run.outcomes]
    unseen = Text("没有被发现的改动", "a slip that nothing catches").in_(lang)
    others = [("mutant", str(mutant), unseen) for mutant in run.survivors or ()]
    for gap in run.gaps if strict else ():
        others.append(("gap", f"{gap.rule.at} {gap.rule.id}", gap.message.in_(lang)))
    cases += [_testcase(run, name, _failure(kind, said, said)) for kind, name, said in others]
    failures = len(run.failed) + len(others)
    head = f'tests="{len(cases)}" failures="{failures}" errors="0" skipped="0"'
    return f"  <testsuite name={xml_attribute(run.ruleset.id)} {head}>\n{''.join(cases)}  </testsuite>\n"


def _case(run: Run, outcome: Outcome, lang: str) -> str:
    name = " ".join(filter(None, [outcome.case.clause, outcome.case.name]))
    if outcome.passed:
        return _testcase(run, name)
    message = outcome.message.in_(lang)
    text = "\n".join([message, outcome.case.because, outcome.case.place])
    return _testcase(run, name, _failure("case", message, text))


def _testcase(run: Run, name: str, said: str = "") -> str:
    of = xml_attribute(run.ruleset.id)
    return f"    <testcase classname={of} name={xml_attribute(name)}>{said}</testcase>\n"


def _failure(kind: str, message: str, text: str) -> str:
    return f'<failure type="{kind}" message={xml_attribute(message)}>{xml(text)}</failure>'
