#include <catch2/catch.hpp>
#include <random>

#include "experiments/config/platform_reader.h"
#include "fpga_model/design.h"
#include "tests/unit/config/config_samples.h"

using namespace zipml;
using namespace zipml::testing;

namespace {

// timed_config() with a board of its own.
Json board_config() {
  Json config = timed_config();
  config["fpga"]["platform"] = {{"clock_hz", 1e8},
                                {"memory", {{"rate", {1, 2}}, {"stall", {{"period", 9}}}}}};
  return config;
}

constexpr int kByteMutations = 4000, kStructureMutations = 3000;

// mt19937 and the remainder: the same mutations on every machine.
class Dice {
 public:
  explicit Dice(std::uint32_t seed) : bits_(seed) {}
  std::size_t below(std::size_t bound) { return bits_() % bound; }

 private:
  std::mt19937 bits_;
};

struct Outcome {
  int accepted = 0, refused = 0;
};

// Whatever comes in, it is either taken or an InputError with a message that names the file.
template <class Parse>
void feed(const std::string& text, Outcome& outcome, const Parse& parse) {
  try {
    parse(text, "fuzz.json");
    ++outcome.accepted;
  } catch (const InputError& error) {
    ++outcome.refused;
    const std::string message = error.what();
    if (message.rfind("fuzz.json:", 0) != 0) FAIL("a message without file: " << message << "\nfor: " << text);
  } catch (const std::exception& error) {
    FAIL("not an InputError: " << error.what() << "\nfor: " << text);
  }
}

void feed(const std::string& text, const ConfigOptions& options, Outcome& outcome) {
  feed(text, outcome,
       [&options](const std::string& config, const char* name) { parse_config(config, name, options); });
}

std::string with_mutated_bytes(std::string text, Dice& dice) {
  static const std::string kAlphabet = std::string("{}[]\",:0123456789.eE+-/~tfn\\u \n\x7f\xc3\xff") + '\0';
  for (std::size_t changes = 1 + dice.below(4); changes > 0; --changes) {
    const std::size_t at = dice.below(text.size());
    const char c = kAlphabet[dice.below(kAlphabet.size())];
    switch (dice.below(5)) {
      case 0:
        text[at] = c;
        break;
      case 1:
        text.insert(at, 1, c);
        break;
      case 2:
        text.erase(at, 1 + dice.below(20));
        break;
      case 3:
        text.insert(at, text.substr(dice.below(text.size()), dice.below(40)));
        break;
      default:
        text[at] = static_cast<char>(text[at] ^ (1 << dice.below(8)));
    }
    if (text.empty()) text = "{";
  }
  return text;
}

void collect(Json& node, std::vector<Json*>& nodes) {
  nodes.push_back(&node);
  if (!node.is_structured()) return;
  for (Json& child : node) collect(child, nodes);
}

Json hostile_value(Dice& dice) {
  static const char* kValues[] = {"null",
                                  "true",
                                  "0",
                                  "-1",
                                  "1e308",
                                  "-0.0",
                                  "4.7",
                                  "18446744073709551615",
                                  "9223372036854775808",
                                  "-9223372036854775808",
                                  "\"\"",
                                  "\"full\"",
                                  "\"tune\"",
                                  "\"/solver/alpha\"",
                                  "\"\\u0000\"",
                                  "[]",
                                  "{}",
                                  "[[[[]]]]",
                                  "[1, 2, 3]",
                                  "{\"kind\": \"naive\", \"bits\": 1}",
                                  "{\"/sweep\": {}}",
                                  "{\"/\": 1, \"\": 2}",
                                  "{\"/solver/alpha\": [1]}",
                                  "1e-320",
                                  "[1e300, -1]"};
  return parse_json(kValues[dice.below(std::size(kValues))], "value");
}

// Replaces, moves, removes or renames whole values of the document.
Json with_mutated_structure(Json config, Dice& dice) {
  for (std::size_t changes = 1 + dice.below(3); changes > 0; --changes) {
    std::vector<Json*> nodes;
    collect(config, nodes);
    Json& target = *nodes[dice.below(nodes.size())];
    const Json copy = *nodes[dice.below(nodes.size())];
    switch (dice.below(4)) {
      case 0:
        target = hostile_value(dice);
        break;
      case 1:
        target = copy;
        break;
      case 2:
        if (target.is_structured() && !target.empty()) target.erase(target.begin());
        break;
      default:
        if (target.is_object()) {
          const std::string key = copy.is_string() ? copy.get<std::string>() : copy.dump().substr(0, 30);
          target[key] = hostile_value(dice);
        } else if (target.is_array()) {
          target.push_back(hostile_value(dice));
        }
    }
  }
  return config;
}

}  // namespace

TEST_CASE("configs with damaged bytes are read or refused, nothing else", "[fuzz][config]") {
  Dice dice(20161105);
  Outcome outcome;
  ConfigOptions options;
  const std::string texts[] = {small_config().dump(1), sweep_config().dump(1), measuring_config().dump(1),
                               board_config().dump(1)};
  for (int i = 0; i < kByteMutations; ++i) {
    options.scale = i % 4 < 2 ? Scale::paper : Scale::quick;
    feed(with_mutated_bytes(texts[i / 4 % 4], dice), options, outcome);
  }
  // Both ends must be reached, or the mutations are too weak or too strong to find anything.
  CHECK(outcome.accepted > 20);
  CHECK(outcome.refused > 500);
}

TEST_CASE("configs with damaged structure are read or refused, nothing else", "[fuzz][config]") {
  Dice dice(1611);
  Outcome outcome;
  ConfigOptions options;
  const Json configs[] = {small_config(), sweep_config(), measuring_config(), board_config()};
  for (int i = 0; i < kStructureMutations; ++i) {
    options.scale = i % 4 < 2 ? Scale::paper : Scale::quick;
    Json mutated = with_mutated_structure(configs[i / 4 % 4], dice);
    feed(mutated.dump(), options, outcome);
  }
  CHECK(outcome.accepted > 20);
  CHECK(outcome.refused > 500);
}

TEST_CASE("assignments of any form are taken or refused, nothing else", "[fuzz][config]") {
  Dice dice(402);
  Outcome outcome;
  const std::string text = sweep_config().dump();
  const std::string good[] = {"/solver/alpha=0.2", "/sweep/series/0/set={\"/solver/order\": \"permutation\"}",
                              "/precision/samples=full", "/seeds=[1,2]", "/model/regularizer/kind=l2"};
  for (int i = 0; i < 1500; ++i) {
    ConfigOptions options;
    options.assignments = {with_mutated_bytes(good[dice.below(std::size(good))], dice)};
    feed(text, options, outcome);
  }
  CHECK(outcome.accepted > 20);
  CHECK(outcome.refused > 300);
}

TEST_CASE("platforms with damaged bytes or structure are read or refused, nothing else", "[fuzz][fpga]") {
  Dice dice(2017);
  Outcome outcome;
  const fpga::Platform defaults;
  const Json platform = to_json(defaults);
  const auto parse = [&defaults](const std::string& text, const char* name) {
    const fpga::Platform read = parse_platform(text, name, {}, defaults);
    fpga::check_common("design", {1, 1, 1, 1}, read);
  };
  for (int i = 0; i < kByteMutations; ++i) {
    feed(i % 2 ? with_mutated_bytes(platform.dump(1), dice) : with_mutated_structure(platform, dice).dump(),
         outcome, parse);
  }
  CHECK(outcome.accepted > 20);
  CHECK(outcome.refused > 500);
}
