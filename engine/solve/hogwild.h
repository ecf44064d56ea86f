#pragma once

#include <memory>

#include "engine/solve/engine.h"

namespace zipml {

/// Niu et al., "Hogwild!", NIPS 2011: threads take mini-batches as they come and update one shared model
/// without locks, so updates may be lost and what is read may be a mix of versions. Not reproducible.
std::unique_ptr<Engine> make_hogwild(const Parameters& parameters, int threads);

ComponentInfo hogwild_info();

}  // namespace zipml
