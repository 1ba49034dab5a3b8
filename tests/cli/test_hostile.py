"""Files from outside: refused in words, in bounds, and shown as they are. The long campaign is fuzz/run.py;
this is its short form."""

from __future__ import annotations

import io
import json
import random
import subprocess
import sys
import time
import zipfile
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st

from tic_rules import Centre, DataError, TicRulesError, check, load_ruleset, parse_ruleset
from tic_rules.cli import main
from tic_rules.core.errors import Diagnostic, Text
from tic_rules.core.limits import BadText
from tic_rules.core.source import read_text
from tic_rules.engines.check import sorted_scene
from tic_rules.engines.rete.facts import facts_of
from tic_rules.engines.rete.plan import plan_of
from tic_rules.evaluation import scenarios
from tic_rules.model.intake import read_subjects
from tic_rules.model.shipped import shared_vocabulary

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT / "fuzz"))
MEGA = 1024 * 1024
HANGS = 20
"""CPU seconds, on whatever machine, that only what grows with the square of a file would take."""


def codes(text: str, file: str = "x.yaml") -> set[str]:
    """The codes with which a text is refused; it has to be refused, and at once."""
    start = time.process_time()
    with pytest.raises(DataError) as caught:
        Centre.from_text(text, file=file)
    assert time.process_time() - start < HANGS
    return {fault.code for fault in caught.value.diagnostics}


BREAKS = ["\n", "\r", "\r\n"]


@pytest.mark.parametrize("line_break", BREAKS, ids=[repr(b) for b in BREAKS])
def test_blocks_however_their_lines_end_do_not_reach_the_c_composer_too_deep(line_break: str) -> None:
    assert codes(line_break.join(" " * depth + "a:" for depth in range(4000))) == {"too-deep"}
    assert codes(line_break.join(" " * depth + "-" for depth in range(4000))) == {"too-deep"}


@pytest.mark.parametrize("sign", ["\x85", "\u2028", "\u2029"], ids=ascii)
def test_signs_that_end_no_line_in_an_editor_end_none_here(sign: str) -> None:
    assert codes(sign.join(" " * depth + "a:" for depth in range(4000))) == {"yaml"}
    assert codes(f"# {sign}\n" + "[" * 100_000) == {"too-deep"}


@pytest.mark.parametrize(
    "text",
    [
        "[" * 100_000,
        "{a: " * 100_000,
        "- " * 100_000,
        "? " * 100_000,
        "- ? " * 50_000,
        "".join(" " * 3 * n + "- a:\n" for n in range(800)),
    ],
    ids=["[", "{", "-", "?", "-?", "mixed"],
)
def test_deep_nesting_is_refused(text: str) -> None:
    assert codes(text) == {"too-deep"}
    assert codes("[" * 100_000, "x.json") == {"too-deep"}


