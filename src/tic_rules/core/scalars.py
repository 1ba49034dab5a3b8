"""What programs hand over in the place of plain values: members of enumerations, scalars of numpy and pandas.

Neither library is imported: a value is known by the module and the name of its type.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from enum import Enum
from typing import Any, Final

from tic_rules.core.source import Plain

Json = dict[str, Any]
"""An object of JSON; what its values are is for its reader to ask."""

_PLAIN: Final = frozenset([str, Plain, type(None), bool, int, float])
"""What a file gives; anything else is looked at."""


def plain(value: Any) -> object:
    """The value as a file would give it: of a member its value, of a scalar the Python value that it holds.

    A float keeps its shortest decimal, whatever its width; NaT and NA are None. What is unlike any of these
    stays as it is.
    """
    kind = type(value)
    if kind in _PLAIN:
        return value
    if isinstance(value, Enum):
        return plain(value.value)
    if kind is dict:
        return {plain(key): plain(item) for key, item in value.items()}
    if kind is list or kind is tuple:
        return kind(plain(item) for item in value)
    library = kind.__module__.partition(".")[0]
    if library == "numpy":
        return _of_numpy(value, kind.__name__)
    return _of_pandas(value, kind.__name__) if library == "pandas" else value


def reading_plain(read: Callable[[object], object]) -> Callable[[object], object]:
    """A reader of values that is also given what programs hand over."""

    def either(value: object) -> object:
        return read(value if type(value) in _PLAIN else plain(value))

    return either


def _of_numpy(value: Any, name: str) -> object:
    if name == "ndarray":
        return [plain(item) for item in value] if value.ndim else plain(value[()])
    if name == "datetime64":
        text = str(value)
        day, _, clock = text.partition("T")
        return None if text == "NaT" else text if clock.strip("0:.") else day
    if name == "timedelta64":  # `item` would drop its unit: 36 months would be 36
        return None if str(value) == "NaT" else value
    if getattr(value, "dtype", None) is None or not hasattr(value, "item"):
        return value
    return Decimal(str(value)) if value.dtype.kind == "f" else value.item()


def _of_pandas(value: object, name: str) -> object:
    if name in ("NaTType", "NAType"):
        return None
    if isinstance(value, datetime):  # a Timestamp, which may be a nanosecond after midnight
        moment: datetime = value.to_pydatetime(warn=False)  # type: ignore[attr-defined]
        later = value.nanosecond > 0  # type: ignore[attr-defined]
        return moment + timedelta(microseconds=1) if later else moment
    return value
