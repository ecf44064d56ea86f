"""Tests of the figures: python -m unittest discover -s tests/plots. Needs matplotlib and h5py."""

import contextlib
import io
import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

import numpy as np

PLOTS = Path(__file__).resolve().parents[2] / "plots"
sys.path.insert(0, str(PLOTS))
sys.path.insert(0, str(Path(__file__).resolve().parent))

import example_results as example  # noqa: E402
import draw_all  # noqa: E402
import zipml_plots as zp  # noqa: E402

NAMES = ["bias", "fig4", "fig6", "fig7b", "fig8", "fig8_bits", "fig11", "table1"]


def quietly(function, *args):
    """Result, standard output and standard error of a call."""
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        result = function(*args)
    return result, out.getvalue(), err.getvalue()


class TemporaryTest(unittest.TestCase):
    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.results = Path(holder.name) / "results"
        self.out = Path(holder.name) / "figures"
        self.results.mkdir()

    def draw(self, *more):
        return quietly(draw_all.main, ["--results", str(self.results), "--out", str(self.out), *more])


class DrawTest(TemporaryTest):
    def test_every_figure_is_drawn_from_partial_results(self):
        example.write_everything(self.results)
        code, _, err = self.draw()
        self.assertEqual(code, 0, err)
        for name in NAMES:
            for suffix, start in ((".png", b"\x89PNG"), (".svg", b"<?xml")):
                data = (self.out / (name + suffix)).read_bytes()
                self.assertTrue(data.startswith(start), name + suffix)
                self.assertGreater(len(data), 5000, name + suffix)
        self.assertEqual(len(list(self.out.iterdir())), 2 * len(NAMES), "nothing else is left behind")

    def test_equal_results_give_equal_files(self):
        example.write_everything(self.results)
        self.draw()
        first = {path.name: path.read_bytes() for path in self.out.iterdir()}
        self.draw()
        for name, data in first.items():
            self.assertEqual((self.out / name).read_bytes(), data, name)

    def test_nothing_to_draw_is_said(self):
        code, _, err = self.draw()
        self.assertEqual(code, 1)
        self.assertIn("no results for fig4", err)
        self.assertFalse(self.out.exists())

    def test_only_what_is_asked_for(self):
        example.write_everything(self.results)
        code, _, _ = self.draw("--only", "fig6")
        self.assertEqual(code, 0)
        self.assertEqual(sorted(path.name for path in self.out.iterdir()), ["fig6.png", "fig6.svg"])
        with self.assertRaises(SystemExit):
            self.draw("--only", "fig99")

    def test_scripts_run_on_their_own(self):
        example.write_everything(self.results)
        command = [sys.executable, str(PLOTS / "fig4.py"), "--results", str(self.results), "--out", str(self.out)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertTrue((self.out / "fig4.png").exists())
        command[command.index(str(self.results))] = str(self.results / "nowhere")
        self.assertEqual(subprocess.run(command, capture_output=True, check=False).returncode, 1)


class PanelTest(TemporaryTest):
    def axes(self):
        fig, ax = zp.plt.subplots()
        self.addCleanup(zp.plt.close, fig)
        return ax

    def write(self, samples, losses, seed=1, **options):
        example.write_run(self.results, "fig4", example.SYNTHETIC_100, samples, losses, seed, **options)

    def test_missing_series_are_named(self):
        self.write(example.FULL, [3.0, 2.0, 1.0], minimum=0.9)
        runs = zp.load_runs(self.results, "fig4")
        ax = self.axes()
        zp.draw_loss_panel(ax, "a", "?", runs, [zp.Curve("32-bit", runs), zp.Curve("3-bit", [])])
        labels = [text.get_text() for text in ax.get_legend().get_texts()]
        self.assertIn("3-bit: not run", labels)
        self.assertIn("exact minimum 0.9000", labels)
        self.assertTrue(any(label.startswith("32-bit, 32 bits/value stored") for label in labels))

    def test_an_empty_panel_says_so(self):
        ax = self.axes()
        zp.draw_loss_panel(ax, "b", "gisette", [], [zp.Curve("32-bit", [])])
        self.assertIn("not run", ax.texts[0].get_text())
        self.assertEqual(ax.get_title(loc="left"), "(b) gisette")

    def test_stand_ins_say_so_in_the_title(self):
        title = "cod-rna-like (generated stand-in for cod-rna)"
        self.write(example.FULL, [3.0, 2.0], title=title, stand_in_for="cod-rna")
        runs = zp.load_runs(self.results, "fig4")
        self.assertIn("stand-in", zp.panel_title("a", runs, "cod-rna"))

    def test_the_line_is_the_median_and_the_band_the_range(self):
        for seed, last in ((1, 1.0), (2, 5.0), (3, 2.0)):
            self.write(example.FULL, [8.0, last], seed)
        ax = self.axes()
        middle = zp.draw_curve(ax, zp.Curve("32-bit", zp.load_runs(self.results, "fig4")))
        np.testing.assert_array_equal(middle, [8.0, 2.0])
        heights = ax.collections[0].get_paths()[0].vertices[:, 1]
        self.assertEqual((heights.min(), heights.max()), (1.0, 8.0))

    def test_diverged_runs_are_marked_and_not_forgotten(self):
        self.write(example.FULL, [4.0, 1.0, 0.5], 1)
        self.write(example.FULL, [4.0, 9.0, np.inf], 2, status="diverged")
        self.write(example.FULL, [4.0, 7.0, np.inf], 3, status="diverged")
        ax = self.axes()
        middle = zp.draw_curve(ax, zp.Curve("32-bit", zp.load_runs(self.results, "fig4")))
        self.assertEqual(middle[1], 7.0)
        self.assertTrue(np.isnan(middle[2]), "two of three are infinite, so the median is")
        self.assertIn("2 of 3 diverged", ax.get_lines()[0].get_label())
        crosses = [line for line in ax.get_lines() if line.get_marker() == "x"]
        self.assertEqual(sorted(float(line.get_ydata()[0]) for line in crosses), [7.0, 9.0])

    def test_settings_are_not_mixed(self):
        for epochs in (2, 5):
            self.write(example.FULL, [4.0] * (epochs + 1), epochs=epochs)
            self.write(example.quantized("double_sampling", 4), [4.0] * (epochs + 1), epochs=epochs)
        self.write(example.FULL, [4.0] * 10, epochs=9)
        chosen = zp.choose_setting(zp.load_runs(self.results, "fig4"))
        self.assertEqual({run.get("solver/epochs") for run in chosen}, {5}, "the longest that has both series")

    def test_damaged_files_are_named_and_skipped(self):
        self.write(example.FULL, [2.0, 1.0])
        whole = next((self.results / "fig4").iterdir())
        (self.results / "fig4" / "cut.h5").write_bytes(whole.read_bytes()[:500])
        (self.results / "fig4" / "empty.h5").write_bytes(b"")
        runs, _, err = quietly(zp.load_runs, self.results, "fig4")
        self.assertEqual(len(runs), 1)
        self.assertEqual(len(re.findall("skipped: .*(cut|empty).h5", err)), 2)


class RelativeLossTest(TemporaryTest):
    def test_pairs_of_seeds_are_compared(self):
        import fig8

        cadata = {"kind": "cadata"}
        example.write_run(self.results, "fig8", cadata, example.FULL, [9.0, 2.0], 1)
        example.write_run(self.results, "fig8", cadata, example.FULL, [9.0, 4.0], 2)
        example.write_run(self.results, "fig8", cadata, example.quantized("double_sampling", 3), [9.0, 2.1], 1)
        example.write_run(self.results, "fig8", cadata, example.quantized("double_sampling", 3), [9.0, np.inf], 2,
                          status="diverged")
        example.write_run(self.results, "fig8", cadata, example.quantized("double_sampling", 3), [9.0, 1.0], 3)
        values = sorted(fig8.relative_losses(zp.load_runs(self.results, "fig8"), 3))
        self.assertEqual(len(values), 2)
        self.assertAlmostEqual(values[0], 5.0)
        self.assertEqual(values[1], np.inf)


if __name__ == "__main__":
    unittest.main()
