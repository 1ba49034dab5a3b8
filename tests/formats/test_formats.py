"""Each format from one hand-built report, byte for byte, and each read by a program that other people wrote.

`REGENERATE=1 python -m pytest tests/formats/test_formats.py` writes the golden files anew; read the change
before committing it.
"""

from __future__ import annotations

import json
import os
import re
from html import unescape
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import hand_built
import jsonschema
import pytest
from click.testing import CliRunner
from junitparser import JUnitXml
from markdown_it import MarkdownIt

from tic_rules import Centre, check, shipped_ids
from tic_rules.cli import main
from tic_rules.renderers import FORMATS, FinishedRun, Options, markdown, render
from tic_rules.renderers.tally import Tally
from tic_rules.results.baseline import KnownFinding, baseline_of

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
GOLDEN = HERE / "golden"
ENDINGS = {
    "text": "txt",
    "json": "json",
    "jsonl": "jsonl",
    "markdown": "md",
    "sarif": "sarif",
    "junit": "xml",
    "github": "txt",
}
KNOWN = baseline_of("baseline.json", [KnownFinding("ex-01", "example_2020/staff-2y", "fail")])


def shown(format_: str, lang: str = "en", **more: Any) -> str:
    return str(
        render([hand_built.report()], Options(format_, lang, diagnostics=(hand_built.BROKEN,), **more))
    )


