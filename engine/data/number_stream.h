#pragma once

#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "engine/data/byte_source.h"
#include "engine/data/raw_reader.h"

namespace zipml {

/// Reads the rows of a .npy file (C order), or of a file of raw numbers (one column), some at a time: for
/// files that do not fit into memory. Packed files are unpacked on the way.
class NumberStream {
 public:
  /// `raw`: the type of raw numbers; nothing for a .npy file. Throws InputError naming the file as read_npy()
  /// and read_raw() do, and for a .npy file in Fortran order, whose rows lie apart.
  NumberStream(const std::filesystem::path& path, std::optional<RawType> raw);

  std::size_t cols() const { return cols_; }

  /// Replaces `values` by the next rows, row-major, up to `rows` of them (1 or more). False at the end.
  /// Throws InputError where the file ends too early or goes on too long.
  bool next(std::size_t rows, std::vector<float>& values);

 private:
  [[noreturn]] void fail(const std::string& what) const;

  ByteSource source_;
  RawType type_ = RawType::float32;
  std::size_t cols_ = 1;
  std::optional<std::size_t> rows_left_;  ///< that the header announces
};

}  // namespace zipml
