#pragma once

#include <charconv>
#include <cmath>
#include <optional>
#include <string>
#include <string_view>
#include <system_error>

namespace zipml {

/// Shortest text that reads back as the same number.
inline std::string number_text(float value) {
  char buffer[32];
  return {buffer, std::to_chars(buffer, buffer + sizeof buffer, value).ptr};
}

/// The double that a reader of the shortest text gets, 0.1 instead of 0.10000000149011612, where rounding it
/// to float gives the value back; otherwise the value itself.
inline double short_double(float value) {
  const std::string text = number_text(value);
  double result = 0.0;
  std::from_chars(text.data(), text.data() + text.size(), result);
  return static_cast<float>(result) == value ? result : static_cast<double>(value);
}

/// What is wrong with a text that should be a number.
enum class NumberFault { none, not_a_number, not_finite, out_of_range };

/// Reads a decimal number at `begin` and moves `begin` past it. `value` is the float nearest to the nearest
/// double.
inline NumberFault parse_number(const char*& begin, const char* end, float& value) {
  const char* start = begin;
  if (start != end && *start == '+') {
    ++start;
    if (start != end && *start == '-') return NumberFault::not_a_number;
  }
  double wide = 0.0;
  const auto [stop, error] = std::from_chars(start, end, wide);
  if (error == std::errc::invalid_argument) return NumberFault::not_a_number;
  begin = stop;
  if (error == std::errc::result_out_of_range) return NumberFault::out_of_range;
  value = static_cast<float>(wide);
  if (!std::isfinite(wide)) return NumberFault::not_finite;
  return std::isfinite(value) ? NumberFault::none : NumberFault::out_of_range;
}

/// The fault in words, for "'TEXT' FAULT".
inline std::string_view fault_text(NumberFault fault) {
  switch (fault) {
    case NumberFault::not_finite:
      return "is not finite; only finite numbers are allowed";
    case NumberFault::out_of_range:
      return "is out of range; allowed are magnitudes a 32-bit float can hold";
    default:
      return "is not a number";
  }
}

}  // namespace zipml
