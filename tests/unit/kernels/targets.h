#pragma once

#include <hwy/targets.h>

#include <catch2/catch.hpp>
#include <cstring>
#include <functional>
#include <set>
#include <string>

#include "engine/kernels/kernels.h"

namespace zipml {

/// Runs the check once on every instruction set this machine has; returns their names.
inline std::set<std::string> on_every_target(const std::function<void()>& check) {
  std::set<std::string> names;
  for (std::int64_t targets = hwy::SupportedTargets() & HWY_TARGETS; targets != 0; targets &= targets - 1) {
    hwy::SetSupportedTargetsForTest(targets & -targets);
    hwy::GetChosenTarget().DeInit();
    names.insert(kernels::target_name());
    INFO("instruction set " << kernels::target_name());
    check();
  }
  hwy::SetSupportedTargetsForTest(0);
  hwy::GetChosenTarget().DeInit();
  return names;
}

/// Whether two vectors hold the same bits: -0 differs from 0, and a NaN equals itself.
template <class Vector>
bool same_bits(const Vector& a, const Vector& b) {
  return a.size() == b.size() && (a.empty() || std::memcmp(a.data(), b.data(), a.size() * sizeof(a[0])) == 0);
}

inline bool same_bits(float a, float b) { return std::memcmp(&a, &b, sizeof a) == 0; }

}  // namespace zipml
