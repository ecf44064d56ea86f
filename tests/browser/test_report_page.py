#!/usr/bin/env python3
"""Opens the report's page in a headless Chromium: python3 test_report_page.py ZIPML [--keep DIR].

Makes a small folder of results with hostile names, writes the page, adds a script that looks at it from inside
(page_checks.js) and reads what that found from the page's final form. Needs nothing but Chromium. Exit codes: 0 passed,
1 failed, 77 skipped because there is no Chromium.
"""

import base64
import html
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SKIPPED = 77
HERE = Path(__file__).resolve().parent
HOSTILE = "</script><img src=x onerror=alert(1)>\"'&"
# The smallest PNG: one grey pixel.
PNG = ("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg==")

CONFIG = {
    "name": "bias", "about": "for a test",
    "dataset": {"kind": "synthetic", "features": 100, "train_rows": 300, "test_rows": 50},
    "preprocess": {"features": "standardize", "intercept": True},
    "model": {"kind": "least_squares"},
    "solver": {"kind": "sgd", "epochs": 3, "batch": 16, "alpha": 0.01},
    "seeds": 3,
    "sweep": {"series": [
        {"name": HOSTILE, "set": {"/precision/samples": {"kind": "full"}}},
        {"name": "double sampling", "set": {"/precision/samples": {"kind": "double_sampling", "bits": 4}},
         "grid": {"/precision/samples/bits": [2, 4, 8]}}]},
}


def find_chromium():
    names = [os.environ.get("ZIPML_CHROMIUM", ""), "chromium", "chromium-browser", "google-chrome"]
    return next((path for path in map(shutil.which, filter(None, names)) if path), None)


def make_page(zipml, folder):
    config, results, page = folder / "bias.json", folder / "results", folder / "report.html"
    config.write_text(json.dumps(CONFIG))
    subprocess.run([zipml, "run", config, "--out", results], check=True, capture_output=True)
    (results / "figures").mkdir()
    (results / "figures" / "bias.png").write_bytes(base64.b64decode(PNG))
    subprocess.run([zipml, "report", results, "--format", "html", "--output", page], check=True, capture_output=True)
    return page


def browse(chromium, profile, page, *options):
    """Standard output and error of one visit. No network: the page must need none."""
    command = [chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run",
               "--disable-background-networking", "--disable-component-update", "--disable-sync",
               "--disable-extensions", "--host-resolver-rules=MAP * ~NOTFOUND", f"--user-data-dir={profile}",
               "--enable-logging=stderr", "--v=0", *options, page]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    except subprocess.TimeoutExpired as late:
        raise RuntimeError(f"{chromium} did not end:\n{(late.stderr or b'').decode(errors='replace')}") from late
    if done.returncode != 0:
        raise RuntimeError(f"{chromium} failed with {done.returncode}:\n{done.stderr}")
    return done.stdout, done.stderr


def with_checks(page, script):
    """Address of a copy of the page that examines itself, opened at a run; the original is what users get."""
    text = page.read_text(encoding="utf-8")
    end = text.rindex("</body>")
    # Errors are caught from the first line on.
    catcher = "<script>window.caught = []; window.onerror = function (m) { window.caught.push(String(m)); };</script>"
    text = text[:end] + f"<script>{script}</script>" + text[end:]
    copy = page.with_name("checked.html")
    copy.write_text(text.replace("<head>", "<head>" + catcher, 1), encoding="utf-8")
    run = re.search(r'href="(#run-[^"]*)"', text)
    return copy.as_uri() + run.group(1)


def findings_of(dom):
    found = re.search(r'<pre id="findings">(\{.*?)</pre>', dom, re.DOTALL)
    if not found:
        raise RuntimeError("the checks did not run to their end")
    return json.loads(html.unescape(found.group(1)))


def console_errors(log):
    return [line for line in log.splitlines() if "CONSOLE" in line]


def main(argv):
    chromium = find_chromium()
    if not chromium:
        print("skipped: no Chromium; `apt-get install chromium`, or set ZIPML_CHROMIUM")
        return SKIPPED
    script = (HERE / "page_checks.js").read_text(encoding="utf-8")
    failures = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        page = make_page(argv[1], folder)
        for width in (1280, 390):
            dom, log = browse(chromium, folder / f"profile{width}", with_checks(page, script),
                              f"--window-size={width},900", "--dump-dom")
            findings = findings_of(dom)
            print(f"width {findings['width']}: {findings['passed']} checks passed, {len(findings['failed'])} failed")
            failures += [f"width {width}: {one}" for one in findings["failed"] + console_errors(log)]
        # The control: a page with an error and a dead link must not pass.
        broken = page.read_text(encoding="utf-8").replace("</body>", '<a href="#nowhere">x</a><script>gone();</script></body>')
        page.write_text(broken, encoding="utf-8")
        dom, log = browse(chromium, folder / "control", with_checks(page, script), "--dump-dom")
        if len(findings_of(dom)["failed"]) < 2 or not console_errors(log):
            failures.append("the control passed: the checks do not see errors")
    for failure in failures:
        print("FAILED:", failure)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
