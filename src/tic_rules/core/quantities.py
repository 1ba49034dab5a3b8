"""The numbers and the days of the field under one name; they live in `numbers` and `dates`."""

from tic_rules.core.dates import (
    ANY_DAY,
    FIRST_DAY,
    LAST_DAY,
    NotADate,
    Span,
    add_days,
    add_years,
    parse_span,
    year_end,
)
from tic_rules.core.errors import clip, visible
from tic_rules.core.numbers import (
    ANYTHING,
    INFINITY,
    LARGEST,
    NotANumber,
    Number,
    Range,
    decimal_text,
    parse_number,
    yuan_text,
)

__all__ = [
    "ANYTHING",
    "ANY_DAY",
    "FIRST_DAY",
    "INFINITY",
    "LARGEST",
    "LAST_DAY",
    "NotADate",
    "NotANumber",
    "Number",
    "Range",
    "Span",
    "add_days",
    "add_years",
    "clip",
    "decimal_text",
    "parse_number",
    "parse_span",
    "visible",
    "year_end",
    "yuan_text",
]
