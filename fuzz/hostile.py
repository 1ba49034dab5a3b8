"""The corpus of hostile files, made by small generators, and what each costs: seconds of CPU and memory, in a
process of its own.

    python fuzz/hostile.py              # every file, a line each
    python fuzz/hostile.py workbook     # one family
    python fuzz/hostile.py --json yaml  # as lists of JSON: name, outcome, seconds, bytes

A file costs too much at 2 seconds or 300 MB (20 MB or so of them is the program). None may end the process,
and nothing but an error of ours may come of it. `tests/cli/test_hostile_corpus.py` holds all of them to that.
"""

from __future__ import annotations

import io
import json
import os
import resource
import sys
import tempfile
import time
import traceback
import zipfile
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import NamedTuple

import yaml

HERE = Path(__file__).parent
ROOT = HERE.parent
SECONDS = 2.0
UNIT = 0.021
"""CPU seconds of `_unit` on the machine that the bound is meant for, a plain server with two cores; a slower
or busier one has more time."""
MEMORY = 300 * 1024 * 1024
MEGA = 1024 * 1024
Files = dict[str, bytes]


class Cost(NamedTuple):
    """What came of a file: `read`, `refused` or how it failed; seconds of CPU, bytes at the most."""

    outcome: str
    seconds: float
    memory: int

    @property
    def held(self) -> bool:
        return self.outcome in ("read", "refused") and self.seconds < SECONDS and self.memory < MEMORY


# --- workbooks ----------------------------------------------------------------------------------------------

_XML = '<?xml version="1.0"?>'
_MAIN = 'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_CONTENT = (
    f'{_XML}<Types xmlns="{_PACKAGE}/content-types"><Default Extension="xml" ContentType="application/xml"/>'
    '<Override PartName="/xl/workbook.xml" '
    'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>'
)


def _relations(*targets: tuple[str, str]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{n}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for n, (kind, target) in enumerate(targets, 1)
    )
    return f'{_XML}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def workbook(rows: str, behind: str = "", *, strings: str = "", sheets: int = 1, head: str = _XML) -> bytes:
    """A workbook by hand: the rows of its first sheet (and of its others), what follows them, its shared
    texts."""
    names = "".join(f'<sheet name="s{n}" sheetId="{n}" r:id="rId{n}"/>' for n in range(1, sheets + 1))
    sheet = f"{head}<worksheet {_MAIN}><sheetData>{rows}</sheetData>{behind}</worksheet>"
    parts = {
        "[Content_Types].xml": _CONTENT,
        "_rels/.rels": _relations(("officeDocument", "xl/workbook.xml")),
        "xl/workbook.xml": f'{_XML}<workbook {_MAIN} xmlns:r="{_OFFICE}"><sheets>{names}</sheets></workbook>',
        "xl/_rels/workbook.xml.rels": _relations(
            *(("worksheet", f"worksheets/sheet{n}.xml") for n in range(1, sheets + 1)),
            ("sharedStrings", "sharedStrings.xml"),
        ),
        "xl/sharedStrings.xml": f"{_XML}<sst {_MAIN}>{strings}</sst>",
    } | {f"xl/worksheets/sheet{n}.xml": sheet for n in range(1, sheets + 1)}
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return packed.getvalue()


def _inline(place: str, text: str) -> str:
    return f'<c r="{place}" t="inlineStr"><is><t>{text}</t></is></c>'


HEAD = f'<row r="1">{_inline("A1", "id")}{_inline("B1", "term_years")}</row>'
EMPTY = {
    "shared": 't="s"><v>0</v>',
    "inline": 't="inlineStr"><is><t></t></is>',
    "text": 't="str"><v></v>',
    "day": 't="d"><v></v>',
    "cdata": 't="str"><v><![CDATA[]]></v>',
}


def _filled_down(cells: Callable[[int], str], rows: int) -> str:
    return HEAD + "".join(f'<row r="{n}">{cells(n)}</row>' for n in range(2, rows + 2))


