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
    program = chromium()
    with tempfile.TemporaryDirectory() as folder:
        frame = Path(folder) / "frame.html"
        frame.write_text(_FRAME % (page.as_uri(), width, script), encoding="utf-8")
        options = [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
            "--allow-file-access-from-files", "--host-resolver-rules=MAP * ~NOTFOUND",
            f"--user-data-dir={folder}/profile", "--window-size=1400,1000",
            "--virtual-time-budget=20000", "--dump-dom",
        ]  # fmt: skip
        done = subprocess.run(
            [program, *options, frame.as_uri()], capture_output=True, text=True, check=False, timeout=120
        )
    given = re.search(r'<pre id="seen">(.+?)</pre>', done.stdout, re.DOTALL)
    assert given, done.stderr[-2000:]
    answer = json.loads(html.unescape(given[1]))
    assert [name for name in answer["asked"] if not name.startswith(("data:", "file:"))] == []
    return answer["seen"]
