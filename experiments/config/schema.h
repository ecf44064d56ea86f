#pragma once

#include <string>

namespace zipml {

/// The JSON schema (draft 2020-12) of a config, generated from the descriptions of all components; ends with
/// a line break. It says what one file may hold; combinations and what a sweep sets are checked by the
/// reader.
std::string config_schema();

}  // namespace zipml
