#pragma once

#include <cstddef>
#include <filesystem>
#include <vector>

namespace zipml {

/// An array as an idx file holds it (the format of MNIST).
struct IdxArray {
  std::vector<std::size_t> shape;  ///< first extent: items
  std::vector<float> values;       ///< row-major
};

/// Reads an idx file, packed or not, of any of its element types (the numbers are big-endian), at most
/// `items` of the first extent (0: all). Throws InputError on a wrong header, a missing rest or bytes after
/// the end.
IdxArray read_idx(const std::filesystem::path& path, std::size_t items = 0);

}  // namespace zipml
