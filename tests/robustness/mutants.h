#pragma once

#include <algorithm>
#include <random>
#include <string>

namespace zipml::testing {

/// Draws of one mutated file: mt19937 and the remainder, the same on every machine.
class MutationDice {
 public:
  explicit MutationDice(std::uint32_t seed) : bits_(seed) {}
  std::size_t below(std::size_t bound) { return bits_() % std::max<std::size_t>(bound, 1); }

 private:
  std::mt19937 bits_;
};

/// One or two edits: bytes changed, flipped, inserted, removed, repeated, or the rest cut off.
inline std::string mutated(std::string bytes, MutationDice& dice) {
  static const std::string tokens[] = {"nan",       "-inf",
                                       "1e999",     "-1",
                                       "0",         "99999999999",
                                       "0:0",       ":",
                                       "\"",        ",",
                                       ";",         "\t",
                                       "\r\n",      "#",
                                       "+-",        "[",
                                       "]",         "{",
                                       "}",         "\\u0000",
                                       "null",      "true",
                                       "../",       "1e-999",
                                       "\xFF\xFE",  std::string(5, '\0'),
                                       "\xC3",      "0x1",
                                       "4294967296"};
  for (std::size_t edits = 1 + dice.below(2); edits > 0 && !bytes.empty(); --edits) {
    const std::size_t at = dice.below(bytes.size());
    switch (dice.below(7)) {
      case 0:
        bytes[at] = static_cast<char>(dice.below(256));
        break;
      case 1:
        bytes[at] = static_cast<char>(bytes[at] ^ (1 << dice.below(8)));
        break;
      case 2:
        bytes.erase(at, 1 + dice.below(20));
        break;
      case 3:
        bytes.insert(at, tokens[dice.below(std::size(tokens))]);
        break;
      case 4:
        bytes.replace(at, 1 + dice.below(6), tokens[dice.below(std::size(tokens))]);
        break;
      case 5:
        bytes.insert(at, bytes.substr(dice.below(bytes.size()), dice.below(40)));
        break;
      default:
        bytes.resize(at);
    }
  }
  return bytes;
}

}  // namespace zipml::testing
