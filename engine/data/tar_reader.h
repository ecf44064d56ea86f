#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>

#include "engine/data/byte_source.h"

namespace zipml {

/// Reads the regular files of a tar archive (ustar, GNU and pax names), front to back. Throws InputError
/// naming the archive and the place where it is damaged or ends too early.
class TarReader {
 public:
  struct Member {
    std::string name;  ///< as stored, with its folders
    std::uint64_t size = 0;
  };

  /// `archive` is borrowed; packed or not.
  explicit TarReader(ByteSource& archive) : archive_(archive) {}

  /// The next regular file, its content unread; skips what is left of the one before. Nothing at the end.
  std::optional<Member> next();

  /// Fills `out` from the present file; InputError if it has fewer bytes left.
  void read(std::span<char> out);

  /// InputError "ARCHIVE: WHAT".
  [[noreturn]] void fail(const std::string& what) const;

 private:
  void take(std::span<char> out);
  void skip(std::uint64_t bytes);
  std::string take_text(std::uint64_t bytes);

  ByteSource& archive_;
  std::uint64_t position_ = 0, left_ = 0, padding_ = 0;
};

}  // namespace zipml
