"""A progress bar on a terminal's standard error: none in CI, none for a run that is over at once."""

from __future__ import annotations

import os
import sys
import time

_WAIT, _EVERY = 0.5, 0.1
_WIDTH = 24


class Progress:
    """`step` counts a file; `make_room` comes before text on a `shared` terminal; `clear` at the end."""

    def __init__(self, total: int, *, wanted: bool, shared: bool) -> None:
        on = (
            wanted
            and total > 1
            and sys.stderr.isatty()
            and not os.environ.get("CI")
            and os.environ.get("TERM") != "dumb"
        )
        self.total, self.done, self.on, self.shared, self.shown = total, 0, on, shared, False
        self._next = time.monotonic() + _WAIT

    def step(self, files: int) -> None:
        self.done += files
        now = time.monotonic()
        if not self.on or now < self._next:
            return
        self._next = now + _EVERY
        filled = _WIDTH * self.done // self.total
        sys.stderr.write(f"\r[{'#' * filled}{' ' * (_WIDTH - filled)}] {self.done}/{self.total}")
        sys.stderr.flush()
        self.shown = True

    def make_room(self) -> None:
        if self.shared:
            self.clear()

    def clear(self) -> None:
        if self.shown:
            sys.stderr.write("\r\033[K")
            sys.stderr.flush()
            self.shown = False
