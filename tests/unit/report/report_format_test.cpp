#include <catch2/catch.hpp>
#include <filesystem>
#include <fstream>
#include <set>

#include "engine/data/hdf5_file.h"
#include "engine/data/sealed_bytes.h"
#include "experiments/report/html_writer.h"
#include "experiments/report/report_format.h"
#include "experiments/results/atomic_file.h"
#include "tests/e2e/process.h"
#include "tests/unit/report/example_runs.h"

namespace zipml::testing {
namespace {

RunSet example_set() {
  RunSet set;
  ExampleRun run;
  add_series(set, run, {1.0, 1.0, 1.0});
  run.samples = quantized("double_sampling", 4);
  add_series(set, run, {1.001, std::numeric_limits<double>::infinity(), 1.002});
  return set;
}

TEST_CASE("the JSON report has one object a claim with the keys users rely on") {
  const nlohmann::json json = nlohmann::json::parse(report_json(make_report(example_set())));
  REQUIRE(json.is_array());
  REQUIRE(json.size() == all_claims().size());
  for (const nlohmann::json& claim : json) {
    for (const char* key : {"figure", "claim", "paper", "verdict", "dataset", "unit", "note"}) {
      REQUIRE(claim.at(key).is_string());
    }
    for (const char* key : {"low", "high"}) REQUIRE((claim.at(key).is_number() || claim.at(key).is_null()));
    REQUIRE(claim.contains("value"));
    REQUIRE(claim.at("seeds").is_number_unsigned());
    REQUIRE(claim.at("runs").is_array());
    const std::string verdict = claim.at("verdict");
    REQUIRE(std::set<std::string>{"holds", "fails", "undecided", "not run"}.contains(verdict));
  }
}

TEST_CASE("what is infinite is null in the JSON report") {
  for (const nlohmann::json& claim : nlohmann::json::parse(report_json(make_report(example_set())))) {
    if (claim["claim"].get<std::string>().find("4-bit double sampling ends at most") == std::string::npos)
      continue;
    REQUIRE(claim["value"].get<double>() == Approx(0.2));
    REQUIRE(claim["high"].is_null());
    REQUIRE(claim["runs"].size() == 6);
    REQUIRE(claim["seeds"] == 3);
    return;
  }
  FAIL("the claim is missing");
}

TEST_CASE("a claim's scale is the one its runs were asked for with, or is not told") {
  const auto scale = [](const RunSet& set) {
    for (const nlohmann::json& claim : nlohmann::json::parse(report_json(make_report(set)))) {
      if (claim["runs"].empty()) continue;
      return claim.at("scale").get<std::string>();
    }
    return std::string("no claim");
  };
  RunSet set = example_set();
  REQUIRE(scale(set).empty());  // results of older versions
  for (Run& run : set.runs) run.provenance.config_options = "--scale paper --seeds 3";
  REQUIRE(scale(set) == "paper");
  for (Run& run : set.runs) {
    if (run.text("/precision/samples/kind") == "full") run.provenance.config_options = "--scale quick";
  }
  REQUIRE(scale(set) == "paper and quick");
  set.runs.front().provenance.config_options.clear();
  REQUIRE(scale(set).empty());
}

TEST_CASE("the text report is aligned") {
  const std::string text = report_text(make_report(example_set()));
  std::istringstream lines(text);
  std::string line;
  std::getline(lines, line);
  const std::size_t column = line.find("verdict");
  REQUIRE(column != std::string::npos);
  for (std::size_t i = 0; i < all_claims().size(); ++i) {
    REQUIRE(std::getline(lines, line));
    REQUIRE(line.at(column - 1) == ' ');
    REQUIRE(line.at(column) != ' ');
  }
  REQUIRE(text.find("1 of 6 runs diverged") != std::string::npos);
}

TEST_CASE("Markdown rows all have the cells of their header") {
  std::istringstream lines(report_markdown(make_report(example_set())));
  std::string line;
  std::size_t rows = 0;
  std::ptrdiff_t bars = 0;  // of the header; 0 outside a table
  while (std::getline(lines, line)) {
    const auto found = line.starts_with("|") ? std::count(line.begin(), line.end(), '|') : 0;
    if (found > 0 && bars > 0) REQUIRE(found == bars);
    bars = found;
    rows += found > 0 ? 1 : 0;
  }
  REQUIRE(rows > all_claims().size());
}

// Texts of results that try to become markup, break attributes, or are not UTF-8.
const std::string kHostile = "</script><script>alert(1)</script>\"' onload=x & \xFF\x01";

RunSet hostile_set() {
  RunSet set = example_set();
  for (Run& run : set.runs) {
    run.panel = run.series = run.dataset_title = run.dataset_stand_in_for = kHostile;
    run.zipml_version = kHostile;
    run.provenance.git_commit = run.provenance.cpu_model = run.provenance.data_checksum = kHostile;
    run.provenance.config_options = kHostile;
    run.provenance.source_files = {kHostile};
    run.config["dataset"]["path"] = kHostile.substr(0, kHostile.find('\xFF'));
  }
  set.runs.push_back(set.runs.front());
  set.runs.back().id = "\"><img src=x onerror=alert(1)>";
  set.runs.back().config_name = kHostile;
  set.problems = {kHostile};
  return set;
}

TEST_CASE("nothing in a result becomes markup of the page") {
  const std::string page = report_html(make_report(hostile_set()), {});
  const auto count = [&](const std::string& part) {
    std::size_t found = 0;
    for (std::size_t at = page.find(part); at != std::string::npos; at = page.find(part, at + 1)) ++found;
    return found;
  };
  REQUIRE(count("<script") == 1);
  REQUIRE(count("</script") == 1);
  REQUIRE(count("<img") == 0);
  REQUIRE(count("\" onload") == 0);
  REQUIRE(count("&lt;script&gt;alert(1)") > 10);
  REQUIRE(count("\xFF") == 0);
  REQUIRE(count("\x01") == 0);
}

TEST_CASE("hostile texts do not break the other formats") {
  const ReportData report = make_report(hostile_set());
  REQUIRE(nlohmann::json::parse(report_json_full(report)).at("figures").size() == report.figures.size());
  REQUIRE_FALSE(report_markdown(report).empty());
}

TEST_CASE("every link of the page has its target and every id is there once") {
  const std::string page = report_html(make_report(hostile_set()), {});
  const auto values = [&](const std::string& attribute) {
    std::vector<std::string> found;
    for (std::size_t at = page.find(attribute); at != std::string::npos; at = page.find(attribute, at + 1)) {
      const std::size_t begin = at + attribute.size();
      found.push_back(page.substr(begin, page.find('"', begin) - begin));
    }
    return found;
  };
  const std::vector<std::string> ids = values(" id=\"");
  const std::set<std::string> targets(ids.begin(), ids.end());
  REQUIRE(targets.size() == ids.size());
  const std::vector<std::string> links = values(" href=\"");
  REQUIRE(links.size() > all_claims().size());
  for (const std::string& link : links) {
    REQUIRE(link.starts_with("#"));
    REQUIRE(targets.contains(link.substr(1)));
  }
}

TEST_CASE("the page, Markdown and JSON say the same about a claim") {
  RunSet set = example_set();
  for (Run& run : set.runs) run.provenance.config_options = "--scale quick --set /a=1";
  const ReportData report = make_report(set);
  const std::string command = "zipml run configs/figures/bias.json --scale quick --set /a=1 --out results";
  const nlohmann::json full = nlohmann::json::parse(report_json_full(report));
  std::size_t used = 0;
  for (const nlohmann::json& claim : full.at("claims")) {
    if (claim.at("runs").empty()) continue;
    ++used;
    REQUIRE(claim.at("commands") == nlohmann::json::array({command}));
    REQUIRE(claim.at("bytes_moved").get<std::uint64_t>() == 8000 * claim.at("runs").size());
    REQUIRE_FALSE(claim.at("stand_in").get<bool>());
    REQUIRE(claim.at("scale") == "quick");
    REQUIRE(claim.at("commits") == nlohmann::json::array({set.runs.front().provenance.git_commit}));
  }
  REQUIRE(used > 0);
  REQUIRE(full.at("claims") == nlohmann::json::parse(report_json(report)));
  for (const std::string& text : {report_html(report, {}), report_markdown(report)}) {
    REQUIRE(text.find(command) != std::string::npos);  // of the figure; the page's claims have it in words
    REQUIRE(text.find("0.2 %") != std::string::npos);
    for (const Run& run : set.runs) REQUIRE(text.find(run.id) != std::string::npos);
  }
}

TEST_CASE("data rows are the runs of one setting, with what tells them apart") {
  const ReportData report = make_report(example_set());
  const auto figure = std::find_if(report.figures.begin(), report.figures.end(),
                                   [](const FigureReport& one) { return one.name == "bias"; });
  REQUIRE(figure->rows.size() == 2);
  REQUIRE(figure->rows[0].setting == "samples.kind full");
  REQUIRE(figure->rows[1].setting == "samples.kind double_sampling");
  REQUIRE(figure->rows[0].seeds == std::vector<std::uint64_t>{1, 2, 3});
  REQUIRE(figure->rows[1].diverged == 1);
  REQUIRE(figure->rows[0].bytes_moved == 24000);
  REQUIRE(figure->bytes_moved == 48000);
  REQUIRE(figure->quantities.front().name == "final training loss");
  REQUIRE(figure->rows[0].values.front().value == 1.0);
  REQUIRE(figure->common.at("solver").at("epochs") == 20);
  REQUIRE_FALSE(figure->common.at("precision").contains("samples"));
}

TEST_CASE("results of an unknown config have a place of their own, without claims") {
  RunSet set = example_set();
  for (Run& run : set.runs) run.config_name = "mine";
  const ReportData report = make_report(set);
  REQUIRE(report.figures.back().name == "mine");
  REQUIRE(report.figures.back().claims.empty());
  REQUIRE(report.figures.back().commands == std::vector<std::string>{"zipml run mine.json --out results"});
}

TEST_CASE("figures are found by their config's name and embedded") {
  const TemporaryFolder folder;
  for (const char* name : {"fig8.png", "fig8.svg", "fig8_bits.png", "fig9_bits.png", "fig1.svg", "notes.txt"})
    write_text(folder / name, std::string("<svg>") + name);
  const auto figures = load_figures(folder.path(), {"fig8", "fig9", "fig9_bits"});
  REQUIRE(figures.at("fig8").size() == 2);
  REQUIRE(figures.at("fig8")[0].media_type == "image/svg+xml");
  REQUIRE(figures.at("fig8")[1].name == "fig8_bits");
  REQUIRE(figures.at("fig8")[1].media_type == "image/png");
  REQUIRE(figures.at("fig9_bits").size() == 1);
  REQUIRE_FALSE(figures.contains("fig9"));
  REQUIRE(figures.at("")[0].name == "fig1");
  REQUIRE(load_figures(folder / "nothing", {"fig8"}).empty());
  const std::string page = report_html(make_report(example_set()), figures);
  REQUIRE(page.find("data:image/svg+xml;base64," + base64(figures.at("")[0].bytes)) != std::string::npos);
}

TEST_CASE("results are loaded from a folder and damaged ones named") {
  const TemporaryFolder folder;
  ExampleRun run;
  run.train_rows = 123;
  run.test_rows = 45;
  run.features = 6;
  const ResultFile good = run.result();
  write_result(result_path(folder.path(), "bias", good.run_id), good);
  run.seed = 2;
  const ResultFile bad = run.result();
  const std::filesystem::path damaged = result_path(folder.path(), "bias", bad.run_id);
  write_result(damaged, bad);
  std::filesystem::resize_file(damaged, std::filesystem::file_size(damaged) / 2);
  const RunSet set = load_runs({folder.path()});
  REQUIRE(set.runs.size() == 1);
  REQUIRE(set.runs[0].id == good.run_id);
  REQUIRE(set.runs[0].train_rows == 123);
  REQUIRE(set.runs[0].test_rows == 45);
  REQUIRE(set.runs[0].features == 6);
  REQUIRE(set.problems.size() == 1);
  REQUIRE(set.problems[0].find(damaged.string()) != std::string::npos);
}

TEST_CASE("results of another layout make one line") {
  const TemporaryFolder folder;
  for (int i = 0; i < 5; ++i) {
    Hdf5Writer file("old.h5");
    file.attribute("/", "schema_version", std::int64_t{1});
    std::vector<std::byte> bytes = file.image();
    seal(bytes);
    write_file_atomically(folder / ("fig8/" + std::to_string(i) + ".h5"), bytes);
  }
  const RunSet set = load_runs({folder.path()});
  REQUIRE(set.runs.empty());
  REQUIRE(set.problems.size() == 1);
  REQUIRE(set.problems[0] ==
          "5 files: written with layout version 1; this program reads version 2 (the first: " +
              (folder / "fig8/0.h5").string() + ")");
}

TEST_CASE("a result without epochs is a problem, not a crash") {
  const TemporaryFolder folder;
  ExampleRun run;
  run.losses.clear();
  const ResultFile empty = run.result();
  write_result(result_path(folder.path(), "bias", empty.run_id), empty);
  const RunSet set = load_runs({folder.path()});
  REQUIRE(set.runs.empty());
  REQUIRE(set.problems.size() == 1);
}

}  // namespace
}  // namespace zipml::testing