def workbooks() -> Iterator[tuple[str, Files]]:
    """Sheets that reach far, parts with millions of elements, and honest files that are only large."""

    def one(name: str, data: bytes) -> tuple[str, Files]:
        return name, {"x.xlsx": data}

    for kind, cell in EMPTY.items():
        for place, row in (("XFD1048576", 1048576), ("GR200000", 200000), ("ALL20000", 20000)):
            far = f'{HEAD}<row r="{row}"><c r="{place}" {cell}</c></row>'
            yield one(f"empty {kind} in {place}", workbook(far, strings="<si><t></t></si>"))
    yield one("a row that is no number", workbook('<row r="A1048576"><c t="str"><v></v></c></row>'))
    yield one("a value behind another element",
              workbook('<row r="1048576"><c r="XFD1048576" t="str"><x/><v></v></c></row>'))  # fmt: skip
    yield one("14 million <c/>", workbook("<row>" + "<c/>" * 6_000_000 + "</row>"))
    yield one("1.5 million <c/>", workbook("<row>" + "<c/>" * 1_500_000 + "</row>"))
    yield one("4 million <row/>", workbook("<row/>" * 4_000_000))
    yield one("1.5 million <row/>", workbook("<row/>" * 1_500_000))
    yield one("3 million <si>", workbook(HEAD, strings="<si/>" * 3_000_000))
    yield one("1.5 million <si>", workbook(HEAD, strings="<si/>" * 1_500_000))
    yield one(
        "rows of formulas",
        workbook(_filled_down(lambda n: f'<c r="A{n}"><f>A1+1</f><v>{n}</v></c>', 100_000)),
    )
    yield one(
        "rows of formulas that show nothing",
        workbook(_filled_down(lambda n: f'<c r="B{n}" t="str"><f>IF(A{n}="","",1)</f><v></v></c>', 100_000)),
    )
    yield one(
        "as many cells as there may be",
        workbook(
            _filled_down(lambda n: _inline(f"A{n}", f"c{n}") + f'<c r="B{n}"><f>A1+1</f><v>5</v></c>', 19_998)
        ),
    )
    yield one("a wide sheet", workbook(
        _filled_down(lambda n: "".join(f"<c><v>{n}</v></c>" for _ in range(500)), 390)))  # fmt: skip
    yield one(
        "long texts shown often",
        workbook(
            _filled_down(lambda n: f'<c r="A{n}" t="s"><v>0</v></c>', 19_000),
            strings=f"<si><t>{'x' * 32_000}</t></si>",
        ),
    )
    yield one("an element of a million attributes",
              workbook("<row " + " ".join(f'a{n}=""' for n in range(1_000_000)) + "/>"))  # fmt: skip
    yield one("elements within elements", workbook("<a>" * 700_000 + "</a>" * 700_000))
    merged = "".join(f'<mergeCell ref="A{n}:XFD1048576"/>' for n in range(1, 19_000))
    yield one(
        "merged ranges over each other",
        workbook(
            _filled_down(lambda n: f'<c r="A{n}"><v>{n}</v></c>', 15_000),
            f"<mergeCells>{merged}</mergeCells>",
        ),
    )
    yield one("a million merged ranges", workbook(HEAD, '<mergeCell ref="A1:B1"/>' * 1_000_000))
    yield one("a thousand sheets", workbook(HEAD, sheets=1_000))
    yield one("entities", workbook(HEAD, head=f'{_XML}<!DOCTYPE x [<!ENTITY a "{"a" * 10_000}">]>'))
    yield one("blanks that unpack to 100 MB", workbook("<!--" + " " * (100 * MEGA) + "-->"))


# --- text ---------------------------------------------------------------------------------------------------


