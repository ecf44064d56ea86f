#include "experiments/results/export_csv.h"

#include <algorithm>
#include <catch2/catch.hpp>
#include <sstream>

#include "experiments/config/config.h"
#include "tests/unit/results/example_result.h"

namespace zipml {
namespace {

TEST_CASE("the exported table has one line an epoch", "[results]") {
  std::ostringstream out;
  write_csv_header(out);
  write_csv_rows(out, testing::example_result(), false);
  REQUIRE(out.str() ==
          "config,panel,series,seed,run_id,dataset,estimator,bits,batch,status,alpha,exact_minimum,epoch,"
          "iteration,"
          "train_loss,test_loss,"
          "test_accuracy,bytes_read,values_read,model_bytes,gradient_bytes,share_refetched,share_outside,"
          "share_flipped,fpga_design,fpga_platform,fpga_binds,fpga_cycles,fpga_seconds,fpga_bytes\n"
          "example,(a) cadata,\"DS, \"\"4 "
          "bit\"\"\",18446744073709551615,0123456789abcdef,year-like,,,,diverged,0.1,"
          "0.125,0,0,0.3333333333333333,nan,0.5,1152921504606846976,0,0,0,0.25,0.125,0.0625,"
          "harp_q2,board,memory_bandwidth,0,0,0\n"
          "example,(a) cadata,\"DS, \"\"4 "
          "bit\"\"\",18446744073709551615,0123456789abcdef,year-like,,,,diverged,0.1,"
          "0.125,1,7,0.25,nan,0.6,1152921504606846977,1000,10,20,0.25,0.125,0.0625,"
          "harp_q2,board,memory_bandwidth,100,1e-06,6400\n"
          "example,(a) cadata,\"DS, \"\"4 "
          "bit\"\"\",18446744073709551615,0123456789abcdef,year-like,,,,diverged,0.1,"
          "0.125,2,14,0.2,nan,0.7,1152921504606846978,2000,20,40,0.25,0.125,0.0625,"
          "harp_q2,board,memory_bandwidth,300,3e-06,12800\n");
}

TEST_CASE("the exported table can have the last epoch only, and leaves out what is not known", "[results]") {
  ResultFile result = testing::example_result();
  result.exact_minimum.reset();
  result.fpga.reset();
  result.panel = "two\nlines";
  result.series.clear();
  std::ostringstream out;
  write_csv_rows(out, result, true);
  REQUIRE(out.str() ==
          "example,\"two\nlines\",,18446744073709551615,0123456789abcdef,year-like,,,,diverged,0.1,,2,14,0.2,"
          "nan,0.7,"
          "1152921504606846978,2000,20,40,0.25,0.125,0.0625,,,,,,\n");
  result.trace.clear();
  std::ostringstream none;
  write_csv_rows(none, result, true);
  REQUIRE(none.str().empty());
}

TEST_CASE("a run that has an engine's times and no training is exported by its epochs", "[results]") {
  ResultFile result = testing::example_result();
  result.trace.clear();
  std::ostringstream all, last;
  write_csv_rows(all, result, false);
  const std::string rows = all.str();
  CHECK(std::count(rows.begin(), rows.end(), '\n') == 3);
  write_csv_rows(last, result, true);
  CHECK_THAT(last.str(), Catch::EndsWith(",2,,,,,,,,,,,,harp_q2,board,memory_bandwidth,300,3e-06,12800\n"));
}

TEST_CASE("the exported table tells the estimator, its bits and the mini-batch", "[results]") {
  const Config config = parse_config(R"({"name": "t", "dataset": "synthetic", "model": "least_squares",
    "precision": {"samples": {"kind": "naive", "bits": 5}}, "solver": {"epochs": 1, "batch": 32, "alpha": 0.1}})",
                                     "t.json", {});
  ResultFile result = testing::example_result();
  result.resolved_json = config.runs.at(0).resolved_json;
  std::ostringstream out;
  write_csv_rows(out, result, true);
  CHECK_THAT(out.str(), Catch::Contains(",year-like,naive,5,32,diverged,"));
}

}  // namespace
}  // namespace zipml
