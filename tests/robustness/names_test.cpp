#include <cstdlib>

#include "experiments/config/json_reader.h"
#include "tests/robustness/sweep_folder.h"

namespace zipml::testing {
namespace {

namespace fs = std::filesystem;

std::string python() {
  const char* named = std::getenv("ZIPML_PYTHON");
  return named ? named : "";
}

// A sweep that figure 4 shows, with series of the given names.
Json named_sweep(const std::vector<std::string>& names) {
  Json config =
      parse_json(R"({"name": "fig4", "dataset": {"kind": "synthetic", "features": 100, "train_rows": 200,
    "test_rows": 20}, "model": "least_squares", "solver": {"epochs": 2, "alpha": 0.01}})",
                 "named");
  for (std::size_t i = 0; i < names.size(); ++i) {
    config["sweep"]["series"].push_back(
        {{"name", names[i]},
         {"set", {{"/precision/samples", {{"kind", "double_sampling"}, {"bits", i % 8 + 1}}}}}});
  }
  return config;
}

std::string csv_rows() {
  std::string text = "größe,\"länge, cm\",ziel\n";
  for (int r = 0; r < 60; ++r) {
    text += std::to_string(r % 7) + "," + std::to_string(r % 11) + ".5," + std::to_string(r % 3) + "\n";
  }
  return text;
}

TEST_CASE("paths with spaces and letters of any alphabet work from end to end", "[robustness][names]") {
  const TemporaryFolder temporary;
  const fs::path folder = temporary / "Läufe & 结果 'a' \"b\" $HOME `c` \\d";
  const fs::path data = folder / "données réelles $x^{2$ #1.csv", out = folder / "aus gabe/数 据";
  write_text(data, csv_rows());
  Json own = named_sweep({"naïve 二 bits", "Größe <8> & \"mehr\" $\\frac$"});
  own["name"] = "own";
  own["dataset"] = {{"kind", "csv"}, {"path", data.string()}, {"test_rows", 10}};
  const fs::path drawn = folder / "Abbildung 四.json", config = folder / "eigene daten.json";
  write_text(drawn, named_sweep({"Überlagerung"}).dump());
  write_text(config, own.dump());
  for (const char* locale : {"C", "C.UTF-8"}) {
    INFO(locale);
    const ProcessOptions options{.working_folder = folder, .environment = {{"LC_ALL", locale}}};
    fs::remove_all(folder / "aus gabe");
    const auto succeed = [&](std::vector<std::string> arguments) {
      const ProcessResult run = run_zipml(std::move(arguments), options);
      INFO(run.out << run.err);
      REQUIRE(run.exit_code == 0);
      return run.out;
    };
    succeed({"validate", config.string(), drawn.string()});
    succeed({"run", config.string(), drawn.string(), "--out", out.string(), "--jobs", "2"});
    REQUIRE(count_results(out) == 3);
    REQUIRE_THAT(succeed({"run", config.string(), "--out", out.string(), "--verify", "2"}),
                 Catch::Contains("2 of 2 verified runs equal"));
    REQUIRE_THAT(
        succeed({"export", (out / "own").string(), "--final"}),
        Catch::Contains("naïve 二 bits") && Catch::Contains("\"Größe <8> & \"\"mehr\"\" $\\frac$\""));
    succeed({"report", "--compare", out.string(), out.string()});
    if (python().empty()) continue;
    const fs::path figures = out / "figures 图";
    const ProcessResult plots = run_process({python(), ZIPML_SOURCE_DIR "/plots/draw_all.py", "--results",
                                             out.string(), "--out", figures.string(), "--only", "fig4"},
                                            options);
    INFO(plots.out << plots.err);
    REQUIRE(plots.exit_code == 0);
    REQUIRE(fs::file_size(figures / "fig4.png") > 10000);
    REQUIRE(fs::file_size(figures / "fig4.svg") > 10000);
    const fs::path page = out / "bericht ß.html";
    succeed({"report", out.string(), "--format", "html", "--figures", figures.string(), "--output",
             page.string()});
    const std::string html = read_text(page);
    REQUIRE_THAT(html, Catch::Contains("data:image/"));
    REQUIRE_THAT(html, !Catch::Contains("<8>"));
    const ProcessOptions with_python{.working_folder = folder,
                                     .environment = {{"LC_ALL", locale}, {"ZIPML_PYTHON", python()}}};
    const ProcessResult compared = run_zipml({"compare", data.string(), "--bits", "2", "--levels", "uniform",
                                              "--plot", (out / "vergleich é.png").string()},
                                             with_python);
    INFO(compared.err);
    REQUIRE(compared.exit_code == 0);
    REQUIRE(fs::file_size(out / "vergleich é.png") > 5000);
  }
  if (python().empty()) WARN("skipped in part: no Python that can import matplotlib and h5py (ZIPML_PYTHON)");
}

