"""The rule sets on hand and where each comes from: the program, installed packages, folders that are named.

Of a package only its files are asked for: the entry points of the group `tic_rules.rulesets` name a Python
package, whose folder is looked up without importing anything. A rule file in a folder is called by its id."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from importlib.util import find_spec
from typing import Literal, NamedTuple

from tic_rules.core.errors import Diagnostic, RuleSetError, Text, TicRulesError, clip, fault
from tic_rules.core.files import reason_of
from tic_rules.core.settings import NAMED, settings_here
from tic_rules.model.shipped import rules_folder, shipped_ids

GROUP = "tic_rules.rulesets"
"""The entry points by which a package brings rule sets."""
PATH = "TIC_RULES_PATH"
"""The variable that names folders of rule files, as PATH does."""
FOLDERS = "rule-paths"
"""The setting that names folders of rule files."""
MAX_FILES = 500
_HEAD = 256 * 1024
_ENTRY_POINTS = 64 * 1024
_ID = re.compile(r"[a-z0-9]+(_[a-z0-9]+)*")
_CLAUSES = re.compile(rb"""^[ \t{]*["']?clauses["']?[ \t]*:""", re.MULTILINE)
_MODULE = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*")

Origin = Literal["shipped", "package", "environment", "settings"]


class ListedRuleSet(NamedTuple):
    """A rule set on hand: its id, its file, what brings it (`origin`) and that one's name (`by`). A folder in
    which rule sets are looked for has no id."""

    id: str
    file: str
    origin: Origin
    by: str

    @property
    def place(self) -> Text:
        """Where it comes from, in words."""
        return {
            "shipped": Text("随程序发布", "shipped with the program"),
            "package": Text(f"软件包 {self.by}", f"package {self.by}"),
            "environment": Text(f"环境变量 {self.by}", f"variable {self.by}"),
            "settings": Text(f"设置文件 {self.by}", f"settings file {self.by}"),
        }[self.origin]


class Catalogue(NamedTuple):
    """The rule sets on hand by their ids; an id under which there are several is a clash."""

    by_id: Mapping[str, tuple[ListedRuleSet, ...]]

    def get(self, ruleset_id: str) -> ListedRuleSet | None:
        """The rule set of an id. Raises RuleSetError where there are several."""
        listed = self.by_id.get(ruleset_id, ())
        if len(listed) > 1:
            raise RuleSetError([_clash(listed)])
        return listed[0] if listed else None

    def all(self) -> tuple[ListedRuleSet, ...]:
        """Every rule set, in the order of the ids. Raises RuleSetError where two have one id."""
        clashes = [_clash(listed) for listed in self.by_id.values() if len(listed) > 1]
        if clashes:
            raise RuleSetError(clashes)
        return tuple(listed[0] for _, listed in sorted(self.by_id.items()))


def rulesets() -> tuple[ListedRuleSet, ...]:
    """The rule sets on hand, each with where it comes from; `load_ruleset` takes their ids.

    Looked for anew at each call. Raises RuleSetError where two have one id or a folder that is named is not
    there, UsageError for a settings file that cannot be read."""
    return anew().all()


def anew() -> Catalogue:
    """As `here`, looked for again: a file may have come."""
    catalogue.cache_clear()
    return here()


def here() -> Catalogue:
    """The rule sets that are seen from here; looked for once as long as the environment is the same."""
    try:
        folder = os.getcwd()
    except OSError:  # the folder of the run is gone
        folder = ""
    return catalogue(os.environ.get(PATH, ""), os.environ.get(NAMED, ""), folder, tuple(sys.path))


@lru_cache(maxsize=4)
def catalogue(_path: str, _named: str, _folder: str, _packages: tuple[str, ...]) -> Catalogue:
    """The rule sets of an environment, which the arguments tell from others."""
    by_id: dict[str, list[ListedRuleSet]] = {}
    for name in shipped_ids():
        by_id[name] = [ListedRuleSet(name, str(rules_folder() / f"{name}.yaml"), "shipped", "tic-rules")]
    seen: set[str] = set()
    for folder in (*_named_folders(), *_package_folders()):
        for listed in _files_of(folder):
            real = os.path.realpath(listed.file)
            if real not in seen:
                seen.add(real)
                by_id.setdefault(listed.id, []).append(listed)
    return Catalogue({name: tuple(listed) for name, listed in by_id.items()})


def _clash(listed: Iterable[ListedRuleSet]) -> Diagnostic:
    places = [(one.place, one.file) for one in listed]
    name = next(iter(listed)).id
    zh = "；".join(f"{place.zh}（{file}）" for place, file in places)
    en = "; ".join(f"{place.en} ({file})" for place, file in places)
    return Diagnostic(
        "two-rulesets",
        Text(
            f"规则集编号 {name} 有多处：{zh}；请改名或移走一处",
            f"more than one rule set has the id {name}: {en}; rename or remove one",
        ),
    )


def _named_folders() -> Iterator[ListedRuleSet]:
    """The folders that the environment and the settings name."""
    for path in os.environ.get(PATH, "").split(os.pathsep):
        if path:
            yield ListedRuleSet("", path, "environment", PATH)
    try:
        settings = settings_here()
    except OSError:
        return
    if settings is None or not isinstance(settings.table, dict):
        return
    listed = settings.table.get(FOLDERS, [])
    for path in [listed] if isinstance(listed, str) else listed if isinstance(listed, list) else []:
        if isinstance(path, str):
            yield ListedRuleSet("", str(settings.file.parent / path), "settings", str(settings.file))


def _files_of(folder: ListedRuleSet) -> Iterator[ListedRuleSet]:
    """The rule files directly in a folder. Raises RuleSetError where it is no folder or too full."""
    try:
        with os.scandir(folder.file) as entries:
            names = sorted(entry.name for entry in entries)
    except OSError as error:
        zh, en = reason_of(error)
        zh, en = f"无法读取这个文件夹：{zh}", f"this folder cannot be read: {en}"
        raise _unusable(folder, zh, en) from None
    files = [name for name in names if name.endswith((".yaml", ".yml", ".json"))]
    if len(files) > MAX_FILES:
        zh, en = f"文件夹中的文件超过 {MAX_FILES} 个", f"more than {MAX_FILES} files in this folder"
        raise _unusable(folder, zh, en)
    for name in files:
        path, stem = os.path.join(folder.file, name), name.rpartition(".")[0]
        if _ID.fullmatch(stem) and is_rule_file(path):
            yield folder._replace(id=stem, file=path)


def is_rule_file(path: str) -> bool:
    """Whether a file lists clauses: what else lies in the folder is passed over."""
    try:
        if not os.path.isfile(path):
            return False
        with open(path, "rb") as stream:
            return _CLAUSES.search(stream.read(_HEAD)) is not None
    except OSError:
        return False


def _unusable(folder: ListedRuleSet, zh: str, en: str) -> TicRulesError:
    zh, en = f"{zh}（{folder.place.zh}）", f"{en} ({folder.place.en})"
    return fault(RuleSetError, "rule-folder", zh, en, file=folder.file)


# --- packages -----------------------------------------------------------------------------------------------


def _package_folders() -> Iterator[ListedRuleSet]:
    """The folders of the packages that name our group among their entry points.

    The files that say so are read as they lie: importlib.metadata takes forty times as long. Of a package
    that is there twice the first counts, as for Python."""
    seen: set[str] = set()
    for path in sys.path:
        for about in _metadata_of(path or "."):
            value = _entry_points(os.path.join(path or ".", about, "entry_points.txt"))
            name, _, version = about.rpartition(".")[0].partition("-")
            if not value or name.lower() in seen:
                continue
            seen.add(name.lower())
            by = f"{name.replace('_', '-')} {version.partition('-')[0]}".strip()
            for module in value:
                yield from _folders_of(module, by, path or ".")


def _metadata_of(path: str) -> list[str]:
    try:
        with os.scandir(path) as entries:
            return sorted(entry.name for entry in entries if entry.name.endswith((".dist-info", ".egg-info")))
    except OSError:  # an archive, or not there
        return []


def _entry_points(file: str) -> list[str]:
    """The packages that an installed package names under our group."""
    try:
        with open(file, "rb") as stream:
            raw = stream.read(_ENTRY_POINTS)
    except OSError:
        return []
    if GROUP.encode() not in raw:
        return []
    part = re.search(
        rf"^\[{re.escape(GROUP)}\]\s*$(.*?)(?=^\[|\Z)", raw.decode("utf-8", "replace"), re.M | re.S
    )
    lines = part.group(1).splitlines() if part else []
    return [line.partition("=")[2].strip() for line in lines if "=" in line and not line.startswith("#")]


def _folders_of(module: str, by: str, beside: str) -> Iterator[ListedRuleSet]:
    """The folder of a package (`shandong`, `shandong.rules`), without importing it: beside what is said of
    the package, else (one that is edited where it stands) where Python would find it. Raises RuleSetError."""
    top, *below = module.split(".") if _MODULE.fullmatch(module) else [""]
    folders = [os.path.join(beside, top, *below)] if top else []
    if top and not os.path.isdir(folders[0]):
        try:
            spec = find_spec(top)
        except (ImportError, ValueError):  # a module that was put together by hand
            spec = None
        places = list(spec.submodule_search_locations or ()) if spec is not None else []
        folders = [os.path.join(place, *below) for place in places]
    if not any(map(os.path.isdir, folders)):
        shown = clip(module)
        zh = f"软件包 {by} 声明的规则文件夹 {shown} 不存在"
        en = f"the package {by} names {shown}, which is no package"
        raise fault(RuleSetError, "rule-folder", zh, en)
    yield from (ListedRuleSet("", folder, "package", by) for folder in folders if os.path.isdir(folder))
