#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "engine/core/component.h"
#include "engine/data/dataset.h"
#include "engine/deep/network_training.h"
#include "engine/solve/training.h"
#include "fpga_model/platform.h"

namespace zipml {

/// A run's `fpga`: the engine whose time its epochs would take, and the board.
struct FpgaSpec {
  ComponentChoice design;  ///< one of fpga::design_family()
  fpga::Platform platform;
};

/// One run as a checked value: what a config's sweep expands to. Everything in it is resolved: defaults
/// filled in, the data set the one that will really be loaded.
struct RunSpec {
  std::string config_name;    ///< folder of the result, [a-z0-9_-]+
  std::string panel;          ///< named panel the run belongs to; empty where the sweep has none
  std::string series;         ///< named series the run belongs to; empty where the sweep has none
  std::string id;             ///< first 16 hex digits of the sha256 of resolved_json
  std::string resolved_json;  ///< canonical: sorted keys, no white space, shortest round-trip numbers
  std::string tuning_key;     ///< same kind of hash over what tuning depends on; empty unless alpha is "tune"

  ComponentChoice measurement;  ///< one of measurements(); what it does not use below is empty
  ComponentChoice dataset;
  Parameters preprocess;
  ComponentChoice model;         ///< one of losses(), or of networks() where there is a `network`
  ComponentChoice regularizer;   ///< one of regularizers()
  TrainingSpec training;         ///< alpha is 0 until tuned where the config says "tune"
  std::optional<FpgaSpec> fpga;  ///< none: the run has no second time axis
  bool tune = false;
  std::optional<NetworkTrainingSpec> network;  ///< then `training` is not looked at
  std::uint64_t seed = 1;
};

}  // namespace zipml
