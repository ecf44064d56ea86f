#include "experiments/results/result_file.h"

#include <atomic>
#include <catch2/catch.hpp>
#include <set>
#include <thread>

#include "engine/core/error.h"
#include "engine/core/random.h"
#include "engine/data/sealed_bytes.h"
#include "experiments/results/atomic_file.h"
#include "experiments/results/results_equal.h"
#include "experiments/results/trace_columns.h"
#include "tests/e2e/process.h"
#include "tests/unit/results/example_result.h"

namespace zipml {
namespace {

using testing::example_result;
using testing::TemporaryFolder;

bool same_number(double a, double b) { return a == b || (std::isnan(a) && std::isnan(b)); }

void require_same_numbers(const std::vector<double>& a, const std::vector<double>& b) {
  REQUIRE(a.size() == b.size());
  for (std::size_t i = 0; i < a.size(); ++i) REQUIRE(same_number(a[i], b[i]));
}

TEST_CASE("a result is read as it was written", "[results]") {
  const TemporaryFolder folder;
  const ResultFile written = example_result();
  write_result(folder / "deep/down/r.h5", written);
  const ReadOutcome<ResultFile> outcome = read_result(folder / "deep/down/r.h5");
  REQUIRE(outcome.problem == "");
  const ResultFile& read = outcome.value.value();

  REQUIRE(read.status == written.status);
  REQUIRE(read.zipml_version == written.zipml_version);
  REQUIRE(read.run_id == written.run_id);
  REQUIRE(read.config_name == written.config_name);
  REQUIRE(read.panel == written.panel);
  REQUIRE(read.series == written.series);
  REQUIRE(read.seed == written.seed);
  REQUIRE(read.reproducible == written.reproducible);
  REQUIRE(read.alpha == written.alpha);
  REQUIRE(read.dataset_name == written.dataset_name);
  REQUIRE(read.dataset_title == written.dataset_title);
  REQUIRE(read.dataset_stand_in_for == written.dataset_stand_in_for);
  REQUIRE(read.resolved_json == written.resolved_json);
  REQUIRE(read.exact_minimum == written.exact_minimum);
  REQUIRE(read.x == written.x);
  REQUIRE(read.weights_original == written.weights_original);
  REQUIRE(read.levels == written.levels);
  REQUIRE(read.preprocess.feature_offset == written.preprocess.feature_offset);
  REQUIRE(read.preprocess.feature_scale == written.preprocess.feature_scale);
  REQUIRE(read.preprocess.label_offset == 5.0);
  REQUIRE(read.preprocess.label_scale == 6.0);
  REQUIRE(read.preprocess.loss_unit == 36.0);
  REQUIRE(read.preprocess.intercept);
  require_same_numbers(read.tuning.value().alphas, written.tuning->alphas);
  require_same_numbers(read.tuning->final_losses, written.tuning->final_losses);
  REQUIRE(read.tuning->best == 0.1);
  REQUIRE(read.gradients.value().models == written.gradients->models);
  REQUIRE(read.gradients->errors.size() == 2);
  REQUIRE(read.gradients->errors[0].mean_squared == 1.0);
  REQUIRE(read.gradients->errors[0].standard_error == 2.0);
  REQUIRE(read.gradients->errors[0].bias_squared == 3.0);
  REQUIRE(read.gradients->errors[1].sampling_variance == 10.0);
  REQUIRE(read.gradients->errors[1].lemma_bound == 11.0);
  REQUIRE(read.gradients->errors[1].residual_bound == 12.0);
  REQUIRE(read.levels_of_column.value().column == 3);
  REQUIRE(read.levels_of_column->histogram.edges == written.levels_of_column->histogram.edges);
  REQUIRE(read.levels_of_column->histogram.counts == written.levels_of_column->histogram.counts);
  REQUIRE(read.levels_of_column->histogram.levels == written.levels_of_column->histogram.levels);
  REQUIRE(read.levels_of_column->histogram.mean_variance == 0.125);
  REQUIRE(read.fpga.value().design == "harp_q2");
  REQUIRE(read.fpga->design_choice == written.fpga->design_choice);
  REQUIRE(read.fpga->platform == "board");
  REQUIRE(read.fpga->platform_values == written.fpga->platform_values);
  REQUIRE(read.fpga->clock_hz == 1e8);
  REQUIRE(read.fpga->rows == 1000);
  REQUIRE(read.fpga->batch == 16);
  REQUIRE(read.fpga->cycles_busy == 200);
  REQUIRE(read.fpga->bytes_written == 64);
  REQUIRE(read.fpga->cycles_per_epoch == written.fpga->cycles_per_epoch);
  REQUIRE(read.fpga->unconfirmed == written.fpga->unconfirmed);
  REQUIRE(read.fpga->differences == written.fpga->differences);
  REQUIRE(read.fpga->stalls == written.fpga->stalls);
  REQUIRE(read.fpga->pipeline.at(1).name == "adder tree");
  REQUIRE(read.fpga->pipeline.at(1).latency == 5);
  REQUIRE(read.fpga->stages.at(0).width_bits == 512);
  REQUIRE(read.fpga->utilisation == written.fpga->utilisation);
  REQUIRE(read.provenance.cpus == 8);
  REQUIRE(read.provenance.flags == "-O3");
  REQUIRE(read.provenance.threads == 7);
  REQUIRE(read.provenance.source_files == written.provenance.source_files);
  REQUIRE(read.epoch_seconds == written.epoch_seconds);
  REQUIRE(read.total_seconds == 0.75);
  REQUIRE(read.store_seconds == 0.125);
}

TEST_CASE("every column of a trace survives", "[results]") {
  const TemporaryFolder folder;
  const ResultFile written = example_result();
  write_result(folder / "r.h5", written);
  const ResultFile read = read_result(folder / "r.h5").value.value();
  REQUIRE(read.trace.size() == 3);
  for (const TraceColumn& column : trace_columns()) {
    for (std::size_t i = 0; i < 3; ++i) {
      const auto value = [&](const TraceRow& row) {
        return std::visit([&](auto member) { return static_cast<double>(row.*member); }, column.member);
      };
      INFO(column.name << " of row " << i);
      REQUIRE(same_number(value(read.trace[i]), value(written.trace[i])));
    }
  }
  REQUIRE(read.trace[2].bytes_read == (std::uint64_t{1} << 60) + 2);
}

TEST_CASE("gradient errors survive, and are absent where nothing was measured", "[results]") {
  const TemporaryFolder folder;
  ResultFile written = example_result();
  write_result(folder / "none.h5", written);
  REQUIRE(read_result(folder / "none.h5").value.value().bias_and_noise.empty());
  written.bias_and_noise = {{5, 1.0, 2.0, 0.25, 0.125, 3.0}, {10, 0.5, 2.5, 0.0, 0.0625, 4.0}};
  write_result(folder / "some.h5", written);
  const std::vector<BiasAndNoise> read = read_result(folder / "some.h5").value.value().bias_and_noise;
  REQUIRE(read.size() == 2);
  REQUIRE(read[0].epoch == 5);
  REQUIRE(read[1].gradient_norm == 0.5);
  REQUIRE(read[1].sample_noise == 2.5);
  REQUIRE(read[0].bias == 0.25);
  REQUIRE(read[1].bias_floor == 0.0625);
  REQUIRE(read[1].noise == 4.0);
}

TEST_CASE("a reconstruction survives", "[results]") {
  const TemporaryFolder folder;
  ResultFile written = example_result();
  ReconstructedImage image;
  image.size = 2;
  image.slices = 5;
  image.shown_slice = 2;
  image.truth = {0.0f, 1.0f, 0.5f, 0.25f};
  image.back_projection = {0.1f, 0.9f, 0.6f, 0.2f};
  image.back_projection_quality = {0.1, 20.0, 0.7};
  for (std::uint32_t epoch = 0; epoch < 3; ++epoch) {
    image.quality.push_back({1.0 / (epoch + 1.0), 10.0 * epoch, 0.1 * epoch});
    image.label_bytes.push_back(100u * epoch);
  }
  written.image = image;
  write_result(folder / "r.h5", written);
  const ResultFile file = read_result(folder / "r.h5").value.value();
  const ReconstructedImage& read = file.image.value();
  REQUIRE(read.size == 2);
  REQUIRE(read.slices == 5);
  REQUIRE(read.shown_slice == 2);
  REQUIRE(read.truth == image.truth);
  REQUIRE(read.back_projection == image.back_projection);
  REQUIRE(read.back_projection_quality.rmse == 0.1);
  REQUIRE(read.back_projection_quality.psnr == 20.0);
  REQUIRE(read.back_projection_quality.ssim == 0.7);
  REQUIRE(read.label_bytes == image.label_bytes);
  REQUIRE(read.quality.size() == 3);
  REQUIRE(read.quality[2].psnr == 20.0);
  REQUIRE(read.quality[1].rmse == 0.5);
  REQUIRE(read.quality[2].ssim == image.quality[2].ssim);

  written.image->label_bytes.pop_back();
  write_result(folder / "short.h5", written);
  REQUIRE(read_result(folder / "short.h5").problem.find("/tomography differ in length") != std::string::npos);
}

TEST_CASE("trace_columns has every member of TraceRow", "[results]") {
  std::size_t bytes = 0;
  std::set<std::string_view> names;
  for (const TraceColumn& column : trace_columns()) {
    names.insert(column.name);
    REQUIRE(!column.doc.empty());
    bytes += std::visit([](auto member) { return sizeof(TraceRow{}.*member); }, column.member);
  }
  REQUIRE(names.size() == trace_columns().size());
  // The 32-bit epoch is padded to 64 bits; a member that is in no column would make the row larger.
  REQUIRE(sizeof(TraceRow) == bytes + 4);
}

TEST_CASE("what a run does not have is absent from its file", "[results]") {
  const TemporaryFolder folder;
  ResultFile result = example_result();
  result.tuning.reset();
  result.exact_minimum.reset();
  result.trace.clear();
  result.gradients.reset();
  result.levels_of_column.reset();
  result.panel.clear();
  write_result(folder / "r.h5", result);
  const ResultFile read = read_result(folder / "r.h5").value.value();
  REQUIRE(!read.tuning);
  REQUIRE(!read.image);
  REQUIRE(!read.exact_minimum);
  REQUIRE(read.trace.empty());
  REQUIRE(!read.gradients);
  REQUIRE(!read.levels_of_column);
  REQUIRE(read.panel.empty());
}

TEST_CASE("groups that contradict themselves are problems", "[results]") {
  const TemporaryFolder folder;
  ResultFile result = example_result();
  result.levels_of_column->histogram.edges.pop_back();
  write_result(folder / "h.h5", result);
  REQUIRE(read_result(folder / "h.h5").problem.find("one edge more than counts") != std::string::npos);
  result = example_result();
  result.gradients->models.pop_back();
  write_result(folder / "g.h5", result);
  REQUIRE(read_result(folder / "g.h5").problem.find("/gradient_error differ in length") != std::string::npos);
}

TEST_CASE("equal results give equal bytes", "[results]") {
  REQUIRE(encode_result(example_result()) == encode_result(example_result()));
  ResultFile other = example_result();
  other.x[1] = -2.5f;
  REQUIRE(encode_result(example_result()) != encode_result(other));
}

TEST_CASE("results are compared outside provenance and timing, and nowhere less", "[results]") {
  const TemporaryFolder folder;
  const auto differences = [&](auto change) {
    ResultFile changed = example_result();
    change(changed);
    write_result(folder / "a.h5", example_result());
    write_result(folder / "b.h5", changed);
    return result_differences(folder / "a.h5", folder / "b.h5");
  };
  REQUIRE(differences([](ResultFile&) {}).empty());
  REQUIRE(differences([](ResultFile& r) {
            r.provenance.threads = 1;
            r.provenance.source_files.clear();
            r.epoch_seconds = {1.0};
            r.total_seconds = 2.0;
            r.store_seconds = 3.0;
          }).empty());
  using Lines = std::vector<std::string>;
  REQUIRE(differences([](ResultFile& r) { r.trace[1].bytes_read += 1; }) ==
          Lines{"data set /trace/bytes_read: 1 of 3 numbers differ, by up to 1 (relative 8.67e-19), first in "
                "epoch 1"});
  REQUIRE(
      differences([](ResultFile& r) { r.trace[1].test_loss = -r.trace[1].test_loss; }) ==
      Lines{"data set /trace/test_loss: 1 of 3 numbers differ, by up to 0 (relative 0), first in epoch 1"});
  REQUIRE(differences([](ResultFile& r) { r.seed = 3; }).at(0).starts_with("attribute /@seed: 1 of 1 num"));
  REQUIRE(differences([](ResultFile& r) { r.panel = "(b)"; }) == Lines{"attribute /@panel: another text"});
  REQUIRE(differences([](ResultFile& r) { r.resolved_json += " "; }) ==
          Lines{"data set /config: another text"});
  REQUIRE(differences([](ResultFile& r) { r.tuning.reset(); }).size() == 4);
  REQUIRE(differences([](ResultFile& r) { r.exact_minimum = 0.25; }) ==
          Lines{"attribute /trace@exact_minimum: 1 of 1 numbers differ, by up to 0.125 (relative 0.5), first "
                "at index 0"});
  REQUIRE(differences([](ResultFile& r) { r.x.push_back(1.0f); }) ==
          Lines{"data set /model/x: another type or shape"});
}

TEST_CASE("missing, empty and foreign files are problems that name the file", "[results]") {
  const TemporaryFolder folder;
  testing::write_text(folder / "empty.h5", "");
  testing::write_text(folder / "foreign.h5", "This is not a result.\n");
  const auto problem = [&](const std::string& name) {
    const ReadOutcome<ResultFile> outcome = read_result(folder / name);
    REQUIRE(!outcome.value);
    return outcome.problem.substr((folder / name).string().size());
  };
  REQUIRE(problem("none.h5") == ": no such file");
  REQUIRE(problem("empty.h5") == ": the file is empty");
  REQUIRE(problem("foreign.h5") == ": truncated, or not written by this program");
  // Far larger than memory, but only on paper.
  std::filesystem::resize_file(folder / "foreign.h5", std::uintmax_t{1} << 42);
  REQUIRE(problem("foreign.h5") == ": truncated, or not written by this program");
  std::filesystem::create_directory(folder / "folder.h5");
  REQUIRE(problem("folder.h5") == ": not a regular file");
}

TEST_CASE("a sealed file that is no result is a problem", "[results]") {
  const TemporaryFolder folder;
  std::vector<std::byte> bytes(1000, std::byte{7});
  seal(bytes);
  testing::write_text(folder / "r.h5", {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  REQUIRE(!read_result(folder / "r.h5").value);
  write_tuning(folder / "t.h5", "key", *example_result().tuning);
  REQUIRE(!read_result(folder / "t.h5").value);
}

TEST_CASE("every truncation and every damaged byte is found", "[results]") {
  const TemporaryFolder folder;
  write_result(folder / "r.h5", example_result());
  const std::string whole = testing::read_text(folder / "r.h5");
  for (std::size_t i = 0; i < 200; ++i) {
    const DrawAddress address{17, Stream::bootstrap, 0};
    const std::size_t place = draw_below(address, i, 0, whole.size());
    std::string damaged = whole;
    if (i % 2 == 0) {
      damaged.resize(place);
    } else {
      damaged[place] = static_cast<char>(damaged[place] ^ (1 << (i / 2 % 8)));
    }
    testing::write_text(folder / "r.h5", damaged);
    INFO("change " << i << " at byte " << place);
    const ReadOutcome<ResultFile> outcome = read_result(folder / "r.h5");
    REQUIRE(!outcome.value);
    REQUIRE(outcome.problem.find("r.h5: ") != std::string::npos);
  }
  testing::write_text(folder / "r.h5", whole);
  REQUIRE(read_result(folder / "r.h5").value);
}

TEST_CASE("a tuning is read back only under its own key", "[results]") {
  const TemporaryFolder folder;
  const auto file = tuning_path(folder.path(), "aaaa");
  REQUIRE(file == folder.path() / "_tuning/aaaa.h5");
  write_tuning(file, "aaaa", *example_result().tuning);
  REQUIRE(read_tuning(file, "aaaa").value.value().best == 0.1);
  require_same_numbers(read_tuning(file, "aaaa").value->final_losses, example_result().tuning->final_losses);
  REQUIRE(!read_tuning(file, "bbbb").value);
  REQUIRE(read_tuning(file, "bbbb").problem == file.string() + ": holds the tuning of another problem");
}

TEST_CASE("a result's problem is told without reading all of it", "[results]") {
  const TemporaryFolder folder;
  const ResultFile result = example_result();
  const std::string file = (folder / "r.h5").string();
  write_result(file, result);
  REQUIRE(result_problem(file, result.run_id).empty());
  REQUIRE(result_problem(file, "ffffffffffffffff") == file + ": holds the result of run " + result.run_id);
  REQUIRE(result_problem(folder / "none.h5", result.run_id) ==
          (folder / "none.h5").string() + ": no such file");
  std::string damaged = testing::read_text(file);
  damaged[damaged.size() - 100] = static_cast<char>(damaged[damaged.size() - 100] ^ 1);
  testing::write_text(file, damaged);
  REQUIRE(result_problem(file, result.run_id) == file + ": damaged (its checksum does not match)");
}

TEST_CASE("what reports read of a result is as written", "[results]") {
  const TemporaryFolder folder;
  ResultFile expected = example_result();
  write_result(folder / "r.h5", expected);
  const ResultFile read = read_result(folder / "r.h5", ResultParts::for_reports).value.value();
  REQUIRE((read.x.empty() && read.weights_original.empty() && !read.levels && !read.tuning));
  // With what it leaves out put back, it is the same file again.
  ResultFile whole = read;
  whole.x = expected.x;
  whole.weights_original = expected.weights_original;
  whole.levels = expected.levels;
  whole.preprocess = expected.preprocess;
  whole.tuning = expected.tuning;
  REQUIRE(encode_result(whole) == encode_result(expected));
}

TEST_CASE("find_results looks on while results are replaced and folders come and go", "[results]") {
  const TemporaryFolder folder;
  constexpr int kFiles = 5;
  const auto file = [&](int i) { return folder / ("sweep/" + std::to_string(i) + ".h5"); };
  const std::vector<std::byte> bytes(1000, std::byte{1});
  for (int i = 0; i < kFiles; ++i) write_file_atomically(file(i), bytes);
  std::atomic<bool> done{false};
  std::thread writer([&] {
    for (int i = 0; !done; ++i) {
      write_file_atomically(file(i % kFiles), bytes);
      std::filesystem::create_directory(folder / "passing");
      std::filesystem::remove(folder / "passing");
    }
  });
  std::string failure;
  try {
    for (int i = 0; i < 300 && failure.empty(); ++i) {
      const auto found = find_results(folder.path());
      if (std::set(found.begin(), found.end()).size() != found.size()) failure = "a file is listed twice";
      for (const auto& one : found) {
        if (one.extension() != ".h5") failure = one.string();
      }
    }
  } catch (const std::exception& error) {
    failure = error.what();
  }
  done = true;
  writer.join();
  REQUIRE(failure.empty());
  REQUIRE(find_results(folder.path()).size() == kFiles);
}

TEST_CASE("find_results finds results, sorted, and nothing else", "[results]") {
  const TemporaryFolder folder;
  for (const char* name : {"b/2.h5", "b/1.h5", "a/3.h5", "_tuning/4.h5", "b/5.h5.123.part", "a/notes.txt"}) {
    testing::write_text(folder / name, "x");
  }
  using Paths = std::vector<std::filesystem::path>;
  REQUIRE(find_results(folder.path()) == Paths{folder / "a/3.h5", folder / "b/1.h5", folder / "b/2.h5"});
  REQUIRE(find_results(folder / "b/2.h5") == Paths{folder / "b/2.h5"});
  REQUIRE_THROWS_AS(find_results(folder / "c"), InputError);
}

}  // namespace
}  // namespace zipml
