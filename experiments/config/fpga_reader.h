#pragma once

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "experiments/config/component_reader.h"
#include "experiments/config/run_spec.h"
#include "fpga_model/design.h"

namespace zipml {

/// {"design": ..., "platform": FILE or object}, checked. FILE is relative to `folder`; an object may have it
/// as its member "file", and its other members then go before those of the file. Without a platform it is the
/// design's own. Every problem is added to `errors`, and the result is then empty.
std::optional<FpgaSpec> read_fpga(const JsonPlace& place, const std::filesystem::path& folder,
                                  ConfigErrors& errors);

/// Every member; reading it again gives the same one.
Json to_json(const FpgaSpec& spec);
Json to_json(const fpga::Shape& shape);

const fpga::Design& chosen_design(const FpgaSpec& spec);
fpga::DesignOptions chosen_options(const FpgaSpec& spec);

/// The shape that the engine sees, the bias feature included, as far as the (resolved) data set says it
/// without being read: not for the user's own files.
std::optional<fpga::Shape> known_shape(const RunSpec& run);

/// Why the published engine cannot run the shape, with what is allowed; empty if it can.
std::string refusal(const FpgaSpec& spec, const fpga::Shape& shape);

/// What the run trains otherwise than its engine computes, one text each: its times are then those of another
/// computation.
std::vector<std::string> fpga_differences(const RunSpec& run);

}  // namespace zipml
