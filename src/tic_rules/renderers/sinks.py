"""What leaves the program: one function for each kind of sink, and nothing leaves by another way.

Text of a file is text wherever it goes. On its way out whatever a terminal would obey, a reader would not
see, a runner of workflows would take for a command, a browser for markup or a spreadsheet for a formula is
written as the sink itself writes such things: as an entity in HTML and XML, as an escape in JSON, with a
backslash in Markdown, with an apostrophe in a cell.

A value is escaped where it is put into its place (`markdown`, `xml`, `cell`, `data`, `properties`; HTML by
its template engine), and what is finished passes once more as a whole (`leave`), so that a forgotten value
is still harmless."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping

from tic_rules.core.errors import visible

UNUSUAL = "[^\n -~\u3000-\u303f\u4e00-\u9fff\uff01-\uff5e]+"
_UNUSUAL = re.compile(UNUSUAL)
"""Runs of characters that are looked at one by one; the others are all seen for what they are."""
_ANYWHERE = re.compile(r"#(?=#(?:\[|vso\[|teamcity\[))", re.IGNORECASE)
"""Commands that GitHub (##[…]), Azure (##vso[…]) and TeamCity find wherever they stand in a line."""
_AT_START = re.compile(r"^(\s*):(?=:)", re.MULTILINE)
"""Commands that GitHub finds at the beginning of a line (::set-output …)."""
_STYLE = re.compile("(\x1b\\[[0-9;]*m)")
"""The colours that the program itself gives a text for a terminal."""


def line(text: str) -> str:
    """A text as one line of a terminal, of a comment, of a table."""
    return visible(text)


def plain(text: str) -> str:
    """A text of several lines: line ends stay, what is obeyed or not seen is shown as an escape."""
    if text.replace("\n", "").isprintable():
        return text
    return _UNUSUAL.sub(lambda run: visible(run[0]), text)


def _broken(text: str, hash_: str, colon: str) -> str:
    """A text in which no runner finds a command: its first character is written as an escape."""
    if "##" in text:
        text = _ANYWHERE.sub(lambda _: hash_, text)
    if "::" in text:
        text = _AT_START.sub(lambda start: start[1] + colon, text)
    return text


# --- finished texts ---------------------------------------------------------------------------


def console(text: str) -> str:
    """What is printed, for a terminal or the log of a runner."""
    return _broken(plain(text), "\\u0023", "\\u003a")


def coloured(text: str) -> str:
    """What is printed on a terminal with the program's own colours."""
    return "".join(part if _STYLE.fullmatch(part) else console(part) for part in _STYLE.split(text))


def json_text(text: str) -> str:
    """JSON: the same values, with JSON's own escapes for what a terminal or a runner would obey."""
    if "##" in text:
        text = _ANYWHERE.sub(lambda _: "\\u0023", text)
    if text.replace("\n", "").isprintable():
        return text
    return _UNUSUAL.sub(lambda run: "".join(map(_json_character, run[0])), text)


def _json_character(char: str) -> str:
    return char if char.isprintable() else json.dumps(char)[1:-1]


def as_json(value: object, *, indent: int | None = 2) -> str:
    """A value as JSON text, with a line end."""
    return json_text(json.dumps(value, ensure_ascii=False, indent=indent)) + "\n"


def html(page: str) -> str:
    """A page, XML or Markdown, or a part of one, whose values are escaped already."""
    return _broken(plain(page), "&#35;", "&#58;")


def calendar(text: str) -> str:
    """A calendar file: its lines end in CR and LF."""
    shown = "\r\n".join(plain(part) for part in text.split("\r\n"))
    return _broken(shown, "# ", ": ")


_BY_FORMAT: Mapping[str, Callable[[str], str]] = {
    "json": json_text,
    "jsonl": json_text,
    "sarif": json_text,
    "html": html,
    "junit": html,
    "markdown": html,
    "github": plain,  # commands to a runner, each made by `command`
    "ics": calendar,
}


def leave(format_: str, text: str, *, colour: bool = False) -> str:
    """A finished text, or a part of one, in the words of its format."""
    if colour and format_ == "text":
        return coloured(text)
    return _BY_FORMAT.get(format_, console)(text)


# --- values -----------------------------------------------------------------------------------

_SPECIAL = re.compile(r"([\\`*_\[\]<>|~$])")
_FIRST = re.compile(r"^(\s*)(?:([-+=!])|(\d+)([.)]))")


def markdown(text: object) -> str:
    """A value in Markdown: as it reads, with no markup, no mention, no link and no cell of its own."""
    shown = visible(str(text)).replace("&", "&amp;").replace("#", "&#35;")
    shown = (
        _SPECIAL.sub(r"\\\1", shown)
        .replace("@", "&#64;")
        .replace("://", "&#58;//")
        .replace("www.", "www&#46;")
    )
    return _FIRST.sub(lambda m: f"{m[1]}\\{m[2]}" if m[2] else f"{m[1]}{m[3]}\\{m[4]}", shown)


def markdown_line(text: str) -> str:
    """A value of perhaps several lines in one line of Markdown."""
    return markdown(" ".join(text.split()))


def xml(text: str) -> str:
    """A value as the text of an XML element; what XML has no character for is shown as an escape."""
    return visible(text).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def xml_attribute(text: str) -> str:
    """A value as an XML attribute, with its quotation marks."""
    shown = xml(text)
    return (
        f'"{shown}"'
        if '"' not in shown
        else f"'{shown}'"
        if "'" not in shown
        else f'"{shown.replace(chr(34), "&quot;")}"'
    )


FORMULA = r"^\s*[=+\-@＝＋－＠]|^[\t\r\n]"
"""How a text begins that a spreadsheet would run: =HYPERLINK(…), +1, -1, @SUM, the same after a blank."""
_FORMULA = re.compile(FORMULA)
DOUBTFUL = rf"{FORMULA}|{UNUSUAL}|##|^\s*::"
"""What `cell` may write otherwise than it stands."""


def cell(text: str) -> str:
    """A cell of CSV that no spreadsheet and no runner runs: formulas get an apostrophe before them."""
    shown = console(text)
    return f"'{shown}" if _FORMULA.match(text) else shown


def excel(text: str) -> str:
    """A cell of a workbook, written as text and never as a formula, as long as Excel takes it."""
    return plain(text)[:32_767]


def command(level: str, properties: Mapping[str, object], message: str) -> str:
    """A command to GitHub's runner, which shows a message at a line; empty properties are left out."""
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value)
    return f"::{level} {given}::{_data(message)}"


def _data(text: str) -> str:
    shown = _ANYWHERE.sub(lambda _: "\\u0023", visible(text))
    return shown.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
