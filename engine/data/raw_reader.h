#pragma once

#include <cstddef>
#include <filesystem>
#include <span>
#include <vector>

#include "engine/data/byte_source.h"
#include "engine/data/npy_reader.h"

namespace zipml {

/// Number types of files without a header.
enum class RawType { float32, float64 };

/// Reads a file that is nothing but little-endian numbers, packed or not, as one column; at most `rows` of
/// them (0: all). Throws InputError naming the file where its size is no multiple of a number's.
NumberArray read_raw(const std::filesystem::path& path, RawType type, std::size_t rows = 0);

/// Appends up to `count` numbers to `out`. Returns how many bytes were left over after the last whole number:
/// not 0 only where the file ends within one.
std::size_t append_numbers(ByteSource& source, RawType type, std::size_t count, std::vector<float>& out);

}  // namespace zipml