def test_every_guard_holds_where_the_stack_is_small() -> None:
    """musl gives a thread 128 KB: what passes the guards must still be composed there."""
    script = (
        "import sys, threading; sys.path.insert(0, 'src')\n"
        "from tic_rules.core.source import read_text, BadText\n"
        "def work():\n"
        "    nested = '\\n'.join(' ' * n + 'a:' for n in range(48))\n"
        "    for text in ('[' * 99 + ']' * 99, '[' * 999, '{a: ' * 990, nested, '- ' * 40 + 'a'):\n"
        "        try: read_text(text, 'x')\n"
        "        except BadText: pass\n"
        "threading.stack_size(256 * 1024)\n"
        "thread = threading.Thread(target=work); thread.start(); thread.join(); print('held')\n"
    )
    assert (
        subprocess.run(
            [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
        ).stdout
        == "held\n"
    )


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (
            "a: &a [x]\n"
            + "".join(
                f"a{n}: &a{n} [{','.join(['*a' + (str(n - 1) if n else '')] * 10)}]\n" for n in range(20)
            ),
            "too-large",
        ),
        ('a: &a "' + "x" * MEGA + '"\nfields: [' + ",".join(["*a"] * 900) + "]", "too-large"),
        ("&a [*a]", "too-deep"),
        ("fields: [" + "a," * 100_001 + "]", "too-large"),
        ("fields: [" + "a," * 5_000 + "]", "too-large"),
        ("name: !!python/object/apply:os.system [echo]", "tag"),
        ("name: !<%1b[31m> x", "tag"),
        ("contributions: [{amount: " + "9" * MEGA + "}]", "number"),
        ("contributions: [{amount: 1e999999999}]", "number"),
        ("term_years: " + "9" * 5000, "number"),
        ("".join(f"k{n}: 1\n" for n in range(2500)), "too-many"),
        ("%TAG ! x\n" * 200_000 + "--- {}", "yaml"),
        ("zones: [" + "x," * 2900 + "]", "too-many"),
    ],
    ids=[
        "alias-bomb",
        "alias-text",
        "self",
        "wide",
        "list",
        "tag",
        "tag-escape",
        "digits",
        "exponent",
        "year",
        "keys",
        "directives",
        "words",
    ],
)
def test_what_would_grow_is_refused(text: str, code: str) -> None:
    assert code in codes(text)


def test_a_series_of_thousands_is_read_at_once() -> None:
    days = [
        f"{{date: {2000 + n // 300}-{1 + n // 25 % 12:02}-{1 + n % 25:02}, value: {n}}}" for n in range(2900)
    ]
    start = time.process_time()
    centre = Centre.from_text("outputs: {incubated_enterprises: [" + ",".join(days) + "]}")
    assert time.process_time() - start < HANGS
    assert len(centre.outputs.incubated_enterprises) == 2900  # type: ignore[union-attr]
    days[1000] = days[1000].replace("value: 1000", "value: 999.0").replace("999.0", "998")
    assert codes("outputs: {incubated_enterprises: [" + ",".join(days) + "]}") == {"falling"}


def test_a_report_on_the_largest_lists_stays_in_bounds() -> None:
    days = [f"202{2 + n % 5}-{1 + n // 25 % 12:02}-{1 + n % 25:02}" for n in range(1500)]
    money = ",".join(f"{{date: {day}, amount: 1, payer: city, name: x{n}}}" for n, day in enumerate(days))
    cited = ",".join(f"{{path: /contributions/{n}, title: t}}" for n in range(1500))
    centre = Centre.from_text(
        f"approved_on: 2022-03-01\nreported_on: 2027-06-30\ncontributions: [{money}]\nsources: [{cited}]"
    )
    start = time.process_time()
    check(centre, "zhejiang_2022").to_json()
    assert time.process_time() - start < HANGS  # quadratic, it took the better part of a minute


OPEN_CLOCKS = [
    "stage: approved",
    "approved_on: {not_before: 2016-01-01, not_after: 2026-01-01}\nterm_years: {at_least: 1, at_most: 30}",
]
MONEY = ",".join(
    f"{{date: {2016 + n // 300}-{1 + n // 25 % 12:02}-{1 + n % 25:02}, amount: 1, payer: city}}"
    for n in range(2900)
)
MANY_ENTRIES = f"jurisdiction: zhejiang\nreported_on: 2026-06-30\ncontributions: [{MONEY}]\n"


@pytest.mark.parametrize("clock", OPEN_CLOCKS)
def test_an_open_clock_over_thousands_of_entries_is_not_gone_through(clock: str) -> None:
    """Every day of ten years, with every term, over every entry of a list: hours, and gigabytes. What looks
    at them stays unknown, and it is said why."""
    centre = Centre.from_text(MANY_ENTRIES + clock + "\ncategory: field\nfields: []\n")
    told = check(centre, "zhejiang_2022", engine="reference")
    assert told["investment-2y"].status == "unknown"
    assert "/approved_on" in told["investment-2y"].missing
    assert "open-clock" in [warning["code"] for warning in told.warnings]
    if clock is OPEN_CLOCKS[0]:
        compiled = check(centre, "zhejiang_2022", engine="compiled")
        assert told.to_json() == compiled.to_json().replace('"compiled"', '"reference"')
    assert "/name" in told["official-name"].missing, "what else is missing is named as well"


