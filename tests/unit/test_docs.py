"""The pages for people: links lead somewhere, commands are those that there are, twins show the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from tic_rules.cli import COMMANDS, main

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md"), *(ROOT / "examples").rglob("*.md")])
TWINS = ["README", "docs/new-province", "docs/rule-files"]
NEEDS = {
    "html": "--format html|tic-rules docs ",
    "excel": r"\.xlsx|--format xlsx",
    "word": "--format docx",
    "prove": "--prove",
    "durable": "--engine durable",
    "frames": "tic-rules table|check_table|to_frame",
}
"""By extra, what needs it."""
FENCED = re.compile(r"```(\w*)\n(.*?)```", re.DOTALL)


def anchors(page: Path) -> set[str]:
    """The anchors of a page's headings, as GitHub makes them."""
    headings = re.findall(r"^#+ (.*)$", FENCED.sub("", page.read_text(encoding="utf-8")), re.MULTILINE)
    plain = (re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).strip().lower() for heading in headings)
    return {"".join(c for c in text if c.isalnum() or c in " -_").replace(" ", "-") for text in plain}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    text = FENCED.sub("", page.read_text(encoding="utf-8"))
    for link in re.findall(r"\]\(([^)\s]+)\)", text):
        if "://" in link or link.startswith("mailto:"):
            continue
        path, _, anchor = link.partition("#")
        to = page.parent / path if path else page
        assert to.exists(), link
        assert not anchor or to.suffix != ".md" or anchor in anchors(to), link


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_command_that_is_shown_is_there_with_its_options(page: Path) -> None:
    if page.name == "CHANGELOG.md":
        return  # tells of commands as they were
    for name, rest in re.findall(
        r"tic-rules (?:--lang \w+ )?([a-z][a-z-]+)((?: [^\n`|#；，。）]*)?)", page.read_text(encoding="utf-8")
    ):
        if name not in COMMANDS:
            continue
        command = main.get_command(None, name)  # type: ignore[arg-type]
        assert command is not None
        options = {option for parameter in command.params for option in parameter.opts} | {"--help"}
        assert set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", rest)) <= options, (name, rest)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_a_page_that_shows_what_an_extra_is_needed_for_names_the_extra(page: Path) -> None:
    if page.stem in ("CHANGELOG", "benchmarks"):
        return  # tell of what was done and measured, and not how to do it
    text = page.read_text(encoding="utf-8")
    named = " ".join(re.findall(r"(?:extras?|附加组件)[\s:].{0,40}|tic-rules\[[a-z,]+\]", text, re.DOTALL))
    needed = [extra for extra, shown in NEEDS.items() if re.search(shown, text)]
    assert [extra for extra in needed if not re.search(rf"\b{extra}\b", named)] == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_file_of_the_checkout_that_is_named_is_there(page: Path) -> None:
    if page.name == "CHANGELOG.md":
        return  # tells of files as they were
    named = re.findall(r"`((?:tests|src|benchmarks|fuzz|rules)/[\w./-]+)`", page.read_text(encoding="utf-8"))
    assert [path for path in named if not (ROOT / path).exists()] == []


def test_the_chinese_readme_leads_to_every_page_in_chinese() -> None:
    links = re.findall(r"\[([^\]]*)\]\(([^)\s]+)\)", (ROOT / "README.zh.md").read_text(encoding="utf-8"))
    pages = {page.relative_to(ROOT).as_posix() for page in ROOT.glob("docs/*.zh.md")}
    assert pages | {"CONTRIBUTING.zh.md"} <= {to for _, to in links}
    assert [(said, to) for said, to in links if said.endswith(".md") and said != to] == []


@pytest.mark.parametrize("twin", TWINS)
def test_what_is_shown_in_english_and_in_chinese_is_the_same(twin: str) -> None:
    """The YAML of both, comments apart."""
    english, chinese = (
        [
            yaml.safe_load(block)
            for kind, block in FENCED.findall((ROOT / name).read_text("utf-8"))
            if kind == "yaml"
        ]
        for name in (f"{twin}.md", f"{twin}.zh.md")
    )
    assert english == chinese != []
    pages = [(ROOT / f"{twin}{end}").read_text(encoding="utf-8") for end in (".md", ".zh.md")]
    assert f"{Path(twin).name}.zh.md" in pages[0]


def leaves(value: object, at: str = "") -> Iterator[str]:
    """The paths of the plain values of data."""
    pairs = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    if not pairs:
        yield at
    for key, below in pairs:
        yield from leaves(below, f"{at}/{key}")


@pytest.mark.parametrize(
    "file", sorted((ROOT / "examples" / "real").glob("*.yaml")), ids=lambda file: file.stem
)
def test_every_datum_of_a_real_centre_has_a_source_but_the_jurisdiction(file: Path) -> None:
    data = yaml.safe_load(file.read_text(encoding="utf-8"))
    cited = tuple(source["path"] for source in data["sources"])
    for of_the_file in ("id", "sources", "incomplete"):
        data.pop(of_the_file, None)
    bare = [path for path in leaves(data) if not any(f"{path}/".startswith(f"{one}/") for one in cited)]
    assert bare == ["/jurisdiction"]
