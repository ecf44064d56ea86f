#include "experiments/run/provenance.h"

#include <gnu/libc-version.h>
#include <sys/resource.h>

#include <fstream>

#include "engine/core/parallel.h"
#include "engine/kernels/kernels.h"

// Set for this file by CMake; the fallbacks serve builds without it.
#ifndef ZIPML_GIT_COMMIT
#define ZIPML_GIT_COMMIT "unknown"
#endif
#ifndef ZIPML_COMPILE_FLAGS
#define ZIPML_COMPILE_FLAGS "unknown"
#endif
#ifndef ZIPML_LIBRARY_VERSIONS
#define ZIPML_LIBRARY_VERSIONS "unknown"
#endif

namespace zipml {
namespace {

std::string read_cpu_model() {
  std::ifstream in("/proc/cpuinfo");
  for (std::string line; std::getline(in, line);) {
    const std::size_t colon = line.find(": ");
    if (line.starts_with("model name") && colon != std::string::npos) return line.substr(colon + 2);
  }
  return "unknown";
}

}  // namespace

std::string program_version() { return ZIPML_VERSION; }

Provenance build_provenance(int threads) {
  static const std::string cpu_model = read_cpu_model();
  Provenance provenance;
  provenance.git_commit = ZIPML_GIT_COMMIT;
#if defined(__clang__)
  provenance.compiler = __VERSION__;
#else
  provenance.compiler = "g++ " __VERSION__;
#endif
  provenance.flags = ZIPML_COMPILE_FLAGS;
  provenance.cpu_model = cpu_model;
  provenance.instruction_set = kernels::target_name();
  provenance.libraries = std::string(ZIPML_LIBRARY_VERSIONS) + ", glibc " + gnu_get_libc_version();
  provenance.threads = threads;
  provenance.cpus = available_threads();
  return provenance;
}

std::int64_t peak_memory_bytes() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return std::int64_t{usage.ru_maxrss} * 1024;
}

}  // namespace zipml
