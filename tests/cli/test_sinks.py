"""Whatever names a file bears, no terminal, runner, browser or spreadsheet obeys them: every command, every
format.

The names are in a centre file, in a rule file, in the names of the files themselves and in the words of the
command line.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result
from markdown_it import MarkdownIt

from tic_rules import Centre, check
from tic_rules.cli import COMMANDS, main
from tic_rules.cli.check import command as check_command
from tic_rules.renderers import FORMATS, sinks

ROOT = Path(__file__).parents[2]
LINES = (
    "::add-mask::x\n##[stop-commands]x ##vso[task.setvariable]y "
    "##teamcity[z\x1b[31m\u202e\u2066\x07\x9b\u200b"
    "<script>alert(1)</script> </style> ]]> | `b` [c](https://evil.example) <img src=x onerror=alert(1)>\n"
    "  ::set-output name=a::b\n::error::c\u2028::error::d"
)
NAMES = f"=cmd|'/C calc'!A0 {LINES}"
HIDDEN = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
RUNNER = re.compile(
    r"##(?:\[|vso\[|teamcity\[)|^\s*::(?!(?:error|warning|notice) )", re.MULTILINE | re.IGNORECASE
)
WORDS = {"title", "title_en", "number", "issuer", "heading", "quote", "zh", "en", "based_on"}


def hostile(node: Any, key: str = "") -> Any:
    """Rules whose every sentence goes on with what a program might obey."""
    if isinstance(node, dict):
        return {name: hostile(value, name) for name, value in node.items()}
    if isinstance(node, list):
        return [hostile(value, key) for value in node]
    return f"{node} {LINES}" if key in WORDS and isinstance(node, str) else node


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre, two editions of a rule file and a case, a broken centre and a broken rule file, a text; names
    with all that a file system takes."""
    place = tmp_path_factory.mktemp("sinks") / "a\x1b[31m\u202e##[group]x"
    place.mkdir()
    rules = yaml.load((ROOT / "rules" / "zhejiang_2022.yaml").read_text(encoding="utf-8"), yaml.CSafeLoader)
    made = hostile(rules)
    made["vocabulary"] = hostile(made.get("vocabulary") or {}) or {
        "words": {"jurisdictions": {"zhejiang": {"zh": LINES, "en": LINES}}}
    }
    write(place / "rules.yaml", made)
    made["version"] = "2.0.0"
    changed = next(rule for rule in made["rules"] if rule["id"] == "investment-2y")
    changed["modality"] = "encouraged"
    write(place / "later.yaml", made)
    made["rules"][0]["kind"] = LINES
    write(place / "broken.yaml", made)
    centre = yaml.safe_load((ROOT / "examples" / "zhejiang.yaml").read_text(encoding="utf-8"))
    centre |= {"id": f"=1{LINES}", "name": NAMES}
    centre["attestations"].append({"rule": f"zhejiang_2022/{LINES}", "met": True})
    centre["exemptions"].append({"rule": f"{LINES}/x", "reason": LINES})
    write(place / "centre.yaml", centre)
    write(place / "::set-output name=x::y.yaml", {**centre, LINES: LINES, "stage": LINES})
    report = check(Centre.from_file(place / "centre.yaml"), place / "rules.yaml").as_dict()
    report["findings"][0] |= {"status": LINES, LINES: LINES}
    (place / ".report.json").write_text(json.dumps(report), encoding="utf-8")
    text = f"办法{LINES}\n\n第一条 应当建设。{LINES}\n第二条 鼓励{LINES}开放。\n"
    (place / "text.txt").write_text(text, encoding="utf-8", newline="")
    cases = place / "cases" / "zhejiang_2022"
    cases.mkdir(parents=True)
    wrong = {"case": LINES, "clause": LINES, "as_of": "2026-06-30", "because": LINES}
    write(cases / "base.yaml", {"jurisdiction": "zhejiang", "name": LINES})
    write(cases / "cases.yaml", [{**wrong, "expect": {"investment-2y": "pass"}}])
    return place


def write(file: Path, data: Any) -> None:
    file.write_text(yaml.dump(data, Dumper=yaml.CSafeDumper, sort_keys=False), encoding="utf-8")


def run(*args: str) -> Result:
    return CliRunner().invoke(main, list(args))


