#pragma once

#include <cstddef>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "engine/data/dataset.h"

namespace zipml {

/// SHA-256 of bytes that come in pieces.
class Sha256 {
 public:
  Sha256();
  ~Sha256();
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void add(const void* bytes, std::size_t count);

  /// 64 lower-case hex digits; nothing may be added after.
  std::string hex();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Size and sha256 of a file as stored. Kept for the life of the process by (path, size, time of change), so
/// that the runs of a sweep do not read their data twice. InputError if the file cannot be opened.
SourceFile describe_file(const std::filesystem::path& path);

}  // namespace zipml