def tables() -> Iterator[tuple[str, Files]]:
    """Cells on which a pattern could go back and forth, rows and columns by the million, crowds of files."""

    def csv(name: str, *rows: str, head: str = "id,term_years,targets,approved_on,name") -> tuple[str, Files]:
        return name, {"x.csv": "\n".join([head, *rows]).encode()}

    blanks = " " * 32_600
    yield csv("series of blanks", *(f"c{n},2024:a{blanks}b,,," for n in range(400)))
    yield csv("headers of blanks", "c1", head=f"id,a{blanks}b,c{blanks}d,e{blanks}f,g{blanks}h,i{blanks}j")
    yield csv("years of blanks", *(f"c{n},,2022{blanks}x,," for n in range(400)))
    yield csv("days of blanks", *(f"c{n},,,2022{blanks}x," for n in range(400)))
    yield csv("numbers of blanks", *(f"c{n},1{' ' * 190}{n},,," for n in range(19_000)))
    yield csv("ranges of ranges", *(f"c{n},{'1~' * 95}{n},,," for n in range(19_000)))
    yield csv("numerals", *(f"c{n},{'万' * 190}{n},,," for n in range(19_000)))
    yield csv("series of series", *(f"c{n},{'2024:1;' * 4_000}," for n in range(500)))
    yield csv("years to years", *(f"c{n},,{'1900-2199;' * 3_000}," for n in range(500)))
    yield csv("flow lists", *(f"c{n},[{n}],[1{n}],[2{n}],[3{n}]" for n in range(19_990)))
    yield csv("deep flow", *(f"c{n},{'[' * 16_000}{']' * 16_000},,," for n in range(400)))
    yield csv("commas", *("a" + "," * 800 for _ in range(19_990)))
    yield csv("one row", "," * (15 * MEGA))
    yield csv("quotes", '"' * (15 * MEGA))
    yield csv("one cell", '"' + "\n" * (15 * MEGA) + '"')
    yield csv("blank rows", "\n" * (15 * MEGA))
    yield csv("columns that nobody knows", *([",".join(f"{n}批复创建日其" for n in range(1_000))] * 12),
              head=",".join(f"批复创建日其{n}" for n in range(1_000)))  # fmt: skip
    yield csv("a header of brackets", "a", head=",".join(["id", *["(单位" * 60] * 900]))
    texts = ['"#' + ("," * 1_000 + "\n") * 100 + '"'] * 100
    yield csv("names given twice beside long texts", "c", head=",".join(["id", *texts, *["name"] * 890]))
    yield csv("rows that are all wrong", *(f"c{n},x{n},x,x,x" for n in range(19_990)))
    crowd = {f"c{n}.csv": f"id,term_years\nc{n},5\n".encode() for n in range(1_500)}
    yield "1,500 files in a folder", crowd
    crowd = {f"c{'.' * (n % 7)}{n}.csv": b"id\nc\n" for n in range(700)} | {"c.csv": b"id\nc\n"}
    yield "700 files that could be lists of one", crowd


def yamls() -> Iterator[tuple[str, Files]]:
    """Text that begins with nothing, nests, repeats or never ends."""

    def yaml(name: str, text: str) -> tuple[str, Files]:
        return name, {"x.yaml": text.encode()}

    yield yaml("blank lines", "\n" * 40_000 + "x: 1\n")
    yield yaml("a megabyte of blank lines", "\n" * (15 * MEGA) + "id: x\n")
    yield yaml("lines of brackets", "{\n" * 500_000)
    yield yaml("lines of blanks", (" " * 1000 + "\n") * 15_000)
    yield yaml("returns", "\r" * (15 * MEGA))
    yield yaml("words with a colon far away", ("id" + " " * 3_000 + "\n") * 5_000)
    yield yaml("comments", "# x\n" * 4_000_000)
    yield yaml("one text", "name: " + "x" * (15 * MEGA))
    yield yaml("a text of lines", "name: |\n" + "  x\n" * 4_000_000)
    yield yaml("a text of blank lines", "name: |\n" + "\n" * (15 * MEGA))
    yield yaml("a folded text", "name: >\n" + "  x\n\n" * 3_000_000)
    yield yaml("a plain text of lines", "name: x\n" + "  x\n" * 4_000_000)
    yield yaml("a quoted text of lines", 'name: "x' + "\n" * (15 * MEGA) + '"')
    yield yaml("escapes", 'name: "' + "\\u4e2d" * (2 * MEGA) + '"')
    yield yaml("quotes", "name: '" + "''" * (7 * MEGA) + "'")
    yield yaml("keys", "".join(f"k{n}: 1\n" for n in range(90_000)))
    yield yaml("entries", "fields: [" + "a," * 5_000_000 + "]")
    yield yaml("questions", "{" + "?," * 5_000_000 + "}")
    yield yaml("anchors", "".join(f"- &a{n} x\n" for n in range(90_000)))
    yield yaml("documents", "--- x\n" * 2_000_000)
    yield yaml("directives", "%TAG ! x\n" * 1_500_000 + "--- {}")
    yield yaml("tags", "- !x" + "y" * (15 * MEGA))
    yield yaml("flow without an end", "[" * (15 * MEGA))
    yield yaml("deep blocks", "\n".join(" " * n + "a:" for n in range(5_000)))
    yield yaml(
        "aliases",
        "a: &a [x]\n"
        + "".join(f"a{n}: &a{n} [{','.join(['*a' + (str(n - 1) if n else '')] * 10)}]\n" for n in range(30)),
    )
    yield yaml("tabs", "\t" * (15 * MEGA))
    yield yaml("colons", ":" * (15 * MEGA))
    yield yaml("a key without an end", "x" * (15 * MEGA) + ": 1")
    yield yaml("commas", "[" + "," * (15 * MEGA) + "]")
    yield yaml("nested pairs", "[" + "a: " * 3_000_000 + "]")


