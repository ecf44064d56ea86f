#include "engine/data/raw_reader.h"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <limits>
#include <string>

#include "engine/core/error.h"

namespace zipml {
namespace {

template <class Bits>
Bits little_endian(const char* bytes) {
  Bits value = 0;
  for (std::size_t i = 0; i < sizeof(Bits); ++i) {
    value |= static_cast<Bits>(static_cast<unsigned char>(bytes[i])) << (8 * i);
  }
  return value;
}

float decode(const char* bytes, RawType type) {
  if (type == RawType::float32) return std::bit_cast<float>(little_endian<std::uint32_t>(bytes));
  return static_cast<float>(std::bit_cast<double>(little_endian<std::uint64_t>(bytes)));
}

}  // namespace

std::size_t append_numbers(ByteSource& source, RawType type, std::size_t count, std::vector<float>& out) {
  // Memory grows with what is read: a damaged header must not ask for all of it at once.
  constexpr std::size_t kBlock = std::size_t{1} << 18;
  const std::size_t size = type == RawType::float32 ? sizeof(float) : sizeof(double);
  std::vector<char> bytes;
  while (count > 0) {
    const std::size_t wanted = std::min(count, kBlock);
    bytes.resize(wanted * size);
    const std::size_t got = source.read(bytes);
    for (std::size_t i = 0; i < got / size; ++i) out.push_back(decode(bytes.data() + i * size, type));
    if (got < bytes.size()) return got % size;
    count -= wanted;
  }
  return 0;
}

NumberArray read_raw(const std::filesystem::path& path, RawType type, std::size_t rows) {
  ByteSource source(path);
  NumberArray array;
  array.cols = 1;
  const std::size_t count = rows != 0 ? rows : std::numeric_limits<std::size_t>::max();
  const std::size_t rest = append_numbers(source, type, count, array.values);
  if (rest != 0) {
    throw InputError(path.string() + ": ends with " + std::to_string(rest) + " bytes that are no whole " +
                     (type == RawType::float32 ? "32" : "64") + "-bit number");
  }
  array.rows = array.values.size();
  return array;
}

}  // namespace zipml
