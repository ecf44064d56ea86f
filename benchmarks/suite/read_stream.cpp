#include "benchmarks/suite/read_stream.h"

#include <benchmark/benchmark.h>

#include <array>
#include <cstring>

#include "engine/core/parallel.h"

namespace zipml::bench {
namespace {

constexpr std::size_t kLines = 8, kWords = 8 * kLines;  // cache lines, and 8-byte words, of one step
using Words = std::array<std::uint64_t, kWords>;

std::size_t steps(const Problem& problem) {
  return problem.rows() * problem.features.stride() * sizeof(float) / sizeof(Words);
}

// Exclusive or of all words, in independent lanes.
std::uint64_t read_part(const char* first, std::size_t count) {
  Words lanes{};
  for (std::size_t step = 0; step < count; ++step) {
    Words words;
    std::memcpy(&words, first + step * sizeof(Words), sizeof(Words));
    // Without it the hardware alone fetches, and it stops at every page.
    for (std::size_t line = 0; line < kLines; ++line)
      __builtin_prefetch(first + step * sizeof(Words) + 8192 + 64 * line);
    for (std::size_t i = 0; i < kWords; ++i) lanes[i] ^= words[i];
  }
  std::uint64_t all = 0;
  for (const std::uint64_t lane : lanes) all ^= lane;
  return all;
}

std::uint64_t read_all(const Problem& problem, int threads) {
  const auto* first = reinterpret_cast<const char*>(problem.features.padded_row(0).data());
  std::vector<std::uint64_t> parts(static_cast<std::size_t>(threads) * 8);
  parallel_team(threads, [&](Team& team, int index) {
    const auto [begin, end] = team.part(index, steps(problem));
    parts[static_cast<std::size_t>(index) * 8] = read_part(first + begin * sizeof(Words), end - begin);
  });
  std::uint64_t all = 0;
  for (const std::uint64_t part : parts) all ^= part;
  return all;
}

}  // namespace

double stream_bytes(const Problem& problem) { return static_cast<double>(steps(problem) * sizeof(Words)); }

Case reading_case(const Problem& problem, int threads, double seconds) {
  const auto check = [&problem, threads]() -> std::string {
    const auto* first = reinterpret_cast<const char*>(problem.features.padded_row(0).data());
    std::uint64_t expected = 0;
    for (std::size_t i = 0; i < steps(problem) * kWords; ++i) {
      std::uint64_t word;
      std::memcpy(&word, first + 8 * i, 8);
      expected ^= word;
    }
    return read_all(problem, threads) == expected ? "" : "not everything was read";
  };
  return {"reading, " + std::to_string(threads) + " threads",
          check,
          [&problem, threads] { benchmark::DoNotOptimize(read_all(problem, threads)); },
          seconds,
          {}};
}

}  // namespace zipml::bench
