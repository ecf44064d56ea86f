// Epochs of the solver at every precision beside float32 in the same process, our solver and other programs
// on the same problem to the same loss, and scaling. docs/benchmarks.md says how to read it.
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

#include "benchmarks/suite/contest.h"
#include "benchmarks/suite/epochs.h"
#include "benchmarks/suite/options.h"
#include "benchmarks/suite/scaling.h"
#include "engine/core/error.h"
#include "engine/core/parallel.h"
#include "engine/kernels/kernels.h"

namespace zipml::bench {
namespace {

std::string cpu_model() {
  std::ifstream info("/proc/cpuinfo");
  for (std::string line; std::getline(info, line);) {
    if (line.starts_with("model name")) return line.substr(std::min(line.find(':') + 2, line.size()));
  }
  return "unknown";
}

nlohmann::json context(const Options& options) {
  return {{"cpu", cpu_model()},
          {"cpus", available_threads()},
          {"instruction_set", kernels::target_name()},
          {"compiler", __VERSION__},
          {"megabytes", options.megabytes},
          {"rounds", options.rounds},
          {"quick", options.quick},
          {"model_bits", options.model_bits}};
}

// Beside its final name first, so that a run that is stopped leaves no half a file.
class Output {
 public:
  explicit Output(const std::string& path) : path_(path), part_(path + ".part") {
    if (!path_.empty() && !std::ofstream(part_)) throw InputError("--json: cannot write " + part_);
  }
  void write(const nlohmann::json& results) const {
    if (path_.empty()) return;
    std::ofstream file(part_);
    file << results.dump(1) << '\n';
    if (!file.flush()) throw IoError(part_ + ": cannot write");
    file.close();
    std::filesystem::rename(part_, path_);
  }

 private:
  std::string path_, part_;
};

int run(const Options& options) {
  const Output output(options.json);
  nlohmann::json results{{"schema_version", 1}, {"context", context(options)}};
  const nlohmann::json& about = results["context"];
  std::printf("%s, %d CPUs, %s; %g MiB a data set at float32, %d rounds\n",
              about["cpu"].get<std::string>().c_str(), available_threads(), kernels::target_name(),
              options.megabytes, options.rounds);
  bool all_right = true;
  if (options.has_part("epochs")) results["epochs"] = measure_epochs(options, all_right);
  if (options.has_part("peers")) results["contest"] = measure_contest(options, all_right);
  if (options.has_part("scaling")) results["scaling"] = measure_scaling(options, all_right);
  results["all_right"] = all_right;
  output.write(results);
  return all_right ? 0 : 1;
}

}  // namespace
}  // namespace zipml::bench

int main(int argc, char** argv) {
  try {
    const auto options = zipml::bench::read_options(argc, argv);
    return options ? zipml::bench::run(*options) : 0;
  } catch (const zipml::InputError& error) {
    std::cerr << "zipml_bench: " << error.what() << '\n';
    return 2;
  } catch (const std::exception& error) {
    std::cerr << "zipml_bench: " << error.what() << '\n';
    return 1;
  }
}
