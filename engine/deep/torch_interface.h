#pragma once

#include "engine/deep/network_gradient.h"

namespace zipml {

/// The one function that the LibTorch part offers. Its name changes with NetworkBackend and NetworkGradient,
/// so that a part built for others is not taken.
using TorchEntry = const NetworkBackend* (*)();
inline constexpr const char* kTorchEntryName = "zipml_torch_backend_1";

}  // namespace zipml
