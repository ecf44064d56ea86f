#include "experiments/config/platform_reader.h"

#include "engine/core/error.h"
#include "experiments/config/sweep.h"
#include "fpga_model/platform_info.h"

namespace zipml {
namespace {

// An object member, or an empty object where it is absent or wrong.
Json object_member(const JsonPlace& place, const std::string& key, ConfigErrors& errors) {
  if (!place.value.is_object()) return Json::object();
  const auto member = place.value.find(key);
  if (member == place.value.end()) return Json::object();
  if (member->is_object()) return *member;
  errors.add(child_pointer(place.pointer, key), "found " + brief(*member) + "; allowed: an object");
  return Json::object();
}

void check_rate(const Parameters& memory, const std::string& pointer, ConfigErrors& errors) {
  const std::vector<std::int64_t>& rate = memory.integers("rate");
  if (rate.size() == 2 && rate[0] <= rate[1]) return;
  errors.add(child_pointer(pointer, "rate"),
             "found " + brief(Json(rate)) + "; allowed: [a, b] with 1 <= a <= b: a lines in b cycles");
}

void check_stall(const Parameters& stall, const std::string& pointer, ConfigErrors& errors) {
  if (stall.integer("cycles") < std::max<std::int64_t>(stall.integer("period"), 1)) return;
  errors.add(child_pointer(pointer, "cycles"), "found " + std::to_string(stall.integer("cycles")) +
                                                   "; allowed: fewer than the period of " +
                                                   std::to_string(stall.integer("period")));
}

void apply(const std::string& assignment, Json& document, ConfigErrors& errors) {
  const std::size_t equals = assignment.find('=');
  if (equals == std::string::npos) {
    errors.add("", "--set " + assignment + ": found no '='; allowed: /json/pointer=VALUE");
    return;
  }
  const std::string target = assignment.substr(0, equals);
  Json value = assignment.substr(equals + 1);
  try {
    value = parse_json(assignment.substr(equals + 1), "--set " + target);
  } catch (const InputError&) {
    // Not JSON: the text itself, as in `--set /name=board`.
  }
  try {
    if (const auto problem = assign(document, pointer_tokens(target), value)) errors.add(target, *problem);
  } catch (const InputError& error) {
    errors.add("", "--set " + assignment + ": " + error.what());
  }
}

}  // namespace

fpga::Platform read_platform(const JsonPlace& place, const fpga::Platform& preferred, ConfigErrors& errors) {
  const std::size_t before = errors.count();
  const Parameters wanted = fpga::platform_parameters(preferred),
                   wanted_memory = fpga::memory_parameters(preferred.memory),
                   wanted_stall = fpga::stall_parameters(preferred.memory),
                   wanted_gap = fpga::gap_parameters(preferred.gap);
  const auto root =
      read_parameters(place, fpga::platform_info(), errors, {"memory", "input", "$schema"}, &wanted);
  const JsonPlace memory_place{object_member(place, "memory", errors),
                               child_pointer(place.pointer, "memory")};
  const auto memory = read_parameters(memory_place, fpga::memory_info(), errors, {"stall"}, &wanted_memory);
  const JsonPlace stall_place{object_member(memory_place, "stall", errors),
                              child_pointer(memory_place.pointer, "stall")};
  const auto stall = read_parameters(stall_place, fpga::stall_info(), errors, {}, &wanted_stall);
  const JsonPlace input_place{object_member(place, "input", errors), child_pointer(place.pointer, "input")};
  check_members(input_place, {"gap"}, errors);
  const JsonPlace gap_place{object_member(input_place, "gap", errors),
                            child_pointer(input_place.pointer, "gap")};
  const auto gap = read_parameters(gap_place, fpga::gap_info(), errors, {}, &wanted_gap);
  if (memory) check_rate(*memory, memory_place.pointer, errors);
  if (stall) check_stall(*stall, stall_place.pointer, errors);
  if (errors.count() != before) return preferred;
  return fpga::make_platform(*root, *memory, *stall, *gap);
}

fpga::Platform parse_platform(std::string_view text, const std::string& file,
                              const std::vector<std::string>& assignments, const fpga::Platform& preferred) {
  ConfigErrors errors(file);
  Json document = parse_json(text, file);
  for (const std::string& assignment : assignments) apply(assignment, document, errors);
  const fpga::Platform platform = read_platform({document, ""}, preferred, errors);
  errors.throw_if_any();
  return platform;
}

fpga::Platform load_platform(const std::filesystem::path& file, const std::vector<std::string>& assignments,
                             const fpga::Platform& preferred) {
  if (file.empty()) return parse_platform("{}", "--set", assignments, preferred);
  return parse_platform(read_text_file(file), file.string(), assignments, preferred);
}

Json to_json(const fpga::Platform& platform) {
  Json json = to_json(fpga::platform_parameters(platform));
  json["memory"] = to_json(fpga::memory_parameters(platform.memory));
  json["memory"]["stall"] = to_json(fpga::stall_parameters(platform.memory));
  json["input"]["gap"] = to_json(fpga::gap_parameters(platform.gap));
  return json;
}

}  // namespace zipml
