"""What a fresh machine installs is fixed, complete and from nowhere in particular; whose warnings fail a
test."""

from __future__ import annotations

import re
import tomllib
import warnings
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
PROJECT: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
LOCKS = {path.stem: path.read_text(encoding="utf-8") for path in (ROOT / "requirements").glob("*.txt")}
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
SYSTEMS = ("linux", "darwin")
TESTED = ("prove", "frames", "excel", "html", "word")

PIN = re.compile(
    r"([a-z0-9][a-z0-9.-]*==[A-Za-z0-9.+!]+(?: ; [^\\]+)?)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)\n"
)


def pins(lock: str) -> list[Requirement]:
    """What a lock installs, each at one version."""
    return [Requirement(pin) for pin, _ in PIN.findall(LOCKS[lock])]


def asked() -> dict[str, list[str]]:
    """What pyproject.toml asks for, by the lock that has to bring it."""
    extras, groups = PROJECT["project"]["optional-dependencies"], dict[str, list[str]]()
    for name, listed in PROJECT["dependency-groups"].items():
        included = [one["include-group"] for one in listed if isinstance(one, dict)]
        more = [one for group in included for one in PROJECT["dependency-groups"][group]]
        groups[name] = [one for one in (*listed, *more) if isinstance(one, str)]
    run = PROJECT["project"]["dependencies"]
    return {
        "run": run,
        "test": run + groups["test"] + [one for extra in TESTED for one in extras[extra]],
        "durable": run + extras["durable"],
        "spark": run + extras["spark"],
        "build": PROJECT["build-system"]["requires"] + groups["build"],
        **{group: groups[group] for group in ("lint", "docs", "bench", "lock")},
    }


def test_every_lock_is_asked_for() -> None:
    assert set(LOCKS) == set(asked())


def test_the_source_distribution_has_every_folder_that_make_needs_and_every_page() -> None:
    included = PROJECT["tool"]["hatch"]["build"]["targets"]["sdist"]["include"]
    needed = set(re.findall(r"(?<![\w./)-])([a-z]+)/", (ROOT / "Makefile").read_text(encoding="utf-8")))
    folders = {folder for folder in needed if (ROOT / folder).is_dir() and folder != "build"}
    assert "requirements" in folders
    assert {f"/{folder}" for folder in folders} | {"/*.md"} <= set(included)


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_is_versions_and_hashes_and_names_no_host(lock: str) -> None:
    lines = "".join(line for line in LOCKS[lock].splitlines(keepends=True) if not line.startswith("#"))
    assert PIN.sub("", lines) == "", "nothing but versions with their hashes"
    assert not re.search(r"https?:|file:|--(index|extra|find|trusted)", LOCKS[lock])


@pytest.mark.parametrize("lock", LOCKS)
def test_a_lock_fits_the_ranges_on_every_supported_python(lock: str) -> None:
    """Fails where a range was changed and `make lock` forgotten."""
    for python, system in product(PYTHONS, SYSTEMS):
        where = {"python_version": python, "python_full_version": f"{python}.9", "sys_platform": system}
        installed: dict[str, list[Requirement]] = {}
        for pin in pins(lock):
            if pin.marker is None or pin.marker.evaluate(where):
                installed.setdefault(canonicalize_name(pin.name), []).append(pin)
        assert [name for name, several in installed.items() if len(several) > 1] == []
        for line in asked()[lock]:
            wanted = Requirement(line)
            if wanted.marker is None or wanted.marker.evaluate(where):
                [pin] = installed[canonicalize_name(wanted.name)]
                assert wanted.specifier.contains(str(pin.specifier).removeprefix("==")), f"{line}: {pin}"


def test_the_locks_agree_with_each_other() -> None:
    """They are installed into one environment, one after another."""
    versions: dict[str, set[str]] = {}
    for lock in LOCKS:
        at: dict[str, list[str]] = {}
        for pin in pins(lock):
            at.setdefault(pin.name, []).append(f"{pin.specifier} {pin.marker}")
        for name, several in at.items():
            versions.setdefault(name, set()).add(" or ".join(sorted(several)))
    assert {name: ways for name, ways in versions.items() if len(ways) > 1} == {}


def called(module: str, stacklevel: int) -> list[str]:
    """A library warns where `module` calls it: of itself (1) or of the call (2). The warnings that are no
    error."""
    library: dict[str, Any] = {
        "__name__": "some_library.parts",
        "warnings": warnings,
        "stacklevel": stacklevel,
    }
    exec("def given_up(): warnings.warn('goes', DeprecationWarning, stacklevel=stacklevel)", library)
    with warnings.catch_warnings(record=True) as shown:
        exec("given_up()", {"__name__": module, "given_up": library["given_up"]})
    return [str(warning.message) for warning in shown]


@pytest.mark.parametrize("module", ["tic_rules", "tic_rules.engines.compiled", "test_laws"])
def test_a_deprecated_call_of_ours_is_an_error(module: str) -> None:
    with pytest.raises(DeprecationWarning, match="goes"):
        called(module, stacklevel=2)


@pytest.mark.parametrize("module", ["tic_rules.engines.compiled", "another_library", "tic_rules_extension"])
def test_what_libraries_warn_each_other_of_is_shown_and_fails_nothing(module: str) -> None:
    assert called(module, stacklevel=1) == ["goes"]


def test_a_call_of_another_library_fails_nothing() -> None:
    assert called("another_library", stacklevel=2) == called("tic_rules_extension", stacklevel=2) == ["goes"]