@pytest.mark.parametrize("stage", ["applicant", "approved", None])
def test_what_is_not_gone_through_is_unknown_and_never_something_else(
    stage: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = yaml.safe_load((ROOT / "examples/zhejiang.yaml").read_text("utf-8"))
    data = {key: value for key, value in data.items() if key not in ("approved_on", "term_years")}
    data |= {"stage": stage, "applied_on": {"not_before": "2019-01-01", "not_after": "2021-10-31"}}
    every = check(data, "zhejiang_2022", engine="reference").statuses
    for most in (1_000_000, 20_000, 300, 20):
        monkeypatch.setattr(scenarios, "MOST", most)
        for engine in ("reference", "compiled"):
            cut = check(data, "zhejiang_2022", engine=engine).statuses
            assert {rule: one for rule, one in cut.items() if one not in ("unknown", every[rule])} == {}
    assert stage == "applicant" or sum(cut[rule] != every[rule] for rule in every) > 5


@pytest.mark.parametrize("clock", OPEN_CLOCKS)
def test_the_network_that_is_told_of_every_day_asks_for_more_exact_ones(clock: str) -> None:
    centre = Centre.from_text(MANY_ENTRIES + clock)
    scene = sorted_scene(centre, load_ruleset("zhejiang_2022"), date(2026, 6, 30))
    with pytest.raises(DataError) as caught:
        facts_of(scene, plan_of(scene.ruleset))
    assert [fault.code for fault in caught.value.diagnostics] == ["open-clock"]


def test_a_clock_known_to_the_month_is_gone_through() -> None:
    known = Centre.from_text(MANY_ENTRIES + "approved_on: 2022-03\nterm_years: 5")
    assert check(known, "zhejiang_2022")["investment-2y"].status == "fail"


# --- workbooks ----------------------------------------------------------------------------------------------

CONTENT = (
    '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)
BOOK = (
    '<?xml version="1.0"?><workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet '
    'name="centre" sheetId="1" r:id="rId1"/></sheets></workbook>'
)
START = (
    '<?xml version="1.0"?><Relationships '
    'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" '
    'Target="xl/workbook.xml"/></Relationships>'
)
LINKS = (
    '<?xml version="1.0"?><Relationships '
    'xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
    'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" '
    'Target="worksheets/sheet1.xml"/></Relationships>'
)


def book(path: Path, rows: str, head: str = '<?xml version="1.0"?>', **more: Any) -> Path:
    sheet = (
        f'{head}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        f"<sheetData>{rows}</sheetData></worksheet>"
    )
    parts = {
        "[Content_Types].xml": CONTENT,
        "_rels/.rels": START,
        "xl/workbook.xml": BOOK,
        "xl/_rels/workbook.xml.rels": LINKS,
        "xl/worksheets/sheet1.xml": sheet,
    } | more
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return path


def cell(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEAD = f'<row r="1">{cell("A1", "id")}{cell("B1", "term_years")}</row>'


def refused(path: Path) -> list[Diagnostic]:
    start = time.process_time()
    found = list(read_subjects(path, Centre, shared_vocabulary()))
    assert time.process_time() - start < HANGS
    assert len(found) == 1
    assert isinstance(found[0], DataError)
    return found[0].diagnostics


def test_a_plain_workbook_by_hand_is_read(tmp_path: Path) -> None:
    pytest.importorskip("python_calamine", reason="the extra excel is not installed")
    path = book(tmp_path / "b.xlsx", f'{HEAD}<row r="2">{cell("A2", "x")}<c r="B2"><v>5</v></c></row>')
    (centre,) = read_subjects(path, Centre, shared_vocabulary())
    assert isinstance(centre, Centre)
    assert centre.term_years.low == 5


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ('<row r="1048576"><c r="XFD1048576"><v>1</v></c></row>', "too-large"),
        ('<row r="19999"><c r="ZZ19999"><v>1</v></c></row>', "too-large"),
        ('<row r="1"><c r="A0"><v>1</v></c></row>', "workbook"),
        ('<row r="2"><c r="B2" t="e"><v>#REF!</v></c></row>', "formula"),
        ('<row r="2"><c r="B2"><f>1+1</f></c></row>', "formula"),
        ("<row>" + "<c><v>1</v></c>" * 250_000 + "</row>", "too-large"),
        ("<row", "workbook"),
    ],
    ids=["far", "wide", "nowhere", "error", "uncalculated", "many", "broken"],
)
def test_workbooks_that_would_cost_or_mislead_are_refused(rows: str, code: str, tmp_path: Path) -> None:
    pytest.importorskip("python_calamine", reason="the extra excel is not installed")
    found = refused(book(tmp_path / "b.xlsx", HEAD + rows if code == "formula" else rows))
    assert found[0].code == code
    assert code != "formula" or found[0].cell == "centre!B2"


def test_no_entity_of_a_workbook_is_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("hidden")
    head = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY e SYSTEM "file://{secret}">]>'
    (fault,) = refused(book(tmp_path / "b.xlsx", f'<row r="1">{cell("A1", "&e;")}</row>', head))
    assert "DOCTYPE" in fault.message.en
    bomb = '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "aaaaaaaaaa">' + "".join(
        f'<!ENTITY {chr(98 + n)} "{("&" + chr(97 + n) + ";") * 10}">' for n in range(10)
    )
    assert (
        refused(book(tmp_path / "c.xlsx", f'<row r="1">{cell("A1", "&k;")}</row>', bomb + "]>"))[0].code
        == "workbook"
    )


