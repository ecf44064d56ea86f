#include <catch2/catch.hpp>
#include <string>
#include <vector>

#include "engine/core/error.h"
#include "engine/core/random.h"
#include "engine/quantize/level_strategy.h"
#include "experiments/config/level_list.h"

using namespace zipml;

// Whatever is typed for --levels is read as strategies that can be made, or refused with an InputError.
TEST_CASE("fuzz: lists of level strategies", "[fuzz][config]") {
  const std::string good[] = {"uniform,optimal_histogram{bins=1024,bucketing=stochastic,seed=3},optimal",
                              "given{values=[-1,0,0.5,2]},kmeans,adaquant{refine=false}",
                              "optimal_candidates{candidates=64,placement=\"quantile\"}", "all"};
  const std::string tokens[] = {"{",    "}",      "[",    "]",    ",",    "=",  "\"",
                                "bins", "path=x", "1e99", "null", "\xFF", "\0", "all"};
  const DrawAddress address{97, Stream::bootstrap, 0};
  int accepted = 0, refused = 0;
  for (std::uint64_t round = 0; round < 4000; ++round) {
    std::uint32_t draw = 0;
    const auto below = [&](std::size_t bound) { return draw_below(address, round, draw++, bound); };
    std::string text = good[below(std::size(good))];
    for (std::size_t edits = below(3); edits > 0; --edits) {
      const std::size_t at = below(text.size() + 1);
      switch (below(3)) {
        case 0:
          text.insert(at, tokens[below(std::size(tokens))]);
          break;
        case 1:
          text.erase(at, 1 + below(4));
          break;
        default:
          if (at < text.size()) text[at] = static_cast<char>(below(256));
      }
    }
    try {
      const std::vector<LevelEntry> entries = parse_level_list(text, {2}, "test");
      for (const LevelEntry& entry : entries) {
        level_strategies()[entry.choice.kind](entry.choice.parameters)
            ->levels(std::vector<float>{1, 2, 3}, 4);
      }
      if (entries.empty()) FAIL("no strategy in " << text);
      ++accepted;
    } catch (const InputError& error) {
      if (std::string(error.what()).empty()) FAIL("refused without a word: " << text);
      ++refused;
    } catch (const std::exception& error) {
      FAIL(text << ": " << error.what());
    }
  }
  CHECK(accepted > 500);
  CHECK(refused > 500);
}
