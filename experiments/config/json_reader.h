#pragma once

#include <cstddef>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace zipml {

using Json = nlohmann::json;

inline constexpr std::size_t kMaxJsonBytes = std::size_t{4} << 20;
inline constexpr std::size_t kMaxJsonDepth = 64;

/// JSON text -> value. Throws InputError: "NAME:LINE:COLUMN: ..." where the text is not JSON, "NAME:
/// /pointer: ..." for every member that appears twice in its object, and for text that is too long
/// (kMaxJsonBytes) or too deep (kMaxJsonDepth). Numbers that overflow a double are refused.
Json parse_json(std::string_view text, const std::string& name);

/// The whole file, at most kMaxJsonBytes. InputError if it does not exist or is too long, IoError if the
/// machine refuses to read it.
std::string read_text_file(const std::filesystem::path& file);

/// pointer + "/" + token, with '~' and '/' escaped (RFC 6901).
std::string child_pointer(const std::string& pointer, std::string_view token);
std::string child_pointer(const std::string& pointer, std::size_t index);

/// "/a/b~1c" -> {"a", "b/c"}. InputError without place if it does not begin with '/' or has a bad escape.
std::vector<std::string> pointer_tokens(std::string_view pointer);

/// The value in one short line, for messages: at most about 60 characters, control characters escaped.
std::string brief(const Json& value);

/// A string as JSON writes it, shortened like brief(): in quotes, control characters escaped.
std::string quote_text(std::string_view text);

}  // namespace zipml