def assert_shown(text: str, what: str) -> None:
    """Nothing that a terminal or a runner obeys; a line of a workflow's annotations is a command of ours."""
    plain = text.replace("\r\n", "\n") if what.endswith("ics") else text
    assert not HIDDEN.search(plain), (what, HIDDEN.search(plain))
    raw = RUNNER.search(plain)
    assert raw is None, (what, plain[max(raw.start() - 60, 0) : raw.end() + 20])
    if "github" not in what:
        assert not re.search(r"^\s*::", plain, re.MULTILINE), what


def assert_markup_is_text(text: str, format_: str) -> None:
    if format_ == "html":
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert text.count("<script") <= 2, "the language and the opening of what is folded"
    if format_ == "markdown":
        shown = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
        assert "<script" not in shown
        assert "<img" not in shown
        assert 'evil.example"' not in shown
    if format_ in ("json", "sarif"):
        json.loads(text)
    if format_ == "csv":
        for row in csv.reader(io.StringIO(text.lstrip("\ufeff"))):
            assert not any(re.match(r"\s*[=+@-]", cell) for cell in row), row


RULES = ["--rules", "{}/rules.yaml"]
WALK: dict[str, list[tuple[str, list[str]]]] = {
    "check": [
        (format_, ["{}/centre.yaml", "{}/::set-output name=x::y.yaml", *RULES, "-v", "--format", format_])
        for format_ in FORMATS
        if format_ != "xlsx"
    ]
    + [("text", ["{}", *RULES, "-q"]), ("text", ["{}/centre.yaml", *RULES, "--data-only"])],
    "rules": [(format_, ["{}/rules.yaml", "--format", format_]) for format_ in ("text", "json")],
    "explain": [("text", ["investment-2y", *RULES, "--centre", "{}/centre.yaml"])],
    "init": [(format_, [*RULES, "--format", format_]) for format_ in ("yaml", "csv")],
    "diff": [
        (format_, ["{}/rules.yaml", "{}/later.yaml", "--format", format_, "-v", "--impact", "{}/centre.yaml"])
        for format_ in ("text", "markdown", "html", "json")
    ],
    "lint": [
        (format_, ["{}/rules.yaml", "{}/broken.yaml", "--format", format_]) for format_ in ("text", "json",
            "github")
    ],
    "coverage": [
        (format_, ["{}/rules.yaml", "--format", format_]) for format_ in ("text", "markdown", "html", "json")
    ],
    "docs": [],  # writes files only: see below
    "plan": [
        (format_, ["{}/centre.yaml", *RULES, "--format", format_]) for format_ in ("text", "json", "markdown",
            "html")
    ],
    "what-if": [
        (format_, ["{}/centre.yaml", *RULES, "--set", "staff.headcount=900", "--over",
            "2023-12-01..2024-04-01", "--format", format_])
        for format_ in ("text", "json")
    ],
    "table": [("csv", ["{}/centre.yaml", *RULES, "--output", "{}/out.csv"])],
    "verify": [(format_, ["{}/.report.json", "--format", format_]) for format_ in ("text", "json")],
    "config": [(format_, ["--format", format_]) for format_ in ("text", "json")],
    "schema": [("json", ["report"]), ("json", ["ruleset", "--rules", "{}/rules.yaml"])],
    "vocabulary": [
        (format_, ["--rules", "{}/rules.yaml", "--format", format_]) for format_ in ("text", "json")
    ],
    "new": [("yaml", ["begun", "--source", "{}/text.txt"])],
    "test": [(format_, ["{}/rules.yaml", "--format", format_]) for format_ in ("text", "json", "junit")],
}  # fmt: skip


