#include "experiments/results/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstring>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/core/error.h"

namespace zipml {
namespace {

namespace fs = std::filesystem;

[[noreturn]] void throw_errno(const fs::path& path, const std::string& what, int error) {
  throw WriteError(path.string() + ": " + what + ": " + std::generic_category().message(error));
}

/// Owns an open file descriptor.
class Descriptor {
 public:
  Descriptor(const fs::path& path, int flags) : id_(::open(path.c_str(), flags | O_CLOEXEC, 0666)) {}
  ~Descriptor() {
    if (id_ >= 0) ::close(id_);
  }
  Descriptor(const Descriptor&) = delete;
  Descriptor& operator=(const Descriptor&) = delete;

  int get() const { return id_; }
  int close() { return ::close(std::exchange(id_, -1)); }

 private:
  int id_;
};

/// Deletes its file unless told to keep it.
struct PartFile {
  fs::path path;
  bool keep = false;
  ~PartFile() {
    if (!keep) ::unlink(path.c_str());
  }
};

void make_folders(const fs::path& folder) {
  if (folder.empty()) return;
  std::error_code error;
  fs::create_directories(folder, error);
  // Another process may have made it in between, so what counts is whether it is there now.
  std::error_code ignored;
  if (!fs::is_directory(folder, ignored)) {
    if (!error) error = std::make_error_code(std::errc::not_a_directory);
    throw_errno(folder, "cannot make this folder", error.value());
  }
}

void write_all(int descriptor, std::span<const std::byte> bytes, const fs::path& file) {
  while (!bytes.empty()) {
    const ssize_t written = ::write(descriptor, bytes.data(), bytes.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) throw_errno(file, "cannot write this file", errno);
    bytes = bytes.subspan(static_cast<std::size_t>(written));
  }
}

void sync_folder(const fs::path& folder) {
  const Descriptor descriptor(folder.empty() ? fs::path(".") : folder, O_RDONLY | O_DIRECTORY);
  // Some file systems cannot sync a folder and say EINVAL; the rename is still done there.
  if (descriptor.get() >= 0 && ::fsync(descriptor.get()) != 0 && errno != EINVAL) {
    throw_errno(folder, "cannot sync this folder", errno);
  }
}

/// Writer's process id in `<name>.<pid>.part`; 0 where the name is not of that form.
pid_t part_owner(const std::string& name) {
  constexpr std::string_view kSuffix = ".part";
  if (!name.ends_with(kSuffix)) return 0;
  const std::string_view stem = std::string_view(name).substr(0, name.size() - kSuffix.size());
  const std::size_t dot = stem.rfind('.');
  if (dot == std::string_view::npos) return 0;
  pid_t pid = 0;
  const auto [end, error] = std::from_chars(stem.data() + dot + 1, stem.data() + stem.size(), pid);
  return error == std::errc() && end == stem.data() + stem.size() && pid > 0 ? pid : 0;
}

}  // namespace

void write_file_atomically(const fs::path& file, std::span<const std::byte> bytes) {
  make_folders(file.parent_path());
  std::error_code ignored;
  if (fs::is_directory(file, ignored))
    throw IoError(file.string() + ": cannot write this file: a folder is in the way");
  PartFile part{file.string() + "." + std::to_string(::getpid()) + ".part"};
  Descriptor descriptor(part.path, O_WRONLY | O_CREAT | O_TRUNC);
  if (descriptor.get() < 0) throw_errno(file, "cannot write this file", errno);
  write_all(descriptor.get(), bytes, file);
  if (::fsync(descriptor.get()) != 0) throw_errno(file, "cannot sync this file", errno);
  if (descriptor.close() != 0) throw_errno(file, "cannot close this file", errno);
  if (::rename(part.path.c_str(), file.c_str()) != 0) throw_errno(file, "cannot rename to this file", errno);
  part.keep = true;
  sync_folder(file.parent_path());
}

void remove_stale_parts(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    const pid_t owner = part_owner(entry->path().filename().string());
    if (owner == 0) continue;
    // Called before anything is written: a part with this process's own number is an earlier process's.
    const bool dead = owner == ::getpid() || (::kill(owner, 0) != 0 && errno == ESRCH);
    if (dead) ::unlink(entry->path().c_str());
  }
}

void check_folder_writable(const fs::path& folder) {
  fs::path existing = fs::absolute(folder);
  std::error_code ignored;
  while (!fs::exists(fs::symlink_status(existing, ignored)) && existing.has_relative_path()) {
    existing = existing.parent_path();
  }
  if (!fs::is_directory(existing, ignored)) {
    throw IoError(folder.string() + ": cannot write results here: " + existing.string() + " is not a folder");
  }
  if (::access(existing.c_str(), W_OK | X_OK) != 0) throw_errno(existing, "cannot write results here", errno);
}

}  // namespace zipml
