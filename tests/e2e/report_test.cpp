#include <catch2/catch.hpp>
#include <nlohmann/json.hpp>

#include "tests/e2e/process.h"
#include "tests/e2e/sweep_config.h"
#include "tests/unit/report/example_runs.h"

namespace zipml::testing {
namespace {

void write_bias_results(const TemporaryFolder& folder) {
  ExampleRun run;
  for (const nlohmann::json& samples : {nlohmann::json{{"kind", "full"}}, quantized("double_sampling", 4)}) {
    run.samples = samples;
    for (run.seed = 1; run.seed <= 3; ++run.seed) {
      const ResultFile result = run.result();
      write_result(result_path(folder.path(), result.config_name, result.run_id), result);
    }
  }
}

TEST_CASE("report prints verdicts and names damaged files") {
  const TemporaryFolder folder;
  write_bias_results(folder);
  write_text(folder.path() / "bias" / "damaged.h5", "not a result");
  const ProcessResult text = run_zipml({"report", folder.path().string()});
  REQUIRE(text.exit_code == 0);
  REQUIRE(text.err.find("damaged.h5") != std::string::npos);
  REQUIRE(text.out.find("holds") != std::string::npos);

  const ProcessResult json = run_zipml({"report", folder.path().string(), "--format", "json"});
  REQUIRE(json.exit_code == 0);
  std::size_t held = 0;
  for (const nlohmann::json& claim : nlohmann::json::parse(json.out))
    held += claim["verdict"] == "holds" ? 1 : 0;
  REQUIRE(held == 1);
}

TEST_CASE("report takes several folders together, a result of both once") {
  const TemporaryFolder first, second;
  write_bias_results(first);
  write_bias_results(second);
  const std::filesystem::path moved = second.path() / "bias";
  const ProcessResult one = run_zipml({"report", first.path().string(), "--format", "json"});
  const ProcessResult both =
      run_zipml({"report", first.path().string(), second.path().string(), "--format", "json"});
  REQUIRE(both.exit_code == 0);
  REQUIRE(both.out == one.out);
  // A series in one folder, the others in the other one: nothing is missing.
  std::size_t kept = 0;
  for (const auto& entry : std::filesystem::directory_iterator(first.path() / "bias")) {
    const std::filesystem::path twin = moved / entry.path().filename();
    std::filesystem::remove(kept++ % 2 == 0 ? entry.path() : twin);
  }
  const ProcessResult halves =
      run_zipml({"report", first.path().string(), second.path().string(), "--format", "json"});
  REQUIRE(halves.out == one.out);
  REQUIRE(run_zipml({"report", first.path().string(), (first / "nothing").string()}).exit_code == 2);
}

TEST_CASE("report writes to a file and leaves standard output alone") {
  const TemporaryFolder folder;
  write_bias_results(folder);
  const std::filesystem::path file = folder / "report.md";
  const ProcessResult result =
      run_zipml({"report", folder.path().string(), "--format", "md", "--output", file.string()});
  REQUIRE(result.exit_code == 0);
  REQUIRE(result.out.empty());
  REQUIRE(read_text(file).find("## bias") != std::string::npos);
}

TEST_CASE("report writes one page with the figures of the folder in it") {
  const TemporaryFolder folder;
  write_bias_results(folder);
  write_text(folder / "figures/bias.svg", "<svg/>");
  write_text(folder / "elsewhere/bias.svg", "<svg></svg>");
  const std::string results = folder.path().string();
  const ProcessResult page = run_zipml({"report", results, "--format", "html"});
  REQUIRE(page.exit_code == 0);
  REQUIRE(page.out.starts_with("<!doctype html>"));
  REQUIRE(page.out.find("base64,PHN2Zy8+\"") != std::string::npos);
  const ProcessResult other =
      run_zipml({"report", results, "--format", "html", "--figures", (folder / "elsewhere").string()});
  REQUIRE(other.out.find("base64,PHN2Zz48L3N2Zz4=\"") != std::string::npos);
}

TEST_CASE("a run keeps the options that its config was read with") {
  const TemporaryFolder folder;
  REQUIRE(run_zipml(sweep_arguments(folder, "out",
                                    {"--seeds", "1", "--set", "/solver/epochs=3", "--set", "/about=it's"}))
              .exit_code == 0);
  const ProcessResult json = run_zipml({"report", (folder / "out").string(), "--format", "json-full"});
  const nlohmann::json figures = nlohmann::json::parse(json.out).at("figures");
  REQUIRE(figures.back().at("commands") ==
          nlohmann::json::array({"zipml run sweep.json --scale paper --seeds 1 --set /solver/epochs=3 --set "
                                 "'/about=it'\\''s' --out results"}));
}

TEST_CASE("report refuses wrong input") {
  const TemporaryFolder folder;
  const ProcessResult missing = run_zipml({"report", (folder / "nothing").string()});
  REQUIRE(missing.exit_code == 2);
  REQUIRE(missing.err.find("nothing") != std::string::npos);
  const ProcessResult figures = run_zipml(
      {"report", folder.path().string(), "--format", "html", "--figures", (folder / "nothing").string()});
  REQUIRE(figures.exit_code == 2);
  REQUIRE(figures.err.find("--figures") != std::string::npos);
  REQUIRE(run_zipml({"report", folder.path().string(), "--figures", folder.path().string()}).exit_code == 2);
  REQUIRE(run_zipml({"report", folder.path().string(), "--format", "pdf"}).exit_code == 2);
  REQUIRE(run_zipml({"report"}).exit_code == 2);
}

TEST_CASE("an empty folder gives claims that were not run, and says so") {
  const TemporaryFolder folder;
  const ProcessResult result = run_zipml({"report", folder.path().string(), "--format", "json"});
  REQUIRE(result.exit_code == 0);
  REQUIRE(result.err.find("no results") != std::string::npos);
  const nlohmann::json claims = nlohmann::json::parse(result.out);
  REQUIRE_FALSE(claims.empty());
  for (const nlohmann::json& claim : claims) REQUIRE(claim["verdict"] == "not run");
}

}  // namespace
}  // namespace zipml::testing
