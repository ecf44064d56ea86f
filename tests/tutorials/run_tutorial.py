"""Runs a tutorial: python run_tutorial.py TUTORIAL.md --build BUILD.

The blocks of the page are what is run, in one shell, in a new folder:
  ```sh             commands; the first that fails ends the tutorial
  ```text           what the commands before print, standard error included; "..." stands for anything
  ```LANGUAGE FILE  becomes that file
  ```diff           is applied by patch -p1
  ```console        is for readers only
A tutorial whose first lines have "<!-- in a copy of the source -->" runs in one; what is compiled there takes the object
files of BUILD for sources that are the same.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

IN_SOURCE = "<!-- in a copy of the source -->"
HERE = Path(__file__).resolve().parent
SOURCE = HERE.parents[1]


@dataclass
class Block:
    line: int
    language: str
    file: str
    text: str


def blocks_of(page):
    """The fenced blocks of a page."""
    blocks, open_at, lines = [], None, []
    for number, line in enumerate(page.splitlines(), 1):
        fence = re.fullmatch(r"```(.*)", line)
        if fence and open_at is None:
            words = fence.group(1).split()
            open_at = (number, words[0] if words else "", words[1] if len(words) > 1 else "")
            lines = []
        elif fence:
            blocks.append(Block(*open_at, "".join(one + "\n" for one in lines)))
            open_at = None
        elif open_at is not None:
            lines.append(line)
    if open_at is not None:
        raise ValueError(f"line {open_at[0]}: the block is not closed")
    return blocks


def quoted_text(text):
    end = "END_OF_BLOCK"
    assert end not in text
    return f"<<'{end}'\n{text}{end}\n"


def script_of(blocks, log):
    """One bash script; the output of the block in line N goes to LOG/N."""
    script = "set -euo pipefail\n"
    for block in blocks:
        out = f">{log}/{block.line} 2>&1"
        script += f"echo {block.line} >{log}/at\n"
        if block.file:
            script += f"mkdir -p $(dirname {block.file})\ncat >{block.file} {quoted_text(block.text)}"
        elif block.language == "diff":
            script += f"patch -p1 {out} {quoted_text(block.text)}"
        elif block.language == "sh":
            script += "{\n" + block.text + "} " + out + "\n"
        elif block.language not in ("text", "console"):
            raise ValueError(f"line {block.line}: a block of the unknown kind '{block.language}'")
    return script


def matches(expected, printed):
    """A line of "..." stands for any lines, "..." within a line for any text, white space for white space."""
    pattern = ""
    for line in expected.splitlines():
        if line.strip() == "...":
            pattern += r"(?:.*\n)*?"
            continue
        parts = [r"[ \t]+".join(map(re.escape, part.split())) for part in line.strip().split("...")]
        pattern += r"[ \t]*" + r"[ \t]*.*?[ \t]*".join(parts) + r"[ \t]*\n"
    return re.fullmatch(pattern, printed if printed.endswith("\n") or not printed else printed + "\n") is not None


def copy_source(folder):
    names = subprocess.run(["git", "-C", SOURCE, "ls-files", "-co", "--exclude-standard"], capture_output=True,
                           text=True).stdout.split("\n")
    if not any(names):  # no repository, such as a source archive
        shutil.copytree(SOURCE, folder, ignore=shutil.ignore_patterns(".git", "build*", "results"), dirs_exist_ok=True)
    for name in filter(None, names):
        if (SOURCE / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(SOURCE / name, folder / name)


def environment(options, work):
    values = dict(os.environ, LC_ALL="C", ZIPML_PYTHON=sys.executable, ZIPML_BUILD=str(options.build),
                  ZIPML_SOURCE=str(SOURCE), ZIPML_COPY=str(work), CXX=options.cxx, CXXFLAGS=options.cxx_flags,
                  CMAKE_BUILD_TYPE=options.build_type, CMAKE_CXX_COMPILER_LAUNCHER=str(HERE / "reuse_object.sh"),
                  PATH=f"{options.build}{os.pathsep}{os.environ['PATH']}")
    values.pop("ZIPML_DATA_DIR", None)
    return values


def run(page, options):
    """What is wrong, as text; empty if nothing is."""
    blocks = blocks_of(page)
    with tempfile.TemporaryDirectory() as scratch:
        work, log = Path(scratch) / "work", Path(scratch) / "log"
        work.mkdir()
        log.mkdir()
        if IN_SOURCE in page:
            copy_source(work)
        ended = subprocess.run(["bash", "-c", script_of(blocks, log)], cwd=work, env=environment(options, work),
                               stdin=subprocess.DEVNULL)

        def printed(line):
            file = log / str(line)
            return file.read_text() if file.exists() else ""

        if ended.returncode != 0:
            at = (log / "at").read_text().strip()
            return f"line {at}: the block ended with exit code {ended.returncode}:\n{printed(at)}"
        last = None
        for block in blocks:
            if block.language == "text":
                if last is None:
                    return f"line {block.line}: text without commands before it"
                if not matches(block.text, printed(last.line)):
                    return (f"line {block.line}: the page says\n{block.text}and the commands in line {last.line} "
                            f"printed\n{printed(last.line)}")
            elif block.language == "sh":
                last = block
    return ""


def main(argv):
    parser = argparse.ArgumentParser(description="Runs the blocks of a tutorial and compares what they print.")
    parser.add_argument("page", type=Path)
    parser.add_argument("--build", type=Path, required=True, help="folder of the built program")
    parser.add_argument("--cxx", default="c++")
    parser.add_argument("--cxx-flags", default="")
    parser.add_argument("--build-type", default="Release")
    options = parser.parse_args(argv)
    options.build = options.build.resolve()
    problem = run(options.page.read_text(), options)
    if problem:
        print(f"{options.page}: {problem}", file=sys.stderr)
    return 1 if problem else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
