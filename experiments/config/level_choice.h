#pragma once

#include <string>

#include "engine/core/component.h"
#include "experiments/config/config_errors.h"

namespace zipml {

/// Level strategy `given` with a `path`: the same choice with the levels of that result file as its `values`
/// and without the path, so that what depends on the choice depends on the levels alone. Any other choice as
/// it is. Throws InputError naming the file where it has no sets of `count` levels for columns, or too many.
ComponentChoice resolve_levels(const ComponentChoice& levels, int count);

/// Parameters of a level strategy that do not fit together, or not `count` levels. Every problem is added to
/// `errors`; `pointer` is the choice's place.
void check_level_choice(const std::string& pointer, const ComponentChoice& levels, int count,
                        ConfigErrors& errors);

}  // namespace zipml
