#pragma once

#include <filesystem>
#include <string>

namespace zipml {

/// Throws InputError unless `file` ends in .png, .svg or .pdf, and IoError where the drawing program is not
/// there: before anything is measured.
void check_plot_file(const std::filesystem::path& file);

/// Has plots/compare.py draw what compare_plot_data() gave. The Python is the one that the environment's
/// ZIPML_PYTHON names, otherwise python3; the script's folder is `plots` of
/// share_folder(), or the one that ZIPML_PLOTS names. Throws IoError if
/// it cannot be run or fails.
void draw_comparison(const std::string& plot_data, const std::filesystem::path& file);

}  // namespace zipml
