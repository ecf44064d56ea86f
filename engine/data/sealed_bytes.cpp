#include "engine/data/sealed_bytes.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <iterator>
#include <span>
#include <string_view>
#include <system_error>

#include "engine/core/fnv1a.h"

namespace zipml {
namespace {

constexpr std::string_view kSealLabel = "\nzipml checksum ";
constexpr std::size_t kDigits = 16, kSealSize = kSealLabel.size() + kDigits + 1;

std::string seal_of(std::span<const std::byte> bytes) {
  const std::uint64_t state = fnv1a(bytes);
  std::string text(kSealLabel);
  for (int shift = 60; shift >= 0; shift -= 4) text += "0123456789abcdef"[(state >> shift) & 15u];
  return text + "\n";
}

std::string seal_problem(std::span<const std::byte> bytes) {
  if (bytes.empty()) return "the file is empty";
  const std::size_t body = bytes.size() < kSealSize ? 0 : bytes.size() - kSealSize;
  const std::string_view tail(reinterpret_cast<const char*>(bytes.data()) + body, bytes.size() - body);
  if (tail.size() != kSealSize || !tail.starts_with(kSealLabel)) {
    return "truncated, or not written by this program";
  }
  return tail == seal_of(bytes.first(body)) ? "" : "damaged (its checksum does not match)";
}

/// A file of other data, which may be larger than memory, is not worth reading.
constexpr std::size_t kLarge = std::size_t{1} << 24;

bool ends_with_seal(int descriptor, off_t size) {
  std::string tail(kSealSize, '\0');
  const off_t from = size - static_cast<off_t>(kSealSize);
  return ::pread(descriptor, tail.data(), tail.size(), from) == static_cast<ssize_t>(kSealSize) &&
         tail.starts_with(kSealLabel);
}

/// Error number; EISDIR stands for everything that is not a regular file. Of a large file without a seal a
/// single byte is given, which has none either.
int read_whole(const std::filesystem::path& file, std::vector<std::byte>& bytes) {
  // Without O_NONBLOCK a named pipe would wait for a writer.
  const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) return errno;
  struct Closer {
    int descriptor;
    ~Closer() { ::close(descriptor); }
  } const closer{descriptor};
  struct stat status = {};
  if (::fstat(descriptor, &status) != 0) return errno;
  if (!S_ISREG(status.st_mode)) return EISDIR;
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > kLarge && !ends_with_seal(descriptor, status.st_size)) {
    bytes.assign(1, std::byte{0});
    return 0;
  }
  bytes.resize(size);
  std::size_t done = 0;
  while (done < bytes.size()) {
    const ssize_t got = ::read(descriptor, bytes.data() + done, bytes.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return errno;
    if (got == 0) break;
    done += static_cast<std::size_t>(got);
  }
  bytes.resize(done);
  return 0;
}

}  // namespace

void seal(std::vector<std::byte>& bytes) {
  const std::string text = seal_of(bytes);
  std::transform(text.begin(), text.end(), std::back_inserter(bytes),
                 [](char c) { return static_cast<std::byte>(c); });
}

SealedFile read_sealed_file(const std::filesystem::path& file) {
  constexpr int kAttempts = 5;
  SealedFile sealed;
  int error = ESTALE;
  for (int attempt = 0; attempt < kAttempts && error == ESTALE; ++attempt)
    error = read_whole(file, sealed.bytes);
  if (error == 0) {
    sealed.problem = seal_problem(sealed.bytes);
  } else if (error == ENOENT || error == ENOTDIR) {
    sealed.problem = "no such file";
  } else if (error == EISDIR) {
    sealed.problem = "not a regular file";
  } else {
    sealed.problem = "cannot be read: " + std::generic_category().message(error);
  }
  if (!sealed.problem.empty()) sealed = {{}, file.string() + ": " + sealed.problem};
  return sealed;
}

}  // namespace zipml