def test_zip_bombs_are_refused_before_they_are_unpacked(tmp_path: Path) -> None:
    path = book(tmp_path / "b.xlsx", "<!--" + " " * (80 * MEGA) + "-->")
    assert path.stat().st_size < MEGA
    assert refused(path)[0].code == "too-large"
    many = io.BytesIO()
    with zipfile.ZipFile(many, "w") as archive:
        for number in range(2500):
            archive.writestr(f"xl/worksheets/sheet{number}.xml", "")
    (tmp_path / "m.xlsx").write_bytes(many.getvalue())
    assert refused(tmp_path / "m.xlsx")[0].code == "too-large"


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, ".xls"),
        (b"PK\x03\x04oops", "broken"),
        (b"", "broken"),
    ],
)
def test_what_is_no_workbook_is_refused(raw: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "b.xlsx").write_bytes(raw)
    assert says in refused(tmp_path / "b.xlsx")[0].message.en


# --- what is shown and written ------------------------------------------------------------------------------

EVIL = "\x1b[31m红\u202e倒\u2066\x07=1+1"


def test_a_header_of_thousands_of_brackets_is_refused_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("id," + "（" * 40_000 + "\nx,1\n", encoding="utf-8")
    start = time.process_time()
    with pytest.raises(DataError):
        Centre.from_file(tmp_path / "a.csv")
    assert time.process_time() - start < 2  # quadratic, it took the better part of a minute


def test_names_are_shown_and_never_obeyed(tmp_path: Path) -> None:
    path = tmp_path / "c.yaml"
    path.write_text(
        'id: "a\\e[2J"\nname: "'
        + EVIL.replace("\x1b", "\\e").replace("\x07", "\\a")
        + '"\njurisdiction: zhejiang\nreported_on: 2026-06-30\n',
        "utf-8",
    )
    for format_ in ("text", "markdown", "github"):
        shown = (
            CliRunner()
            .invoke(main, ["check", str(path), "--format", format_, "--lang", "zh"], catch_exceptions=False)
            .output
        )
        assert "红" in shown
        assert not set(shown) & {"\x1b", "\x07", "\u202e", "\u2066"}, format_


