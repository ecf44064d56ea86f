#pragma once

#include <string_view>

namespace zipml {

// report_page.css and report_page.js, embedded by the build.
extern const std::string_view kReportStyle, kReportScript;

}  // namespace zipml
