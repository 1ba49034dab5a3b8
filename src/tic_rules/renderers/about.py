"""What a report is about, as every format names it."""

from __future__ import annotations

from tic_rules.core.errors import Text
from tic_rules.results.report import Part, Report


def about_of(report: Report) -> Part:
    """The centre of a report, or the programme: their names, ids and files, as far as they are known."""
    return report.centre or report.programme or Part()


def file_of(report: Report) -> str | None:
    """The file that the data came from."""
    file: str | None = about_of(report).get("file")
    return file


def who(about: Part) -> str:
    """A centre by name, id and file, as far as they are known."""
    named = [str(about[key]) for key in ("name", "id") if about.get(key)]
    return " ".join(named) or str(about.get("file") or "?")


def name_of(report: Report) -> str:
    """The name of the centre, else its id, else its file; empty for a programme."""
    about: Part = report.centre or Part()
    return str(about.get("name") or about.get("id") or about.get("file") or "")


def document_of(report: Report) -> Text:
    """The title of the document that a report is about, in both languages, in Chinese with its marks."""
    document = report.ruleset["document"]
    return Text(f"《{document['title']}》", document["title_en"])
