// A sweep of many small runs: what `zipml` needs beyond the training itself. Every step is the real program
// in a process of its own, so that its time and its peak memory are those a user sees.
#include <benchmark/benchmark.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <stdexcept>
#include <string>
#include <vector>

#include "experiments/results/result_file.h"

extern char** environ;

namespace {

namespace fs = std::filesystem;
using namespace zipml;

struct Ended {
  int exit_code = -1;
  double seconds = 0.0, cpu_seconds = 0.0, peak_megabytes = 0.0;
  std::string out, err;
};

std::string read_text(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
}

std::size_t count_of(const std::string& text, const std::string& part) {
  std::size_t count = 0;
  for (std::size_t at = text.find(part); at != std::string::npos; at = text.find(part, at + part.size()))
    ++count;
  return count;
}

/// A folder with one config of so many runs, and their results; removed at the end if it is temporary.
class Sweep {
 public:
  Sweep(std::size_t runs, const std::string& folder)
      : runs_(runs), folder_(folder), temporary_(folder.empty()) {
    if (temporary_) folder_ = fs::temp_directory_path() / ("zipml-sweep-bench-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    std::string alphas;
    for (std::size_t i = 1; i <= runs / 100; ++i)
      alphas += (i > 1 ? ", " : "") + std::to_string(0.0001 * static_cast<double>(i));
    std::ofstream(config(), std::ios::binary) << R"({
  "name": "sweep", "about": "many small runs",
  "dataset": {"kind": "synthetic", "features": 10, "train_rows": 64, "test_rows": 16},
  "preprocess": {"features": "standardize", "intercept": true},
  "model": {"kind": "least_squares"},
  "solver": {"kind": "sgd", "epochs": 20, "batch": 16},
  "seeds": 10,
  "sweep": {"grid": {"/solver/alpha": [)" << alphas
                                              << R"(]},
            "series": [{"name": "32-bit", "set": {"/precision/samples": {"kind": "full"}}},
                       {"name": "double sampling", "set": {"/precision/samples": {"kind": "double_sampling", "bits": 2}},
                        "grid": {"/precision/samples/bits": [2, 3, 4, 5, 6, 7, 8, 9, 10]}}]}
})";
  }
  ~Sweep() {
    std::error_code ignored;
    if (temporary_) fs::remove_all(folder_, ignored);
  }
  Sweep(const Sweep&) = delete;
  Sweep& operator=(const Sweep&) = delete;

  std::size_t runs() const { return runs_; }
  fs::path config() const { return folder_ / "sweep.json"; }
  fs::path out() const { return folder_ / "results"; }

