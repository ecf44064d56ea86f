#include "experiments/results/results_equal.h"

#include <algorithm>
#include <cstring>
#include <map>
#include <set>
#include <string_view>

#include "engine/core/error.h"
#include "engine/data/hdf5_handle.h"
#include "engine/data/sealed_bytes.h"

namespace zipml {
namespace {

namespace fs = std::filesystem;

/// Every object and attribute of a file with its kind, type, shape and bits as one comparable text.
using Contents = std::map<std::string, std::string>;

std::string describe_space(hid_t space) {
  const int rank = H5Sget_simple_extent_ndims(space);
  std::vector<hsize_t> extents(static_cast<std::size_t>(std::max(rank, 0)));
  H5Sget_simple_extent_dims(space, extents.data(), nullptr);
  std::string text = "[";
  for (const hsize_t extent : extents) text += std::to_string(extent) + ",";
  return text + "]";
}

std::string describe_type(hid_t type) {
  std::size_t size = 0;
  if (H5Tencode(type, nullptr, &size) < 0) return "?";
  std::string encoded(size, '\0');
  H5Tencode(type, encoded.data(), &size);
  return encoded;
}

/// `read(type, buffer)` fetches the elements; variable-length texts are spelled out, since their buffers hold
/// addresses.
template <class Read>
std::string describe_values(hid_t type, hid_t space, const Read& read) {
  const auto count = static_cast<std::size_t>(std::max<hssize_t>(H5Sget_simple_extent_npoints(space), 0));
  std::string text = describe_type(type) + describe_space(space);
  if (count == 0) return text;
  if (H5Tis_variable_str(type) > 0) {
    std::vector<char*> strings(count, nullptr);
    if (!read(static_cast<void*>(strings.data()))) return text + "unreadable";
    for (const char* one : strings) text += std::string(one ? one : "") + '\0';
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, strings.data());
    return text;
  }
  std::string bytes(count * H5Tget_size(type), '\0');
  if (!read(static_cast<void*>(bytes.data()))) return text + "unreadable";
  return text + bytes;
}

bool is_compared(std::string_view object) {
  for (const std::string_view group : {"provenance", "timing"}) {
    if (object == group || (object.starts_with(group) && object[group.size()] == '/')) return false;
  }
  return true;
}

struct Visit {
  Contents& contents;
  std::string owner;
};

herr_t visit_attribute(hid_t object, const char* name, const H5A_info_t*, void* data) {
  auto& visit = *static_cast<Visit*>(data);
  const Hdf5Handle attribute(H5Aopen(object, name, H5P_DEFAULT), H5Aclose);
  const Hdf5Handle type(H5Aget_type(attribute.get()), H5Tclose),
      space(H5Aget_space(attribute.get()), H5Sclose);
  visit.contents["attribute " + visit.owner + "@" + name] =
      describe_values(type.get(), space.get(),
                      [&](void* buffer) { return H5Aread(attribute.get(), type.get(), buffer) >= 0; });
  return 0;
}

herr_t visit_object(hid_t root, const char* name, const H5O_info_t* info, void* data) {
  auto& contents = *static_cast<Contents*>(data);
  const std::string_view path(name);
  if (!is_compared(path)) return 0;
  std::string shown = "/";
  if (path != ".") shown += path;
  const Hdf5Handle object(H5Oopen(root, name, H5P_DEFAULT), H5Oclose);
  if (info->type == H5O_TYPE_DATASET) {
    const Hdf5Handle type(H5Dget_type(object.get()), H5Tclose), space(H5Dget_space(object.get()), H5Sclose);
    contents["data set " + shown] = describe_values(type.get(), space.get(), [&](void* buffer) {
      return H5Dread(object.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer) >= 0;
    });
  } else {
    contents["group " + shown] = "";
  }
  Visit visit{contents, shown};
  H5Aiterate2(object.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, visit_attribute, &visit);
  return 0;
}

Contents read_contents(const fs::path& path) {
  const std::string problem = broken_seal(path);
  if (!problem.empty()) throw InputError(problem);
  const Hdf5Lock lock;
  const Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!file.valid()) throw InputError(path.string() + ": not an HDF5 file");
  Contents contents;
  H5Ovisit2(file.get(), H5_INDEX_NAME, H5_ITER_INC, visit_object, &contents, H5O_INFO_BASIC);
  return contents;
}

std::set<std::string> result_names(const fs::path& folder) {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(folder)) {
    if (!entry.is_directory()) names.insert(entry.path().lexically_relative(folder).string());
  }
  return names;
}

}  // namespace

std::vector<std::string> result_differences(const fs::path& a, const fs::path& b) {
  const Contents first = read_contents(a), second = read_contents(b);
  std::vector<std::string> differences;
  for (const auto& [name, value] : first) {
    const auto other = second.find(name);
    if (other == second.end()) {
      differences.push_back(name + ": only in " + a.string());
    } else if (other->second != value) {
      differences.push_back(name + ": differs");
    }
  }
  for (const auto& [name, value] : second) {
    if (!first.contains(name)) differences.push_back(name + ": only in " + b.string());
  }
  return differences;
}

std::vector<std::string> result_folder_differences(const fs::path& a, const fs::path& b) {
  const std::set<std::string> first = result_names(a), second = result_names(b);
  std::vector<std::string> differences;
  for (const std::string& name : first) {
    if (!second.contains(name)) {
      differences.push_back(name + ": only in " + a.string());
      continue;
    }
    for (const std::string& one : result_differences(a / name, b / name)) {
      differences.push_back(name + ": " + one);
    }
  }
  for (const std::string& name : second) {
    if (!first.contains(name)) differences.push_back(name + ": only in " + b.string());
  }
  return differences;
}

}  // namespace zipml
