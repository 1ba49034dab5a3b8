"""Pages in a real browser: Chromium, where a machine has it."""

from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

DESK, PHONE = 1280, 390
"""Widths in CSS pixels."""

_FRAME = """<!doctype html><meta charset="utf-8"><title>looking</title><pre id="seen"></pre>
<iframe src="%s" style="border:0;width:%dpx;height:900px"></iframe>
<script>
const frame = document.querySelector("iframe"), outside = [];
addEventListener("load", async () => {
  const win = frame.contentWindow, doc = frame.contentDocument;
  let seen;
  try { seen = await (async (win, doc) => { %s })(win, doc); }
  catch (error) { seen = {error: String(error)}; }
  const asked = win.performance.getEntriesByType("resource").map(entry => entry.name);
  document.getElementById("seen").textContent = JSON.stringify({seen, asked});
});
</script>"""


def chromium() -> str:
    """The browser's program; the test is skipped where there is none."""
    for name in ("chromium", "chromium-browser", "google-chrome"):
        if path := shutil.which(name):
            return path
    pytest.skip("no Chromium on this machine (Debian: apt-get install chromium)")


def look(page: Path, script: str, width: int = DESK) -> Any:
    """What a script gives when a page stands open in a frame of this width.

    `win` is its window and `doc` its document. The browser has no network, and the page must
    have asked for nothing besides itself and what it carries.
    """
    with tempfile.TemporaryDirectory() as folder:
        frame = Path(folder) / "frame.html"
        frame.write_text(_FRAME % (page.as_uri(), width, script), encoding="utf-8")
        output = _run(folder, "--virtual-time-budget=20000", "--dump-dom", frame.as_uri())
    given = re.search(r'<pre id="seen">(.+?)</pre>', output, re.DOTALL)
    assert given, "the browser gave nothing back"
    answer = json.loads(html.unescape(given[1]))
    assert [name for name in answer["asked"] if not name.startswith(("data:", "file:"))] == []
    return answer["seen"]


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
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