def sarif(**more: Any) -> dict[str, Any]:
    return json.loads(shown("sarif", **more))["runs"][0]  # type: ignore[no-any-return]


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Relative addresses start from the folder of the run; no test depends on where that is."""
    monkeypatch.chdir(tmp_path)
    for name in ("GITHUB_WORKSPACE", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("format_", ENDINGS)
def test_golden(format_: str, lang: str) -> None:
    file = GOLDEN / f"{format_}.{lang}.{ENDINGS[format_]}"
    made = shown(format_, lang)
    if os.environ.get("REGENERATE"):
        file.parent.mkdir(exist_ok=True)
        file.write_text(made, encoding="utf-8", newline="\n")
    assert made == file.read_bytes().decode("utf-8")


@pytest.mark.parametrize(("lang", "name"), [("zh", "怎么办"), ("en", "What to do")])
def test_what_a_rule_advises_has_one_name(lang: str, name: str) -> None:
    file = str(ROOT / "examples" / "zhejiang.yaml")
    commands = [["check", file, "--format", one] for one in ("markdown", "junit", "sarif", "html")]
    for command in (*commands, ["explain", "zhejiang_2022/investment-2y"]):
        said = CliRunner().invoke(main, [*command, "--lang", lang]).stdout
        assert name in said, command
        for other in ("补救：", "整改：", "整改**", "待办：", "建议：", "Remedy", "To do:", "To do*"):
            assert other not in said, command


def test_json_is_the_same_as_if_written_at_once() -> None:
    reports = [hand_built.report(), hand_built.report(centre="ex-02")]
    whole = (
        json.dumps(
            {"schema_version": 1, "reports": [report.as_dict() for report in reports], "unusable": []},
            ensure_ascii=False,
            indent=2,
        )
        + "\n"
    )
    assert render(reports, Options("json")) == whole.replace("\u202e", "\\u202e")
    assert json.loads(render([], Options("json"))) == {"schema_version": 1, "reports": [], "unusable": []}
    assert [json.loads(line) for line in render(reports, Options("jsonl")).splitlines()] == json.loads(whole)[
        "reports"
    ]


# --- SARIF --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def schema() -> jsonschema.Draft202012Validator:
    return jsonschema.Draft202012Validator(
        json.loads((HERE / "schemas" / "sarif-2.1.0.json").read_text(encoding="utf-8")),
        format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER,
    )


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_sarif_is_valid(schema: jsonschema.Draft202012Validator, lang: str) -> None:
    assert not list(schema.iter_errors(json.loads(shown("sarif", lang, baseline=KNOWN))))
    assert not list(schema.iter_errors(json.loads(render([], Options("sarif")))))


@pytest.mark.parametrize("example", ["zhejiang", "national", "jiangsu", "real/zj-fos"])
def test_sarif_of_the_examples_is_valid(schema: jsonschema.Draft202012Validator, example: str) -> None:
    result = CliRunner().invoke(
        main,
        ["check", str(ROOT / "examples" / f"{example}.yaml"), "--format", "sarif", "--as-of", "2026-06-30"],
    )
    assert not list(schema.iter_errors(json.loads(result.stdout)))


def test_the_schema_refuses_what_is_wrong(schema: jsonschema.Draft202012Validator) -> None:
    wrong = json.loads(shown("sarif"))
    wrong["runs"][0]["results"][0]["level"] = "catastrophe"
    assert list(schema.iter_errors(wrong))


def test_a_result_for_each_finding_that_is_not_a_pass() -> None:
    results = {result["ruleId"]: result for result in sarif()["results"]}
    assert list(results) == [finding.rule for finding in hand_built.report() if finding.status != "pass"]
    kinds = {rule.split("/")[1]: (result["kind"], result["level"]) for rule, result in results.items()}
    assert kinds["staff-2y"] == kinds["patents"] == ("fail", "error")
    assert kinds["fund"] == ("fail", "note")
    assert kinds["income"] == ("open", "none")
    assert kinds["board"] == ("review", "none")
    assert kinds["investment-5y"] == ("informational", "none")
    assert kinds["programme-count"] == ("notApplicable", "none")
    assert all(result["level"] == "none" for result in results.values() if result["kind"] != "fail"), (
        "the standard allows no level there"
    )


def test_rules_and_clauses_are_found_by_their_index() -> None:
    run = sarif()
    rules, taxonomies = run["tool"]["driver"]["rules"], run["taxonomies"]
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        for clause in result["taxa"]:
            taxonomy = taxonomies[clause["toolComponent"]["index"]]
            assert taxonomy["name"] == clause["toolComponent"]["name"]
            assert taxonomy["taxa"][clause["index"]]["id"] == clause["id"]
    assert len(rules) == len(hand_built.report())
    assert all(
        rule[key]
        for rule in rules
        for key in ("shortDescription", "fullDescription", "help", "helpUri", "defaultConfiguration")
    )
    assert "不少于5个" in rules[0]["help"]["markdown"]
    assert "supply the data" in rules[0]["help"]["markdown"]


def test_places_are_relative_with_forward_slashes() -> None:
    result = sarif()["results"][0]
    physical = result["locations"][0]["physicalLocation"]
    assert physical["artifactLocation"] == {
        "uri": "centres/%E7%A4%BA%E4%BE%8B%201.yaml",
        "uriBaseId": "SRCROOT",
    }
    assert physical["region"] == {"startLine": 12, "startColumn": 9, "endLine": 12, "endColumn": 14}
    related = result["relatedLocations"][0]["physicalLocation"]
    assert (related["artifactLocation"]["uri"], related["region"]["startLine"]) == (
        "rules/example_2020.yaml",
        7,
    )


def test_fingerprints_survive_moved_lines_and_changed_numbers(tmp_path: Path) -> None:
    text = (ROOT / "examples" / "zhejiang.yaml").read_text(encoding="utf-8")
    moved = "# one\n# two\n" + text.replace(
        "{date: 2024-02-01, value: 320}", "{date: 2024-02-01, value: 310}"
    )
    prints = []
    for name, content in (("a.yaml", text), ("b.yaml", moved)):
        (tmp_path / name).write_text(content, encoding="utf-8")
        result = CliRunner().invoke(main, ["check", name, "--format", "sarif"])
        results = json.loads(result.stdout)["runs"][0]["results"]
        prints.append({found["ruleId"]: found["partialFingerprints"] for found in results})
    assert prints[0] == prints[1]
    every = [one["primaryLocationLineHash"] for one in prints[0].values()]
    assert len(set(every)) == len(every) > 10


def test_exemptions_are_suppressions_and_the_baseline_is_told() -> None:
    results = {result["ruleId"].split("/")[1]: result for result in sarif(baseline=KNOWN)["results"]}
    assert [one["status"] for one in results["teams-2y"]["suppressions"]] == ["accepted"]
    assert "visa delays" in results["teams-2y"]["suppressions"][0]["justification"]
    assert not any("suppressions" in result for name, result in results.items() if name != "teams-2y")
    assert results["staff-2y"]["baselineState"] == "unchanged"
    assert results["reports"]["baselineState"] == "new"
    assert "baselineState" not in results["fund"]


def test_broken_input_is_a_notification() -> None:
    invocation = sarif()["invocations"][0]
    assert invocation["executionSuccessful"] is False
    broken, warning = invocation["toolExecutionNotifications"]
    assert (broken["level"], broken["descriptor"]["id"]) == ("error", "duplicate-key")
    assert broken["locations"][0]["physicalLocation"]["region"] == {"startLine": 4, "startColumn": 1}
    assert (warning["level"], warning["descriptor"]["id"]) == ("warning", "unused-exemption")


def test_a_missing_datum_is_pointed_to_at_the_nearest_key(tmp_path: Path) -> None:
    (tmp_path / "c.yaml").write_text(
        "id: x\njurisdiction: zhejiang\nreported_on: 2026-01-01\nlegal:\n  separate_staff: "
        "true\napproved_on: 2022-03-01\n",
        encoding="utf-8",
    )
    results = json.loads(CliRunner().invoke(main, ["check", "c.yaml", "--format", "sarif"]).stdout)["runs"][
        0
    ]["results"]
    at = {
        result["ruleId"].split("/")[1]: result["locations"][0]["physicalLocation"]["region"]
        for result in results
    }
    assert at["legal-entity"] == {"startLine": 4, "startColumn": 1, "endLine": 4, "endColumn": 6}, (
        "legal.independent: at the key `legal`"
    )
    assert at["recommendation"]["startLine"] == 1, "nothing of it is there: at the first key"


# --- JUnit --------------------------------------------------------------------------------------------------


def junit(**more: Any) -> Any:
    return list(JUnitXml.fromstring(shown("junit", **more).encode("utf-8")))


def test_junit_is_read_by_a_parser() -> None:
    suite, broken = junit()
    assert (suite.tests, suite.failures, suite.errors) == (11, 3, 0)
    assert suite.skipped == 7
    cases = {re.search(r"\[(.+)\]", case.name)[1]: case for case in suite}  # type: ignore[index]
    assert cases["staff-2y"].result[0].type == "fail"
    assert "不少于5个" in cases["staff-2y"].result[0].text
    assert cases["name"].result == []
    assert cases["income"].result[0].message == "What is said of income."
    assert "does not count" in cases["patents"].result[0].message
    assert "does not count" in cases["fund"].result[0].message
    assert "<system-out>centres/示例 1.yaml:30:5 the exemption is unused</system-out>" in shown("junit")
    assert (broken.errors, next(iter(broken)).result[0].type) == (1, "duplicate-key")


def test_the_undecided_fails_a_suite_only_where_it_fails_the_run() -> None:
    assert junit(fail_on=("non_compliant", "undetermined"))[0].failures == 5
    assert junit(fail_on=("non_compliant", "undetermined", "on_course"))[0].failures == 6
    assert junit(baseline=KNOWN)[0].failures == 2


def test_hostile_text_stays_text_in_xml() -> None:
    message = next(case for case in junit()[0] if "[indicators]" in case.name).result[0].message
    assert message == hand_built.HOSTILE.replace("\u202e", "\\u202e").replace("\x1b", "\\u001b")


JENKINS: dict[str, tuple[set[str], set[str], set[str]]] = {
    "testsuites": ({"testsuite"}, set(), {"name", "time", "tests", "failures", "errors"}),
    "testsuite": (
        {"testsuite", "properties", "testcase", "system-out", "system-err"},
        {"name", "tests", "failures", "errors"},
        {"group", "time", "skipped", "timestamp", "hostname", "id", "package", "file", "log", "url"},
    ),
    "testcase": (
        {"skipped", "error", "failure", "system-out", "system-err"},
        {"name"},
        {"time", "classname", "group"},
    ),
    "properties": ({"property"}, set(), set()),
    "property": (set(), {"name", "value"}, set()),
    **dict.fromkeys(("failure", "error", "skipped"), (set[str](), set[str](), {"type", "message"})),
    "system-out": (set(), set(), set()),
}
"""What junit-10.xsd of Jenkins' xUnit plugin allows, as far as it is written here: children, attributes that
must be, that may be."""
MIXED = {"failure", "error", "skipped", "system-out", "property"}


def beyond_jenkins(element: Any) -> list[str]:
    """Everything in an element, and below it, that the schema does not allow."""
    children, required, optional = JENKINS[element.tag]
    given = set(element.attrib)
    wrong = [f"{element.tag} without {name}" for name in required - given]
    wrong += [f"{element.tag} with attribute {name}" for name in given - required - optional]
    wrong += [f"{child.tag} in {element.tag}" for child in element if child.tag not in children]
    if (
        element.tag not in MIXED
        and "".join([element.text or "", *(child.tail or "" for child in element)]).strip()
    ):
        wrong.append(f"text in {element.tag}")
    return wrong + [fault for child in element if child.tag in children for fault in beyond_jenkins(child)]


@pytest.mark.parametrize("more", [{}, {"baseline": KNOWN}, {"fail_on": ("non_compliant", "undetermined")}])
def test_junit_holds_to_the_schema_that_jenkins_uses(more: dict[str, Any]) -> None:
    tree = ElementTree.fromstring(shown("junit", **more))
    assert beyond_jenkins(tree) == []
    assert beyond_jenkins(ElementTree.fromstring(str(render([], Options("junit"))))) == []
    wrong = ElementTree.fromstring(
        '<testsuites><testsuite name="x"><testcase name="y" line="1"/></testsuite></testsuites>'
    )
    assert {"testcase with attribute line", "testsuite without tests"} <= set(beyond_jenkins(wrong))


def test_junit_says_where_a_skipped_datum_stands() -> None:
    cases = {case.get("name"): case for case in ElementTree.fromstring(shown("junit")).iter("testcase")}
    (income,) = [case for name, case in cases.items() if "[income]" in str(name)]
    assert income[0].text == "centres/示例 1.yaml:3:9"


# --- GitHub -------------------------------------------------------------------------------------------------


def test_annotations_stand_one_a_line_worst_first() -> None:
    lines = shown("github").splitlines()
    assert [re.match(r"::(\w+) ", line)[1] for line in lines] == ["error"] * 4 + ["warning"] * 2 + [
        "notice"
    ] * 4  # type: ignore[index]
    assert "duplicate-key" in lines[0]
    assert "line=12,endLine=12,col=9,endColumn=14" in lines[1]
    assert "%250A%3A%3Aerror" not in lines[3]
    assert "%250A::error::" in lines[3], "a stranger's %0A is no line break"


def test_at_most_ten_of_a_level(monkeypatch: pytest.MonkeyPatch) -> None:
    reports = [hand_built.report(centre=f"ex-{number:02}") for number in range(9)]
    made = str(render(reports, Options("github")))
    for level in ("error", "warning", "notice"):
        assert len(re.findall(rf"^::{level} ", made, re.MULTILINE)) == 10
    assert made.endswith("51 more: not listed\n"), "there is no summary to see"
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    assert str(render(reports, Options("github"))).endswith("51 more: see the summary of this step\n")


def test_properties_are_escaped() -> None:
    line = next(line for line in shown("github").splitlines() if "programme" not in line)
    assert line.count("::") == 2


def test_the_whole_list_goes_into_the_step_summary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("before\n", encoding="utf-8")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    monkeypatch.setenv("GITHUB_WORKSPACE", str(ROOT))
    result = CliRunner().invoke(
        main, ["check", str(ROOT / "examples" / "zhejiang.yaml"), "--format", "github"]
    )
    assert "file=examples/zhejiang.yaml,line=93" in result.stdout
    text = summary.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert all(f"`{name}`" in text for name in ("investment-2y", "indicators", "teams-2y", "main-tasks"))
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(read := tmp_path / "centre.yaml"))
    read.write_bytes(data := (ROOT / "examples" / "zhejiang.yaml").read_bytes())
    assert CliRunner().invoke(main, ["check", str(read), "--format", "github"]).exit_code == 2
    assert read.read_bytes() == data


# --- Markdown -----------------------------------------------------------------------------------------------


def markdown_tables(text: str) -> str:
    return MarkdownIt("commonmark", {"html": False}).enable("table").render(text)


def test_markdown_is_rendered_as_it_was_meant() -> None:
    html = markdown_tables(shown("markdown"))
    assert html.count("<table>") == 5
    rows = [row.count("<td>") for row in re.findall(r"<tr>(.*?)</tr>", html, re.DOTALL) if "<td>" in row]
    assert set(rows) == {4}, "no text makes a cell of its own"
    assert "href" not in html
    written = hand_built.HOSTILE.replace("\u202e", "\\u202e").replace("\x1b", "\\u001b")
    assert f"<td>{written}**" in unescape(html).replace("<br>", "**").replace("<strong>", ""), (
        "a hostile text reads as it was written"
    )


def test_markdown_says_nothing_to_strangers() -> None:
    text = shown("markdown")
    row = next(line for line in text.splitlines() if "indicators" in line)
    assert not re.search(
        r"(?<!&#64;)@all|(?<!\\)\[x|https?://|(?<!&)#1|(?<!\\)<", row.replace("<br>", "").replace("**", "")
    )


def test_a_comment_has_a_limit_and_shows_the_worst() -> None:
    reports = [hand_built.report(centre=f"ex-{number:03}", name="长" * 200) for number in range(60)]
    text = str(render(reports, Options("markdown")))
    assert 30_000 < len(text) <= 60_200
    assert re.search(r"… \d+ more reports are not shown", text)


def test_no_better_verdict_is_shown_where_a_worse_one_was_left_out() -> None:
    sheet = markdown.MarkdownWriter(Options("markdown", lang="en"))
    for verdict, size in (("compliant", 100), ("undetermined", 35_000), ("undetermined", 30_000)):
        sheet.add(markdown.Block(verdict, verdict.ljust(size) + "\n"))
    sheet.add(markdown.Block("non_compliant", "non-compliant"))
    text = "".join(sheet.end(FinishedRun(Tally())))
    assert (text.count("non-compliant"), text.count("undetermined "), text.count("\ncompliant ")) == (1, 1, 0)
    assert "… 2 more reports are not shown" in text


# --- text ---------------------------------------------------------------------------------------------------


def test_quiet_gives_one_line_a_centre_and_the_summary() -> None:
    made = str(
        render([hand_built.report(), hand_built.report(centre="ex-02")], Options("text", quiet=True))
    ).splitlines()
    assert [line.split()[0] for line in made[:2]] == ["non-compliant"] * 2
    assert "ex-01" in made[0]
    assert made[3] == "Summary"


def test_no_format_lets_control_characters_through() -> None:
    for format_ in FORMATS:
        if format_ not in ("xlsx",):
            made = shown(format_)
            assert "\x1b" not in made, format_
            assert "\u202e" not in made, format_


def test_a_report_of_many_warnings_still_fits_a_comment() -> None:
    late = [
        {"date": f"2027-{1 + n // 28 % 12:02}-{1 + n % 28:02}", "amount": 100_000, "payer": "host"}
        for n in range(2000)
    ]
    report = check(
        {
            "jurisdiction": "zhejiang",
            "approved_on": "2022-03-01",
            "reported_on": "2026-06-30",
            "contributions": late,
        },
        "zhejiang_2022",
    )
    text = render([report], Options("markdown"))
    assert "Warnings (2000)" in text
    assert "… 1950 more" in text
    assert "investment-2y" in text


@pytest.mark.parametrize("ruleset", shipped_ids())
def test_sarif_keeps_within_what_code_scanning_takes_and_shows(ruleset: str) -> None:
    """Its documented limits: 20 tags a rule of which 10 are shown, 1,000 locations a result, names of 255
    characters, descriptions of 1,024."""
    report = check(Centre.from_file(ROOT / "examples" / "zhejiang.yaml"), ruleset, as_of="2026-06-30")
    run = json.loads(render([report], Options("sarif", "zh")))["runs"][0]
    for rule in run["tool"]["driver"]["rules"]:
        assert 0 < len(rule["name"]) <= 255
        assert all(0 < len(rule[key]["text"]) <= 1024 for key in ("shortDescription", "fullDescription"))
        assert rule["help"]["markdown"].startswith("**")
        assert len(rule["properties"]["tags"]) <= 10
        assert rule["properties"]["problem.severity"] in ("error", "recommendation")
        assert "security-severity" not in rule["properties"]
    assert (
        len({result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]})
        == len(run["results"])
        > 0
    )
    for result in run["results"]:
        (place,) = result["locations"]
        assert place["physicalLocation"]["region"]["startLine"] >= 1


# --- JSON as text -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("indent", [None, 0, 2, 3])
def test_a_report_is_written_as_pythons_json_writes_it(indent: int | None) -> None:
    report = hand_built.report()
    wanted = json.dumps(report.as_dict(), ensure_ascii=False, indent=indent)
    assert report.to_json(indent=indent) == wanted
    assert report.to_json(indent=indent, margin="  ") == wanted.replace("\n", "\n  ")


def test_a_datum_of_a_csv_list_is_a_line_of_the_list_for_machines(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    head = "id,jurisdiction,approved_on,reported_on\nz,zhejiang,2022-03-01,2026-06-30\n"
    Path("c.csv").write_text(head, encoding="utf-8")
    rows = Path("c.contributions.csv")
    command = ["check", "c.csv", "--rules", "zhejiang_2022", "--lang", "en", "--format"]
    rows.write_text("id,date,amount\nz,2023-01-01,1亿元\n", encoding="utf-8")
    run = CliRunner().invoke(main, [*command, "github"])
    assert "file=c.contributions.csv,line=2,col=14" in run.stdout
    sarif = json.loads(CliRunner().invoke(main, [*command, "sarif"]).stdout)
    places = [at["physicalLocation"] for one in sarif["runs"][0]["results"] for at in one["locations"]]
    listed = [at for at in places if at["artifactLocation"]["uri"] == "c.contributions.csv"]
    assert listed
    assert all(at["region"]["startLine"] == 2 for at in listed)
    rows.write_text("id,date,amount\nz,2023-02-31,1亿元\n", encoding="utf-8")
    run = CliRunner().invoke(main, [*command, "github"])
    assert "file=c.contributions.csv,line=2,col=3::there is no such day" in run.stdout
