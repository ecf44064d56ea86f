#include <rapidcheck.h>

#include <catch2/catch.hpp>
#include <set>

#include "tests/unit/config/config_samples.h"

using namespace zipml;
using namespace zipml::testing;

namespace {

// The same value with its members in another order and other white space.
std::string rewritten(const Json& value) {
  const auto space = [] {
    static const char* kSpaces[] = {"", " ", "\n", "\t \r\n"};
    return std::string(kSpaces[*rc::gen::inRange(0, 4)]);
  };
  if (!value.is_structured()) return space() + value.dump() + space();
  std::vector<std::string> parts;
  for (const auto& [key, member] : value.items()) {
    parts.push_back(value.is_object() ? space() + Json(key).dump() + space() + ":" + rewritten(member)
                                      : rewritten(member));
  }
  if (value.is_object()) {
    for (std::size_t i = parts.size(); i > 1; --i)
      std::swap(parts[i - 1], parts[*rc::gen::inRange<std::size_t>(0, i)]);
  }
  std::string text;
  for (const std::string& part : parts) text += (text.empty() ? "" : ",") + part;
  return value.is_object() ? "{" + text + "}" : "[" + text + "]";
}

std::vector<std::string> ids(const Config& config) {
  std::vector<std::string> all;
  for (const RunSpec& run : config.runs) all.push_back(run.id);
  return all;
}

std::vector<int> first_integers(int count) {
  std::vector<int> values;
  for (int i = 1; i <= count; ++i) values.push_back(i);
  return values;
}

}  // namespace

TEST_CASE("a sweep expands to the product of its axes", "[property][config]") {
  REQUIRE(rc::check("count", [] {
    const int panels = *rc::gen::inRange(1, 4), series = *rc::gen::inRange(1, 4),
              bits = *rc::gen::inRange(1, 5);
    const int zipped = *rc::gen::inRange(1, 4), seeds = *rc::gen::inRange(1, 4);
    Json config = small_config();
    config["seeds"] = seeds;
    config["sweep"]["grid"]["/precision/samples/bits"] = first_integers(bits);
    config["sweep"]["zip"] = {{"/solver/batch", first_integers(zipped)},
                              {"/solver/epochs", first_integers(zipped)}};
    for (int p = 0; p < panels; ++p) {
      config["sweep"]["panels"].push_back(
          {{"name", std::to_string(p)}, {"set", {{"/dataset/features", p + 1}}}});
    }
    for (int s = 0; s < series; ++s) {
      config["sweep"]["series"].push_back({{"name", std::to_string(s)}, {"set", {{"/solver/alpha", s + 1}}}});
    }
    const Config expanded = parsed(config);
    RC_ASSERT(expanded.runs.size() == static_cast<std::size_t>(panels * series * bits * zipped * seeds));
    const std::vector<std::string> all = ids(expanded);
    RC_ASSERT(std::set<std::string>(all.begin(), all.end()).size() == all.size());
    for (const RunSpec& run : expanded.runs) {
      RC_ASSERT(run_from_resolved_json(run.resolved_json, "r").id == run.id);
      RC_ASSERT(run.training.alpha == std::stoi(run.series) + 1);
      RC_ASSERT(run.dataset.parameters.integer("features") == std::stoi(run.panel) + 1);
    }
  }));
}

TEST_CASE("order of members and white space do not change run ids", "[property][config]") {
  const std::vector<std::string> expected = ids(parsed(sweep_config()));
  REQUIRE(rc::check("rewritten", [&] {
    RC_ASSERT(ids(parse_config(rewritten(sweep_config()), "small.json", {})) == expected);
  }));
}

TEST_CASE("numbers written in other ways do not change run ids", "[property][config]") {
  REQUIRE(rc::check("alpha", [] {
    const int mantissa = *rc::gen::inRange(1, 1000000), exponent = *rc::gen::inRange(0, 12);
    const auto id_with = [&](const std::string& alpha) {
      Json config = small_config();
      config["solver"]["alpha"] = parse_json(alpha, "alpha");
      return parsed(config).runs[0].id;
    };
    const std::string short_form = std::to_string(mantissa) + "e-" + std::to_string(exponent);
    const std::string long_form = std::to_string(mantissa) + "000.0e-" + std::to_string(exponent + 3);
    RC_ASSERT(id_with(short_form) == id_with(long_form));
  }));
}
