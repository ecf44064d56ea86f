"""The runner of the tutorials must find what drifts apart: python -m unittest discover -s tests/tutorials."""

import argparse
import sys
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import run_tutorial  # noqa: E402

OPTIONS = argparse.Namespace(build=Path("/nonexistent"), cxx="c++", cxx_flags="", build_type="Release")


def run(page):
    return run_tutorial.run(page, OPTIONS)


class Runner(unittest.TestCase):
    def test_blocks_share_a_shell_and_a_folder(self):
        self.assertEqual(run("```json a/b.json\n{}\n```\nwords\n```sh\ncd a\nx=1\n```\n```sh\ncat b.json; echo $x\n```\n"
                             "```text\n{}\n1\n```\n```console\nfalse\n```\n"), "")

    def test_a_failing_command_is_named_by_its_line(self):
        self.assertIn("line 5: the block ended with exit code 1", run("```sh\ntrue\n```\n\n```sh\nfalse\ntrue\n```\n"))

    def test_other_output_is_a_failure(self):
        page = "```sh\nprintf 'a  b\\nc 12 d\\ne\\n'\n```\n```text\n%s\n```\n"
        self.assertEqual(run(page % "a b\nc 12 d\ne"), "")
        self.assertEqual(run(page % "a b\nc ... d\n..."), "")
        self.assertEqual(run(page % "...\ne"), "")
        for wrong in ("a b\nc 13 d\ne", "a b\nc 12 d", "a b\n...\nf", "ab\n..."):
            self.assertIn("line 4: the page says", run(page % wrong), wrong)

    def test_a_patch_that_does_not_apply_is_a_failure(self):
        page = "```txt f\none\n```\n```diff\n--- a/f\n+++ b/f\n@@ -1 +1 @@\n-%s\n+two\n```\n```sh\ncat f\n```\n```text\ntwo\n```\n"
        self.assertEqual(run(page % "one"), "")
        self.assertIn("line 4: the block ended with", run(page % "three"))

    def test_unknown_blocks_are_refused(self):
        with self.assertRaises(ValueError):
            run("```fish\ntrue\n```\n")
        with self.assertRaises(ValueError):
            run("```sh\ntrue\n")


if __name__ == "__main__":
    unittest.main()
