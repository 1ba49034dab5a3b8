"""A rule set by id, by path, or by `REVISION:PATH` of a git repository, read through the git command."""

from __future__ import annotations

import os
import re
from pathlib import Path
from subprocess import PIPE, Popen

from pydantic_core import ValidationError

from tic_rules.core.errors import RuleSetError, fault
from tic_rules.core.limits import MAX_BYTES, BadText, file_too_large
from tic_rules.core.source import bad_text_as, decode, read_text
from tic_rules.model.loader import load_ruleset, parse_ruleset
from tic_rules.model.ruleset import RuleSet, Vocabulary

_REVISION = re.compile(r"(?P<revision>[^:\s-][^:\s]*):(?P<path>[^:]+\.(?:ya?ml|json))")

_COMPLAINTS = (
    (re.compile("not a git repository"), "这里不是 git 仓库"),
    (re.compile("invalid object name|bad revision|unknown revision"), "没有这个版本"),
    (re.compile("does not exist in|exists on disk, but not in"), "这个版本中没有这个文件"),
)
"""What git complains of, in Chinese."""


def ruleset_named(name: str) -> RuleSet:
    """The rule set of that name. Raises RuleSetError."""
    match = _REVISION.fullmatch(name)
    if match is None or Path(name).exists() or (len(match["revision"]) == 1 and match["path"][:1] in "\\/"):
        return load_ruleset(name)
    text = _decoded(_show(match["revision"], match["path"], name), name)
    return parse_ruleset(text, name, _vocabulary(match["revision"], match["path"]))


def _vocabulary(revision: str, path: str) -> Vocabulary | None:
    """The vocabulary that stood beside the rule file in that revision, where there was one."""
    beside = str(Path(path).with_name("vocabulary.yaml")).replace("\\", "/")
    try:
        source = read_text(_decoded(_show(revision, beside, beside), beside), beside)
        return Vocabulary.model_validate(source.data)
    except (RuleSetError, BadText, ValidationError):
        return None


def _decoded(raw: bytes, name: str) -> str:
    with bad_text_as(RuleSetError):
        return decode(raw, name)


def _show(revision: str, path: str, name: str) -> bytes:
    """A file of a revision: from the top of the repository, else from where we stand."""
    said = ""
    for tried in (path, f"./{path}"):
        try:
            env = {**os.environ, "LC_ALL": "C"}  # its complaints are known in English
            git = Popen(["git", "show", f"{revision}:{tried}"], stdout=PIPE, stderr=PIPE, env=env)
        except OSError:
            zh = "读取版本需要 git 命令，没有找到"
            en = "reading a revision needs the git command, which was not found"
            raise fault(RuleSetError, "no-git", zh, en, file=name) from None
        with git:
            assert git.stdout is not None
            text = git.stdout.read(MAX_BYTES + 1)
            if len(text) > MAX_BYTES:
                git.kill()
                raise RuleSetError([file_too_large(name)])
            _, complaint = git.communicate()
        if git.returncode == 0:
            return text
        said = said or next(iter(complaint.decode("utf-8", "replace").strip().splitlines()), "")
    said = said.removeprefix("fatal: ")
    why = next((zh for pattern, zh in _COMPLAINTS if pattern.search(said)), said)
    zh, en = f"git 读不到这个版本的文件：{why}", f"git cannot read this file of this revision: {said}"
    raise fault(RuleSetError, "no-revision", zh, en, file=name)
