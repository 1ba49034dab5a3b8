"""A report in a real browser, and the reference of `make docs`: nothing comes from a network."""

from __future__ import annotations

import subprocess
import sys
from html.parser import HTMLParser
from pathlib import Path

import pytest
from browser import chromium, look, looks

import tic_rules
from tic_rules import Centre, Report, check

ROOT = Path(__file__).parents[2]


def notebook(folder: Path, report: Report) -> Path:
    """A page as a notebook makes it: the report's part of it, within what the notebook writes."""
    page = folder / "notebook.html"
    page.write_text(
        '<!doctype html><meta charset="utf-8"><title>notebook</title><body>'
        f'<div class="output">{report._repr_html_()}</div></body>',
        encoding="utf-8",
    )
    return page


def test_a_notebook_shows_each_finding_that_is_open(tmp_path: Path) -> None:
    chromium()
    report = check(Centre.from_file(ROOT / "examples" / "zhejiang.yaml"), "zhejiang_2022", as_of="2026-06-30")
    rows = look(
        notebook(tmp_path, report),
        "return [...doc.querySelectorAll('tbody tr')].map(row => [row.offsetHeight > 0, row.innerText]);",
    )
    shown = [finding for finding in report if finding.status not in ("pass", "not_applicable")]
    assert len(rows) == len(shown)
    for finding in shown:
        (text,) = [text for visible, text in rows if visible and f"\t{finding.id}\t" in text]
        assert text.startswith(finding.status)
        assert finding.message.zh in text
        assert finding.message.en in text


def test_what_means_harm_is_only_shown(tmp_path: Path) -> None:
    chromium()
    name = '<script>parent.harmed=1</script><img src=x onerror="parent.harmed=1"></div></table>'
    report = check({"id": "x", "name": name}, "zhejiang_2022", as_of="2026-06-30")
    harmed, text, inside = look(
        notebook(tmp_path, report),
        "return [window.harmed || 0, doc.body.innerText, doc.querySelectorAll('.output table').length];",
    )
    assert (harmed, inside) == (0, 1)
    assert name in text


@pytest.fixture(scope="module")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Path:
    pytest.importorskip("pdoc", reason="pdoc is not installed (make docs)")
    folder = tmp_path_factory.mktemp("reference")
    command = [sys.executable, str(ROOT / "docs" / "reference.py"), str(folder)]
    subprocess.run(
        command, check=True, capture_output=True, env={"PYTHONPATH": str(ROOT / "src"), "PATH": ""}
    )
    return folder


def test_the_reference_opens_offline(reference: Path) -> None:
    pages = {
        file.relative_to(reference).as_posix(): file.read_text(encoding="utf-8")
        for file in reference.rglob("*.html")
    }
    assert pages.keys() == {"index.html", "tic_rules.html", "tic_rules/monitoring.html"}
    for name in tic_rules.__all__:
        assert f'id="{name}"' in pages["tic_rules.html"], name
    assert "What became of a rule." in pages["tic_rules.html"]
    assert 'id="Monitor"' in pages["tic_rules/monitoring.html"]
    for page in pages.values():
        assert "@import" not in page
        assert [one for one in Loads(page).loaded if not one.startswith("data:")] == []


class Loads(HTMLParser):
    """What a page loads when it is opened, and pages of its own that it refers to."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.loaded: list[str] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.loaded += [
            value or "" for name, value in attrs if name == "src" or (name == "href" and tag == "link")
        ]


LOOK = """
const links = [...doc.querySelectorAll("a[href]")].map(link => link.href);
const parts = [...doc.querySelectorAll("section[id]")];
const shown = parts.filter(part => part.offsetHeight > 0).map(part => part.id);
return {title: doc.title, links, shown, style: doc.styleSheets.length, here: doc.location.href};
"""


def test_the_reference_opens_without_a_network(reference: Path) -> None:
    chromium()
    first = (
        "await new Promise(resolve => setTimeout(resolve, 1000)); return frame.contentWindow.location.href;"
    )
    assert look(reference / "index.html", first) == (reference / "tic_rules.html").as_uri()
    files = [page for page in reference.rglob("*.html") if page.name != "index.html"]
    pages = dict(zip(files, looks((page, LOOK) for page in files), strict=True))
    assert set(tic_rules.__all__) <= set(pages[reference / "tic_rules.html"]["shown"])
    assert "Monitor" in pages[reference / "tic_rules" / "monitoring.html"]["shown"]
    led_to = set[str]()
    for page, seen in pages.items():
        assert "tic_rules" in seen["title"]
        assert seen["style"] > 0, page
        led_to |= {link.split("#")[0] for link in seen["links"] if link.startswith("file:")}
    assert led_to == {page.as_uri() for page in pages}
