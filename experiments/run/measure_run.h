#pragma once

#include "experiments/run/executor.h"

namespace zipml {

/// Carries out a run that does not train (see measurements()) and fills in what it measured; false if it was
/// stopped. Throws InputError where the data does not fit the request.
bool measure_run(const RunSpec& spec, const PreparedData& data, int threads, const StopCheck& stop,
                 ResultFile& result);

}  // namespace zipml
