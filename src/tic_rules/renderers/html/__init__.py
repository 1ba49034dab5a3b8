"""Self-contained HTML pages: one look, both languages in the page, nothing fetched; beside some of them the
same in Markdown, where each value goes through `md`.

A page extends `base.html.j2` and stands in this folder. In every template: `t(zh, en)` and `both(text)`
show the sentence of the language that the reader has chosen; `badge(name, zh, en)` is a mark of a status or
relation that reads without colour; `plural(n, one)` counts in English."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tic_rules.core.errors import Text, plural
from tic_rules.core.extras import lacking
from tic_rules.renderers import sinks

if TYPE_CHECKING:
    from jinja2 import Environment
    from markupsafe import Markup

SYMBOLS = {
    "pass": "✓", "fail": "✗", "pending": "◷", "unknown": "?", "needs_review": "✎", "not_applicable": "–",
    "exempted": "○", "compliant": "✓", "non_compliant": "✗", "on_course": "◷", "undetermined": "?",
    "error": "✗", "warning": "!", "note": "i",
    "same": "=", "b_stricter": "▲", "b_looser": "▼", "different": "⇄", "only_a": "◧", "only_b": "◨",
    "stricter": "▲", "looser": "▼", "incomparable": "⇄", "contradicts": "✗",
}  # fmt: skip


def render(template: str, **context: object) -> str:
    """A page of this folder, filled in and escaped, opening in `lang`. Raises UsageError without Jinja2."""
    return sinks.html(_environment().get_template(template).render({"lang": "zh", **context}))


def macro(template: str, name: str, **context: object) -> Callable[..., str]:
    """A macro of a template, to be called again and again; what it gives is escaped as in `render`."""
    made: Callable[..., str] = getattr(_environment().get_template(template).make_module(context), name)
    return made


@lru_cache(maxsize=1)
def _environment() -> Environment:
    try:
        from jinja2 import Environment, FileSystemLoader, StrictUndefined
        from markupsafe import Markup
    except ImportError:
        zh, en = "生成网页需要 Jinja2", "an HTML page needs Jinja2"
        raise lacking("html", zh, en, code="no-extra") from None

    two = Markup('<span class="zh" lang="zh-CN">{}</span><span class="en" lang="en">{}</span>')
    mark = Markup('<span class="badge {}"><span class="symbol" aria-hidden="true">{}</span> {}</span>')

    def t(zh: object, en: object) -> Markup:
        return two.format(zh, en)

    def both(text: Text) -> Markup:
        return t(text.zh, text.en)

    def badge(name: str, zh: object, en: object) -> Markup:
        return mark.format(name, SYMBOLS.get(name, "•"), t(zh, en))

    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=lambda template: not (template or "").endswith(".md.j2"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals.update(t=t, both=both, badge=badge, plural=plural)
    environment.filters["md"] = sinks.markdown_line
    return environment
