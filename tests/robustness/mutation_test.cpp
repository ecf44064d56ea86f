#include <functional>

#include "engine/data/hdf5_file.h"
#include "tests/robustness/mutants.h"
#include "tests/robustness/sweep_folder.h"
#include "tests/unit/compare/number_bytes.h"
#include "tests/unit/data/data_files.h"

// Mutated configs and data files through the real program: taken, or refused with exit 2 and a message that
// names the place. Under the preset asan-ubsan an error of memory or arithmetic ends the program with another
// code. ZIPML_MUTATIONS says how many files there are in all.

namespace zipml::testing {
namespace {

namespace fs = std::filesystem;

constexpr int kFewMutations = 150;

struct Subject {
  std::string name;   // of the file
  std::string valid;  // its bytes
  std::function<std::vector<std::string>(const fs::path& file)> arguments;
  std::string place;  // what follows the file's name in a refusal; empty: there is no more to say
};

std::string small_run(const std::string& dataset, const std::string& samples) {
  return R"({
  "name": "mutant", "about": "a config for mutations",
  "dataset": )" +
         dataset + R"(,
  "preprocess": {"features": "standardize", "intercept": true, "labels": "none"},
  "model": {"kind": "least_squares", "regularizer": {"kind": "l2", "weight": 0.01}},
  "precision": {"samples": )" +
         samples + R"(, "model": {"kind": "quantized", "bits": 8}},
  "solver": {"kind": "sgd", "epochs": 2, "batch": 16, "alpha": 0.1, "schedule": "constant"}
})";
}

const std::string kSamples =
    R"({"kind": "double_sampling", "bits": 3, "levels": {"kind": "optimal_histogram"}})";

std::string table(char separator, bool named) {
  std::string text = named ? "a,\"b, c\",label\r\n" : "";
  for (int r = 0; r < 40; ++r) {
    if (named) {
      text += std::to_string(r) + separator + "\"2.5\"" + separator + std::to_string(r % 3) + "\r\n";
    } else {
      text += std::string(r % 2 == 0 ? "+1" : "-1") + " 1:0.5 3:" + std::to_string(r) + ".25 7:-1e-3\n";
    }
  }
  return text;
}

std::string hdf5_table() {
  Hdf5Writer writer("f.h5");
  std::vector<double> features;
  for (int i = 0; i < 60; ++i) features.push_back(0.5 * i);
  writer.matrix("/features", 20, 3, std::span<const double>(features));
  writer.array("/labels", std::vector<float>(20, 1.0f));
  const std::vector<std::byte> image = writer.image();
  return {reinterpret_cast<const char*>(image.data()), image.size()};
}

class Subjects {
 public:
  explicit Subjects(const TemporaryFolder& folder) : folder_(folder) {
    add_configs();
    add_data();
    add_numbers();
    add_results();
  }
  const std::vector<Subject>& all() const { return all_; }

 private:
  std::vector<std::string> in_folder(std::vector<std::string> arguments) const {
    arguments.insert(arguments.end(), {"--out", (folder_ / "out").string()});
    return arguments;
  }

  void add_configs() {
    const auto validate = [](const fs::path& file) {
      return std::vector<std::string>{"validate", file.string()};
    };
    // Some name platforms in the folder beside theirs.
    fs::copy(ZIPML_SOURCE_DIR "/configs/fpga", folder_ / "fpga", fs::copy_options::recursive);
    for (const char* name : {"fig4", "fig5", "fig9", "tomography_bits", "variance"}) {
      all_.push_back({"figure.json",
                      read_text(std::string(ZIPML_SOURCE_DIR "/configs/figures/") + name + ".json"), validate,
                      ":"});
    }
    const std::string small =
        small_run(R"({"kind": "synthetic", "features": 10, "train_rows": 200, "test_rows": 50})", kSamples);
    all_.push_back({"run.json", small,
                    [this](const fs::path& file) {
                      return in_folder({"run", file.string(), "--set", "/solver/epochs=1", "--memory", "4M",
                                        "--jobs", "1"});
                    },
                    ":"});
    all_.push_back({"platform.json", read_text(ZIPML_SOURCE_DIR "/configs/fpga/harp_qpi.json"),
                    [](const fs::path& file) {
                      return std::vector<std::string>{"fpga",   "harp_q2", "--features", "90",
                                                      "--rows", "200",     "--platform", file.string()};
                    },
                    ":"});
  }

