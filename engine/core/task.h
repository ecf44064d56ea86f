#pragma once

namespace zipml {

/// What the labels are: numbers, the classes -1 and +1, or the classes 0, 1, 2, ...
enum class Task { regression, classification, multiclass };

}  // namespace zipml
