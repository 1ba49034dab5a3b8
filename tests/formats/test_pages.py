"""The pages of the rules: all there, all linked, safe to open, with examples and counterparts."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from click.testing import CliRunner

from tic_rules import load_ruleset, parse_ruleset, shipped_ids
from tic_rules.analysis.cases.examples import read_examples
from tic_rules.analysis.pages import Example, site
from tic_rules.cli import main

CORPUS = Path(__file__).parents[1] / "corpus"
BOUNDS = {
    "zhejiang_2022/investment-2y": "≥ 10亿元",
    "zhejiang_2022/municipal-match": "≥ 省财政补助的2倍",
    "jiangsu_2020/programme-count": "18–22家",
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("jinja2", reason="the extra html is not installed")
    path = tmp_path_factory.mktemp("docs")
    result = CliRunner().invoke(main, ["docs", str(path), "--lang", "zh"])
    assert result.exit_code == 0, result.output
    return path


class Page(HTMLParser):
    """What a page links to, the ids that it has, its headings and its tables."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.links: list[str] = []
        self.ids: set[str] = set()
        self.headings: list[int] = []
        self.loads: list[str] = []
        self.text: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if given.get("id"):
            self.ids.add(str(given["id"]))
        if tag == "a" and given.get("href"):
            self.links.append(str(given["href"]))
        if re.fullmatch("h[1-6]", tag):
            self.headings.append(int(tag[1]))
        if tag in ("img", "link", "iframe") or (tag == "script" and given.get("src")):
            self.loads.append(tag)

    def handle_data(self, data: str) -> None:
        self.text.append(data)


def test_there_is_a_page_for_every_rule_and_document(folder: Path) -> None:
    for suffix in ("html", "md"):
        expected = {folder / f"index.{suffix}"}
        for name in shipped_ids():
            expected |= {
                folder / name / f"{stem}.{suffix}"
                for stem in ("index", *(rule.id for rule in load_ruleset(name)))
            }
        assert set(folder.rglob(f"*.{suffix}")) == expected


def test_every_link_leads_somewhere_and_nothing_is_loaded(folder: Path) -> None:
    pages = {path: Page(path.read_text(encoding="utf-8")) for path in folder.rglob("*.html")}
    for path, page in pages.items():
        assert page.loads == [], path
        for link in page.links:
            parts = urlsplit(link)
            assert not parts.scheme, (path, link)
            target = (path.parent / parts.path).resolve() if parts.path else path
            assert target in pages, (path, link)
            assert not parts.fragment or parts.fragment in pages[target].ids, (path, link)
    for path in folder.rglob("*.md"):
        for link in re.findall(r"\]\(([^)]+)\)", path.read_text(encoding="utf-8")):
            assert (path.parent / link).resolve().exists(), (path, link)


def test_pages_are_small_and_their_headings_go_down_by_steps(folder: Path) -> None:
    for path in folder.rglob("*.html"):
        assert path.stat().st_size < 1_000_000
        headings = Page(path.read_text(encoding="utf-8")).headings
        assert headings[0] == 1
        assert headings.count(1) == 1
        assert all(after <= before + 1 for before, after in pairwise(headings)), path


def test_the_front_page_compares_all_documents_by_topic(folder: Path) -> None:
    page = (folder / "index.html").read_text(encoding="utf-8")
    topics = {rule.topic for name in shipped_ids() for rule in load_ruleset(name)}
    assert set(re.findall(r'<tr id="([^"]+)"', page)) == topics
    for name in shipped_ids():
        for rule in load_ruleset(name):
            assert f'href="{name}/{rule.id}.html"' in page
    for bound in BOUNDS.values():
        assert bound in page
    assert re.findall(r'(<span class="bound">.*</span>) \1', page) == []


@pytest.mark.parametrize("name", shipped_ids())
def test_a_rule_page_says_what_the_rule_says(folder: Path, name: str) -> None:
    for rule in load_ruleset(name):
        text = "".join(Page((folder / name / f"{rule.id}.html").read_text(encoding="utf-8")).text)
        for said in (
            rule.quote,
            rule.at,
            rule.title.zh,
            rule.title.en,
            rule.remedy.zh,
            *((rule.reading.zh, rule.reading.en) if rule.reading else ()),
        ):
            assert said in text, (rule.id, said)
        markdown = (folder / name / f"{rule.id}.md").read_text(encoding="utf-8")
        assert rule.title.zh in markdown
        assert "## 其他文件的对应要求" in markdown


