#include "engine/data/tar_reader.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <string_view>
#include <vector>

#include "engine/core/error.h"

namespace zipml {
namespace {

constexpr std::size_t kBlock = 512;
constexpr std::uint64_t kLongestText = 1 << 16;
constexpr std::size_t kChecksumAt = 148, kChecksumLength = 8;

using Header = std::array<char, kBlock>;

std::string_view field(const Header& header, std::size_t at, std::size_t length) {
  const std::string_view all(header.data() + at, length);
  return all.substr(0, all.find('\0'));
}

std::optional<std::uint64_t> octal(std::string_view text) {
  while (!text.empty() && text.front() == ' ') text.remove_prefix(1);
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 8);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The sum of all bytes, those of the checksum itself taken as spaces.
std::uint64_t checksum(const Header& header) {
  std::uint64_t sum = kChecksumLength * ' ';
  for (std::size_t i = 0; i < kBlock; ++i) {
    if (i < kChecksumAt || i >= kChecksumAt + kChecksumLength) sum += static_cast<unsigned char>(header[i]);
  }
  return sum;
}

// Records "LENGTH KEY=VALUE\n"; the value of `path`, if there is one.
std::string pax_path(std::string_view records) {
  while (!records.empty()) {
    std::size_t length = 0;
    const auto [end, error] = std::from_chars(records.data(), records.data() + records.size(), length);
    const auto digits = static_cast<std::size_t>(end - records.data());
    if (error != std::errc() || length > records.size() || length < digits + 2) return {};
    const std::string_view record = records.substr(digits + 1, length - digits - 2);
    if (record.starts_with("path=")) return std::string(record.substr(5));
    records.remove_prefix(length);
  }
  return {};
}

}  // namespace

void TarReader::fail(const std::string& what) const {
  throw InputError(archive_.path().string() + ": " + what);
}

void TarReader::take(std::span<char> out) {
  const std::size_t got = archive_.read(out);
  position_ += got;
  if (got != out.size())
    fail("ends after " + std::to_string(position_) + " unpacked bytes (truncated tar archive)");
}

void TarReader::skip(std::uint64_t bytes) {
  std::vector<char> waste(std::min<std::uint64_t>(bytes, 1 << 20));
  while (bytes > 0) {
    const std::uint64_t piece = std::min<std::uint64_t>(bytes, waste.size());
    take(std::span(waste).first(piece));
    bytes -= piece;
  }
}

std::string TarReader::take_text(std::uint64_t bytes) {
  if (bytes > kLongestText)
    fail("has a name of " + std::to_string(bytes) + " bytes; not a tar archive of data");
  std::string text(bytes, '\0');
  take(text);
  skip((kBlock - bytes % kBlock) % kBlock);
  return text;
}

std::optional<TarReader::Member> TarReader::next() {
  skip(left_ + padding_);
  left_ = padding_ = 0;
  std::string long_name;
  for (;;) {
    const std::string at = " at unpacked byte " + std::to_string(position_);
    Header header{};
    if (position_ > 0) {
      // Some writers leave out the blocks of zeros at the end.
      const std::size_t got = archive_.read(header);
      position_ += got;
      if (got == 0) return std::nullopt;
      if (got != kBlock) fail("ends within a header" + at + " (truncated tar archive)");
    } else {
      take(header);
    }
    if (std::all_of(header.begin(), header.end(), [](char c) { return c == 0; })) return std::nullopt;
    const auto sum = octal(field(header, kChecksumAt, kChecksumLength));
    const auto size = octal(field(header, 124, 12));
    if (!sum || *sum != checksum(header)) fail("has a damaged tar header" + at + " (wrong checksum)");
    if (!size) fail("has a tar header" + at + " without a size that can be read");
    const char type = header[156];
    if (type == 'L') {
      long_name = take_text(*size);
      long_name.resize(std::min(long_name.size(), long_name.find('\0')));
    } else if (type == 'x') {
      const std::string path = pax_path(take_text(*size));
      if (!path.empty()) long_name = path;
    } else if (type == '0' || type == '\0') {
      left_ = *size;
      padding_ = (kBlock - *size % kBlock) % kBlock;
      const std::string_view prefix = field(header, 257, 5) == "ustar" ? field(header, 345, 155) : "";
      std::string name(field(header, 0, 100));
      if (!prefix.empty()) name = std::string(prefix) + "/" + name;
      return Member{long_name.empty() ? name : long_name, *size};
    } else {
      skip(*size + (kBlock - *size % kBlock) % kBlock);
      long_name.clear();
    }
  }
}

void TarReader::read(std::span<char> out) {
  if (out.size() > left_) fail("a file in it is shorter than expected");
  take(out);
  left_ -= out.size();
}

}  // namespace zipml
