#include "engine/data/idx_reader.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <cstdint>
#include <string>

#include "engine/core/error.h"
#include "engine/data/byte_source.h"

namespace zipml {
namespace {

std::uint64_t big_endian(const char* bytes, std::size_t count) {
  std::uint64_t value = 0;
  for (std::size_t i = 0; i < count; ++i) value = value << 8 | static_cast<unsigned char>(bytes[i]);
  return value;
}

struct ElementType {
  unsigned char code;
  std::size_t bytes;
  float (*decode)(std::uint64_t);
};

constexpr std::array<ElementType, 6> kTypes = {{
    {0x08, 1, [](std::uint64_t v) { return static_cast<float>(v); }},
    {0x09, 1, [](std::uint64_t v) { return static_cast<float>(static_cast<std::int8_t>(v)); }},
    {0x0B, 2, [](std::uint64_t v) { return static_cast<float>(static_cast<std::int16_t>(v)); }},
    {0x0C, 4, [](std::uint64_t v) { return static_cast<float>(static_cast<std::int32_t>(v)); }},
    {0x0D, 4, [](std::uint64_t v) { return std::bit_cast<float>(static_cast<std::uint32_t>(v)); }},
    {0x0E, 8, [](std::uint64_t v) { return static_cast<float>(std::bit_cast<double>(v)); }},
}};

class IdxParser {
 public:
  explicit IdxParser(const std::filesystem::path& path) : source_(path) {}

  IdxArray parse(std::size_t items) {
    std::array<char, 4> magic{};
    read_exactly(magic);
    const auto type = std::find_if(kTypes.begin(), kTypes.end(), [&](const ElementType& candidate) {
      return candidate.code == static_cast<unsigned char>(magic[2]);
    });
    if (magic[0] != 0 || magic[1] != 0 || type == kTypes.end() || magic[3] == 0) {
      fail("is not an idx file (its first four bytes must be 0, 0, a type and a rank)");
    }
    IdxArray array;
    array.shape.resize(static_cast<unsigned char>(magic[3]));
    for (std::size_t& extent : array.shape) {
      std::array<char, 4> bytes{};
      read_exactly(bytes);
      extent = static_cast<std::size_t>(big_endian(bytes.data(), bytes.size()));
    }
    const bool cut = items != 0 && items < array.shape[0];
    if (cut) array.shape[0] = items;
    read_values(array, *type);
    char extra = 0;
    if (!cut && source_.read({&extra, 1}) != 0) fail("has bytes after the end that its header announces");
    return array;
  }

 private:
  void read_values(IdxArray& array, const ElementType& type) {
    constexpr std::uint64_t kMostElements = std::uint64_t{1} << 36;
    std::uint64_t count = 1;
    for (const std::size_t extent : array.shape) {
      count *= extent;
      if (count > kMostElements) fail("announces more elements than can be read");
    }
    // Memory grows with what is read: a damaged header must not ask for all of it at once.
    constexpr std::size_t kBlock = std::size_t{1} << 20;
    std::vector<char> bytes;
    while (count > 0) {
      const std::size_t elements = std::min<std::size_t>(count, kBlock);
      bytes.resize(elements * type.bytes);
      read_exactly(bytes);
      for (std::size_t i = 0; i < elements; ++i) {
        const float value = type.decode(big_endian(bytes.data() + i * type.bytes, type.bytes));
        if (!std::isfinite(value)) {
          fail("element " + std::to_string(array.values.size()) +
               " is not finite; only finite numbers are allowed");
        }
        array.values.push_back(value);
      }
      count -= elements;
    }
  }

  void read_exactly(std::span<char> out) {
    if (source_.read(out) != out.size()) fail("ends before what its header announces (truncated)");
  }

  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(source_.path().string() + ": " + what);
  }

  ByteSource source_;
};

}  // namespace

IdxArray read_idx(const std::filesystem::path& path, std::size_t items) {
  return IdxParser(path).parse(items);
}

}  // namespace zipml
