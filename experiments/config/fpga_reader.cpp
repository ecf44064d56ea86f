#include "experiments/config/fpga_reader.h"

#include <algorithm>

#include "engine/core/error.h"
#include "engine/model/loss.h"
#include "experiments/config/data_shape.h"
#include "experiments/config/measurements.h"
#include "experiments/config/platform_reader.h"
#include "fpga_model/platform_info.h"

namespace zipml {
namespace {

constexpr std::int64_t kFloatBits = 32;

std::optional<fpga::Platform> read_file(const Json& name, const JsonPlace& place,
                                        const std::filesystem::path& folder, const fpga::Platform& preferred,
                                        ConfigErrors& errors) {
  if (!name.is_string() || name.get_ref<const std::string&>().empty()) {
    errors.add(place.pointer,
               "found " + brief(name) + "; allowed: the name of a platform file, or an object");
    return {};
  }
  try {
    return load_platform(folder / name.get<std::string>(), {}, preferred);
  } catch (const InputError& error) {
    errors.add(place.pointer, error.what());
  } catch (const IoError& error) {
    errors.add(place.pointer, error.what());
  }
  return {};
}

std::optional<fpga::Platform> read_board(const JsonPlace& place, const std::filesystem::path& folder,
                                         const fpga::Platform& preferred, ConfigErrors& errors) {
  if (!place.value.is_object()) return read_file(place.value, place, folder, preferred, errors);
  Json members = place.value;
  fpga::Platform base = preferred;
  if (const auto file = members.find("file"); file != members.end()) {
    const auto read =
        read_file(*file, {*file, child_pointer(place.pointer, "file")}, folder, preferred, errors);
    if (!read) return {};
    base = *read;
    members.erase("file");
  }
  return read_platform({members, place.pointer}, base, errors);
}

// Bits of a code and levels that the run's samples have.
void compare_samples(const RunSpec& run, std::vector<std::string>& found) {
  const fpga::Design& design = chosen_design(*run.fpga);
  const std::int64_t bits = design.bits(chosen_options(*run.fpga));
  const Parameters& samples = run.training.samples.parameters;
  const bool quantized = samples.has("bits");
  const std::int64_t trained = quantized ? samples.integer("bits") : kFloatBits;
  if (trained != bits) {
    found.push_back("the samples have " + std::to_string(trained) + " bits, the engine reads " +
                    std::to_string(bits));
    return;
  }
  if (!quantized) return;
  const bool two_draws = design.name().starts_with("harp_q");
  if (two_draws != (run.training.samples.kind == "double_sampling")) {
    found.push_back("the samples are \"" + run.training.samples.kind + "\", the engine reads " +
                    (two_draws ? "two draws" : "one draw") + " of a value");
  }
  const std::int64_t levels =
      samples.has("levels_count") ? samples.integer("levels_count") : std::int64_t{1} << bits;
  const std::int64_t codes =
      design.chooses_bits() ? std::int64_t{1} << bits : (std::int64_t{1} << (bits - 1)) + 1;
  if (levels != codes) {
    found.push_back("the samples have " + std::to_string(levels) + " levels, the engine's codes " +
                    std::to_string(codes));
  }
}

}  // namespace

std::optional<FpgaSpec> read_fpga(const JsonPlace& place, const std::filesystem::path& folder,
                                  ConfigErrors& errors) {
  if (!place.value.is_object()) {
    errors.add(place.pointer,
               "found " + brief(place.value) + "; allowed: an object with \"design\" and \"platform\"");
    return {};
  }
  const std::size_t before = errors.count();
  check_members(place, {"design", "platform"}, errors);
  const Json none = Json::object();
  const auto design = place.value.find("design");
  const auto choice =
      read_component({design == place.value.end() ? none : *design, place.pointer + "/design"},
                     fpga::design_family(), errors);
  if (!choice) return {};
  FpgaSpec spec{*choice, {}};
  spec.platform = chosen_design(spec).default_platform();
  if (const auto platform = place.value.find("platform"); platform != place.value.end()) {
    const auto read = read_board({*platform, place.pointer + "/platform"}, folder, spec.platform, errors);
    if (read) spec.platform = *read;
  }
  if (errors.count() != before) return {};
  return spec;
}

Json to_json(const FpgaSpec& spec) {
  return {{"design", to_json(spec.design)}, {"platform", to_json(spec.platform)}};
}

Json to_json(const fpga::Shape& shape) {
  return {
      {"features", shape.features}, {"rows", shape.rows}, {"epochs", shape.epochs}, {"batch", shape.batch}};
}

const fpga::Design& chosen_design(const FpgaSpec& spec) { return *fpga::find_design(spec.design.kind); }

fpga::DesignOptions chosen_options(const FpgaSpec& spec) {
  fpga::DesignOptions options;
  if (spec.design.parameters.has("bits")) options.bits = spec.design.parameters.integer("bits");
  if (spec.design.parameters.has("chaining")) options.chaining = spec.design.parameters.boolean("chaining");
  return options;
}

std::optional<fpga::Shape> known_shape(const RunSpec& run) {
  fpga::Shape shape;
  if (run.measurement.kind == kFpgaCycles) {
    const Parameters& measure = run.measurement.parameters;
    shape = {measure.integer("features"), measure.integer("rows"), measure.integer("epochs"),
             measure.integer("batch")};
    return shape;
  }
  const auto data = known_data_shape(run);
  if (!data) return {};
  shape.features = static_cast<std::int64_t>(data->features);
  shape.rows = static_cast<std::int64_t>(data->train_rows);
  if (run.preprocess.boolean("intercept")) ++shape.features;
  shape.epochs = run.training.solver.parameters.integer("epochs");
  shape.batch = run.training.solver.parameters.integer("batch");
  return shape;
}

std::string refusal(const FpgaSpec& spec, const fpga::Shape& shape) {
  const std::string given = "; the run has " + std::to_string(shape.rows) + " rows of " +
                            std::to_string(shape.features) + " features (a bias feature counts)";
  const fpga::Design& design = chosen_design(spec);
  try {
    fpga::check_common(design.name(), shape, spec.platform);
    design.check(shape, chosen_options(spec));
    // What overflows or hangs does so with the first rows, or when the second epoch begins.
    constexpr std::int64_t kRows = 512, kEpochs = 2;
    fpga::Shape first = shape;
    first.rows = std::min(shape.rows, kRows);
    first.epochs = std::min(shape.epochs, kEpochs);
    design.simulate(first, spec.platform, chosen_options(spec), {});
  } catch (const InputError& error) {
    return error.what() + given;
  }
  return {};
}

std::vector<std::string> fpga_differences(const RunSpec& run) {
  std::vector<std::string> found;
  if (!run.fpga || run.measurement.kind != kTraining) return found;
  compare_samples(run, found);
  const TrainingSpec& training = run.training;
  for (const auto& [name, channel] :
       {std::pair{"model", &training.model_channel}, std::pair{"gradient", &training.gradient_channel}}) {
    if (channel->kind != "full") {
      found.push_back("its " + std::string(name) +
                      " channel is quantized, the engine's is 32-bit fixed point");
    }
  }
  if (!losses()[run.model.kind](run.model.parameters)->derivative_is_affine()) {
    found.push_back("the engine computes the gradient of least squares, not of \"" + run.model.kind + "\"");
  }
  if (run.regularizer.kind != "none") {
    found.push_back("the engine has no regularizer, the run has \"" + run.regularizer.kind + "\"");
  }
  return found;
}

}  // namespace zipml