def jsons() -> Iterator[tuple[str, Files]]:
    """The same for JSON and JSON Lines."""

    def js(name: str, text: str, suffix: str = "json") -> tuple[str, Files]:
        return name, {f"x.{suffix}": text.encode()}

    yield js("nesting", "[" * (15 * MEGA))
    yield js("blanks", " " * (15 * MEGA) + "{}")
    yield js("blank lines", "\n" * (15 * MEGA) + "{}")
    yield js("one text", '{"name": "' + "x" * (15 * MEGA) + '"}')
    yield js("escapes", '{"name": "' + "\\u4e2d" * (2 * MEGA) + '"}')
    yield js("digits", '{"term_years": ' + "9" * (15 * MEGA) + "}")
    yield js("keys", "{" + ",".join(f'"k{n}": 1' for n in range(90_000)) + "}")
    yield js("one key often", "{" + ",".join(['"id": 1'] * 49_000) + "}")
    yield js("entries", "[" + "1," * (7 * MEGA) + "1]")
    yield js("lines", '{"id": "c"}\n' * 19_990, "jsonl")
    yield js("lines that are all wrong", '{"term_years": "x"}\n' * 19_990, "jsonl")
    yield js("lines of nothing", "\n" * (15 * MEGA), "jsonl")
    yield js("lines of opened brackets", ("[" * 90 + "\n") * 19_990, "jsonl")
    yield js("lines of wide lists", ('{"fields": [' + "1," * 2_000 + "1]}\n") * 200, "jsonl")
    yield js("one line", '{"fields": [' + "1," * (7 * MEGA) + "1]}", "jsonl")


def rulefiles() -> Iterator[tuple[str, Files]]:
    """Rule files for `lint`: rules by the thousand, conditions within conditions, numbers and quotes without
    an end."""
    whole = (ROOT / "rules/zhejiang_2022.yaml").read_text("utf-8")
    start = whole.index("  - id: investment-2y\n")
    end = whole.index("  - id: ", start + 10)
    head, rule, behind = whole[:start], whole[start:end], whole[end:]
    asked = "    require: {fact: investment, at_least: 10亿元}\n"
    assert asked in rule
    leaf = "{fact: investment, at_least: %d亿元}"

    def rules(name: str, number: int, condition: str = "", **words: str) -> tuple[str, Files]:
        one = rule.replace(asked, f"    require: {condition}\n") if condition else rule
        for old, new in words.items():
            one = one.replace(old, new)
        more = "".join(one.replace("id: investment-2y", f"id: investment-{n}") for n in range(number))
        return name, {"x.rules": (head + more + behind).encode()}

    def within(kinds: tuple[str, ...], depth: int) -> str:
        condition = leaf % 1
        for n in range(depth):
            condition = f"{{{kinds[n % len(kinds)]}: [{condition}, {leaf % (n + 2)}]}}"
        return condition

    def beside(kind: str, number: int) -> str:
        return f"{{{kind}: [{', '.join(leaf % (n + 1) for n in range(number))}]}}"

    yield rules("2,900 rules", 2_900)
    yield rules("350 rules of one fact", 350)
    for kind in ("all", "any"):
        yield rules(f"{kind} within {kind}", 1, within((kind,), 45))
        yield rules(f"{kind} of 95", 14, beside(kind, 95))
        yield rules(f"{kind} of 2,900", 1, beside(kind, 2_900))
    yield rules("all within any within all", 10, within(("all", "any"), 45))
    yield rules("not within not", 1, "{not: " * 45 + leaf % 1 + "}" * 45)
    for name, text in (
        ("digits", "1" * 200_000),
        ("numerals", "二" * 200_000),
        ("blanks", "年" + " " * 200_000 + "内"),
        ("years", "1年内" * 60_000),
        ("commas", "，" * 200_000),
        ("encouragements", "支持" * 100_000),
    ):
        yield rules(f"a quote of {name}", 1, **{"    quote: ": f"    quote: {text}"})
        yield rules(f"some {name} in quotes", 50, **{"    quote: ": f"    quote: {text[:1_900]}"})


