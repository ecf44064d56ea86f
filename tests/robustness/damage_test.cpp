#include <sys/stat.h>

#include <random>

#include "engine/data/hdf5_file.h"
#include "engine/data/sealed_bytes.h"
#include "tests/robustness/sweep_folder.h"

namespace zipml::testing {
namespace {

namespace fs = std::filesystem;

std::string sealed(std::vector<std::byte> bytes) {
  seal(bytes);
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

// An HDF5 file of another program: with `layout` it claims our layout version, but has nothing of it.
std::vector<std::byte> foreign_file(bool layout) {
  Hdf5Writer writer("foreign.h5");
  writer.array("/measurements", std::vector<double>{1.0, 2.0, 3.0});
  if (layout) writer.attribute("/", "schema_version", std::int64_t{kResultSchemaVersion});
  return writer.image();
}

struct Damage {
  std::string name;  // of the file that holds it
  std::string bytes;
};

// What can lie where a result should: cut and flipped ones, and files of others.
std::vector<Damage> damages(const std::string& whole) {
  std::mt19937 bits(1611);
  std::vector<Damage> all = {{"empty", ""},
                             {"text", "not a result\n"},
                             {"zeros", std::string(whole.size(), '\0')},
                             {"without-seal", whole.substr(0, whole.rfind("\nzipml checksum "))},
                             {"twice", whole + whole},
                             {"longer", whole + "\n"}};
  for (int i = 0; i < 12; ++i) {
    all.push_back({"cut-" + std::to_string(i), whole.substr(0, 1 + bits() % (whole.size() - 1))});
  }
  for (int i = 0; i < 24; ++i) {
    std::string flipped = whole;
    char& byte = flipped[bits() % flipped.size()];
    byte = static_cast<char>(byte ^ (1 << bits() % 8));
    all.push_back({"flipped-" + std::to_string(i), flipped});
  }
  for (const bool layout : {false, true}) {
    const std::vector<std::byte> foreign = foreign_file(layout);
    const std::string name = layout ? "foreign-layout" : "foreign";
    all.push_back({name, {reinterpret_cast<const char*>(foreign.data()), foreign.size()}});
    all.push_back({name + "-sealed", sealed(foreign)});
  }
  return all;
}

TEST_CASE("damaged and foreign files among results are named and skipped", "[robustness][damage]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "clean")).exit_code == 0);
  REQUIRE(run_zipml(sweep_arguments(folder, "out")).exit_code == 0);
  const std::vector<Damage> all = damages(read_text(find_results(folder / "out").front()));
  for (const Damage& damage : all) write_text(folder / "out/sweep" / (damage.name + ".h5"), damage.bytes);
  fs::create_directories(folder / "out/sweep/folder.h5");
  fs::create_symlink("nowhere", folder / "out/sweep/nowhere.h5");
  fs::create_symlink("circle.h5", folder / "out/sweep/circle.h5");
  REQUIRE(::mkfifo((folder / "out/sweep/pipe.h5").c_str(), 0600) == 0);

  for (const char* command : {"report", "export"}) {
    const ProcessResult clean = run_zipml({command, (folder / "clean").string()});
    const ProcessResult run = run_zipml({command, (folder / "out").string()});
    INFO(command << ": " << run.err);
    REQUIRE(run.exit_code == 0);
    REQUIRE(run.out == clean.out);
    REQUIRE(files_named(run.err, "skipped: ") == all.size() + 3);
    for (const char* name : {"empty", "cut-0", "flipped-0", "foreign-sealed", "foreign-layout-sealed"}) {
      REQUIRE_THAT(run.err, Catch::Contains("/" + std::string(name) + ".h5"));
    }
    for (const char* name : {"nowhere", "circle", "pipe"}) {
      REQUIRE_THAT(run.err, Catch::Contains("/" + std::string(name) + ".h5: "));
    }
  }
  const ProcessResult compared =
      run_zipml({"report", "--compare", (folder / "clean").string(), (folder / "out").string()});
  REQUIRE(compared.exit_code == 1);
  REQUIRE_THAT(compared.out, Catch::Contains("12 equal, 0 differ"));
}

TEST_CASE("a copy of a result is counted once", "[robustness][damage]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "out")).exit_code == 0);
  const fs::path first = find_results(folder / "out").front();
  const ProcessResult clean = run_zipml({"export", (folder / "out").string(), "--final"});
  fs::copy_file(first, folder / "out/sweep/zz-copy.h5");
  for (const char* command : {"report", "export"}) {
    const ProcessResult run = run_zipml({command, (folder / "out").string()});
    REQUIRE(run.exit_code == 0);
    REQUIRE_THAT(run.err, Catch::Contains("zz-copy.h5: a copy of run " + first.stem().string()));
  }
  REQUIRE(run_zipml({"export", (folder / "out").string(), "--final"}).out == clean.out);
}

TEST_CASE("a run whose result is damaged is run again, whatever the damage", "[robustness][damage]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "clean")).exit_code == 0);
  REQUIRE(run_zipml(sweep_arguments(folder, "out")).exit_code == 0);
  const std::vector<fs::path> files = find_results(folder / "out");
  const std::vector<Damage> all = damages(read_text(files.front()));
  std::size_t next = 0;
  while (next < all.size()) {
    std::size_t here = 0;
    for (; here < files.size() && next < all.size(); ++here, ++next) write_text(files[here], all[next].bytes);
    const ProcessResult run = run_zipml(sweep_arguments(folder, "out"));
    INFO(run.err);
    REQUIRE(run.exit_code == 0);
    REQUIRE(files_named(run.err, "; running again") == here);
    REQUIRE_THAT(run.err, Catch::Contains(std::to_string(here) + " done, " +
                                          std::to_string(files.size() - here) + " skipped"));
    require_same(folder / "clean", folder / "out");
  }
  // A whole result of another run is no result of this one, and a link to nowhere none at all.
  fs::copy_file(files[0], files[1], fs::copy_options::overwrite_existing);
  fs::remove(files[2]);
  fs::create_symlink("nowhere", files[2]);
  const ProcessResult run = run_zipml(sweep_arguments(folder, "out"));
  INFO(run.err);
  REQUIRE(run.exit_code == 0);
  REQUIRE_THAT(run.err, Catch::Contains("holds the result of run") && Catch::Contains("2 done, 10 skipped"));
  require_same(folder / "clean", folder / "out");
}

TEST_CASE("a damaged tuning is tuned again", "[robustness][damage]") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "clean")).exit_code == 0);
  REQUIRE(run_zipml(sweep_arguments(folder, "out")).exit_code == 0);
  const fs::path tuning = fs::directory_iterator(folder / "out/_tuning")->path();
  const std::string whole = read_text(tuning);
  for (const Damage& damage : damages(whole)) {
    if (damage.name.starts_with("flipped-1") || damage.name.starts_with("cut-1"))
      continue;  // some of them suffice
    write_text(tuning, damage.bytes);
    fs::remove_all(folder / "out/sweep");
    const ProcessResult run = run_zipml(sweep_arguments(folder, "out", {"--seeds", "1"}));
    INFO(damage.name << ": " << run.err);
    REQUIRE(run.exit_code == 0);
    REQUIRE(read_text(tuning) == whole);
  }
}

