#pragma once

#include <cstddef>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace zipml {

/// A drawn figure, as a file's bytes.
struct FigureImage {
  std::string name;        ///< of the file, without its ending
  std::string media_type;  ///< image/svg+xml or image/png
  std::vector<std::byte> bytes;
};

/// Drawn figures by the config they belong to: NAME itself and what is called NAME_..., unless that has a
/// config of its own; under "" what belongs to no name, such as overviews. Of each the SVG where it is small
/// enough, else the PNG. No folder gives none. Throws IoError where a file cannot be read.
std::map<std::string, std::vector<FigureImage>> load_figures(const std::filesystem::path& folder,
                                                             const std::vector<std::string>& names);

}  // namespace zipml
