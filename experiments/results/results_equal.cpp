#include "experiments/results/results_equal.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <limits>
#include <map>
#include <string_view>

#include "engine/core/error.h"
#include "engine/data/hdf5_handle.h"
#include "engine/data/sealed_bytes.h"

namespace zipml {
namespace {

namespace fs = std::filesystem;

/// An object or attribute: two are equal if both texts are.
struct Stored {
  std::string type, shape;
  std::string bytes;  ///< of the elements; of texts of variable length their characters, each ended by 0
  bool operator==(const Stored&) const = default;
};

/// Every object and attribute of a file by its kind and name; groups have no bytes.
using Contents = std::map<std::string, Stored>;

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

/// `read(buffer)` fetches the elements; variable-length texts are spelled out, since their buffers hold
/// addresses.
template <class Read>
Stored stored_values(hid_t type, hid_t space, const Read& read) {
  const auto count = static_cast<std::size_t>(std::max<hssize_t>(H5Sget_simple_extent_npoints(space), 0));
  Stored stored{describe_type(type), describe_space(space), ""};
  if (count == 0) return stored;
  if (H5Tis_variable_str(type) > 0) {
    std::vector<char*> strings(count, nullptr);
    if (!read(static_cast<void*>(strings.data()))) return {stored.type, stored.shape, "unreadable"};
    for (const char* one : strings) stored.bytes += std::string(one ? one : "") + '\0';
    H5Dvlen_reclaim(type, space, H5P_DEFAULT, strings.data());
    return stored;
  }
  stored.bytes.assign(count * H5Tget_size(type), '\0');
  if (!read(static_cast<void*>(stored.bytes.data()))) stored.bytes = "unreadable";
  return stored;
}

/// The elements of numbers, wide enough for every 64-bit integer; nothing for anything else.
std::optional<std::vector<long double>> numbers_of(const Stored& stored) {
  const Hdf5Lock lock;
  if (stored.type.empty()) return std::nullopt;
  const Hdf5Handle type(H5Tdecode(stored.type.data()), H5Tclose);
  if (!type.valid()) return std::nullopt;
  const H5T_class_t kind = H5Tget_class(type.get());
  const std::size_t size = H5Tget_size(type.get());
  if ((kind != H5T_INTEGER && kind != H5T_FLOAT) || size == 0 || stored.bytes.size() % size != 0)
    return std::nullopt;
  const std::size_t count = stored.bytes.size() / size;
  std::vector<long double> numbers(count);
  if (size > sizeof(long double) || count == 0) return std::nullopt;
  std::memcpy(numbers.data(), stored.bytes.data(), stored.bytes.size());
  if (H5Tconvert(type.get(), H5T_NATIVE_LDOUBLE, count, numbers.data(), nullptr, H5P_DEFAULT) < 0)
    return std::nullopt;
  return numbers;
}

std::string text_of(const Contents& contents, const std::string& name) {
  const auto found = contents.find(name);
  return found == contents.end() ? "" : found->second.bytes.substr(0, found->second.bytes.find('\0'));
}

std::optional<long double> number_at(const Contents& contents, const std::string& name, std::size_t index) {
  const auto found = contents.find(name);
  if (found == contents.end()) return std::nullopt;
  const auto numbers = numbers_of(found->second);
  if (!numbers || index >= numbers->size()) return std::nullopt;
  return (*numbers)[index];
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
      stored_values(type.get(), space.get(),
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
    contents["data set " + shown] = stored_values(type.get(), space.get(), [&](void* buffer) {
      return H5Dread(object.get(), type.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, buffer) >= 0;
    });
  } else {
    contents["group " + shown] = {};
  }
  Visit visit{contents, shown};
  H5Aiterate2(object.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, visit_attribute, &visit);
  return 0;
}

Contents read_contents(const fs::path& path) {
  const SealedFile sealed = read_sealed_file(path);
  if (!sealed.problem.empty()) throw InputError(sealed.problem);
  const Hdf5Lock lock;
  const Hdf5Handle file = hdf5_open_image(sealed.bytes);
  if (!file.valid()) throw InputError(path.string() + ": not an HDF5 file");
  Contents contents;
  H5Ovisit2(file.get(), H5_INDEX_NAME, H5_ITER_INC, visit_object, &contents, H5O_INFO_BASIC);
  return contents;
}

double distance(long double a, long double b) {
  if (std::isnan(a) && std::isnan(b)) return 0.0;
  if (a == b) return 0.0;
  if (!std::isfinite(a) || !std::isfinite(b)) return std::numeric_limits<double>::infinity();
  return static_cast<double>(std::abs(a - b));
}

double relative_distance(long double a, long double b) {
  const double absolute = distance(a, b);
  if (absolute == 0.0 || std::isinf(absolute)) return absolute;
  return static_cast<double>(std::abs(a - b) / std::max(std::abs(a), std::abs(b)));
}

// Two places of the same type and shape whose bits differ.
ResultDifference content_difference(const std::string& place, const Stored& a, const Stored& b,
                                    const Contents& first) {
  ResultDifference difference{.place = place, .kind = ResultDifference::Kind::content, .epoch = {}};
  const auto numbers = numbers_of(a), others = numbers_of(b);
  if (!numbers || !others || numbers->size() != others->size()) return difference;
  difference.kind = ResultDifference::Kind::numbers;
  difference.count = numbers->size();
  const std::size_t size = a.bytes.size() / difference.count;
  for (std::size_t i = 0; i < difference.count; ++i) {
    if (std::memcmp(a.bytes.data() + i * size, b.bytes.data() + i * size, size) == 0) continue;
    if (difference.differing++ == 0) difference.first = i;
    difference.absolute = std::max(difference.absolute, distance((*numbers)[i], (*others)[i]));
    difference.relative = std::max(difference.relative, relative_distance((*numbers)[i], (*others)[i]));
  }
  if (place.starts_with("data set /trace/")) {
    const auto epoch = number_at(first, "data set /trace/epoch", difference.first);
    if (epoch) difference.epoch = static_cast<std::uint64_t>(*epoch);
  }
  return difference;
}

std::vector<ResultDifference> differences_of(const Contents& first, const Contents& second) {
  using Kind = ResultDifference::Kind;
  std::vector<ResultDifference> differences;
  const auto add = [&](const std::string& place, Kind kind) {
    differences.push_back({.place = place, .kind = kind, .epoch = {}});
  };
  for (const auto& [name, value] : first) {
    const auto other = second.find(name);
    if (other == second.end()) {
      add(name, Kind::only_in_first);
    } else if (other->second.type != value.type || other->second.shape != value.shape) {
      add(name, Kind::form);
    } else if (other->second != value) {
      differences.push_back(content_difference(name, value, other->second, first));
    }
  }
  for (const auto& [name, value] : second) {
    if (!first.contains(name)) add(name, Kind::only_in_second);
  }
  std::sort(differences.begin(), differences.end(),
            [](const ResultDifference& a, const ResultDifference& b) { return a.place < b.place; });
  return differences;
}

std::string label_of(const Contents& contents) {
  std::string label;
  for (const char* part : {"panel", "series"}) {
    const std::string text = text_of(contents, std::string("attribute /@") + part);
    if (!text.empty()) label += text + ", ";
  }
  const auto seed = number_at(contents, "attribute /@seed", 0);
  return label + "seed " + (seed ? std::to_string(static_cast<std::uint64_t>(*seed)) : "?");
}

bool is_reproducible(const Contents& contents) {
  return number_at(contents, "attribute /@reproducible", 0) != 0.0L;
}

}  // namespace

ResultComparison compare_results(const fs::path& a, const fs::path& b) {
  const Contents first = read_contents(a), second = read_contents(b);
  return {differences_of(first, second), label_of(first), is_reproducible(first) || is_reproducible(second)};
}

std::string describe(const ResultDifference& difference) {
  using Kind = ResultDifference::Kind;
  std::array<char, 160> text{};
  switch (difference.kind) {
    case Kind::only_in_first:
      return difference.place + ": only in the first";
    case Kind::only_in_second:
      return difference.place + ": only in the second";
    case Kind::form:
      return difference.place + ": another type or shape";
    case Kind::content:
      return difference.place + ": another text";
    case Kind::numbers:
      break;
  }
  std::snprintf(text.data(), text.size(),
                ": %zu of %zu numbers differ, by up to %.3g (relative %.3g), first %s %zu",
                difference.differing, difference.count, difference.absolute, difference.relative,
                difference.epoch ? "in epoch" : "at index",
                difference.epoch ? static_cast<std::size_t>(*difference.epoch) : difference.first);
  return difference.place + text.data();
}

std::vector<std::string> result_differences(const fs::path& a, const fs::path& b) {
  using Kind = ResultDifference::Kind;
  std::vector<std::string> lines;
  for (const ResultDifference& one : compare_results(a, b).differences) {
    if (one.kind == Kind::only_in_first || one.kind == Kind::only_in_second) {
      lines.push_back(one.place + ": only in " + (one.kind == Kind::only_in_first ? a : b).string());
    } else {
      lines.push_back(describe(one));
    }
  }
  return lines;
}

}  // namespace zipml
