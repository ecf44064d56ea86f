#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace zipml {

/// Numbers of a binary file, as float32: rows x cols, row-major. NaN and infinities pass; a float64 beyond
/// float32's range becomes an infinity.
struct NumberArray {
  std::size_t rows = 0, cols = 0;
  std::vector<float> values;
};

/// Reads a .npy file, packed or not (format versions 1 to 3): little-endian float32 or float64, one dimension
/// (read as one column) or two, in C or Fortran order; at most `rows` rows (0: all). Throws InputError naming
/// the file on anything else, on a missing rest and on bytes after the end.
NumberArray read_npy(const std::filesystem::path& path, std::size_t rows = 0);

}  // namespace zipml