  Ended zipml(std::vector<std::string> arguments) const {
    const std::string out_file = (folder_ / "out").string(), err_file = (folder_ / "err").string();
    arguments.insert(arguments.begin(), ZIPML_PROGRAM);
    std::vector<char*> pointers;
    for (std::string& one : arguments) pointers.push_back(one.data());
    pointers.push_back(nullptr);
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, 1, out_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    posix_spawn_file_actions_addopen(&actions, 2, err_file.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
    pid_t pid = -1;
    const auto begin = std::chrono::steady_clock::now();
    const int error = ::posix_spawn(&pid, pointers[0], &actions, nullptr, pointers.data(), environ);
    posix_spawn_file_actions_destroy(&actions);
    if (error != 0) throw std::runtime_error(arguments[0] + ": cannot be started");
    int status = 0;
    rusage usage{};
    ::wait4(pid, &status, 0, &usage);
    Ended ended;
    ended.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
    for (const timeval& part : {usage.ru_utime, usage.ru_stime})
      ended.cpu_seconds += static_cast<double>(part.tv_sec) + 1e-6 * static_cast<double>(part.tv_usec);
    ended.peak_megabytes = static_cast<double>(usage.ru_maxrss) / 1024.0;
    if (WIFEXITED(status)) ended.exit_code = WEXITSTATUS(status);
    ended.out = read_text(out_file);
    ended.err = read_text(err_file);
    return ended;
  }

 private:
  std::size_t runs_;
  fs::path folder_;
  bool temporary_;
};

/// Every result is there, intact, and the one of its name.
std::string wrong_results(const Sweep& sweep) {
  const std::vector<fs::path> files = find_results(sweep.out());
  if (files.size() != sweep.runs()) return "found " + std::to_string(files.size()) + " results";
  for (const fs::path& file : files) {
    const ReadOutcome<ResultFile> result = read_result(file);
    if (!result.value) return result.problem;
    if (result.value->run_id != file.stem().string()) return file.string() + " is another run's";
    if (result.value->trace.size() != 21) return file.string() + " has a trace of another length";
  }
  return {};
}

using Check = std::function<bool(const Ended&)>;

void measure(benchmark::State& state, const Sweep& sweep, const std::vector<std::string>& arguments,
             const Check& as_expected) {
  double peak = 0.0, cpu = 0.0;
  for (auto _ : state) {
    const Ended ended = sweep.zipml(arguments);
    state.SetIterationTime(ended.seconds);
    peak = std::max(peak, ended.peak_megabytes);
    cpu = ended.cpu_seconds;
    if (ended.exit_code != 0 || !as_expected(ended)) {
      state.SkipWithError(("INCORRECT: " + ended.err.substr(0, 400)).c_str());
      return;
    }
  }
  state.counters["cpu_s"] = cpu;
  state.counters["peak_MB"] = peak;
  state.counters["runs"] = static_cast<double>(sweep.runs());
}

void register_step(const char* name, const Sweep& sweep, std::vector<std::string> arguments, Check check) {
  benchmark::RegisterBenchmark(
      name, [&sweep, arguments = std::move(arguments),
             check = std::move(check)](benchmark::State& state) { measure(state, sweep, arguments, check); })
      ->UseManualTime()
      ->Iterations(1)
      ->Unit(benchmark::kMillisecond);
}

void register_steps(const Sweep& sweep) {
  const std::string runs = std::to_string(sweep.runs()), config = sweep.config().string(),
                    out = sweep.out().string();
  const Check says_all_skipped = [runs](const Ended& ended) {
    return ended.err.find("0 done, " + runs + " skipped") != std::string::npos;
  };
  const auto lists_runs = [&sweep](const std::string& state) -> Check {
    return [&sweep, state](const Ended& ended) {
      return count_of(ended.out, "\t" + state + "\n") == sweep.runs();
    };
  };
  const auto contains = [](const std::string& part) -> Check {
    return [part](const Ended& ended) { return ended.out.find(part) != std::string::npos; };
  };
  register_step("validate", sweep, {"validate", config}, contains(runs + " runs"));
  register_step("dry_run_of_none_finished", sweep, {"run", config, "--out", out + "-none", "--dry-run"},
                lists_runs("to run"));
  register_step("dry_run_of_all_finished", sweep, {"run", config, "--out", out, "--dry-run"},
                lists_runs("finished"));
  register_step("run_of_all_finished", sweep, {"run", config, "--out", out}, says_all_skipped);
  register_step("report_text", sweep, {"report", out}, contains("figure"));
  register_step("report_json_full", sweep, {"report", out, "--format", "json-full"},
                contains("\"runs\": " + runs));
  register_step("report_html", sweep, {"report", out, "--format", "html"}, contains("</html>"));
  register_step("export_final", sweep, {"export", out, "--final"},
                [&sweep](const Ended& ended) { return count_of(ended.out, "\n") == sweep.runs() + 1; });
}

}  // namespace

int main(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  std::size_t runs = 10000;
  std::string folder;
  bool understood = true;
  for (int i = 1; i < argc; i += 2) {
    const std::string option = argv[i], value = i + 1 < argc ? argv[i + 1] : "";
    if (option == "--runs") {
      runs = std::strtoul(value.c_str(), nullptr, 10) / 100 * 100;
    } else if (option == "--folder" && !value.empty()) {
      folder = value;
    } else {
      understood = false;
    }
  }
  if (!understood || runs == 0) {
    std::cerr << "usage: sweep_bench [--runs N] [--folder DIR] [--benchmark_...]\n"
                 "N is a multiple of 100; DIR is kept, and what is finished in it is not made again\n";
    return 2;
  }
  const Sweep sweep(runs, folder);
  const Ended made =
      sweep.zipml({"run", sweep.config().string(), "--out", sweep.out().string(), "--threads", "1"});
  const std::string problem = made.exit_code == 0 ? wrong_results(sweep) : made.err;
  if (!problem.empty()) {
    std::cerr << "INCORRECT: " << problem << "\n";
    return 1;
  }
  std::cout << runs << " results made in " << made.seconds << " s (" << made.cpu_seconds
            << " s of processor time), peak " << made.peak_megabytes << " MB\n";
  register_steps(sweep);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
