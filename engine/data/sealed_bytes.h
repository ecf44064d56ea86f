#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

namespace zipml {

/// Appends the line "zipml checksum <16 hex digits>" (64-bit FNV-1a of what came before). HDF5 readers ignore
/// bytes after the end that the file itself states.
void seal(std::vector<std::byte>& bytes);

/// A sealed file as it was read.
struct SealedFile {
  std::vector<std::byte> bytes;  ///< seal included; empty where there is a problem
  std::string problem;           ///< why the file cannot be trusted, naming it; empty if it is intact
};

/// Reads a file in one go and checks its seal. libhdf5 can crash on damaged files, so it is given these bytes
/// and never the file, which another process may replace in between. A file that is replaced on a network
/// file system while it is read is read again.
SealedFile read_sealed_file(const std::filesystem::path& file);

}  // namespace zipml