def test_the_walk_leaves_no_command_out() -> None:
    assert set(WALK) == set(COMMANDS)
    walked = {format_ for format_, _ in WALK["check"]} | {"xlsx"}
    assert walked == set(FORMATS)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize(
    ("name", "format_", "args"),
    [(name, format_, args) for name, ways in WALK.items() for format_, args in ways],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_no_output_is_obeyed(
    name: str, format_: str, args: list[str], lang: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    monkeypatch.chdir(folder)
    (folder / "tic-rules.toml").write_text('rules = ["rules.yaml"]\n', encoding="utf-8")
    words = [word.replace("{}", str(folder)) for word in args]
    result = run(name, *words, *([] if name == "schema" else ["--lang", lang]))
    (folder / "tic-rules.toml").unlink()
    assert "unforeseen" not in result.stderr, result.stderr
    assert result.stdout or name == "table"
    shown = f"{name} {format_}" if name == "check" else f"{name} {'github' if 'github' in args else ''}"
    assert_shown(result.stdout, f"{name} github" if "github" in args else shown)
    assert_shown(result.stderr, f"{name} stderr")
    assert_markup_is_text(result.stdout, format_)


@pytest.mark.parametrize("lang", ["zh", "en"])
@pytest.mark.parametrize("format_", [name for name in FORMATS if name != "xlsx"])
def test_what_goes_to_a_file_is_no_other(format_: str, lang: str, folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    run("check", str(folder / "centre.yaml"), "--rules", str(folder / "rules.yaml"), "--lang", lang,
        "--output-format", f"{format_}:{out}")  # fmt: skip
    text = out.read_bytes().decode("utf-8")
    assert_shown(text, f"check {format_}")
    assert_markup_is_text(text, format_)


@pytest.mark.parametrize(
    "words",
    [
        ["diff", "{}/rules.yaml", "{}/later.yaml"],
        ["diff", "{}/rules.yaml", "{}/later.yaml", "zhejiang_2022"],
        ["plan", "{}/centre.yaml", "--rules", "{}/rules.yaml"],
        ["what-if", "{}/centre.yaml", "--rules", "{}/rules.yaml", "--set", "term_years=3"],
        ["coverage", "{}/rules.yaml"],
    ],
    ids=lambda words: f"{words[0]}-{len(words)}",
)
def test_a_text_in_a_file_is_shown_too(words: list[str], folder: Path, tmp_path: Path) -> None:
    """A runner obeys what a later step prints."""
    out = tmp_path / "out"
    result = run(*(word.format(folder) for word in words), "--output", str(out))
    assert result.exit_code in (0, 1), result.output
    assert_shown(out.read_text(encoding="utf-8"), words[0])


def test_workbooks_and_their_comments(folder: Path, tmp_path: Path) -> None:
    pytest.importorskip("xlsxwriter", reason="the extra excel is not installed")
    rules = str(folder / "rules.yaml")
    run(
        "check",
        str(folder / "centre.yaml"),
        "--rules",
        rules,
        "--format",
        "xlsx",
        "--output",
        str(tmp_path / "a.xlsx"),
    )
    run("init", "--rules", rules, "--output", str(tmp_path / "b.xlsx"))
    for file in ("a.xlsx", "b.xlsx"):
        with zipfile.ZipFile(tmp_path / file) as archive:
            text = "".join(
                archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")
            )
        assert not re.search("[\u202e\u2066\u200b\x9b]|_x001B_|_x0007_", text), file
        assert "<f>" not in text.replace("<f>_options", "")
        assert "<hyperlink" not in text


def test_pages_of_the_rules(folder: Path, tmp_path: Path) -> None:
    assert run("docs", str(tmp_path / "pages"), "--rules", str(folder / "rules.yaml")).exit_code == 0
    pages = [file for file in (tmp_path / "pages").rglob("*") if file.is_file()]
    assert len(pages) > 100
    for file in pages:
        text = file.read_text(encoding="utf-8")
        assert_shown(text, file.name)
        assert_markup_is_text(text, "html" if file.suffix == ".html" else "markdown")


def test_the_pairs_of_files_of_a_comparison(folder: Path, tmp_path: Path) -> None:
    rules = [str(folder / name) for name in ("rules.yaml", "later.yaml")]
    assert run("diff", *rules, "--witness", str(tmp_path / "pairs")).exit_code == 0
    pairs = list((tmp_path / "pairs").iterdir())
    assert len(pairs) > 1
    for file in pairs:
        text = file.read_text(encoding="utf-8")
        assert_shown(text, file.name)
        assert file.suffix == ".json" or isinstance(yaml.safe_load(text), dict), (
            "a sentence stays in its comment"
        )


def test_a_label_stays_in_its_comment(folder: Path) -> None:
    """The file to fill in is YAML: a label with a line break must not become a field."""
    text = run("init", "--rules", str(folder / "rules.yaml")).stdout
    asked = yaml.safe_load(text)
    assert set(asked) == set(yaml.safe_load(run("init", "--rules", "zhejiang_2022").stdout))


def test_there_is_no_other_way_out() -> None:
    """Printing and writing is done in these files of the command line alone, each of which goes through the
    sinks."""
    ways = re.compile(
        r"click\.(?:s?echo|print)|(?<![\w.])print\(|std(?:out|err)\.(?:buffer|write)"
        r"|\.write_(?:text|bytes)\(|open\([^)]*\"[wa]"
    )
    found = {
        file.relative_to(ROOT / "src" / "tic_rules").as_posix()
        for room in ("cli", "renderers", "results", "analysis", "model", "inputs")
        for file in (ROOT / "src" / "tic_rules" / room).rglob("*.py")
        if ways.search(file.read_text(encoding="utf-8"))
    }
    assert found == {f"cli/{name}.py" for name in ("common", "outputs", "progress", "replacement")}


WRONG = ["::error::x\n##[a]\x1b[1m\u202e", "##vso[x]", "\x9b31m::add-mask::y"]


@pytest.mark.parametrize("word", WRONG)
@pytest.mark.parametrize("name", [*(name for name in COMMANDS), "other"])
def test_wrong_words_are_shown(name: str, word: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    calls = [[word], [name, word], [name, f"--{word}"], [name, "--format", word, word], [name, word, word]]
    calls += [[name, "--rules", word, word], [name, "--output", f"/{word}/a/b\0", word]]
    for args in calls:
        if name == "docs" and len(args) == 2 and not args[1].startswith("--"):
            continue  # a folder of any name
        for lang in ("zh", "en"):
            result = run(*args, *(["--lang", lang] if name not in ("schema", "other") else []))
            assert result.exit_code in (0, 2), (args, result.output)
            assert_shown(result.stdout + result.stderr, str(args))


def test_a_patch_goes_to_standard_output_only_where_it_is_harmless(tmp_path: Path) -> None:
    example = (ROOT / "examples" / "zhejiang.yaml").read_text(encoding="utf-8")
    fine = tmp_path / "fine.yaml"
    fine.write_text(example, encoding="utf-8")
    assert "attestations" in run("plan", str(fine), "--patch", "-").stdout
    other = tmp_path / "other.yaml"
    other.write_text(f"# \u202e ##[stop-commands]x\n{example}", encoding="utf-8")
    result = run("plan", str(other), "--patch", "-", "--lang", "en")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "write it to a file" in result.stderr
    assert run("plan", str(other), "--patch", str(tmp_path / "p.yaml")).exit_code == 0
    assert "\u202e ##[stop-commands]x" in (tmp_path / "p.yaml").read_text(encoding="utf-8"), (
        "data stays as it is"
    )


def test_json_says_the_same_in_other_characters() -> None:
    value = {"a": f"{LINES}\u3000。𝒳\U000e0001", "##[b]": ["\ue000"]}
    text = sinks.as_json(value)
    assert json.loads(text) == value
    assert_shown(text, "json")


def test_a_table_of_statuses_holds_no_formula(tmp_path: Path) -> None:
    pytest.importorskip("polars", reason="the extra frames is not installed")
    attacks = [
        "=cmd|' /C calc'!A0",
        "+1",
        "-2+3",
        "@SUM(A1)",
        "\t=1",
        "＝1",
        " =1",
        "\x1b[31m\u202e",
        "x##[stop-commands]y",
        "##vso[task.x]",
        "::add-mask::x",
        "plain",
    ]
    centres = tmp_path / "c.jsonl"
    lines = [
        json.dumps({"id": attack, "approved_on": "2022-03-01", "term_years": 5, "reported_on": "2026-06-30"})
        for attack in attacks
    ]
    centres.write_text("\n".join(lines), encoding="utf-8")
    out = tmp_path / "t.csv"
    result = run("table", str(centres), "--rules", "zhejiang_2022", "--output", str(out))
    assert result.exit_code == 0, result.output
    text = out.read_text(encoding="utf-8")
    assert_markup_is_text(text, "csv")
    assert_shown(text, "table")
    ids = [row["id"] for row in csv.DictReader(io.StringIO(text))]
    assert ids[0] == "'=cmd|' /C calc'!A0"
    assert ids[-1] == "plain"


def test_the_options_of_check_are_those_of_the_interface() -> None:
    assert "--data-only" in {name for parameter in check_command.params for name in parameter.opts}
