// Loaded before the C library by LD_PRELOAD: lets system calls on unfinished results (files named *.part)
// fail or end the program, at a chosen one of them. The environment's ZIPML_FAULT says which, "CALL:N:WHAT":
// CALL is open, write, fsync, close or rename; N counts them from 0; WHAT is "kill", "half" (half of the
// bytes are written, then the program is killed) or the number of an error, which then stays for all later
// calls of the kind.

#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/types.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstdarg>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace {

struct Fault {
  char call[16] = "";
  int at = -1;
  char what[16] = "";
  std::atomic<int> count{0};

  Fault() {
    const char* text = std::getenv("ZIPML_FAULT");
    if (text) std::sscanf(text, "%15[^:]:%d:%15s", call, &at, what);
  }
};

Fault& fault() {
  static Fault instance;
  return instance;
}

constexpr int kMostFiles = 1 << 16;
std::atomic<bool> unfinished[kMostFiles];

bool is_part(const char* path) {
  const std::size_t length = std::strlen(path);
  return length > 5 && std::strcmp(path + length - 5, ".part") == 0;
}

bool is_unfinished(int descriptor) {
  return descriptor >= 0 && descriptor < kMostFiles && unfinished[descriptor].load();
}

[[noreturn]] void die() {
  ::kill(::getpid(), SIGKILL);
  for (;;) ::pause();
}

// The error that this call must fail with; 0: it goes ahead. `half` is called where half of it is to be done.
template <class Half>
int strike(const char* call, Half half) {
  Fault& f = fault();
  if (f.at < 0 || std::strcmp(f.call, call) != 0) return 0;
  const int index = f.count.fetch_add(1);
  if (index < f.at) return 0;
  const int error = std::atoi(f.what);
  if (error != 0) return error;
  if (index > f.at) return 0;
  if (std::strcmp(f.what, "half") == 0) half();
  die();
}

int strike(const char* call) {
  return strike(call, [] {});
}

template <class Function>
Function* original(const char* name) {
  return reinterpret_cast<Function*>(::dlsym(RTLD_NEXT, name));
}

int open_counted(const char* name, const char* path, int flags, mode_t mode) {
  if (is_part(path)) {
    if (const int error = strike("open")) {
      errno = error;
      return -1;
    }
  }
  const int descriptor = original<int(const char*, int, ...)>(name)(path, flags, mode);
  if (descriptor >= 0 && descriptor < kMostFiles) unfinished[descriptor] = is_part(path);
  return descriptor;
}

mode_t mode_of(int flags, va_list more) {
  return (flags & O_CREAT) != 0 ? static_cast<mode_t>(va_arg(more, unsigned)) : 0;
}

}  // namespace

extern "C" {

int open(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  return open_counted("open", path, flags, mode);
}

int open64(const char* path, int flags, ...) {
  va_list more;
  va_start(more, flags);
  const mode_t mode = mode_of(flags, more);
  va_end(more);
  return open_counted("open64", path, flags, mode);
}

ssize_t write(int descriptor, const void* bytes, size_t count) {
  const auto really = original<ssize_t(int, const void*, size_t)>("write");
  if (is_unfinished(descriptor)) {
    if (const int error = strike("write", [&] { (void)!really(descriptor, bytes, count / 2); })) {
      errno = error;
      return -1;
    }
  }
  return really(descriptor, bytes, count);
}

int fsync(int descriptor) {
  if (is_unfinished(descriptor)) {
    if (const int error = strike("fsync")) {
      errno = error;
      return -1;
    }
  }
  return original<int(int)>("fsync")(descriptor);
}

int close(int descriptor) {
  const bool counted = is_unfinished(descriptor);
  if (counted) unfinished[descriptor] = false;
  const int error = counted ? strike("close") : 0;
  const int result = original<int(int)>("close")(descriptor);
  if (error == 0) return result;
  errno = error;
  return -1;
}

int rename(const char* from, const char* to) noexcept {
  if (is_part(from)) {
    if (const int error = strike("rename")) {
      errno = error;
      return -1;
    }
  }
  return original<int(const char*, const char*)>("rename")(from, to);
}

}  // extern "C"