@pytest.mark.parametrize("name", shipped_ids())
def test_every_rule_shows_an_example_that_passes_and_one_that_does_not(name: str) -> None:
    made = site([load_ruleset(name)], read_examples(CORPUS))
    for page in made.pages(load_ruleset(name)):
        assert page.fails is not None, page.cell.rule.id
        assert page.fails.status != "pass"
        assert page.passes is not None, page.cell.rule.id


def test_the_plainest_example_is_shown() -> None:
    rules = load_ruleset("zhejiang_2022")
    wide = Example("2026-01-01", "fail", ("term_years: 3",), "", 9)
    plain = Example("2026-01-01", "fail", ("staff.headcount.0.value: 299",), "", 1)
    unknown = Example("2026-01-01", "unknown", ("staff: –",), "", 1)
    page = next(
        page
        for page in site([rules], {("zhejiang_2022", "staff-2y"): [wide, unknown, plain]}).pages(rules)
        if page.cell.rule.id == "staff-2y"
    )
    assert page.fails is plain
    assert page.passes is None


def test_counterparts_stand_side_by_side() -> None:
    made = site([load_ruleset(name) for name in shipped_ids()], {})
    assert [ruleset.id for ruleset in made.rulesets] == [
        "national_13fyp",
        "national_2017",
        "national_2020",
        "zhejiang_2022",
        "jiangsu_2020",
    ]
    term = next(
        page for page in made.pages(load_ruleset("jiangsu_2020")) if page.cell.rule.id == "term-length"
    )
    assert {other.id: [cell.rule.id for cell in cells] for other, cells in term.sides} == {
        "national_13fyp": [],
        "national_2017": ["term-length"],
        "national_2020": [],
        "zhejiang_2022": ["term-length"],
    }


def test_a_bound_that_is_another_number_is_told_as_that_and_no_other_document_needs_no_heading(
    tmp_path: Path,
) -> None:
    pytest.importorskip("jinja2", reason="the extra html is not installed")
    haidong = CORPUS.parents[1] / "examples/provinces/haidong/tic_rules_haidong/haidong_2024.yaml"
    arguments = ["docs", str(tmp_path), "--rules", str(haidong), "--lang", "zh"]
    assert CliRunner().invoke(main, arguments).exit_code == 0
    front = (tmp_path / "index.md").read_text(encoding="utf-8")
    assert "**≤ 补助上限（上年研发投入的20%、500万元中较小的）**" in front
    page = (tmp_path / "haidong_2024/support-ceiling.md").read_text(encoding="utf-8")
    assert "其他文件" not in page


def test_what_a_rule_file_says_is_escaped(tmp_path: Path) -> None:
    pytest.importorskip("jinja2", reason="the extra html is not installed")
    from test_lint import CLEAN

    file = tmp_path / "bad.yaml"
    file.write_text(
        CLEAN.replace("en: 300 persons within two years", 'en: "<img src=x onerror=alert(1)> | a"'),
        encoding="utf-8",
    )
    assert parse_ruleset(file.read_text(encoding="utf-8"))["staff"].title.en.startswith("<img")
    assert (
        CliRunner()
        .invoke(main, ["docs", str(tmp_path / "out"), "--rules", str(file), "--lang", "en"])
        .exit_code
        == 0
    )
    for path in (tmp_path / "out").rglob("*.*"):
        assert "<img" not in path.read_text(encoding="utf-8").replace("\\<img", ""), path
    assert "\\| a" in (tmp_path / "out" / "index.md").read_text(encoding="utf-8")


def test_unusable_arguments_are_status_2(tmp_path: Path) -> None:
    assert (
        CliRunner().invoke(main, ["docs", str(tmp_path), "--corpus", str(tmp_path / "none")]).exit_code == 2
    )
    assert CliRunner().invoke(main, ["docs", str(tmp_path), "--rules", "no_such_set"]).exit_code == 2
    (tmp_path / "file").write_text("", encoding="utf-8")
    assert (
        CliRunner()
        .invoke(main, ["docs", str(tmp_path / "file" / "out"), "--rules", "national_13fyp"])
        .exit_code
        == 2
    )
