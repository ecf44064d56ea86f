#pragma once

#include <cstdint>
#include <string>

#include "experiments/results/result_file.h"

namespace zipml {

/// Version of this program, as in the file VERSION.
std::string program_version();

/// What is known about this build and machine, for a run on `threads` threads; the members about data are
/// empty.
Provenance build_provenance(int threads);

/// Most memory that this program has had in use so far, in bytes.
std::int64_t peak_memory_bytes();

}  // namespace zipml