  void add_data(const std::string& name, const std::string& bytes, const std::string& kind,
                const std::string& task, const std::string& place) {
    const std::string config = (folder_ / (task + "-" + name + ".config.json")).string();
    std::string model =
        small_run(R"({"kind": ")" + kind + R"(", "path": ")" + (folder_ / "mutants" / name).string() +
                      R"(", "task": ")" + task + "\"}",
                  kSamples);
    if (task == "classification") model.replace(model.find("least_squares"), 13, "ls_svm");
    write_text(config, model);
    all_.push_back({name, bytes,
                    [this, config](const fs::path&) {
                      return in_folder({"run", config, "--jobs", "1"});
                    },
                    place});
  }

  void add_data() {
    const std::string svm = table(' ', false), csv = table(',', true);
    add_data("rows.svm", svm, "libsvm", "regression", ":");
    add_data("classes.svm", svm, "libsvm", "classification", ":");
    add_data("rows.csv", csv, "csv", "regression", ":");
    add_data("rows.svm.gz", test::gzipped(svm), "libsvm", "regression", ":");
    add_data("rows.csv.bz2", test::bzipped(csv), "csv", "regression", ":");
    add_data("rows.csv.xz", test::xzed(csv), "csv", "regression", ":");
    add_data("rows.h5", hdf5_table(), "hdf5", "regression", ":");
  }

  void add_numbers() {
    const auto words = [](const fs::path& file, const char* levels) {
      return std::vector<std::string>{"compare", file.string(), "--bits", "2", "--levels", levels};
    };
    const auto compare = [words](const fs::path& file) { return words(file, "uniform,optimal"); };
    const auto streaming = [words](const fs::path& file) {
      std::vector<std::string> arguments = words(file, "uniform");
      arguments.push_back("--streaming");
      return arguments;
    };
    std::vector<float> numbers;
    for (int i = 0; i < 48; ++i) numbers.push_back(0.25f * static_cast<float>(i * i % 17));
    const std::string data = test::float_bytes(numbers);
    const std::string npy =
        test::npy_bytes("{'descr': '<f4', 'fortran_order': False, 'shape': (12, 4), }", data);
    const std::string fortran =
        test::npy_bytes("{'descr': '<f4', 'fortran_order': True, 'shape': (12, 4), }", data, 2);
    all_.push_back({"numbers.npy", npy, compare, ":"});
    all_.push_back({"fortran.npy", fortran, compare, ":"});
    all_.push_back({"parts.npy", npy, streaming, ":"});
    all_.push_back({"numbers.f32", data, compare, ":"});
    all_.push_back({"numbers.f64", data, streaming, ":"});
    all_.push_back({"numbers.csv", table(',', true), compare, ":"});
    all_.push_back({"numbers.h5", hdf5_table(), compare, ":"});
  }

  void add_results() {
    const ProcessResult run = run_zipml(sweep_arguments(folder_, "results", {"--seeds", "1"}));
    REQUIRE(run.exit_code == 0);
    const std::string result = read_text(find_results(folder_ / "results").front());
    all_.push_back({"result.h5", result,
                    [](const fs::path& file) {
                      return std::vector<std::string>{"export", file.string()};
                    },
                    ":"});
    const std::string config = (folder_ / "levels.json").string();
    write_text(config,
               small_run(R"({"kind": "synthetic", "features": 10, "train_rows": 200})",
                         R"({"kind": "double_sampling", "bits": 4, "levels": {"kind": "given", "path": ")" +
                             (folder_ / "mutants/levels.h5").string() + "\"}}"));
    all_.push_back({"levels.h5", result,
                    [this, config](const fs::path&) {
                      return in_folder({"run", config});
                    },
                    ":"});
  }

  const TemporaryFolder& folder_;
  std::vector<Subject> all_;
};

// libhdf5 leaks a few blocks when it gives up on a damaged file; they are not ours.
ProcessOptions sanitizer_options(const TemporaryFolder& folder) {
  const fs::path file = folder / "lsan.supp";
  write_text(file, "leak:libhdf5\n");
  return {.working_folder = folder.path(),
          .environment = {{"LSAN_OPTIONS", "print_suppressions=0:suppressions=" + file.string()}}};
}

int mutations() {
  const char* wanted = std::getenv("ZIPML_MUTATIONS");
  return wanted ? std::max(1, std::atoi(wanted)) : kFewMutations;
}

TEST_CASE("mutated configs and data files are taken, or refused with exit 2 and the place",
          "[robustness][mutations]") {
  const TemporaryFolder folder;
  const Subjects subjects(folder);
  const ProcessOptions options = sanitizer_options(folder);
  const int wanted = mutations(), kinds = static_cast<int>(subjects.all().size());
  int taken = 0, refused = 0;
  for (int i = 0; i < wanted; ++i) {
    const Subject& subject = subjects.all()[static_cast<std::size_t>(i % kinds)];
    MutationDice dice(static_cast<std::uint32_t>(i));
    const fs::path file = folder / "mutants" / subject.name;
    // The first round is of unchanged files, so that a refusal is known to be the mutation's.
    const std::string bytes = i < kinds ? subject.valid : mutated(subject.valid, dice);
    write_text(file, bytes);
    fs::remove_all(folder / "out");
    const ProcessResult run = run_zipml(subject.arguments(file), options);
    INFO("mutation " << i << " of " << subject.name << ", signal " << run.signal << ", exit " << run.exit_code
                     << "\n"
                     << run.err.substr(0, 3000));
    if (run.exit_code == 0) {
      ++taken;
      continue;
    }
    REQUIRE(i >= kinds);
    if (run.exit_code != 2) write_text(fs::temp_directory_path() / ("zipml-mutant-" + subject.name), bytes);
    REQUIRE(run.exit_code == 2);
    REQUIRE_THAT(run.err, Catch::Contains(file.string() + subject.place));
    REQUIRE_THAT(run.err, !Catch::Contains("internal error"));
    REQUIRE(count_results(folder / "out") == 0);
    ++refused;
  }
  WARN(wanted << " files of " << kinds << " kinds: " << taken << " taken, " << refused << " refused");
  // Both ends must be reached, or the mutations are too weak or too strong to find anything.
  CHECK(refused > wanted / 4);
  CHECK(taken > kinds + wanted / 50);
}

}  // namespace
}  // namespace zipml::testing
