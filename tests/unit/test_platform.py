"""The library as a platform uses it: tables and notebooks, other processes, names typed by users, words of
several rule sets, provenance."""

from __future__ import annotations

import hashlib
import json
import os
import pickle
import re
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

import tic_rules
from tic_rules import Centre, DataError, Report, RuleSetError, UsageError, check, load_ruleset
from tic_rules.core import extras

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "zhejiang.yaml"
RULES = ROOT / "rules" / "zhejiang_2022.yaml"
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT / "src")}


@pytest.fixture(scope="module")
def report() -> Report:
    return check(Centre.from_file(EXAMPLE), "zhejiang_2022", as_of="2026-06-30")


def elsewhere(code: str, *words: str, given: bytes = b"") -> str:
    """What a program prints in another process."""
    command = [sys.executable, "-W", "error", "-c", code, *words]
    return subprocess.run(
        command, input=given, capture_output=True, check=True, env=ENVIRONMENT
    ).stdout.decode()


# --- tables and notebooks -----------------------------------------------------------------------------------


def test_a_report_is_a_table_of_polars(report: Report) -> None:
    polars = pytest.importorskip("polars", reason="the extra frames is not installed")
    table = report.to_frame()
    assert isinstance(table, polars.DataFrame)
    assert table["rule"].to_list() == [finding.rule for finding in report]
    row = table.row(by_predicate=polars.col("rule") == "zhejiang_2022/investment-2y", named=True)
    assert (row["centre"], row["ruleset"], row["as_of"].isoformat()) == (
        "zj-2022-01",
        "zhejiang_2022",
        "2026-06-30",
    )
    assert (row["status"], row["gap"], row["progress"], row["days_left"]) == ("fail", "150000000", 0.85, -851)
    assert row["deadline"].isoformat() == "2024-03-01"
    assert row["message_zh"] == report["investment-2y"].message.zh
    other = check({}, "jiangsu_2020", as_of="2026-06-30").to_frame()
    assert polars.concat([table, other]).height == table.height + other.height


def test_a_report_is_a_table_of_pandas_or_pyarrow(report: Report) -> None:
    for name, kind in (("pandas", "DataFrame"), ("pyarrow", "Table")):
        library = pytest.importorskip(name, reason=f"{name} is not installed")
        pytest.importorskip("polars", reason="the extra frames is not installed")
        table = report.to_frame(name)  # type: ignore[arg-type]
        assert isinstance(table, getattr(library, kind))
        statuses = table["status"].tolist() if name == "pandas" else table["status"].to_pylist()
        assert statuses == [finding.status for finding in report]


@pytest.mark.parametrize("name", ["json", "this", "", None, []])
def test_what_is_no_library_of_tables_is_not_imported(report: Report, name: Any) -> None:
    with pytest.raises(UsageError, match="polars, pandas, pyarrow"):
        report.to_frame(name)
    assert "this" not in sys.modules


