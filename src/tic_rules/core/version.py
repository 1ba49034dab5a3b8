VERSION = "0.1.0"
"""The version of the package, told in every report."""


def version_numbers(version: str) -> tuple[int, ...]:
    """A version as its numbers, which have an order."""
    return tuple(int(part) for part in version.split("."))
