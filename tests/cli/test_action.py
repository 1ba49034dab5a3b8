"""The composite action: its steps run as the scripts that they are, and no input ever becomes part of a
command."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from tic_rules.cli.check import command as check
from tic_rules.cli.configuration import SETTINGS, read_configuration

ROOT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
INSTALL, CHECK = ACTION["runs"]["steps"]
needs_bash = pytest.mark.skipif(shutil.which("bash") is None or os.name == "nt", reason="needs bash")


def inputs(**given: str) -> dict[str, str]:
    """The environment of the check step, as GitHub fills it in."""
    values = {
        name: given.get(name.replace("-", "_"), about.get("default", ""))
        for name, about in ACTION["inputs"].items()
    }
    return {
        name: re.sub(r"\$\{\{ inputs\.([a-z-]+) \}\}", lambda m: values[m[1]], text)
        for name, text in CHECK["env"].items()
    }


class Step:
    """One run of the check step in a folder."""

    def __init__(self, folder: Path, **given: str) -> None:
        programs = folder / "bin"
        programs.mkdir()
        script = programs / "tic-rules"
        script.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m tic_rules "$@"\n', encoding="utf-8")
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        self.output, self.summary = folder / "output", folder / "summary"
        environment = {
            "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT / "src"),
            "HOME": str(folder), "CI": "true",
            "GITHUB_OUTPUT": str(self.output), "GITHUB_STEP_SUMMARY": str(self.summary),
            "GITHUB_WORKSPACE": str(folder), **inputs(**given),
        }  # fmt: skip
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", "-c", CHECK["run"]],
            cwd=folder,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.status, self.stdout, self.stderr = done.returncode, done.stdout, done.stderr


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "centres").mkdir()
    for name in ("zhejiang", "jiangsu"):
        shutil.copy(ROOT / "examples" / f"{name}.yaml", tmp_path / "centres")
    return tmp_path


def test_no_input_stands_in_a_script() -> None:
    assert ACTION["runs"]["using"] == "composite"
    for step in (INSTALL, CHECK):
        assert "${{" not in step["run"]
        assert step["shell"] == "bash"
    used = {
        name
        for step in (INSTALL, CHECK)
        for text in step["env"].values()
        for name in re.findall(r"inputs\.([a-z-]+)", text)
    }
    assert used == set(ACTION["inputs"])


@needs_bash
def test_a_failing_centre_fails_the_step(folder: Path) -> None:
    step = Step(folder, paths="centres\n", lang="en", sarif_file="out/t.sarif", junit_file="out/t.xml")
    assert step.status == 1, step.stderr
    assert step.stdout.startswith("::error title=")
    assert "file=centres/zhejiang.yaml,line=93" in step.stdout
    assert (
        step.output.read_text(encoding="utf-8")
        == "status=1\nsarif-file<<TIC_RULES_END\nout/t.sarif\nTIC_RULES_END\n"
    )
    assert "| non-compliant | 1 |" in step.summary.read_text(encoding="utf-8")
    assert (folder / "out" / "t.sarif").is_file()
    assert (folder / "out" / "t.xml").is_file()


@needs_bash
def test_paths_and_rules_one_a_line(folder: Path) -> None:
    shutil.copy(folder / "centres" / "jiangsu.yaml", folder / "with space.yaml")
    step = Step(
        folder,
        paths="with space.yaml\n\ncentres/jiangsu.yaml",
        rules="jiangsu_2020\n",
        as_of="2025-06-30",
        fail_on="on_course",
    )
    assert (step.status, step.stdout) == (0, ""), step.stderr
    assert step.output.read_text(encoding="utf-8") == "status=0\n"


@needs_bash
@pytest.mark.parametrize(
    "given", [{"paths": "nothing.yaml"}, {"paths": ""}, {"paths": "centres", "as_of": "x"}]
)
def test_what_cannot_be_used_is_a_two(folder: Path, given: dict[str, str]) -> None:
    step = Step(folder, **given)
    assert (step.status, step.output.read_text(encoding="utf-8")) == (2, "status=2\n")


@needs_bash
def test_lines_may_end_and_begin_with_blanks(folder: Path) -> None:
    step = Step(
        folder, paths="  centres/jiangsu.yaml \r\n\t\r\n\r\n", rules=" jiangsu_2020\r\n", as_of="2025-06-30"
    )
    assert (step.status, step.stdout) == (0, ""), step.stderr


@needs_bash
@pytest.mark.parametrize(
    "given", [{"paths": ""}, {"paths": "centres", "as_of": "x"}, {"paths": "centres", "fail_on": "x"}]
)
def test_what_is_wrong_with_the_inputs_is_annotated(folder: Path, given: dict[str, str]) -> None:
    step = Step(folder, **given)
    assert step.status == 2
    assert step.stdout.startswith("::error title=")


@needs_bash
def test_only_the_program_comes_on_the_path(tmp_path: Path) -> None:
    """The installing step with a Python that only makes the files of an environment."""
    python = tmp_path / "python"
    python.write_text(
        '#!/bin/sh\n[ "$2" = venv ] || exit 0\nmkdir -p "$3/bin"\nfor name in python pip tic-rules activate\n'
        'do printf "#!/bin/sh\\necho $name\\n" > "$3/bin/$name"; chmod +x "$3/bin/$name"; done\n',
        encoding="utf-8",
    )
    python.chmod(0o755)
    (tmp_path / "path").touch()
    environment = {
        "PATH": os.environ["PATH"],
        "RUNNER_TEMP": str(tmp_path),
        "GITHUB_PATH": str(tmp_path / "path"),
        "TIC_RULES_PYTHON": str(python),
        "TIC_RULES_EXTRAS": "",
        "TIC_RULES_SOURCE": str(ROOT),
    }
    subprocess.run(["bash", "-c", INSTALL["run"]], env=environment, check=True)
    (added,) = (tmp_path / "path").read_text(encoding="utf-8").splitlines()
    assert [file.name for file in Path(added).iterdir()] == ["tic-rules"]
    run = subprocess.run([str(Path(added) / "tic-rules")], capture_output=True, text=True, check=True)
    assert run.stdout == "tic-rules\n"


@needs_bash
@pytest.mark.parametrize(
    "name", ["paths", "rules", "as_of", "fail_on", "baseline", "sarif_file", "junit_file", "lang"]
)
def test_inputs_are_never_run(folder: Path, name: str) -> None:
    harm = '$(touch owned) `touch owned`; touch owned; "; touch owned #'
    step = Step(folder, **{"paths": "centres", name: harm})
    assert not (folder / "owned").exists()
    assert "owned" not in step.output.read_text(encoding="utf-8") or name == "sarif_file"


@needs_bash
def test_an_option_is_no_path(folder: Path) -> None:
    step = Step(folder, paths="--exit-zero\ncentres")
    assert step.status == 2, "a path that looks like an option is a file that is not there"
    assert "--exit-zero" in step.stderr


# --- the pages that say how CI is set up --------------------------------------------------------------------

PAGES = [(ROOT / "docs" / name).read_text(encoding="utf-8") for name in ("ci.md", "team.md")]


def test_the_snippets_are_yaml_and_name_what_there_is() -> None:
    snippets = [
        yaml.safe_load(text) for page in PAGES for text in re.findall(r"```yaml\n(.*?)```", page, re.DOTALL)
    ]
    assert len(snippets) == 4
    workflow = next(snippet for snippet in snippets if "jobs" in snippet)
    given = next(step["with"] for step in workflow["jobs"]["centres"]["steps"] if "tic-rules" in step["uses"])
    assert set(given) <= set(ACTION["inputs"])
    hooks = next(snippet for snippet in snippets if "repos" in snippet)["repos"][0]["hooks"]
    published = yaml.safe_load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    assert {hook["id"] for hook in hooks} == {hook["id"] for hook in published}


def test_the_commands_shown_have_the_options_that_there_are() -> None:
    known = {name for parameter in check.params for name in (*parameter.opts, *parameter.secondary_opts)}
    shown = [line for page in PAGES for line in re.findall(r"tic-rules check ([^\n`]+)", page)]
    assert len(shown) >= 6
    for line in shown:
        assert {word for word in line.split(" #")[0].split() if word.startswith("-")} <= known, line


def test_the_settings_shown_are_settings(tmp_path: Path) -> None:
    (snippet,) = re.findall(r"```toml\n(.*?)```", PAGES[1], re.DOTALL)
    file = tmp_path / "tic-rules.toml"
    file.write_text(snippet, encoding="utf-8")
    assert set(read_configuration(file).values) < set(SETTINGS)
    rest = re.search(r"Further settings: (.*?)\. ", PAGES[1], re.DOTALL)
    assert rest is not None
    assert set(re.findall(r"`([a-z-]+)`", rest[1])) | set(read_configuration(file).values) == set(SETTINGS)


# --- the scripts that docs/ci.md shows ----------------------------------------------------------------------


def snippet(mark: str) -> Any:
    """The YAML of the docs that has a line, read as the service reads it."""
    blocks = re.findall(
        r"```yaml\n(.*?)```", (ROOT / "docs" / "ci.md").read_text(encoding="utf-8"), re.DOTALL
    )
    (found,) = [block for block in blocks if mark in block]
    return yaml.safe_load(found)


def gitlab() -> tuple[list[str], list[str]]:
    job = snippet(".gitlab-ci.yml")["centres"]
    return job["script"], [*job["artifacts"]["paths"], job["artifacts"]["reports"]["junit"]]


@needs_bash
@pytest.mark.parametrize("service", [gitlab])
def test_the_script_of_a_service_runs_as_documented(service: Any, folder: Path) -> None:
    commands, artifacts = service()
    programs = folder / "bin"
    programs.mkdir()
    for name, text in (
        ("tic-rules", f'exec "{sys.executable}" -m tic_rules "$@"'),
        ("pip", '[ "$1" = install ] && echo "$2" > installed'),
    ):
        (programs / name).write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
        (programs / name).chmod(0o755)
    environment = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "src"),
        "HOME": str(folder),
        "CI": "true",
    }
    done = subprocess.run(
        ["bash", "-e", "-c", "\n".join(commands)],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr  # the example of Zhejiang fails, and so does the job
    assert re.fullmatch(r"tic-rules(\[excel\])?", (folder / "installed").read_text(encoding="utf-8").strip())
    assert "investment-2y" in "".join((folder / name).read_text(encoding="utf-8") for name in artifacts)
    assert all((folder / name).is_file() for name in artifacts)
