#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string_view>

namespace zipml {

/// Reads a file front to back, unpacking gzip, bzip2 and xz. What a file is packed with is told by its first
/// bytes, never by its name; concatenated members read as one. Throws InputError naming the file if it cannot
/// be opened, is damaged or ends too early; IoError if the disk fails.
class ByteSource {
 public:
  explicit ByteSource(const std::filesystem::path& path);
  ~ByteSource();
  ByteSource(ByteSource&&) noexcept;
  ByteSource& operator=(ByteSource&&) noexcept;

  /// Fills `out` as far as the file goes; fewer bytes than asked for (or 0) only at the end.
  std::size_t read(std::span<char> out);

  const std::filesystem::path& path() const;

  /// "plain", "gzip", "bzip2" or "xz".
  std::string_view packing() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace zipml
