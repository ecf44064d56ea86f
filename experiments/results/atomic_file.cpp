#include "experiments/results/atomic_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdint>
#include <fstream>
#include <iterator>
#include <limits>
#include <mutex>
#include <optional>
#include <sstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "engine/core/error.h"
#include "engine/core/fnv1a.h"

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

/// Makes a folder and those above it, each of which is on the disk when this returns.
void make_folders(const fs::path& folder) {
  std::error_code ignored;
  if (folder.empty() || fs::is_directory(folder, ignored)) return;
  make_folders(folder.parent_path());
  if (::mkdir(folder.c_str(), 0777) == 0) return sync_folder(folder.parent_path());
  const int error = errno;
  // Another process may have made it in between, so what counts is whether it is there now.
  if (!fs::is_directory(folder, ignored))
    throw_errno(folder, "cannot make this folder", error == EEXIST ? ENOTDIR : error);
}

/// Clock ticks between the start of the machine and that of a process, which tells processes of one number
/// apart; 0 where the system does not say.
std::uint64_t start_of(pid_t pid) {
  std::ifstream in("/proc/" + std::to_string(pid) + "/stat");
  const std::string text{std::istreambuf_iterator<char>(in), std::istreambuf_iterator<char>()};
  // The name in parentheses may hold anything; the start is the 20th field after it.
  std::istringstream fields(text.substr(std::min(text.rfind(')') + 1, text.size())));
  std::string field;
  for (int i = 0; i < 20; ++i) fields >> field;
  std::uint64_t start = 0;
  std::from_chars(field.data(), field.data() + field.size(), start);
  return fields ? start : 0;
}

/// Who writes a part, as its name says: process numbers mean nothing on another machine or in another
/// container.
struct Writer {
  std::uint64_t machine = 0;
  pid_t pid = 0;
  std::uint64_t start = 0;

  bool is_alive() const {
    if (::kill(pid, 0) != 0 && errno == ESRCH) return false;
    const std::uint64_t now = start_of(pid);
    return start == 0 || now == 0 || now == start;
  }
};

/// Of the host, its boot and the container.
std::uint64_t machine_number() {
  std::array<char, 256> host{};
  ::gethostname(host.data(), host.size() - 1);
  std::string text(host.data());
  std::ifstream boot("/proc/sys/kernel/random/boot_id");
  text.append(std::istreambuf_iterator<char>(boot), std::istreambuf_iterator<char>());
  std::error_code ignored;
  text += fs::read_symlink("/proc/self/ns/pid", ignored).string();
  return fnv1a(std::as_bytes(std::span(text)));
}

const Writer& this_writer() {
  static Writer writer{machine_number(), 0, 0};
  static std::mutex mutex;
  const std::lock_guard lock(mutex);
  if (writer.pid != ::getpid()) writer = {writer.machine, ::getpid(), start_of(::getpid())};
  return writer;
}

constexpr std::string_view kPartSuffix = ".part";

/// `<file>.<machine>-<pid>-<start>-<count>.part`, numbers in hex: never used twice.
fs::path part_of(const fs::path& file) {
  static std::atomic<unsigned> count{0};
  const Writer& writer = this_writer();
  std::ostringstream name;
  name << file.string() << '.' << std::hex << writer.machine << '-' << writer.pid << '-' << writer.start
       << '-' << count.fetch_add(1) << kPartSuffix;
  return name.str();
}

/// The writer that the name of a part tells; nothing for other names.
std::optional<Writer> writer_of(std::string_view name) {
  if (!name.ends_with(kPartSuffix)) return std::nullopt;
  name.remove_suffix(kPartSuffix.size());
  name.remove_prefix(std::min(name.rfind('.') + 1, name.size()));
  std::array<std::uint64_t, 4> numbers{};
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), numbers[i], 16);
    const bool last = i + 1 == numbers.size(), at_end = end == name.data() + name.size();
    if (error != std::errc() || last != at_end || (!last && *end != '-')) return std::nullopt;
    name.remove_prefix(static_cast<std::size_t>(end - name.data()) + (last ? 0 : 1));
  }
  if (numbers[1] == 0 || numbers[1] > std::uint64_t{std::numeric_limits<pid_t>::max()}) return std::nullopt;
  return Writer{numbers[0], static_cast<pid_t>(numbers[1]), numbers[2]};
}

/// Longer than anybody writes one file, even if it was frozen for a while.
constexpr std::chrono::hours kAbandoned{24};

bool is_stale(const fs::directory_entry& entry) {
  const std::optional<Writer> writer = writer_of(entry.path().filename().string());
  if (!writer) return false;
  if (writer->machine == this_writer().machine) return !writer->is_alive();
  std::error_code error;
  const fs::file_time_type written = entry.last_write_time(error);
  return !error && fs::file_time_type::clock::now() - written > kAbandoned;
}

/// False if the part was gone before it could be renamed.
bool try_to_write(const fs::path& file, std::span<const std::byte> bytes) {
  PartFile part{part_of(file)};
  Descriptor descriptor(part.path, O_WRONLY | O_CREAT | O_EXCL);
  if (descriptor.get() < 0) throw_errno(file, "cannot write this file", errno);
  write_all(descriptor.get(), bytes, file);
  if (::fsync(descriptor.get()) != 0) throw_errno(file, "cannot sync this file", errno);
  if (descriptor.close() != 0) throw_errno(file, "cannot close this file", errno);
  part.keep = ::rename(part.path.c_str(), file.c_str()) == 0;
  if (!part.keep && errno != ENOENT) throw_errno(file, "cannot rename to this file", errno);
  return part.keep;
}

}  // namespace

void write_file_atomically(const fs::path& file, std::span<const std::byte> bytes) {
  make_folders(file.parent_path());
  std::error_code ignored;
  if (fs::is_directory(file, ignored))
    throw IoError(file.string() + ": cannot write this file: a folder is in the way");
  constexpr int kAttempts = 5;
  int attempt = 0;
  while (attempt < kAttempts && !try_to_write(file, bytes)) ++attempt;
  if (attempt == kAttempts) throw_errno(file, "cannot rename to this file", ENOENT);
  sync_folder(file.parent_path());
}

void remove_stale_parts(const fs::path& folder) {
  std::error_code error;
  for (fs::directory_iterator entry(folder, error), end; !error && entry != end; entry.increment(error)) {
    if (is_stale(*entry)) ::unlink(entry->path().c_str());
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
