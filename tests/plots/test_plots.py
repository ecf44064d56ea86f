"""Tests of the figures: python -m unittest discover -s tests/plots. Needs matplotlib and h5py."""

import contextlib
import io
import json
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
import bench  # noqa: E402
import board  # noqa: E402
import cpu_speedup  # noqa: E402
import draw_all  # noqa: E402
import fig5  # noqa: E402
import fpga_plots  # noqa: E402
import precision_sweep  # noqa: E402
import zipml_plots as zp  # noqa: E402

NAMES = ["fig1", "fig1c", "tomography_bits", "fig2", "bias", "fig3", "fig4", "fig5", "fig5_platform", "cpu_speedup", "fig6", "fig7a",
         "fig7b", "fig8", "fig8_bits", "fig9", "fig9_bits", "bias_variance", "fig10", "fig10_excess", "fig11", "fig12", "fig13", "fig14",
         "precision_sweep", "board", "fpga_numerics", "variance", "table1"]


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
        flipped = bytearray(whole.read_bytes())
        flipped[len(flipped) // 2] ^= 4
        (self.results / "fig4" / "flipped.h5").write_bytes(flipped)
        (self.results / "fig4" / "zz-copy.h5").write_bytes(whole.read_bytes())
        runs, _, err = quietly(zp.load_runs, self.results, "fig4")
        self.assertEqual(len(runs), 1)
        self.assertEqual(len(re.findall("skipped: .*(cut|empty|flipped|copy).h5", err)), 4)

    def test_a_dollar_in_a_file_s_name_is_no_formula(self):
        self.write(example.FULL, [2.0, 1.0], title=r"prices in $\frac$.csv", counts=(100, 50, 100))
        self.assertEqual(self.draw("--only", "fig4")[0], 0)

    def test_a_figure_that_cannot_be_written_leaves_nothing(self):
        (self.out / "name.png").mkdir(parents=True)
        with self.assertRaises(OSError):
            zp.save(zp.plt.figure(), self.out, "name")
        self.assertEqual([path.name for path in self.out.iterdir()], ["name.png"])


class EngineTest(TemporaryTest):
    def test_curves_of_figure_5_lie_at_the_engine_s_seconds(self):
        example.write_engines(self.results, 1, [10.0, 2.0, 1.0, 0.9])
        runs = zp.choose_setting(zp.load_runs(self.results, "fig5"), varies=("fpga", "engine"))
        curves = fig5.curves_of(runs)
        self.assertEqual([len(curve.runs) for curve in curves], [1] * 7)
        self.assertEqual([curve.label.split(":")[0] for curve in curves], ["modelled"] * 3 + ["measured"] * 4)
        self.assertTrue(all(bool(run.fpga) == curve.label.startswith("modelled") for curve in curves for run in curve.runs))
        self.assertEqual(zp.where_text(runs), "2 threads on a CPU, 4 CPUs")
        np.testing.assert_allclose(fig5.seconds_of(curves[0].runs[0]), [7e-4, 14e-4, 21e-4])
        np.testing.assert_allclose(fig5.seconds_of(curves[3].runs[0]), [0.01, 0.02, 0.03])

    def test_unconfirmed_numbers_of_a_board_are_said(self):
        example.write_engines(self.results, 1, [10.0, 2.0, 1.0, 0.9])
        run = next(r for r in zp.load_runs(self.results, "fig5") if r.fpga)
        self.assertEqual(fpga_plots.board_text(run), "harp_qpi: 200 MHz, 0.508 lines a cycle (clock NOT confirmed)")

    def test_seconds_to_the_minimum_and_where_computing_takes_over(self):
        example.write_engines(self.results, 1, [10.0, 2.0, 1.0, 0.9])
        runs = zp.load_runs(self.results, "precision_sweep")
        members = precision_sweep.of_family(runs, "harp_", "harp_qpi", "fresh")
        self.assertEqual(list(members), [2, 4, 8])
        self.assertAlmostEqual(precision_sweep.seconds_to(members[8][0]), 3 * 8e-4)
        self.assertEqual(precision_sweep.seconds_to(members[2][0]), np.inf)
        self.assertEqual(precision_sweep.takeover(members), "computing takes over at 2 bits")
        self.assertEqual(precision_sweep.of_family(runs, "harp_", "harp", "fresh"), {})

    def test_the_board_s_rows_are_runs_and_their_difference(self):
        example.write_shapes(self.results)
        rows = board.rows_of(zp.load_runs(self.results, "board"))
        self.assertEqual([row[0] for row in rows], ["MNIST\nfloat minus Q1", "MNIST\nfloat", "MNIST\nQ1"])
        np.testing.assert_allclose(rows[0][1:3], [3 * 0.039, 0.4])


class SpeedupTest(TemporaryTest):
    def curves(self, **options):
        for seed in (1, 2):
            example.write_speedup(self.results, seed, **options)
        runs = zp.choose_setting(zp.load_runs(self.results, "cpu_speedup"), varies=("engine",))
        return {curve.label: curve for curve in cpu_speedup.curves_of(runs)}

    def test_seconds_to_a_loss_lie_on_straight_lines(self):
        run = self.curves()["32-bit"].runs[0]
        self.assertEqual(cpu_speedup.seconds_to(run, 10.0), 0.0)
        self.assertAlmostEqual(cpu_speedup.seconds_to(run, 6.0), 0.5)
        self.assertAlmostEqual(cpu_speedup.seconds_to(run, 1.01), 1 + 0.99 / 0.995)
        self.assertEqual(cpu_speedup.seconds_to(run, 0.9), np.inf)

    def test_speed_ups_are_over_the_faster_float32(self):
        curves = self.curves()
        found = dict(zip(curves, cpu_speedup.speed_ups(list(curves.values()))))
        np.testing.assert_allclose(found["32-bit"], [1, 1])
        np.testing.assert_allclose(found["32-bit, Hogwild"], [0.5, 0.5])
        np.testing.assert_allclose(found["4-bit double sampling"], [5, 5])
        self.assertEqual(found["2-bit double sampling"], [0, 0], "never there")
        self.assertEqual(found["4-bit single draw (biased)"], [], "not run")

    def test_the_model_s_line_is_that_of_the_published_board(self):
        example.write_shapes(self.results)
        np.testing.assert_allclose(cpu_speedup.fpga_ratios(zp.load_runs(self.results, "fig5_platform")), [7.0])

    def test_data_that_fit_the_caches_are_named(self):
        curves = self.curves(counts=(1000, 10, 1000))
        fig, axes = zp.plt.subplots(1, 2)
        self.addCleanup(zp.plt.close, fig)
        runs = [run for curve in curves.values() for run in curve.runs]
        cpu_speedup.draw_panel(axes, "a", "x", runs, [])
        self.assertIn("caches", axes[0].get_title(loc="left"))
        texts = [text.get_text() for text in axes[1].texts]
        self.assertIn("not reached, 2 of 2 seeds never", texts)
        self.assertIn("not run", texts)
        self.assertIn("5x (store: 3 s)", texts)


class ExcessTest(TemporaryTest):
    def test_curves_are_percent_above_the_exact_minimum(self):
        for seed, last in ((1, 2.2), (2, 2.1), (3, 2.4)):
            example.write_run(self.results, "fig7a", {"kind": "year-like"}, example.FULL, [9.0, 4.0, last], seed,
                              minimum=2.0)
        runs = zp.load_runs(self.results, "fig7a")
        _, ax = zp.plt.subplots()
        self.addCleanup(zp.plt.close, ax.figure)
        zp.draw_excess_panel(ax, "", "?", runs, [zp.Curve("32-bit", runs), zp.Curve("3-bit", [])])
        np.testing.assert_allclose(ax.get_lines()[0].get_ydata(), [100.0, 10.0])
        np.testing.assert_array_equal(ax.get_lines()[0].get_xdata(), [1, 2])

    def test_an_unknown_minimum_is_said(self):
        example.write_run(self.results, "fig7a", {"kind": "year-like"}, example.FULL, [9.0, 4.0], 1)
        runs = zp.load_runs(self.results, "fig7a")
        _, ax = zp.plt.subplots()
        self.addCleanup(zp.plt.close, ax.figure)
        zp.draw_excess_panel(ax, "", "?", runs, [zp.Curve("32-bit", runs)])
        self.assertIn("not known", ax.texts[0].get_text())


class MeasuredTest(TemporaryTest):
    def test_errors_are_relative_to_the_sampling_variance_at_the_minimum(self):
        import variance

        for seed, squared in ((1, 4.0), (2, 6.0)):
            example.write_errors(self.results, example.SYNTHETIC_100, example.quantized("double_sampling", 3), squared,
                                 0.5, seed)
        runs = zp.load_runs(self.results, "variance")
        self.assertEqual([(bits, sorted(values)) for bits, values
                          in variance.by_bits(runs, "double_sampling", "uniform", "mean_squared")], [(3, [2.0, 3.0])])
        self.assertEqual(variance.by_bits(runs, "double_sampling", "optimal", "mean_squared"), [])

    def test_levels_of_different_columns_are_not_mixed(self):
        cadata = {"kind": "cadata"}
        example.write_levels(self.results, cadata, "optimal")
        example.write_levels(self.results, cadata, "uniform")
        example.write_levels(self.results, cadata, "log", column=4)
        runs = zp.load_runs(self.results, "fig3")
        self.assertEqual(len(runs), 3)
        chosen = zp.choose_setting(runs)
        self.assertEqual(sorted(run.levels for run in chosen), ["optimal", "uniform"])

    def test_a_result_without_epochs_and_measurement_is_damaged(self):
        example.write_run(self.results, "fig3", {"kind": "cadata"}, example.FULL, [])
        runs, _, err = quietly(zp.load_runs, self.results, "fig3")
        self.assertEqual(runs, [])
        self.assertIn("no epoch", err)


class OverviewTest(TemporaryTest):
    def draw_overview(self):
        import fig1

        return quietly(fig1.main, ["--results", str(self.results), "--out", str(self.out)])

    def test_missing_panels_say_so(self):
        import fig1

        example.write_scans(self.results, 1)
        code, _, err = self.draw_overview()
        self.assertEqual(code, 0, err)
        fig, ax = zp.plt.subplots()
        self.addCleanup(zp.plt.close, fig)
        fig1.draw_panel(ax, "linear", "fig4", self.results)
        self.assertEqual([text.get_text() for text in ax.texts], ["fig4: not run"])
        fig1.draw_table(ax, fig1.read_verdicts(self.results))
        self.assertIn("no verdicts.json", ax.texts[-1].get_text())

    def test_nothing_to_show_is_an_error(self):
        code, _, err = self.draw_overview()
        self.assertEqual(code, 1)
        self.assertIn("no results for fig1", err)

    def test_every_panel_has_a_script_that_draws_it(self):
        import importlib

        import fig1

        for _, figure in fig1.CURVES:
            fig, ax = zp.plt.subplots()
            self.addCleanup(zp.plt.close, fig)
            self.assertFalse(importlib.import_module(figure).overview(ax, []), figure)

    def test_cells_take_the_worst_verdict(self):
        import fig1

        patterns = [("fig8", "at most")]
        verdicts = [("fig8", "a at most", "holds"), ("fig8", "b at most", "holds"), ("fig8", "c", "fails"),
                    ("fig81", "d at most", "fails"), ("fig8", "e at most", "not run")]
        self.assertEqual(fig1.cell_of(verdicts, patterns), ("2 holds", fig1.GREEN))
        verdicts.append(("fig8", "f at most", "undecided"))
        self.assertEqual(fig1.cell_of(verdicts, patterns), ("2 holds,\n1 undecided", fig1.AMBER))
        verdicts.append(("fig8", "g at most", "fails"))
        self.assertEqual(fig1.cell_of(verdicts, patterns)[1], fig1.RED)
        self.assertEqual(fig1.cell_of(None, patterns), ("not run", fig1.GREY))
        self.assertEqual(fig1.cell_of(verdicts, []), ("no claim", "white"))


class ComputationModelTest(TemporaryTest):
    def draw_model(self):
        import fig2

        return quietly(fig2.main, ["--results", str(self.results), "--out", str(self.out)])

    def test_bytes_of_channels_and_the_one_that_binds(self):
        import fig2

        example.write_scans(self.results, 1)
        example.write_run(self.results, "fig4", example.SYNTHETIC_100, example.FULL, [3.0, 2.0, 1.0],
                          channel_bytes=(200, 250))
        lines = {label: values for label, _, values in fig2.lines_of(self.results) if values}
        self.assertEqual(lines["12-bit end to end"], {"samples": 12 * 100 + 14 * 125, "model": 600, "gradient": 600})
        self.assertEqual(lines["12-bit sinogram, rows computed"], {"samples": 12 * 100, "model": 1600, "gradient": 1600})
        full = fig2.channel_bytes(zp.load_runs(self.results, "fig4")[0])
        self.assertEqual(full, {"samples": 4000, "model": 200, "gradient": 250})
        self.assertEqual(fig2.binding(full), (["samples"], 16.0))
        self.assertEqual(fig2.binding({"samples": 1, "model": 4, "gradient": 4}), (["model", "gradient"], 4.0))
        self.assertEqual(fig2.binding(dict.fromkeys(fig2.CHANNELS, 4))[1], 1.0)

    def test_a_network_s_epochs_are_counted_from_its_mini_batches(self):
        example.write_run(self.results, "fig7b", {"kind": "cifar10-like"}, example.FULL, [2.3, 2.0, 1.5],
                          weights=example.FULL, counts=(10000, 100, 3072))
        self.assertEqual(zp.load_runs(self.results, "fig7b")[0].passes, 2 * 100 * 100 / 10000)

    def test_the_link_is_that_of_the_stored_platform(self):
        import fig2

        example.write_engines(self.results, 1, [10.0, 2.0, 1.0, 0.9])
        engines = fig2.engines_of(self.results)
        self.assertEqual([engine.name for engine in engines], ["float", "Q8", "Q4", "Q2"])
        engine = engines[0]
        self.assertAlmostEqual(engine.link, 65 / 128 * 128 * 200e6)  # the example's first stage has 128 bytes
        self.assertAlmostEqual(engine.link_seconds, 6400 / engine.link)
        self.assertAlmostEqual(engine.store_bytes, 100 * 64)
        self.assertEqual([engine.binds_text for engine in engines], ["samples (link)", "samples (link)", "samples (link)",
                                                                     "samples (link)"])

    def test_engines_on_another_board_are_not_shown(self):
        import fig2

        example.write_engines(self.results, 1, [10.0, 2.0, 1.0, 0.9])
        example.write_run(self.results, "precision_sweep", example.SYNTHETIC_100, example.quantized("double_sampling", 1),
                          [3.0, 2.0], fpga=example.engine_times("harp_q1", 1, 1e-4, rate=(1, 1)))
        self.assertNotIn("Q1", [engine.name for engine in fig2.engines_of(self.results)])

    def test_without_a_platform_there_are_no_times(self):
        import fig2

        example.write_scans(self.results, 1)
        self.assertEqual(fig2.engines_of(self.results), [])
        fig, ax = zp.plt.subplots()
        self.addCleanup(zp.plt.close, fig)
        fig2.draw_engines(ax, [])
        self.assertIn("no platform", ax.texts[0].get_text())
        fig2.draw_runs(ax, fig2.lines_of(self.results), None)
        shown = " ".join(text.get_text() for text in ax.texts)
        self.assertIn("Optimal5 weights: not run", shown)
        self.assertNotIn("µs", shown)
        code, _, err = self.draw_model()
        self.assertEqual(code, 0, err)

    def test_nothing_to_show_is_an_error(self):
        code, _, err = self.draw_model()
        self.assertEqual(code, 1)
        self.assertIn("no results for fig2", err)


class TomographyTest(TemporaryTest):
    def test_bytes_are_held_against_the_same_data_in_float32(self):
        import tomography

        example.write_scans(self.results, 1)
        runs = tomography.of_phantom(zp.load_runs(self.results, "fig1c"), "shepp-logan")
        full = next(r for r in runs if r.is_full)
        alone = next(r for r in runs if tomography.is_sinogram_only(r) and tomography.sinogram_bits(r) == 12)
        self.assertAlmostEqual(tomography.share_moved(alone, full), 12 / 32)
        both = next(r for r in runs if tomography.is_end_to_end(r) and r.bits == 12)
        self.assertAlmostEqual(tomography.share_moved(both, full), (12 * 200 + 14 * 125) / (32 * 200 + 32 * 125))
        self.assertEqual(sum(r.is_full for r in runs), 1, "a quantized sinogram is not full precision")


    def test_a_slice_is_held_against_the_back_projection_of_that_slice(self):
        import tomography

        example.write_scans(self.results, 1)
        image = next(r.image for r in zp.load_runs(self.results, "fig1c") if r.is_full)
        self.assertAlmostEqual(tomography.slice_psnr(image), 30.1, places=4)  # the example's error, its reference 20 dB at .1


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


class BenchTest(TemporaryTest):
    def draw_bench(self, results):
        file = self.results / "bench.json"
        file.write_text(json.dumps(results))
        return quietly(bench.main, ["--results", str(file), "--out", str(self.out)])

    @staticmethod
    def line(samples, bits, draws, ratio, **more):
        return {"columns": 90, "threads": 1, "batch": 16, "samples": samples, "bits": bits, "draws": draws,
                "engine": "integer", **({"ratio_to_float32": ratio} if ratio else {}), **more}

    CONTEXT = {"cpu": "a CPU", "instruction_set": "AVX2", "megabytes": 4, "rounds": 1, "quick": False}

    def test_ratios_lie_at_their_bits(self):
        lines = [self.line("8 bits", 8, 1, 3.0), self.line("2 bits", 2, 1, 8.0), self.line("4 + 2 bits", 4, 2, 5.0)]
        fig, ax = bench.plt.subplots()
        self.addCleanup(bench.plt.close, fig)
        bench.draw_panel(ax, lines, [16])
        drawn = [list(zip(*curve.get_data())) for curve in ax.lines if len(curve.get_xdata()) and curve.get_marker() == "o"]
        self.assertEqual(drawn, [[(0, 3.0), (2, 8.0)], [(1, 5.0)]])

    def test_wrong_results_are_marked_and_have_no_time(self):
        lines = [self.line("8 bits", 8, 1, 3.0), self.line("4 bits", 4, 1, None, incorrect="differs")]
        self.assertEqual(self.draw_bench({"context": self.CONTEXT, "epochs": lines})[0], 0)
        self.assertTrue((self.out / "bench.png").stat().st_size > 0 and (self.out / "bench.svg").stat().st_size > 0)
        fig, ax = bench.plt.subplots()
        self.addCleanup(bench.plt.close, fig)
        bench.draw_panel(ax, lines, [16])
        self.assertEqual([text.get_text() for text in ax.texts], ["INCORRECT"])

    def test_nothing_to_draw_is_said(self):
        code, _, err = self.draw_bench({"context": self.CONTEXT})
        self.assertEqual(code, 1)
        self.assertIn("no epochs were measured", err)


if __name__ == "__main__":
    unittest.main()
