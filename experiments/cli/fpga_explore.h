#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "fpga_model/platform.h"

namespace zipml {

/// A HARP-like engine that nobody published: bits and lanes, on a board of some clock and bandwidth.
struct Candidate {
  std::int64_t bits = 0;   ///< of a draw; 32 = float
  std::int64_t lanes = 0;  ///< features a cycle
  double clock_hz = 0;
  double gb_per_s = 0;  ///< of the memory
  std::int64_t multipliers = 0;
  std::int64_t adders = 0;
  double seconds = 0;
  std::string binds;
};

/// Every combination of bits (32, 8, 4, 2, 1), lanes (a line's values over 1, 2, 4, 8), clock (1/2, 1, 2
/// times the platform's) and bandwidth (1/2, 1, 2, 4 times), simulated. InputError where no combination can
/// run the shape.
std::vector<Candidate> explore_candidates(const fpga::Shape& shape, const fpga::Platform& base);

/// Those that no other one of the same clock and bandwidth beats: at least as fast, with no more multipliers
/// and adders and no fewer bits. By clock, bandwidth and time.
std::vector<Candidate> pareto_front(const std::vector<Candidate>& candidates);

std::string explore_table(const std::vector<Candidate>& candidates);
std::string explore_json(const std::vector<Candidate>& candidates);

}  // namespace zipml
