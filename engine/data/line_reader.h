#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "engine/data/byte_source.h"

namespace zipml {

/// The lines of a text file, packed or not, read in large blocks; a line is a view into the block.
class LineReader {
 public:
  explicit LineReader(const std::filesystem::path& path);

  /// The next line without its end (LF or CRLF), valid until the next call; false at the end of the file. A
  /// last line needs no end. A UTF-8 byte order mark before the first line is skipped. Throws
  /// InputError where a line has no end within 2^28 bytes.
  bool next(std::string_view& line);

  std::uint64_t line_number() const { return line_number_; }  ///< of the last line given, from 1
  const std::filesystem::path& path() const { return source_.path(); }
  std::string place() const;  ///< "FILE:LINE"

 private:
  bool fill();

  ByteSource source_;
  std::vector<char> buffer_;
  std::size_t begin_ = 0, end_ = 0;
  std::uint64_t line_number_ = 0;
  bool at_end_ = false;
};

}  // namespace zipml
