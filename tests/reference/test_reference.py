"""Tests of scripts/reference.py: python tests/reference/test_reference.py. Every check of it can fail."""

import contextlib
import io
import json
import stat
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

SOURCE = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(SOURCE / "scripts"))

import reference  # noqa: E402
import reference_data as data  # noqa: E402
import reference_text as text  # noqa: E402


def claim(figure, words, **more):
    """A claim as `zipml report --format json` has it."""
    made = {"figure": figure, "claim": words, "paper": "1%", "value": 0.123456789, "low": 0.1, "high": 0.2, "value_text": "0.1235 %",
            "interval_text": "[0.1, 0.2]", "verdict": "holds", "dataset": "cadata", "paper_dataset": "cadata", "stand_in": False, "seeds": 5,
            "seeds_to_decide": None, "runs": ["b", "a"], "commits": [], "unit": "%", "note": "", "scale": "paper",
            "commands": ["zipml run configs/figures/fig8.json --scale paper --out results"]}
    return made | more


def not_run(words, **more):
    return claim("fig8", words, value=None, low=None, high=None, value_text="-", interval_text="-", verdict="not run", seeds=0, runs=[],
                 scale="", **more)


class CheckoutTest(unittest.TestCase):
    """A small checkout with one figure, and a program that reports what the test says."""

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.root = Path(holder.name)
        self.addCleanup(setattr, text, "HEADLINES", text.HEADLINES)
        text.HEADLINES = [("fig8", "first", "")]
        self.write("configs/figures/fig8.json", {"name": "fig8", "about": "x", "seeds": 5, "quick": {"/seeds": 3},
                                                 "fpga": "../fpga/board.json"})
        self.write("configs/fpga/board.json", {"name": "board", "about": "x", "clock_hz": 1})
        (self.root / "README.md").write_text(f"before\n{text.BEGIN}\n{text.END}\nafter\n")
        (self.root / "docs").mkdir()
        (self.root / "docs/results.md.in").write_text("{{value fig8 | first}}%{{if holds: fig8 | first}}\n{{tables}}")
        for words in (["init", "-q"], ["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-qm", "a"]):
            subprocess.run(["git", "-C", str(self.root), *words], check=True)
        head = subprocess.run(["git", "-C", str(self.root), "rev-parse", "HEAD"], check=True, capture_output=True, text=True)
        self.commit = head.stdout.strip()[:12]
        self.claims = [claim("fig8", "first", commits=[self.commit]), not_run("second")]

    def write(self, name, value):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(value))

    def run_script(self, *words):
        """Exit code and standard error; the program reports the test's claims whatever folder it is given."""
        environment = {"zipml_version": "0.1.0", "git_commit": self.commit, "compiler": "c", "flags": "f", "libraries": "l",
                       "cpu_model": "m", "instruction_set": "i", "cpus": 2, "runs": 2}
        full = {"claims": self.claims, "environments": [environment], "data": []}
        self.write("full.json", full)
        self.write("claims.json", self.claims)
        program = self.root / "zipml"
        program.write_text(f'#!/bin/sh\nfor word; do form=$word; done\n'
                           f'[ "$form" = json ] && exec cat "{self.root}/claims.json"\nexec cat "{self.root}/full.json"\n')
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        err = io.StringIO()
        with contextlib.redirect_stderr(err), contextlib.redirect_stdout(io.StringIO()):
            code = reference.main([*words, "--root", str(self.root), "--zipml", str(program), "--date", "2020-01-02"])
        return code, err.getvalue()

    def made(self):
        code, err = self.run_script("make", str(self.root))
        self.assertEqual(code, 0, err)

    def assert_check(self, code, *parts):
        found, err = self.run_script("check")
        self.assertEqual(found, code, err)
        for part in parts:
            self.assertIn(part, err)

    def change(self, name, old, new):
        path = self.root / name
        before = path.read_text()
        self.assertIn(old, before)
        path.write_text(before.replace(old, new))

    def test_what_was_just_made_passes(self):
        self.made()
        self.assert_check(0)
        readme = (self.root / "README.md").read_text()
        self.assertIn("1 holds, 1 not run", readme)
        self.assertTrue(readme.startswith("before\n") and readme.endswith("after\n"))
        self.assertTrue((self.root / "docs/results.md").read_text().startswith("0.12%\n"))

    def test_making_it_twice_changes_nothing(self):
        self.made()
        before = (self.root / data.FILE).read_text()
        self.made()
        self.assertEqual(before, (self.root / data.FILE).read_text())

    def test_a_new_claim_fails(self):
        self.made()
        self.claims.append(not_run("third"))
        self.assert_check(1, "the reference lacks: third")

    def test_a_claim_that_is_gone_fails(self):
        self.made()
        self.claims.pop()
        self.assert_check(1, "no longer the claim: second")

    def test_another_value_of_the_paper_fails(self):
        self.made()
        self.claims[0]["paper"] = "2%"
        self.assert_check(1, "paper is '1%' in the reference and '2%' in the program")

    def test_another_order_fails(self):
        self.made()
        self.claims.reverse()
        self.assert_check(1, "another order")

    def test_claims_without_results_are_listed_as_not_run(self):
        self.claims.append(claim("fig8", "third"))
        self.made()
        self.claims[2]["paper"] = "2%"
        self.claims = self.claims[:1] + [not_run("new")] + [not_run("third") | {"paper": "2%"}]
        self.assert_check(1)
        self.assertEqual(self.run_script("stale")[0], 0)
        self.assert_check(0)
        found = [(one["claim"], one["verdict"]) for one in data.load(self.root)["claims"]]
        self.assertEqual(found, [("first", "holds"), ("new", "not run"), ("third", "not run")])

    def test_texts_that_were_edited_fail(self):
        for name, old in (("README.md", "0.1235 %"), ("docs/results.md", "0.12%"), ("results/reference/README.md", "0.1.0")):
            self.made()
            self.change(name, old, "9")
            self.assert_check(1, f"{name}: not what")

    def test_a_number_of_the_reference_that_was_edited_fails(self):
        self.made()
        self.change(str(data.FILE), "0.1235 %", "0.1111 %")
        self.assert_check(1, "README.md: not what")

    def test_a_verdict_without_runs_fails(self):
        self.made()
        self.change(str(data.FILE), '"not run"', '"holds"')
        self.assert_check(1, "holds, with 0 runs")

    def test_a_sentence_for_another_verdict_fails(self):
        self.claims[0]["verdict"] = "fails"
        code, err = self.run_script("make", str(self.root))
        self.assertEqual(code, 1)
        self.assertIn("for the verdict 'holds'; it is 'fails'", err)
        self.assert_check(1, "for the verdict 'holds'; it is 'fails'")

    def test_a_changed_config_fails_until_it_is_listed_as_stale(self):
        self.made()
        for name in ("configs/figures/fig8.json", "configs/fpga/board.json"):
            before = (self.root / name).read_text()
            config = json.loads(before)
            self.write(name, config | {"more": 1})
            self.assert_check(1, "the config has changed since")
            self.assertEqual(self.run_script("stale")[0], 0)
            self.assert_check(0)
            self.assertIn("(stale)", (self.root / "README.md").read_text())
            (self.root / name).write_text(before)
            self.assert_check(1, "stale is 'the config has changed since'")
            self.assertEqual(self.run_script("stale")[0], 0)
            self.assert_check(0)

    def test_words_and_quick_scale_do_not_make_paper_scale_stale(self):
        self.made()
        self.change("configs/figures/fig8.json", '"about": "x"', '"about": "y"')
        self.change("configs/figures/fig8.json", '"/seeds": 3', '"/seeds": 2')
        self.assert_check(0)

    def test_quick_scale_makes_quick_runs_stale(self):
        self.claims[0]["scale"] = "quick"
        self.made()
        self.change("configs/figures/fig8.json", '"/seeds": 3', '"/seeds": 2')
        self.assert_check(1, "the config has changed since")

    def test_runs_of_an_uncommitted_tree_are_listed_as_stale(self):
        self.claims[0]["commits"] = [self.commit + "-dirty"]
        self.made()
        self.assertIn("were not committed", (self.root / "docs/results.md").read_text())
        self.assert_check(0)

    def test_runs_with_changed_options_are_refused(self):
        self.claims[0]["commands"] = ["zipml run configs/figures/fig8.json --scale paper --set /seeds=9 --out results"]
        code, err = self.run_script("make", str(self.root))
        self.assertEqual(code, 2)
        self.assertIn("--set", err)

    def test_wrong_input_is_named(self):
        self.assert_check(2, "no such file")
        self.made()
        readme = (self.root / "README.md").read_text()
        (self.root / "README.md").write_text("no markers\n")
        self.assert_check(2, "README.md: the lines")
        (self.root / "README.md").write_text(readme)
        (self.root / "docs/results.md.in").write_text("{{value fig8 | nothing}}")
        self.assert_check(2, "0 claims of fig8 begin with 'nothing'")
        (self.root / "docs/results.md.in").write_text("{{nonsense}}")
        self.assert_check(2, "{{nonsense}}: not understood")


