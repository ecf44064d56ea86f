#include "engine/data/number_stream.h"

#include <algorithm>
#include <string>

#include "engine/core/error.h"
#include "engine/data/npy_layout.h"

namespace zipml {

NumberStream::NumberStream(const std::filesystem::path& path, std::optional<RawType> raw) : source_(path) {
  if (raw) {
    type_ = *raw;
    return;
  }
  const NpyLayout layout = read_npy_layout(source_);
  if (layout.by_columns) fail("is in Fortran order; to be read in parts, a .npy file must be in C order");
  type_ = layout.type;
  cols_ = layout.cols;
  rows_left_ = layout.rows;
}

bool NumberStream::next(std::size_t rows, std::vector<float>& values) {
  values.clear();
  const std::size_t wanted = rows_left_ ? std::min(rows, *rows_left_) : rows;
  const std::size_t rest = append_numbers(source_, type_, wanted * cols_, values);
  if (rows_left_) {
    if (values.size() != wanted * cols_) fail("ends before what its header announces (truncated)");
    *rows_left_ -= wanted;
    char extra = 0;
    if (*rows_left_ == 0 && source_.read({&extra, 1}) != 0) {
      fail("has bytes after the end that its header announces");
    }
  } else if (rest != 0) {
    fail("ends with " + std::to_string(rest) + " bytes that are no whole number");
  }
  return !values.empty();
}

void NumberStream::fail(const std::string& what) const {
  throw InputError(source_.path().string() + ": " + what);
}

}  // namespace zipml
