#include "experiments/compare/ranges.h"

#include <algorithm>
#include <charconv>

#include "engine/core/error.h"

namespace zipml {

std::vector<std::int64_t> parse_ranges(const std::string& text, const std::string& option, std::int64_t min,
                                       std::int64_t max) {
  const char* at = text.data();
  const char* end = at + text.size();
  const auto fail = [&]() -> InputError {
    return InputError(option + ": found \"" + text + "\"; allowed: numbers in [" + std::to_string(min) +
                      ", " + std::to_string(max) + "] and ranges of them, such as 1,3-5");
  };
  const auto number = [&] {
    std::int64_t value = 0;
    const auto [stop, error] = std::from_chars(at, end, value);
    if (error != std::errc() || value < min || value > max) throw fail();
    at = stop;
    return value;
  };
  std::vector<std::int64_t> numbers;
  for (bool more = true; more;) {
    const std::int64_t first = number();
    std::int64_t last = first;
    if (at != end && *at == '-') {
      ++at;
      last = number();
    }
    if (last < first) throw fail();
    for (std::int64_t value = first; value <= last; ++value) numbers.push_back(value);
    more = at != end;
    if (more && *at++ != ',') throw fail();
  }
  std::sort(numbers.begin(), numbers.end());
  numbers.erase(std::unique(numbers.begin(), numbers.end()), numbers.end());
  return numbers;
}

}  // namespace zipml
