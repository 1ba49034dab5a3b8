"""For all tests."""

from __future__ import annotations

import gc
import signal

# a runner in the background ignores the interrupt, and so would every process that the tests start and stop
signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_finish() -> None:
    """What was made for the tests stays to the end: the collector of garbage need not walk it each time, nor
    often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(1_000_000, 20, 20)