/// A folder with the program's working folder in it; whatever it writes outside `out` is found.
class Sandbox {
 public:
  Sandbox() {
    write_text(work() / "rows.csv", csv_rows());
    fs::create_directories(out());
  }
  fs::path work() const { return folder_ / "work"; }
  fs::path out() const { return work() / "out"; }

  /// Runs the config with `--out out`; everything outside `out` must stay as it was.
  ProcessResult run(const Json& config, const std::vector<std::string>& more = {}) const {
    write_text(work() / "config.json", config.dump());
    std::vector<std::string> arguments = {"run", "config.json", "--out", "out"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return guarded(zipml_command(arguments));
  }

  ProcessResult guarded(const std::vector<std::string>& command) const {
    fs::remove_all(out());
    return kept(command);
  }

  ProcessResult kept(const std::vector<std::string>& command) const {
    const auto before = outside();
    const ProcessResult result = run_process(
        command, {.working_folder = work(),
                  .environment = {{"HOME", work().string()}, {"MPLCONFIGDIR", out() / "matplotlib"}}});
    INFO(result.err);
    REQUIRE(result.signal == 0);
    REQUIRE(outside() == before);
    return result;
  }

 private:
  std::vector<std::pair<std::string, std::string>> outside() const {
    auto all = contents(folder_.path());
    std::erase_if(all, [](const auto& file) {
      return file.first == "work/out" || file.first.starts_with("work/out/");
    });
    return all;
  }
  TemporaryFolder folder_;
};

// Texts that lead elsewhere where they are taken for a path, or do something where they are taken for a
// command.
std::vector<std::string> hostile_texts() {
  return {"../x",
          "/tmp/zipml-pwned",
          "a/b",
          "..",
          ".",
          "a/../../x",
          "$(touch pwned)",
          "`touch pwned`",
          "| touch pwned",
          "; touch pwned",
          "&& touch pwned",
          "-rf",
          "~/pwned",
          "%n%n%s",
          "x\\..\\y",
          "<script>alert(1)</script>",
          "'; touch pwned; '",
          "file:///pwned",
          "_tuning",
          ".part"};
}

TEST_CASE("a name that is no plain folder name is refused", "[robustness][containment]") {
  const Sandbox sandbox;
  std::vector<std::string> names = hostile_texts();
  for (const char* more : {"", " ", "CON ", "Fig4", "é", "a.h5", "a\nb", "a b", "-a"})
    names.emplace_back(more);
  names.push_back(std::string("a\0b", 3));
  names.push_back(std::string(65, 'a'));
  for (const std::string& name : names) {
    Json config = named_sweep({"one"});
    config["name"] = name;
    const ProcessResult run = sandbox.run(config);
    INFO(name << ": " << run.err);
    REQUIRE(run.exit_code == 2);
    REQUIRE_THAT(run.err, Catch::StartsWith("config.json: /name: found "));
    REQUIRE(!fs::exists(sandbox.out()));
    config["name"] = "fig4";
    config["figure"] = {{"id", name}};
    if (name == "-a" || name == "a b") continue;
    REQUIRE(sandbox.run(config).exit_code == 2);
  }
}

TEST_CASE("texts in a config are shown, not obeyed", "[robustness][containment]") {
  const Sandbox sandbox;
  Json config = named_sweep(hostile_texts());
  config["about"] = "$(touch pwned)";
  config["$schema"] = "/tmp/../pwned";
  config["figure"] = {
      {"id", "fig4"}, {"output", "../../pwned.png"}, {"title", "`touch pwned`"}, {"script", "touch pwned"}};
  for (const char* name : {"../x", "$(touch pwned)"}) config["sweep"]["panels"].push_back({{"name", name}});
  config["solver"]["epochs"] = 1;
  const ProcessResult run = sandbox.run(config);
  INFO(run.err.substr(0, 2000));
  REQUIRE(run.exit_code == 0);
  REQUIRE(count_results(sandbox.out()) == static_cast<int>(2 * hostile_texts().size()));
  REQUIRE(fs::exists(sandbox.out() / "fig4"));
  REQUIRE(std::distance(fs::directory_iterator(sandbox.out()), fs::directory_iterator()) == 1);
  for (const auto& file : contents(sandbox.out()))
    REQUIRE((file.first == "fig4" || file.first.size() == std::string("fig4/0123456789abcdef.h5").size()));
  // What is made of the results stays within them, too.
  REQUIRE(sandbox.kept(zipml_command({"export", "out"})).exit_code == 0);
  REQUIRE(sandbox.kept(zipml_command({"report", "out"})).exit_code == 0);
  REQUIRE(sandbox.kept(zipml_command({"report", "out", "--format", "html", "--output", "out/report.html"}))
              .exit_code == 0);
  REQUIRE_THAT(read_text(sandbox.out() / "report.html"), !Catch::Contains("<script>alert(1)"));
  if (python().empty()) {
    WARN("skipped in part: no Python that can import matplotlib and h5py (ZIPML_PYTHON)");
    return;
  }
  REQUIRE(sandbox
              .kept({python(), "-B", ZIPML_SOURCE_DIR "/plots/draw_all.py", "--results", "out", "--out",
                     "out/figures", "--only", "fig4"})
              .exit_code == 0);
  REQUIRE(fs::exists(sandbox.out() / "figures/fig4.png"));
}

TEST_CASE("names with control characters are refused", "[robustness][containment]") {
  const Sandbox sandbox;
  for (const char* name : {"a\nFAILED everything", "\x1b[2J\x1b]0;title\x07", "a\tb", "\x7f", ""}) {
    for (const char* member : {"series", "panels"}) {
      Json config = named_sweep({});
      config["sweep"][member] = Json::array({Json{{"name", name}}});
      const ProcessResult run = sandbox.run(config);
      INFO(run.err);
      REQUIRE(run.exit_code == 2);
      REQUIRE_THAT(run.err,
                   Catch::StartsWith("config.json: /sweep/" + std::string(member) + "/0/name: found "));
      REQUIRE(run.err.find('\x1b') == std::string::npos);
    }
  }
}

TEST_CASE("files that a config names are read and nothing else", "[robustness][containment]") {
  const Sandbox sandbox;
  std::vector<std::string> paths = hostile_texts();
  for (const char* device : {"/dev/zero", "/dev/stdin", "/dev/random", "/", "rows.csv/x"})
    paths.emplace_back(device);
  for (const std::string& path : paths) {
    INFO(path);
    for (const char* kind : {"csv", "libsvm", "hdf5"}) {
      Json config = named_sweep({"one"});
      config["dataset"] = {{"kind", kind}, {"path", path}};
      REQUIRE(sandbox.run(config).exit_code == 2);
      REQUIRE(!fs::exists(sandbox.out()));
    }
    Json levels = named_sweep({"one"});
    levels["sweep"]["series"][0]["set"]["/precision/samples"]["levels"] = {{"kind", "given"}, {"path", path}};
    REQUIRE(sandbox.run(levels).exit_code == 2);
    Json timed = named_sweep({"one"});
    timed["fpga"] = {{"design", "harp_q2"}, {"platform", path}};
    REQUIRE(sandbox.run(timed).exit_code == 2);
    REQUIRE(sandbox.run(named_sweep({"one"}), {"--set", "/dataset/path=" + path}).exit_code == 2);
  }
  // A path may lead upwards: reading harms nobody.
  Json config = named_sweep({"one"});
  config["dataset"] = {{"kind", "csv"}, {"path", "../work/rows.csv"}};
  REQUIRE(sandbox.run(config).exit_code == 0);
}

}  // namespace
}  // namespace zipml::testing
