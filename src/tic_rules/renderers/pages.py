"""The pages of the rules, one a rule and a document, a comparison in front; HTML and Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterator

from tic_rules.analysis.coverage.account import STATES, coverage
from tic_rules.analysis.pages import Site, asked
from tic_rules.core.errors import Text
from tic_rules.model.ruleset import RuleSet
from tic_rules.renderers.html import render
from tic_rules.results.explanation import data_read, place_shown
from tic_rules.results.labels import BEARER, KIND, MODALITY, STATUS, describe

SIGNS = {"must": "●", "in_principle": "◐", "encouraged": "○", "may": "◌"}
"""One sign a modality: nothing rests on colour alone."""


def pages(site: Site, lang: str) -> Iterator[tuple[str, str]]:
    """Every page, path and text: HTML in both languages, opening in `lang`; Markdown in `lang`."""
    words = {"lang": lang, "site": site, "signs": SIGNS, "modalities": MODALITY, "name_of": name_of}
    yield from _both("index", "pages_index", **words)
    for ruleset in site.rulesets:
        about = {**words, "ruleset": ruleset}
        account = coverage(ruleset)
        yield from _both(f"{ruleset.id}/index", "pages_document", **about, account=account, states=STATES)
        said = {"asked": asked, "describe": describe, "data_read": data_read, "place_shown": place_shown}
        labels = {"statuses": STATUS, "kinds": KIND, "bearers": BEARER, "fence": _fence}
        for page in site.pages(ruleset):
            name = f"{ruleset.id}/{page.cell.rule.id}"
            yield from _both(name, "pages_rule", **about, **said, **labels, page=page)


def _both(name: str, template: str, **context: object) -> Iterator[tuple[str, str]]:
    """A page by its two templates."""
    yield f"{name}.html", render(f"{template}.html.j2", **context)
    yield f"{name}.md", render(f"{template}.md.j2", **context).rstrip("\n") + "\n"


def name_of(ruleset: RuleSet) -> Text:
    """A document in a few words, for the head of a column: where it is from and its year."""
    place = ruleset.vocabulary.words["jurisdictions"][ruleset.jurisdiction].text
    day = ruleset.document.issued or ruleset.document.in_force.from_
    year = day.year if day else ""
    en = f"{place.en} {year}"
    return Text(f"{place.zh} {year}", en.strip().capitalize() if place.en.islower() else en)


def _fence(text: str) -> str:
    """What stands around a text that is shown as it is: longer than any run of its own."""
    return "`" * max(3, 1 + max(map(len, re.findall("`+", text)), default=0))
