"""How a cell that is not understood is asked back."""

from __future__ import annotations


class NotClear(ValueError):
    """A cell that is not understood; `args` are code, and what to write instead in Chinese and English."""


def unclear(zh: str, en: str, code: str = "cell") -> NotClear:
    """The error that asks a cell back."""
    return NotClear(code, zh, en)