def test_without_the_extra_the_error_names_it(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(name: str) -> None:
        raise ImportError(name)

    monkeypatch.setattr(extras.importlib, "import_module", absent)
    with pytest.raises(UsageError, match=r"tic-rules\[frames\]"):
        report.to_frame()


class Page(HTMLParser):
    """Whether every element is closed in its order, and the text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open, self.names, self.text = list[str](), set[str](), ""
        self.feed(page)
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.names.add(tag)
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def test_a_notebook_shows_a_report(report: Report) -> None:
    text = Page(report._repr_html_()).text
    for word in ("investment-2y", "二（五）", "non_compliant", report["investment-2y"].message.zh):
        assert word in text
    assert len(report._repr_html_()) < 40_000


def test_a_notebook_shows_what_means_harm_as_text() -> None:
    name = '<script>alert(1)</script><img src=x onerror="1">\u202e&'
    report = check({"id": "x", "name": name}, "zhejiang_2022", as_of="2026-06-30")
    page = Page(report._repr_html_())
    assert page.names <= {
        "div",
        "p",
        "strong",
        "br",
        "table",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "code",
        "small",
    }
    assert "<script>alert(1)</script>" in page.text
    assert "\u202e" not in report._repr_html_()


def test_a_repr_is_one_short_line() -> None:
    report = check({"id": "x", "name": "名" * 5000 + "\n\x1b[31m"}, "zhejiang_2022", as_of="2026-06-30")
    for shown in (repr(report), repr(report["investment-2y"]), repr(load_ruleset("zhejiang_2022"))):
        assert len(shown) < 150
        assert shown.isprintable()


# --- other processes ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("example", ["zhejiang", "jiangsu", "national", "real/nat-rail", "real/zj-fos"])
def test_a_pickle_of_a_centre_is_no_larger_than_its_file(example: str) -> None:
    file = ROOT / "examples" / f"{example}.yaml"
    centre = Centre.from_file(file)
    sent = pickle.dumps(centre)
    assert len(sent) <= file.stat().st_size
    again = pickle.loads(sent)
    assert (again, again.file) == (centre, str(file))
    assert pickle.dumps(again) == sent
    assert again.place("/id").line == 0
    kept = pickle.loads(pickle.dumps(centre.keeping_places()))
    assert kept.place("/id") == centre.place("/id")
    assert pickle.loads(pickle.dumps(kept)).place("/id") == centre.place("/id")


def test_a_centre_is_checked_in_another_process(report: Report) -> None:
    code = (
        "import pickle, sys, tic_rules; centre = pickle.load(sys.stdin.buffer);"
        "sys.stdout.buffer.write(tic_rules.check(centre, 'zhejiang_2022', "
        "as_of='2026-06-30').to_json().encode())"
    )
    centre = Centre.from_file(EXAMPLE)
    without = Report.from_json(elsewhere(code, given=pickle.dumps(centre)))
    assert (without.statuses, without.provenance) == (report.statuses, report.provenance)
    assert without["investment-2y"].data[0].file == str(EXAMPLE)
    assert without["investment-2y"].data[0].line is None
    assert Report.from_json(elsewhere(code, given=pickle.dumps(centre.keeping_places()))) == report


def test_a_programme_keeps_its_centres_in_a_pickle() -> None:
    from tic_rules.model.programme import Approval, Programme

    figures = Programme(jurisdiction="zhejiang").with_centres((Approval(id="a"),))
    assert pickle.loads(pickle.dumps(figures)).approvals == figures.approvals


def test_changed_data_and_unusual_values_come_through_a_pickle() -> None:
    centre = Centre.from_data(
        {
            "name": [{"date": "2022", "value": "a"}, {"value": "b"}],
            "staff": {"headcount": [{"date": {"not_before": "2022-01-01"}, "value": {"at_least": 3}}]},
            "contributions": [{"amount": "0.1亿元"}, {"amount": {"at_least": "1.5", "at_most": 7}}],
            "indicators": {"1.1": {"target": "x"}},
        }
    )
    assert pickle.loads(pickle.dumps(centre)) == centre
    changed = Centre.from_file(EXAMPLE).model_copy(update={"name": "b"})
    assert pickle.loads(pickle.dumps(changed)) == changed
    assert pickle.loads(pickle.dumps(changed)).model_copy(update={"id": "c"}).id == "c"


NEVER = (
    "narwhals", "polars", "pandas", "pyarrow", "duckdb", "numpy", "jinja2", "z3", "pdoc", "hypothesis",
    "durable", "xlsxwriter",
    "python_calamine", "junitparser", "tic_rules.results.frame", "tic_rules.results.notebook",
    "tic_rules.results.schemas", "tic_rules.results.shape", "fastapi", "httpx", "docx",
    "tic_rules.analysis.verification",
)  # fmt: skip


def test_nothing_of_it_is_imported_by_the_package_or_by_the_plain_command_line() -> None:
    loaded = f"[name for name in {NEVER!r} if name in sys.modules]"
    use = f"c = tic_rules.Centre.from_file({str(EXAMPLE)!r}); tic_rules.check(c, 'zhejiang_2022').to_json();"
    assert (
        elsewhere(
            f"import sys, tic_rules; {use} print({loaded}, [n for n in ('rich', 'click') if n in "
            f"sys.modules])"
        )
        == "[] []\n"
    )
    run = (
        f"import sys, atexit; atexit.register(lambda: print({loaded}, file=sys.stderr)); from "
        f"tic_rules.cli import main; main(sys.argv[1:])"
    )
    done = subprocess.run(
        [sys.executable, "-c", run, "check", str(EXAMPLE), "--format", "json"],
        capture_output=True,
        check=False,
        env=ENVIRONMENT,
    )
    assert (done.returncode, done.stderr) == (1, b"[]\n")


# --- rule sets ----------------------------------------------------------------------------------------------


def test_a_text_of_a_user_is_never_opened_as_a_path() -> None:
    texts = ["rules.yaml", "/etc/passwd", "../zhejiang_2022", "", "\x00", "zhejiang_2022\n", "*" * 10_000]
    code = """
import json, sys
from tic_rules import RuleSetError, load_ruleset
texts, opened = json.load(sys.stdin), []
sys.addaudithook(lambda event, details: opened.append(details[0]) if event == "open" else None)
for text in texts:
    try:
        load_ruleset(text, ids_only=True)
    except RuleSetError as error:
        said = str(error)
        print([fault.code for fault in error.diagnostics], "zhejiang_2022" in said, len(said) < 1000)
print([one for one in opened if one in texts])
"""
    assert elsewhere(code, given=json.dumps(texts).encode()).splitlines() == [
        "['unknown-ruleset'] True True"
    ] * len(texts) + ["[]"]


def test_a_file_that_exists_is_no_id(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mine.yaml").write_bytes(RULES.read_bytes())
    with pytest.raises(RuleSetError, match=r"no rule set mine\.yaml"):
        load_ruleset("mine.yaml", ids_only=True)
    assert load_ruleset("mine.yaml").id == "zhejiang_2022"
    assert load_ruleset("zhejiang_2022", ids_only=True).id == "zhejiang_2022"
    assert load_ruleset(load_ruleset("mine.yaml"), ids_only=True).file == "mine.yaml"


def test_a_rule_file_is_parsed_again_only_when_its_content_has_changed(tmp_path: Path) -> None:
    file = tmp_path / "mine.yaml"
    file.write_bytes(RULES.read_bytes())
    first = load_ruleset(file)
    os.utime(file, (0, 0))
    assert load_ruleset(file) is first, "the day of the file says nothing"
    about = file.stat()
    text = RULES.read_text(encoding="utf-8")
    file.write_text(text.replace("at_least: 10亿元", "at_least: 11亿元", 1), encoding="utf-8")
    os.utime(file, (about.st_atime, about.st_mtime))
    second = load_ruleset(file)
    assert second is not first, "nor does it that size and day are the same"
    assert second["investment-2y"] != first["investment-2y"]
    assert first.sha256 == hashlib.sha256(RULES.read_bytes()).hexdigest() != second.sha256
    other = tmp_path / "other.yaml"
    other.write_bytes(RULES.read_bytes())
    assert load_ruleset(other).file == str(other), "each file has places of its own"


def own_words(tmp_path: Path, name: str, word: str) -> Path:
    file = tmp_path / f"{name}.yaml"
    file_of_few = ROOT / "rules" / "national_13fyp.yaml"
    text = file_of_few.read_text(encoding="utf-8").replace("id: national_13fyp", f"id: {name}", 1)
    assert text.count("\nvocabulary:\n") == 1
    words = f"\nvocabulary:\n  words:\n    carriers:\n      {word}: {{zh: 词, en: word}}\n"
    file.write_text(text.replace("\nvocabulary:\n", words), encoding="utf-8")
    return file


def test_the_words_of_a_centre_come_from_several_rule_sets(tmp_path: Path) -> None:
    one, two = own_words(tmp_path, "one_2030", "word_one"), own_words(tmp_path, "two_2030", "word_two")
    data = {
        "id": "x",
        "reported_on": "2026-06-30",
        "hosts": [{"carriers": ["word_one"]}, {"carriers": ["word_two"]}],
    }
    for alone in (one, two):
        with pytest.raises(DataError, match="word_"):
            Centre.from_data(data, ruleset=alone)
    file = tmp_path / "centre.json"
    file.write_text(json.dumps(data), encoding="utf-8")
    both = [str(one), load_ruleset(two)]
    for centre in (
        Centre.from_data(data, ruleset=both),
        Centre.from_file(file, ruleset=both),
        *Centre.each_from_file(file, ruleset=both),
    ):
        assert isinstance(centre, Centre)
        for rules in (one, two):
            assert len(check(centre, rules)) == len(load_ruleset(rules))
    with pytest.raises(DataError, match="word_three"):
        Centre.from_data({"hosts": [{"carriers": ["word_three"]}]}, ruleset=both)
    sent = pickle.dumps(pickle.loads(pickle.dumps(Centre.from_data(data, ruleset=both))))
    code = (
        "import pickle, sys; from tic_rules import check; centre = pickle.load(sys.stdin.buffer);"
        "print([len(check(centre, file)) for file in sys.argv[1:]])"
    )
    assert (
        elsewhere(code, str(one), str(two), given=sent)
        == f"{[len(load_ruleset(one)), len(load_ruleset(two))]}\n"
    )
    received = pickle.loads(sent)
    for other in (received, received.model_copy(update={"name": "b"})):
        with pytest.raises(DataError, match="word_"):
            check(other, own_words(tmp_path, "three_2030", "word_three"))
    with pytest.raises(DataError, match="word_"):
        check(received.model_copy(update={"name": "b"}), one)
    assert Centre.from_data({"id": "x"}, ruleset=[]).id == "x"


# --- provenance ---------------------------------------------------------------------------------------------


def test_every_report_says_where_it_comes_from(report: Report) -> None:
    told = json.loads(report.to_json())
    assert list(told)[-1] == "provenance"
    assert told["provenance"] == {
        "data": {"of": "text", "sha256": hashlib.sha256(EXAMPLE.read_bytes()).hexdigest()},
        "rules": {
            "file": "rules/zhejiang_2022.yaml",
            "sha256": hashlib.sha256(RULES.read_bytes()).hexdigest(),
        },
        "text": load_ruleset("zhejiang_2022").document.text_sha256,
        "settings": {"phase": None, "exemptions": True},
    }
    assert told["tool"] == {"name": "tic-rules", "version": tic_rules.__version__, "engine": "native"}
    assert (
        Report.from_json(report.to_json()).provenance
        == report.provenance
        == pickle.loads(pickle.dumps(report)).provenance
    )
    assert report.only_phase("construction").provenance.settings == {
        "phase": "construction",
        "exemptions": True,
    }  # type: ignore[union-attr]


def test_data_without_a_text_has_the_digest_of_its_values() -> None:
    values = [
        {"id": "x", "term_years": 3, "staff": {"headcount": 5}, "legal": None},
        {"staff": {"headcount": "5"}, "term_years": 3, "id": "x", "sources": []},
        Centre(id="x", term_years=3, staff={"headcount": 5}),  # type: ignore[arg-type]
    ]
    said = [
        check(data, "zhejiang_2022", as_of="2026-06-30").as_dict()["provenance"]["data"] for data in values
    ]
    assert said[0] == said[1] == said[2]
    canonical = '{"id":"x","staff":{"headcount":5},"term_years":3}'
    assert said[0] == {"of": "values", "sha256": hashlib.sha256(canonical.encode()).hexdigest()}
    changed = Centre.from_file(EXAMPLE).model_copy(update={"name": "b"})
    assert check(changed, "zhejiang_2022").provenance.data.of == "values"  # type: ignore[union-attr]


def test_nothing_is_digested_before_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of data given in Python that takes up to a third of what a check takes."""
    asked = list[object]()
    monkeypatch.setattr(
        "tic_rules.results.provenance.digest_of_values", lambda values: asked.append(values) or "0" * 64
    )
    report = check({"id": "x"}, "zhejiang_2022", as_of="2026-06-30")
    assert (report.verdict, report.to_frame and asked) == ("undetermined", [])
    assert report.provenance == report.provenance
    assert asked == [{"id": "x"}]


def test_rules_changed_in_python_have_no_digest() -> None:
    rules = load_ruleset("zhejiang_2022").with_change("investment-2y", "8亿元")
    assert rules.place("investment-2y") == load_ruleset("zhejiang_2022").place("investment-2y")
    told = check({}, rules, as_of="2026-06-30").as_dict()["provenance"]
    assert told["rules"] == {"file": "rules/zhejiang_2022.yaml", "sha256": None}


def test_a_report_of_before_provenance_reads_and_writes_as_it_was(report: Report) -> None:
    old = report.as_dict()
    del old["provenance"]
    assert Report.from_dict(old).as_dict() == old
    assert Report.from_dict(old).provenance is None


# --- the reference ------------------------------------------------------------------------------------------


def test_every_public_name_has_a_docstring() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import reference; print(reference.missing(), "
        "sorted(reference.aliases()))"
    )
    said = elsewhere(code, str(ROOT / "docs"))
    assert said == "[] ['Engine', 'Given', 'Kind', 'Modality', 'Severity', 'Status', 'Verdict']\n"


def test_a_name_without_a_docstring_is_found() -> None:
    code = (
        "import sys; sys.path.insert(0, sys.argv[1]); import reference, tic_rules; from tic_rules import "
        "Report, check;"
        "check.__doc__ = None; Report.to_frame.__doc__ = None; Report.silent = lambda self: 1; "
        "print(reference.missing())"
    )
    assert elsewhere(code, str(ROOT / "docs")) == "['check', 'Report.to_frame', 'Report.silent']\n"


@pytest.mark.parametrize("name", ["library.md", "library.zh.md"])
def test_the_snippets_of_the_documentation_run(name: str) -> None:
    text = (ROOT / "docs" / name).read_text(encoding="utf-8")
    code = "\n".join(re.findall(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL))
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=ENVIRONMENT, cwd=ROOT)
    assert (done.stdout, done.stderr) == ("unknown-ruleset\n", "")
    assert [key for key in ("data", "rules", "text", "settings") if f"| `{key}` |" not in text] == []
