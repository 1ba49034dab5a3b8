"""Every page in a real browser, at desk and phone width, in both languages: WCAG 2.1 AA, nothing clipped.

axe-core is not part of the project: `TIC_RULES_AXE` names its axe.min.js (npm install axe-core). What needs
none is looked at wherever there is a Chromium.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from browser import DESK, PHONE, chromium, look, looks, printed
from click.testing import CliRunner

from tic_rules import load_ruleset
from tic_rules.cli import main

ROOT = Path(__file__).parents[2]
EXAMPLES = ROOT / "examples"
AXE = os.environ.get("TIC_RULES_AXE")
PAGES = {
    "diff": ["diff", "jiangsu_2020", "zhejiang_2022", "--prove"],
    "several": ["diff", "national_2017", "jiangsu_2020", "national_2020", "zhejiang_2022"],
    "impact": ["diff", "national_2017", "national_2020", "--impact", str(EXAMPLES / "real")],
    "check": ["check", str(EXAMPLES / "zhejiang.yaml")],
    "checks": ["check", str(EXAMPLES / "real"), str(EXAMPLES / "zhejiang.yaml")],
    "sweep": [
        "what-if", str(EXAMPLES / "real"), str(EXAMPLES / "zhejiang.yaml"),
        "--sweep", "zhejiang_2022/investment-2y=5亿元..12亿元",
    ],
    "coverage": ["coverage", "zhejiang_2022"],
    "plan": ["plan", str(EXAMPLES / "zhejiang.yaml"), "--rules", "zhejiang_2022"],
}  # fmt: skip
SITE = ("index.html", "zhejiang_2022/index.html", "zhejiang_2022/investment-2y.html")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("jinja2", reason="the extra html is not installed")
    chromium()
    return tmp_path_factory.mktemp("pages")


def page_of(folder: Path, name: str) -> Path:
    """The page that a command writes, or one of the pages of the rules."""
    if name in SITE:
        if not (folder / "site").exists():
            assert CliRunner().invoke(main, ["docs", str(folder / "site"), "--lang", "zh"]).exit_code == 0
        return folder / "site" / name
    page = folder / f"{name}.html"
    if not page.exists():
        words = [*PAGES[name], "--format", "html", "--lang", "zh", "--output", str(page)]
        done = CliRunner().invoke(main, words)
        assert done.exit_code in (0, 1), done.output
    return page


EACH_WAY = """
const settle = () => new Promise(resolve => setTimeout(resolve, 100));
const seen = {};
for (const width of [%d, %d]) for (const lang of ["zh", "en"]) {
  frame.style.width = width + "px";
  doc.querySelector(`[data-set-lang=${lang}]`).click();
  await settle();
  seen[`${lang} ${width}`] = await (async () => { %s })();
}
return seen;
"""


WAYS = {f"{language} {width}" for language in ("zh", "en") for width in (DESK, PHONE)}


def each_way(folder: Path, script: Callable[[str], str]) -> dict[str, dict[str, Any]]:
    """What the script of each page gives at both widths in both languages."""
    names = [*PAGES, *SITE]
    seen = looks((page_of(folder, name), EACH_WAY % (DESK, PHONE, script(name))) for name in names)
    assert [set(each) for each in seen] == [WAYS] * len(names), seen
    return dict(zip(names, seen, strict=True))


CLIPPED = """
const wide = doc.documentElement.scrollWidth - doc.documentElement.clientWidth;
const cut = [...doc.querySelectorAll("main *, header *")].filter(e => {
  const style = win.getComputedStyle(e), box = e.getBoundingClientRect();
  if (!box.width || style.visibility === "hidden") return false;
  if (e.scrollWidth > e.clientWidth + 1 && style.overflowX === "hidden") return true;
  const reachable = e.closest(".scroll, pre, svg") || box.right <= 0;
  return !reachable && box.right > doc.documentElement.clientWidth + 1;
}).map(e => e.outerHTML.slice(0, 120));
return [wide, cut.slice(0, 5), win.scrollY];
"""


BACK = """
win.scrollTo(0, 1e6);
doc.querySelector(".to-top a").click();
await new Promise(done => setTimeout(done, 500));
"""
"""From the end of a page to its top."""


def test_nothing_is_clipped_and_a_long_page_leads_back_to_its_top(folder: Path) -> None:
    seen = each_way(folder, lambda name: (BACK if name in PAGES else "") + CLIPPED)
    assert seen == {name: {way: [0, [], 0] for way in WAYS} for name in seen}


RUN_AXE = """
const found = await win.axe.run(doc, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa"], resultTypes: ["violations"],
});
return found.violations.map(v => [v.id, v.nodes.length, v.nodes[0].html.slice(0, 160)]);
"""


@pytest.mark.skipif(AXE is None, reason="TIC_RULES_AXE names no axe.min.js (npm install axe-core)")
def test_axe_finds_no_violation_of_wcag_2_1_aa(folder: Path) -> None:
    code = json.dumps(Path(AXE or "").read_text(encoding="utf-8")).replace("</", "<\\/")
    put = f"const axe = doc.createElement('script'); axe.textContent = {code}; doc.head.append(axe);"
    script = f"if (!win.axe) {{ {put} }}"
    seen = each_way(folder, lambda _: script + RUN_AXE)
    assert seen == {name: {way: [] for way in WAYS} for name in seen}


FILTERED = """
const form = doc.querySelector("form.filters");
const seen = name => [...doc.querySelectorAll(name)].filter(e => e.getBoundingClientRect().height > 0);
return %s.map(given => {
  form.reset();
  for (const [name, text] of Object.entries(given)) form[name].value = text;
  form.dispatchEvent(new win.Event("input"));
  return {
    rows: seen("tbody[data-relation]").map(row => ({...row.dataset, text: row.textContent})),
    said: form.querySelector(".shown").textContent, groups: seen(".group").length,
  };
});
"""
"""What the comparison shows once its filters say each of these: the rows, and the number said."""


def test_the_comparison_is_filtered_by_words_relation_topic_and_bearer(folder: Path) -> None:
    chosen = {"relation": "b_stricter", "topics": "host", "bearers": "province"}
    asked = [
        {},
        *({name: value} for name, value in chosen.items()),
        {"words": "理事会 首席"},
        {"words": "没有的词"},
    ]
    everything, *each, words, nothing = look(page_of(folder, "diff"), FILTERED % json.dumps(asked))
    for (name, value), seen in zip(chosen.items(), each, strict=True):
        assert 0 < len(seen["rows"]) < int(everything["said"])
        assert all(value in row[name].split() for row in seen["rows"])
        assert seen["said"] == str(len(seen["rows"]))
    assert each[0]["groups"] == 1
    assert 0 < len(words["rows"]) < len(everything["rows"])
    assert all("理事会" in row["text"] and "首席" in row["text"] for row in words["rows"])
    assert nothing["rows"] == []


def test_print_shows_quotes_and_readings(folder: Path, tmp_path: Path) -> None:
    reader = shutil.which("pdftotext")
    if reader is None:
        pytest.skip("no pdftotext on this machine (Debian: apt-get install poppler-utils)")
    printed(page_of(folder, "diff"), tmp_path / "diff.pdf")
    command = [reader, "-raw", str(tmp_path / "diff.pdf"), "-"]
    text = re.sub(r"\s", "", subprocess.run(command, capture_output=True, text=True, check=True).stdout)
    assert "搜索" not in text, "what is for the screen is not printed"
    a, b = (load_ruleset(name) for name in ("jiangsu_2020", "zhejiang_2022"))
    for ruleset in (a, b):
        missing = [rule.id for rule in ruleset if re.sub(r"\s", "", rule.quote) not in text]
        assert len(missing) * 20 <= len(ruleset), missing  # a page break may stand within a quote
    unread = [r.id for r in (*a, *b) if r.reading and re.sub(r"\s", "", r.reading.zh)[:12] not in text]
    assert len(unread) * 20 <= len(a) + len(b), unread
