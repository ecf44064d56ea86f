#include "engine/data/file_stamp.h"

#include <system_error>
#include <utility>

#include "engine/core/error.h"

namespace zipml {
namespace {

std::uintmax_t size_of(const std::filesystem::path& path) {
  std::error_code gone;
  return std::filesystem::file_size(path, gone);
}

std::filesystem::file_time_type time_of(const std::filesystem::path& path) {
  std::error_code gone;
  return std::filesystem::last_write_time(path, gone);
}

}  // namespace

FileStamp::FileStamp(std::filesystem::path path)
    : path_(std::move(path)), bytes_(size_of(path_)), changed_(time_of(path_)) {}

void FileStamp::check() const {
  if (size_of(path_) != bytes_ || time_of(path_) != changed_) fail();
}

void FileStamp::fail() const {
  throw InputError(path_.string() +
                   ": has changed since its rows were first read; with \"memory\": \"packed\" they are read "
                   "again and again while a run lasts");
}

}  // namespace zipml
