#pragma once

#include <cstddef>

#include "engine/data/byte_source.h"
#include "engine/data/raw_reader.h"

namespace zipml {

/// What the header of a .npy file announces.
struct NpyLayout {
  RawType type = RawType::float32;
  bool by_columns = false;  ///< Fortran order, with more than one column
  std::size_t rows = 0, cols = 0;
};

/// Reads the header, leaving the source at the first number. Throws InputError naming the file where
/// read_npy() would.
NpyLayout read_npy_layout(ByteSource& source);

}  // namespace zipml
