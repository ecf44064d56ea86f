#pragma once

#include <cstdint>
#include <filesystem>

namespace zipml {

/// Size and time of the last change of a file that will be read again.
class FileStamp {
 public:
  explicit FileStamp(std::filesystem::path path);

  const std::filesystem::path& path() const { return path_; }

  /// Throws InputError naming the file where size or time are no longer those of construction.
  void check() const;

  /// Throws that InputError: the caller sees that the contents are others.
  [[noreturn]] void fail() const;

 private:
  std::filesystem::path path_;
  std::uintmax_t bytes_;
  std::filesystem::file_time_type changed_;
};

}  // namespace zipml
