#include "experiments/cli/option_info.h"

#include <map>
#include <stdexcept>

#include "experiments/config/nearest.h"

namespace zipml {

ValueInfo text_value(std::string placeholder, std::vector<std::string> offered) {
  return {std::move(placeholder), ValueInfo::Kind::text, std::move(offered)};
}

ValueInfo one_word(std::vector<std::string> allowed) {
  std::string placeholder = join(allowed, "|");
  return {std::move(placeholder), ValueInfo::Kind::word, std::move(allowed)};
}

ValueInfo list_value(std::string placeholder, std::vector<std::string> offered) {
  return {std::move(placeholder), ValueInfo::Kind::list, std::move(offered)};
}

ValueInfo integer_value(std::string placeholder, std::int64_t least, std::int64_t most) {
  return {std::move(placeholder), ValueInfo::Kind::integer, {}, least, most};
}

ValueInfo file_value(std::string placeholder, std::string ending, std::vector<std::string> offered) {
  ValueInfo value{std::move(placeholder), ValueInfo::Kind::file, std::move(offered)};
  value.ending = std::move(ending);
  return value;
}

ValueInfo folder_value(std::string placeholder) { return {std::move(placeholder), ValueInfo::Kind::folder}; }

std::string allowed_text(const ValueInfo& value) {
  if (value.kind == ValueInfo::Kind::word) return join(value.words);
  if (value.kind != ValueInfo::Kind::integer) return {};
  if (value.most == std::numeric_limits<std::int64_t>::max()) {
    return "an integer of at least " + std::to_string(value.least);
  }
  return "an integer in [" + std::to_string(value.least) + ", " + std::to_string(value.most) + "]";
}

const std::string& environment_text(const std::string& variable) {
  static const std::map<std::string, std::string> known = {
      {"ZIPML_DATA_DIR", "Folder of data files where --data-dir does not name one."},
      {"ZIPML_PYTHON", "Python that can import matplotlib and h5py, for drawing; otherwise python3."},
      {"ZIPML_PLOTS", "Folder of the drawing scripts, otherwise share/zipml/plots of this installation."},
      {"NO_COLOR", "Where it is set and not empty, nothing is coloured or bold."},
      {"TERM", "Where it is empty or \"dumb\", progress is told in plain lines."},
      {"CI", "Where it is set and neither empty nor \"false\", progress is told in plain lines."},
      {"COLUMNS", "Width of help in columns, otherwise that of the terminal, otherwise 80."},
  };
  const auto found = known.find(variable);
  if (found == known.end()) throw std::logic_error("unknown environment variable " + variable);
  return found->second;
}

}  // namespace zipml
