#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <variant>

#include "engine/solve/trace.h"

namespace zipml {

/// One column of /trace and of the exported table.
struct TraceColumn {
  std::string_view name;  ///< as the member of TraceRow
  std::string_view unit;
  std::string_view doc;
  std::variant<std::uint32_t TraceRow::*, std::uint64_t TraceRow::*, double TraceRow::*> member;
};

/// Every member of TraceRow, in its order: the one list that writing, reading and exporting go by.
std::span<const TraceColumn> trace_columns();

}  // namespace zipml