def test_diagnostics_show_hostile_keys_files_and_paths_as_escapes() -> None:
    with pytest.raises(DataError) as caught:
        Centre.from_text('"\\e[31m\\u202e": 1\n"\\e]0;x\\a": &x 2\n"\\e]0;x\\a": 3\n', file="\x1b[0m.yaml")
    said = str(caught.value)
    assert "\\u001b" in said
    assert not set(said) & {"\x1b", "\x07", "\u202e"}
    one = Diagnostic("c", Text("红\u202e", "x\x1b"), "a\nb", 1, 1, "/\x1b")
    assert one.render("zh").isprintable()
    assert one.render("en").isprintable()


def test_nothing_that_a_file_says_becomes_a_formula(tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter", reason="the extra excel is not installed")
    from tic_rules.renderers.sinks import cell as harmless

    attacks = [
        "=cmd|' /C calc'!A0",
        "+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "\r=1",
        " =1",
        "＝1",
        "http://x.example",
        "{=1}",
    ]
    centre = tmp_path / "c.jsonl"
    clock = {"applied_on": "2021-09-01", "approved_on": "2022-03-01", "term_years": 5}
    lines = [
        {"id": f"{n}", "name": attack, "jurisdiction": "zhejiang", "reported_on": "2026-06-30"} | clock
        for n, attack in enumerate(attacks)
    ]
    centre.write_text("\n".join(map(json.dumps, lines)), "utf-8")
    out = tmp_path / "o.xlsx"
    CliRunner().invoke(
        main, ["check", str(centre), "--format", "xlsx", "--output", str(out)], catch_exceptions=False
    )
    with zipfile.ZipFile(out) as archive:
        written = "".join(archive.read(name).decode() for name in archive.namelist() if "worksheets" in name)
    assert "<f>" not in written
    assert "<hyperlink" not in written
    for attack in attacks[:8]:
        assert harmless(attack).startswith("'")
    assert harmless("示例-中心") == "示例-中心"


# --- the fuzzer, for a moment -------------------------------------------------------------------------------


@settings(max_examples=400, deadline=None)
@given(st.text(max_size=300) | st.text(alphabet="ab:- []{},&*!|>'\"#%@?\n\t ", max_size=300), st.booleans())
def test_any_text_is_read_or_refused(text: str, as_json: bool) -> None:
    for read in (lambda: read_text(text, "x", json_text=as_json), lambda: parse_ruleset(text)):
        said: list[Diagnostic] | None = None
        try:
            read()
        except (BadText, TicRulesError) as error:
            said = error.diagnostics
        assert said is None or said


@pytest.mark.parametrize(
    ("name", "inputs"),
    [
        ("yaml", 200),
        ("json", 200),
        ("jsonl", 40),
        ("csv", 80),
        ("cells", 150),
        ("xlsx", 30),
        ("programme", 100),
        ("decided", 10),
        ("rules", 30),
    ],
)
def test_the_fuzzer_finds_nothing_in_a_moment(name: str, inputs: int, tmp_path: Path) -> None:
    if name == "xlsx":
        pytest.importorskip("python_calamine", reason="the extra excel is not installed")
    pytest.importorskip(
        "xlsxwriter", reason="the extra excel is not installed: seeds of the fuzzer are workbooks"
    )
    from mutate import Mutator  # type: ignore[import-not-found]
    from targets import TARGETS, seeds_of  # type: ignore[import-not-found]

    target = TARGETS[name](str(tmp_path))
    mutator = Mutator(random.Random(20261120), seeds_of(name), target.tokens)
    outcomes = set()
    for _ in range(inputs):
        data = target.made(mutator)
        try:
            target.run(data)
            outcomes.add("accepted")
        except TicRulesError as error:
            outcomes.add("refused" if error.diagnostics else "refused without a word")
    assert outcomes == {"accepted", "refused"}
