#include "engine/data/sealed_bytes.h"

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <span>
#include <string_view>

namespace zipml {
namespace {

constexpr std::string_view kSealLabel = "\nzipml checksum ";
constexpr std::size_t kDigits = 16, kSealSize = kSealLabel.size() + kDigits + 1;

std::string seal_of(std::span<const char> bytes) {
  // Each step is a bijection of the state, so a single changed byte is always found.
  std::uint64_t state = 0xcbf29ce484222325u;
  for (const char byte : bytes) state = (state ^ static_cast<unsigned char>(byte)) * 0x100000001b3u;
  std::string text(kSealLabel);
  for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(state >> shift) & 15u];
  return text + "\n";
}

}  // namespace

void seal(std::vector<std::byte>& bytes) {
  const std::string text = seal_of({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
  std::transform(text.begin(), text.end(), std::back_inserter(bytes),
                 [](char c) { return static_cast<std::byte>(c); });
}

std::string broken_seal(const std::filesystem::path& file) {
  std::error_code error;
  if (!std::filesystem::exists(file, error)) return file.string() + ": no such file";
  if (!std::filesystem::is_regular_file(file, error)) return file.string() + ": not a regular file";
  std::ifstream in(file, std::ios::binary);
  if (!in) return file.string() + ": cannot be opened";
  const std::vector<char> bytes{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  if (in.bad()) return file.string() + ": cannot be read";
  if (bytes.empty()) return file.string() + ": the file is empty";
  const std::span<const char> all(bytes);
  const std::size_t body = bytes.size() < kSealSize ? 0 : bytes.size() - kSealSize;
  const std::string_view tail(bytes.data() + body, bytes.size() - body);
  if (tail.size() != kSealSize || !tail.starts_with(kSealLabel)) {
    return file.string() + ": truncated, or not written by this program";
  }
  if (tail != seal_of(all.first(body))) return file.string() + ": damaged (its checksum does not match)";
  return {};
}

}  // namespace zipml