def clocks() -> Iterator[tuple[str, Files]]:
    """Centres that do not say when they were approved, nor for how long, with entries of many days, and the
    rules that decide them; some rules run in cycles and from entries."""
    own = ROOT / "examples/provinces/haidong/tic_rules_haidong"
    for name, rules, centre in (
        ("zhejiang", ROOT / "rules/zhejiang_2022.yaml", ROOT / "examples/zhejiang.yaml"),
        ("jiangsu", ROOT / "rules/jiangsu_2020.yaml", ROOT / "examples/jiangsu.yaml"),
        ("2017", ROOT / "rules/national_2017.yaml", ROOT / "examples/zhejiang.yaml"),
        ("a province of one's own", own / "haidong_2024.yaml", own / "cases/haidong_2024/base.yaml"),
    ):
        data = yaml.safe_load(centre.read_text("utf-8"))
        del data["approved_on"], data["term_years"]
        for number in (200, 700) if name == "zhejiang" else (700,):
            many = {key: _often(value, number) for key, value in data.items()}
            files = {"x.decided": rules.read_bytes(), "x.yaml": json.dumps(many, default=str).encode()}
            yield f"{name}, {number} entries a list", files
    own_data = yaml.safe_load((own / "cases/haidong_2024/base.yaml").read_text("utf-8"))
    rules_of_own = (own / "haidong_2024.yaml").read_bytes()
    for name, day in (("by their years", "2027"), ("to the day", "2027-06-01")):
        checks = own_data | {"checks": [{"date": day, "outcome": "failed"}] * 3_000}
        files = {"x.decided": rules_of_own, "x.yaml": json.dumps(checks, default=str).encode()}
        yield f"deadlines of entries known {name}", files


def _often(value: object, number: int) -> object:
    """A list of entries made long, each on a day of its own."""
    if not isinstance(value, list) or not value or not isinstance(value[0], dict):
        return value
    entries = []
    for n in range(number):
        day = f"{2005 + n % 19}-{1 + n % 12:02d}-{1 + n % 28:02d}"
        entry = value[n % len(value)]
        entries.append({key: day if isinstance(one, date) else one for key, one in entry.items()})
    return entries


FAMILIES: dict[str, Callable[[], Iterator[tuple[str, Files]]]] = {
    "workbook": workbooks,
    "table": tables,
    "yaml": yamls,
    "json": jsons,
    "rules": rulefiles,
    "clock": clocks,
}


# --- what a file costs --------------------------------------------------------------------------------------


def costs(family: str) -> Iterator[tuple[str, Cost]]:
    """What each file of a family costs, read as `check` reads a folder that holds it."""
    _read(ROOT / "examples")  # what is read once is read before, the names of columns too
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "x.csv").write_text("id\nx\n", encoding="utf-8")
        _read(Path(folder))
    for name, folder in _made(family):
        yield name, _cost_of_reading(folder)


def _cost_of_reading(folder: Path) -> Cost:
    """What the files of a folder cost. Of a time that is too long the best of three counts: something else
    may have run."""
    cost = cost_of(lambda: _read(folder))
    for _ in range(2):
        if not cost.held and cost._replace(seconds=0.0).held:
            cost = min(cost, cost_of(lambda: _read(folder)), key=lambda one: one.seconds)
    return cost