class TextTest(unittest.TestCase):
    def test_numbers_have_two_digits(self):
        for value, expected in ((0.0039, "0.0039"), (2.0904, "2.1"), (6.98, "7"), (97.05, "97"), (171.3, "171"), (None, "infinite"),
                                (-0.69, "-0.69"), (0.0, "0"), (4.8e-5, "0")):
            self.assertEqual(text.number(value), expected)

    def test_scales_and_seeds_are_told(self):
        claims = [claim("fig8", "a"), claim("fig8", "b", scale="quick", seeds=3), claim("fig8", "c", seeds=1)]
        self.assertEqual(text.scale_text(claims), "paper, 1 to 5 seeds; quick, 3 seeds")
        self.assertEqual(text.scale_text([not_run("a")]), "-")

    def test_a_number_given_for_a_claim_that_was_not_run_gives_way(self):
        for one, expected in ((not_run("a"), "3.0"), (claim("fig8", "a", value=2.0), "2")):
            self.assertEqual(text.Narrative({"claims": [one]}).fill("{{or 3.0: fig8 | a}}"), expected)

    def test_every_headline_and_title_is_one_of_the_reference(self):
        committed = data.load(SOURCE)
        for figure, start, dataset in text.HEADLINES:
            text.find(committed, figure, start, dataset)
        self.assertEqual(set(text.TITLES), {figure["name"] for figure in committed["figures"]})


if __name__ == "__main__":
    unittest.main()
