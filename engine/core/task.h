#pragma once

namespace zipml {

/// What the labels are: numbers, or the classes -1 and +1.
enum class Task { regression, classification };

}  // namespace zipml