def _made(family: str) -> Iterator[tuple[str, Path]]:
    """The files of a family, one after the other, each in a folder. Another process makes them: what that
    needs is not counted."""
    told, telling = os.pipe()
    asked, asking = os.pipe()
    maker = os.fork()
    if maker == 0:
        try:
            for name, files in FAMILIES[family]():
                with tempfile.TemporaryDirectory() as folder:
                    for file, data in files.items():
                        (Path(folder) / file).write_bytes(data)
                    os.write(telling, json.dumps([name, folder]).encode() + b"\n")
                    os.read(asked, 1)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    os.close(telling)
    with os.fdopen(told) as lines:
        for line in lines:
            name, folder = json.loads(line)
            yield name, Path(folder)
            os.write(asking, b".")
    if os.waitpid(maker, 0)[1]:
        raise RuntimeError(f"not every file of {family} could be made")


def cost_of(work: Callable[[], str]) -> Cost:
    """What work costs in a process of its own. It ends with a word; anything but an error of ours is a
    failure.

    Memory is what the process takes beyond what it has from its parent.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.write(writing, b"%d\n" % _resident())
        resource.setrlimit(resource.RLIMIT_AS, (32 * MEMORY, 32 * MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (60, 60))
        try:
            word = work()
        except BaseException:
            word = traceback.format_exc(limit=-5)
        os.write(writing, word.encode("utf-8", "replace")[-4_000:])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        begun = int(pipe.readline())
        word = pipe.read().decode("utf-8", "replace")
    _, status, used = os.wait4(child, 0)
    memory = used.ru_maxrss * 1024 - begun
    seconds = as_of_a_server(used.ru_utime + used.ru_stime)
    return Cost(word or f"the process ended with {status}", seconds, memory)


def as_of_a_server(seconds: float) -> float:
    """CPU seconds as a plain server would take them; what is far from the bound is so on any machine."""
    return seconds / max(1.0, _unit() / UNIT) if seconds > SECONDS / 2 else seconds


def _unit() -> float:
    """CPU seconds of a fixed piece of work, now: what else runs beside us makes every second do less."""
    start = time.process_time()
    for _ in range(12):
        json.loads(json.dumps({str(n): [n, {"x": str(n * n)}] for n in range(1_500)}))
    return time.process_time() - start


def _resident() -> int:
    """The memory of this process now, in bytes."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def _read(folder: Path) -> str:
    """What becomes of the files of a folder: every centre is read."""
    from tic_rules.cli.files import expand
    from tic_rules.core.errors import DataError, Diagnostic
    from tic_rules.model.centre import Centre
    from tic_rules.model.intake import read_subjects
    from tic_rules.model.loader import shared_vocabulary

    rules = folder / "x.rules"
    if rules.is_file():
        return _linted(rules)
    rules = folder / "x.decided"
    if rules.is_file():
        return _decided(rules, folder / "x.yaml")
    broken: list[Diagnostic] = []
    outcome = "read"
    for file in expand([str(folder)], broken):
        for subject in read_subjects(file, Centre, shared_vocabulary()):
            if isinstance(subject, DataError):
                outcome = "refused"
                if not subject.diagnostics or not str(subject):
                    return "refused without a word"
    return "refused" if broken else outcome


def _linted(file: Path) -> str:
    """What becomes of a rule file that is linted."""
    from tic_rules.analysis.lint import lint_file
    from tic_rules.core.errors import RuleSetError

    try:
        faults = lint_file(file)
    except RuleSetError as error:
        return "refused" if str(error) else "refused without a word"
    return "refused" if any(fault.code == "TR002" for fault in faults) else "read"


def _decided(file: Path, centre: Path) -> str:
    """What becomes of a centre that the reference decides by a rule file of its own."""
    from tic_rules import Centre, check, load_ruleset

    ruleset = load_ruleset(file)
    statuses = check(Centre.from_file(centre, ruleset=ruleset), ruleset, engine="reference").statuses
    return "read" if "unknown" in statuses.values() else "nothing of it is unknown"


def main() -> None:
    sys.path[:0] = [str(ROOT / "src")]
    words, failed = sys.argv[1:], 0
    as_json = "--json" in words
    for family in [word for word in words if word != "--json"] or FAMILIES:
        for name, cost in costs(family):
            failed += not cost.held
            if as_json:
                print(json.dumps([name, *cost]), flush=True)
                continue
            said = cost.outcome.strip().splitlines()[-1][:100]
            mark = "" if cost.held else "  <<<"
            print(
                f"{family:9}{name:42}{cost.seconds:7.2f} s{cost.memory // MEGA:6} MB  {said}{mark}",
                flush=True,
            )
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