TEST_CASE("figures leave damaged results out", "[robustness][damage]") {
  const char* python = std::getenv("ZIPML_PYTHON");
  if (!python || !*python) {
    WARN("skipped: no Python that can import matplotlib and h5py (ZIPML_PYTHON)");
    return;
  }
  const TemporaryFolder folder;
  write_text(folder / "fig4.json", R"({"name": "fig4", "dataset": {"kind": "synthetic", "features": 100,
    "train_rows": 200, "test_rows": 20}, "model": "least_squares",
    "precision": {"samples": {"kind": "double_sampling", "bits": 4}}, "solver": {"epochs": 3, "alpha": 0.01}, "seeds": 2})");
  REQUIRE(run_zipml({"run", (folder / "fig4.json").string(), "--out", (folder / "out").string()}).exit_code ==
          0);
  const auto draw = [&](const std::string& figures) {
    return run_process({python, ZIPML_SOURCE_DIR "/plots/draw_all.py", "--results", (folder / "out").string(),
                        "--out", (folder / figures).string(), "--only", "fig4"});
  };
  REQUIRE(draw("clean").exit_code == 0);
  const std::vector<Damage> all = damages(read_text(find_results(folder / "out").front()));
  for (const Damage& damage : all) write_text(folder / "out/fig4" / (damage.name + ".h5"), damage.bytes);
  fs::copy_file(find_results(folder / "out").front(), folder / "out/fig4/zz-copy.h5");
  const ProcessResult run = draw("figures");
  INFO(run.out << run.err);
  REQUIRE(run.exit_code == 0);
  REQUIRE(files_named(run.err, "skipped: ") == all.size() + 1);
  for (const Damage& damage : all) REQUIRE_THAT(run.err, Catch::Contains("/" + damage.name + ".h5: "));
  REQUIRE(read_text(folder / "figures/fig4.svg") == read_text(folder / "clean/fig4.svg"));
}

}  // namespace
}  // namespace zipml::testing
