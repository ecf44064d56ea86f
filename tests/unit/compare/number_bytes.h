#pragma once

#include <bit>
#include <cstdint>
#include <string>
#include <vector>

namespace zipml::test {

template <class Bits>
void append_little_endian(std::string& bytes, Bits value) {
  for (std::size_t i = 0; i < sizeof(Bits); ++i) bytes += static_cast<char>(value >> (8 * i) & 0xFF);
}

inline std::string float_bytes(const std::vector<float>& values) {
  std::string bytes;
  for (const float value : values) append_little_endian(bytes, std::bit_cast<std::uint32_t>(value));
  return bytes;
}

inline std::string double_bytes(const std::vector<double>& values) {
  std::string bytes;
  for (const double value : values) append_little_endian(bytes, std::bit_cast<std::uint64_t>(value));
  return bytes;
}

/// A .npy file of the given header text and data.
inline std::string npy_bytes(const std::string& header, const std::string& data, int version = 1) {
  std::string bytes = std::string("\x93NUMPY") + static_cast<char>(version) + '\0';
  const std::string text = header + "\n";
  if (version == 1) {
    append_little_endian(bytes, static_cast<std::uint16_t>(text.size()));
  } else {
    append_little_endian(bytes, static_cast<std::uint32_t>(text.size()));
  }
  return bytes + text + data;
}

}  // namespace zipml::test
