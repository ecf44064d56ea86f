#include "experiments/config/json_reader.h"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fstream>
#include <memory>
#include <set>
#include <system_error>

#include "engine/core/error.h"

namespace zipml {
namespace {

constexpr std::size_t kBriefLength = 60;

std::string line_and_column(std::string_view text, std::size_t offset) {
  offset = std::min(offset, text.size());
  std::size_t line = 1, column = 1;
  for (std::size_t i = 0; i + 1 < offset; ++i) {
    if (text[i] == '\n') {
      ++line;
      column = 1;
    } else {
      ++column;
    }
  }
  return std::to_string(line) + ":" + std::to_string(column);
}

// The library's message is "[json.exception...] parse error at line 1, column 2: REASON"; the reason is what
// a user needs.
std::string reason(const std::string& what) {
  const std::size_t column = what.find(", column ");
  const std::size_t start = column == std::string::npos ? what.find("] ") : what.find(": ", column);
  return start == std::string::npos ? what : what.substr(start + 2);
}

// Builds the value itself because the library's own builder keeps the last of two equal keys without a word.
class StrictBuilder final : public nlohmann::json_sax<Json> {
 public:
  StrictBuilder(std::string_view text, const std::string& name) : text_(text), name_(name) {}

  bool null() override { return add(Json(nullptr)); }
  bool boolean(bool value) override { return add(Json(value)); }
  bool number_integer(number_integer_t value) override { return add(Json(value)); }
  bool number_unsigned(number_unsigned_t value) override { return add(Json(value)); }
  bool number_float(number_float_t value, const string_t&) override { return add(Json(value)); }
  bool string(string_t& value) override { return add(Json(std::move(value))); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return open(Json::object()); }
  bool start_array(std::size_t) override { return open(Json::array()); }
  bool end_object() override { return close(); }
  bool end_array() override { return close(); }

  bool key(string_t& value) override {
    Level& level = levels_.back();
    level.pointer = child_pointer(level.base, value);
    level.duplicate = level.node.contains(value);
    if (level.duplicate)
      problems_.insert(name_ + ": " + level.pointer + ": the member appears twice in its object");
    level.key = std::move(value);
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const Json::exception& error) override {
    problems_ = {name_ + ":" + line_and_column(text_, position) +
                 ": not valid JSON: " + reason(error.what())};
    return false;
  }

  Json finish() {
    if (!problems_.empty()) {
      std::string message;
      for (const std::string& problem : problems_) message += (message.empty() ? "" : "\n") + problem;
      throw InputError(message);
    }
    return std::move(root_);
  }

 private:
  struct Level {
    Json node;
    std::string base, pointer, key;
    bool duplicate = false;
  };

  bool add(Json value) {
    if (levels_.empty()) {
      root_ = std::move(value);
      return true;
    }
    Level& level = levels_.back();
    if (level.node.is_array()) {
      level.node.push_back(std::move(value));
    } else if (!level.duplicate) {
      level.node[level.key] = std::move(value);
    }
    return true;
  }

  bool open(Json empty) {
    if (levels_.size() >= kMaxJsonDepth) {
      problems_ = {name_ + ": nested deeper than " + std::to_string(kMaxJsonDepth) + " levels"};
      return false;
    }
    std::string base;
    if (!levels_.empty()) {
      const Level& level = levels_.back();
      base = level.node.is_array() ? child_pointer(level.base, level.node.size()) : level.pointer;
    }
    levels_.push_back({std::move(empty), std::move(base), {}, {}, false});
    return true;
  }

  bool close() {
    Json node = std::move(levels_.back().node);
    levels_.pop_back();
    return add(std::move(node));
  }

  std::string_view text_;
  const std::string& name_;
  std::vector<Level> levels_;
  Json root_;
  std::set<std::string> problems_;
};

std::string shortened(std::string text) {
  if (text.size() <= kBriefLength) return text;
  std::size_t end = kBriefLength - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u)
    --end;  // not within a character
  return text.substr(0, end) + "...";
}

}  // namespace

Json parse_json(std::string_view text, const std::string& name) {
  if (text.size() > kMaxJsonBytes) {
    throw InputError(name + ": " + std::to_string(text.size()) + " bytes; a config has at most " +
                     std::to_string(kMaxJsonBytes));
  }
  StrictBuilder builder(text, name);
  Json::sax_parse(text.begin(), text.end(), &builder);
  return builder.finish();
}

std::string read_text_file(const std::filesystem::path& file) {
  std::error_code code;
  const auto status = std::filesystem::status(file, code);
  if (status.type() == std::filesystem::file_type::not_found)
    throw InputError(file.string() + ": no such file");
  if (status.type() == std::filesystem::file_type::directory) {
    throw InputError(file.string() + ": is a directory; a config is a file");
  }
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) throw IoError(file.string() + ": cannot be read: " + std::strerror(errno));
  std::string text(kMaxJsonBytes + 1, '\0');
  in.read(text.data(), static_cast<std::streamsize>(text.size()));
  if (in.bad()) throw IoError(file.string() + ": cannot be read: " + std::strerror(errno));
  text.resize(static_cast<std::size_t>(in.gcount()));
  if (text.size() > kMaxJsonBytes) {
    throw InputError(file.string() + ": longer than " + std::to_string(kMaxJsonBytes) + " bytes");
  }
  return text;
}

std::string child_pointer(const std::string& pointer, std::string_view token) {
  std::string child = pointer + "/";
  for (const char c : token) {
    if (c == '~') {
      child += "~0";
    } else if (c == '/') {
      child += "~1";
    } else {
      child += c;
    }
  }
  return child;
}

std::string child_pointer(const std::string& pointer, std::size_t index) {
  return pointer + "/" + std::to_string(index);
}

std::vector<std::string> pointer_tokens(std::string_view pointer) {
  if (pointer.empty() || pointer[0] != '/') {
    throw InputError(quote_text(pointer) +
                     " is not a JSON pointer; it must begin with '/', as in \"/solver/alpha\"");
  }
  std::vector<std::string> tokens;
  for (std::size_t i = 0; i < pointer.size(); ++i) {
    if (pointer[i] == '/') {
      tokens.emplace_back();
    } else if (pointer[i] != '~') {
      tokens.back() += pointer[i];
    } else {
      const char next = i + 1 < pointer.size() ? pointer[++i] : ' ';
      if (next != '0' && next != '1') {
        throw InputError(quote_text(pointer) + " is not a JSON pointer; '~' must be followed by 0 or 1");
      }
      tokens.back() += next == '0' ? '~' : '/';
    }
  }
  return tokens;
}

std::string brief(const Json& value) {
  if (value.is_string()) return quote_text(value.get_ref<const std::string&>());
  if (value.is_structured() && value.size() > 16) {
    return (value.is_array() ? "a list of " : "an object of ") + std::to_string(value.size()) + " members";
  }
  return shortened(value.dump(-1, ' ', false, Json::error_handler_t::replace));
}

std::string quote_text(std::string_view text) {
  return shortened(Json(std::string(text.substr(0, 4 * kBriefLength)))
                       .dump(-1, ' ', false, Json::error_handler_t::replace));
}

}  // namespace zipml
