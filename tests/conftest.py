"""For all tests."""

from __future__ import annotations

import gc


def pytest_collection_finish() -> None:
    """What was made for the tests stays to the end: the collector of garbage need not walk it each time."""
    gc.collect()
    gc.freeze()
