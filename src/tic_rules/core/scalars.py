"""What programs hand over in the place of plain values: members of enumerations, scalars of numpy and pandas,
values of their own beside the fields.

Neither library is imported: a value is known by the module and the name of its type."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from math import isfinite
from typing import Any, Final

from tic_rules.core.errors import Text
from tic_rules.core.limits import MAX_DEPTH, TOO_DEEP
from tic_rules.core.source import Plain

Json = dict[str, Any]
"""An object of JSON; what its values are is for its reader to ask."""

PLAIN: Final = frozenset([str, Plain, type(None), bool, int, float])
"""What a file gives; anything else is looked at."""


class NotPlain(ValueError):
    """A value that no file could hold; `args` are a code and the reasons in Chinese and English."""


LONE_SURROGATE: Final = Text("文字含有不成对的代理码", "a lone surrogate in a text")


def is_unicode(text: str) -> bool:
    """Whether a text can be written: it has no lone surrogate."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def plain(value: Any, level: int = 0) -> object:
    """The value as a file would give it: of a member its value, of a scalar the Python value that it holds.

    A float keeps its shortest decimal, whatever its width; NaT and NA are None. What is unlike any of these
    stays as it is. Raises NotPlain where lists are nested deeper than a file may have them."""
    kind = type(value)
    if kind in PLAIN:
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if level > MAX_DEPTH:
        raise NotPlain("too-deep", *TOO_DEEP)
    if kind is dict:
        return {plain(key, level + 1): plain(item, level + 1) for key, item in value.items()}
    if kind is list or kind is tuple:
        return kind([plain(item, level + 1) for item in value])
    library = kind.__module__.partition(".")[0]
    if library == "numpy":
        return _of_numpy(value, kind.__name__)
    return _of_pandas(value, kind.__name__) if library == "pandas" else value


def as_json(value: object) -> object:
    """A value as JSON has it: days and exact numbers as text, a gap as null. Raises NotPlain."""
    return _as_json(plain(value))


def _as_json(value: object) -> object:
    if isinstance(value, str) and not is_unicode(value):
        raise NotPlain("text", *LONE_SURROGATE)
    if value is None or isinstance(value, (str, bool)):
        return value
    if isinstance(value, int) and value.bit_length() < 200:
        return value
    if isinstance(value, float):
        return value if isfinite(value) else None
    if isinstance(value, (date, Decimal, Fraction)):
        return str(value)
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {_as_json(key): _as_json(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_as_json(item) for item in value]
    name = type(value).__name__
    raise NotPlain("json", f"JSON 里没有 {name} 这样的值", f"JSON has no such value as {name}")


def _of_numpy(value: Any, name: str) -> object:
    if name == "MaskedConstant":
        return None
    if name in ("ndarray", "MaskedArray"):
        return [plain(item) for item in value] if value.ndim else plain(value[()])
    if name == "datetime64":
        text = str(value)
        day, _, clock = text.partition("T")
        return None if text == "NaT" else text if clock.strip("0:.") else day
    if name == "timedelta64":  # `item` would drop its unit: 36 months would be 36
        return None if str(value) == "NaT" else value
    if getattr(value, "dtype", None) is None or getattr(value, "shape", None) != ():
        return value
    return Decimal(str(value)) if value.dtype.kind == "f" else value.item()


def _of_pandas(value: Any, name: str) -> object:
    if name in ("NaTType", "NAType"):
        return None
    if name == "Period":
        return _of_period(value)
    if isinstance(value, datetime):  # a Timestamp, which may be a nanosecond after midnight
        moment: datetime = value.to_pydatetime(warn=False)  # type: ignore[attr-defined]
        later = value.nanosecond > 0  # type: ignore[attr-defined]
        return moment + timedelta(microseconds=1) if later else moment
    return value


def _of_period(value: Any) -> object:
    """A year, a month or a day as a file says it, a quarter or a week by its days; hours stay as they are."""
    if value.freqstr in ("Y-DEC", "A-DEC", "M", "D"):
        return str(value)
    first, last = (str(value.asfreq("D", end)) for end in ("start", "end"))
    return value if first == last else {"not_before": first, "not_after": last}
