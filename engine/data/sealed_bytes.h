#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace zipml {

/// Appends the line "zipml checksum <16 hex digits>" (64-bit FNV-1a of what came before). HDF5 readers ignore
/// bytes after the end that the file itself states.
void seal(std::vector<std::byte>& bytes);

/// Checks the seal of a file. Returns an empty text if it is intact, else why not, naming the file. libhdf5
/// can crash on damaged files, so files are handed to it only after this.
std::string broken_seal(const std::filesystem::path& file);

}  // namespace zipml
