"""Pages in a real browser: Chromium, where a machine has it."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

DESK, PHONE = 1280, 390
"""Widths in CSS pixels."""

_FRAMES = """<!doctype html><meta charset="utf-8"><title>looking</title><pre id="seen"></pre>
<script>
const all = [];
const looked = async (page, script) => {
  const frame = document.createElement("iframe");
  frame.style = "border:0;width:%dpx;height:900px";
  frame.src = page;
  const loaded = new Promise(done => frame.addEventListener("load", done, {once: true}));
  document.body.append(frame);
  await loaded;
  const win = frame.contentWindow;
  let seen;
  try { seen = await script(win, frame.contentDocument, frame); }
  catch (error) { seen = {error: String(error)}; }
  const asked = frame.contentWindow.performance.getEntriesByType("resource").map(entry => entry.name);
  frame.remove();
  all.push({seen, asked});
};
addEventListener("load", async () => {
  %s
  document.getElementById("seen").textContent = JSON.stringify(all);
});
</script>"""


def chromium() -> str:
    """The browser's program; the test is skipped where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")


def look(page: Path, script: str) -> Any:
    """What a script gives when a page stands open in a frame of the width of a desk."""
    (seen,) = looks([(page, script)])
    return seen


def looks(pages: Iterable[tuple[Path, str]]) -> list[Any]:
    """What scripts give when each its page stands open in a frame, one page after the other.

    `frame` is the frame, `win` its window and `doc` its document. The browser has no network, and the pages
    must have asked for nothing besides themselves and what they carry.
    """
    steps = "\n".join(
        f"await looked({json.dumps(page.as_uri())}, async (win, doc, frame) => {{ {script} }});"
        for page, script in pages
    )
    with tempfile.TemporaryDirectory() as folder:
        frames = Path(folder) / "frames.html"
        frames.write_text(_FRAMES % (DESK, steps), encoding="utf-8")
        output = _run(folder, "--virtual-time-budget=1000000", "--dump-dom", frames.as_uri())
    given = re.search(r'<pre id="seen">(.+?)</pre>', output, re.DOTALL)
    assert given, "the browser gave nothing back"
    answers = json.loads(html.unescape(given[1]))
    asked = [name for answer in answers for name in answer["asked"]]
    assert [name for name in asked if not name.startswith(("data:", "file:"))] == []
    return [answer["seen"] for answer in answers]


def printed(page: Path, target: Path) -> None:
    """A page as it is printed, as PDF."""
    with tempfile.TemporaryDirectory() as folder:
        _run(folder, "--no-pdf-header-footer", f"--print-to-pdf={target}", page.as_uri())


def _run(folder: str, *words: str) -> str:
    """What Chromium writes; its profile stands in the folder."""
    options = [
        "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--window-size=1400,1000",
        "--allow-file-access-from-files", "--host-resolver-rules=MAP * ~NOTFOUND",
        f"--user-data-dir={folder}/profile",
    ]  # fmt: skip
    command = [chromium(), *options, *words]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=600).stdout
