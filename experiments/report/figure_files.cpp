#include "experiments/report/figure_files.h"

#include <fstream>
#include <iterator>
#include <set>
#include <system_error>

#include "engine/core/error.h"

namespace zipml {
namespace {

namespace fs = std::filesystem;

// Above this an SVG is heavier on a page than the PNG.
constexpr std::uintmax_t kLargestSvg = 400'000;

std::vector<std::byte> read_bytes(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
  if (!in) throw IoError(path.string() + ": cannot read this figure");
  const auto* begin = reinterpret_cast<const std::byte*>(text.data());
  return {begin, begin + text.size()};
}

// The longest of the names that the file bears, "" for none.
std::string owner_of(const std::string& file, const std::vector<std::string>& names) {
  std::string best;
  for (const std::string& name : names) {
    if ((file == name || file.starts_with(name + "_")) && name.size() > best.size()) best = name;
  }
  return best;
}

FigureImage load_figure(const fs::path& folder, const std::string& name) {
  const fs::path svg = folder / (name + ".svg"), png = folder / (name + ".png");
  std::error_code ignored;
  const bool has_svg = fs::is_regular_file(svg, ignored), has_png = fs::is_regular_file(png, ignored);
  if (has_svg && (!has_png || fs::file_size(svg) <= kLargestSvg))
    return {name, "image/svg+xml", read_bytes(svg)};
  return {name, "image/png", read_bytes(png)};
}

}  // namespace

std::map<std::string, std::vector<FigureImage>> load_figures(const fs::path& folder,
                                                             const std::vector<std::string>& names) {
  std::map<std::string, std::vector<FigureImage>> figures;
  std::error_code error;
  std::set<std::string> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder, error)) {
    const std::string ending = entry.path().extension().string();
    if (entry.is_regular_file() && (ending == ".svg" || ending == ".png"))
      files.insert(entry.path().stem().string());
  }
  for (const std::string& file : files) figures[owner_of(file, names)].push_back(load_figure(folder, file));
  return figures;
}

}  // namespace zipml
