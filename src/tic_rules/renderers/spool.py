"""Text that waits on disk until the head of an output is known: memory does not grow with the reports."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator

_HELD = 4 * 1024 * 1024
_CHUNK = 1024 * 1024


class Spool:
    """Parts of an output, in order; small ones stay in memory. Closed by `whole`, `parts`, `close`."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=_HELD)  # noqa: SIM115 - closed by `read`
        self.size = 0

    def add(self, text: str) -> tuple[int, int]:
        """Keep a text. Gives where it lies, for `parts`."""
        data = text.encode("utf-8", "surrogatepass")
        at = self.size
        self._file.write(data)
        self.size += len(data)
        return at, len(data)

    def whole(self) -> Iterator[str]:
        """Everything, a part at a time."""
        self._file.seek(0)
        while lines := self._file.readlines(_CHUNK):  # whole lines: no character is cut
            yield b"".join(lines).decode("utf-8", "surrogatepass")
        self.close()

    def parts(self, places: list[tuple[int, int]]) -> Iterator[str]:
        """What lies at places, in their order."""
        for at, size in places:
            self._file.seek(at)
            yield self._file.read(size).decode("utf-8", "surrogatepass")
        self.close()

    def close(self) -> None:
        """Let go of what was kept, whether it was read or not."""
        self._file.close()
