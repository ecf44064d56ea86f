#include <algorithm>
#include <cstring>

#include "engine/core/error.h"
#include "engine/data/hdf5_file.h"
#include "engine/data/hdf5_handle.h"

namespace zipml {

struct Hdf5Reader::State {
  std::filesystem::path path;
  Hdf5Handle file;
  std::uint64_t file_bytes = 0;
  // The object whose attributes were read last: its others are mostly read next.
  mutable Hdf5Handle owner{};
  mutable std::string owner_name{};

  [[noreturn]] void fail(const std::string& what) const { throw InputError(path.string() + ": " + what); }

  bool has(const std::string& object) const {
    if (object.empty()) return false;
    for (std::size_t end = object.find('/', 1); object != "/"; end = object.find('/', end + 1)) {
      if (H5Lexists(file.get(), object.substr(0, end).c_str(), H5P_DEFAULT) <= 0) return false;
      if (end == std::string::npos) break;
    }
    return H5Oexists_by_name(file.get(), object.c_str(), H5P_DEFAULT) > 0;
  }

  Hdf5Handle dataset(const std::string& object) const {
    Hdf5Handle opened(H5Dopen2(file.get(), object.c_str(), H5P_DEFAULT), H5Dclose);
    if (opened.valid()) return opened;
    if (!has(object)) fail("there is no data set '" + object + "'");
    fail("'" + object + "' is not a readable data set");
  }

  std::vector<hsize_t> extents(hid_t space, const std::string& object) const {
    const int rank = H5Sget_simple_extent_ndims(space);
    if (rank < 0) fail("the shape of '" + object + "' cannot be read");
    std::vector<hsize_t> shape(static_cast<std::size_t>(rank));
    if (rank > 0) H5Sget_simple_extent_dims(space, shape.data(), nullptr);
    return shape;
  }

  /// Number of elements, refused where a file of this size cannot hold them: a damaged header must not make
  /// us ask for the whole memory.
  std::size_t elements(hid_t space, std::size_t element_bytes, const std::string& object) const {
    constexpr std::uint64_t kBestCompression = 1100;  // deflate's limit is 1032
    constexpr std::uint64_t kSmall = std::uint64_t{1} << 20;
    const std::uint64_t room = kSmall + kBestCompression * file_bytes;
    std::uint64_t count = 1;
    for (const hsize_t extent : extents(space, object)) {
      if (extent != 0 && count > room / extent) fail("'" + object + "' claims to be larger than the file");
      count *= extent;
    }
    if (count > room / std::max<std::size_t>(element_bytes, 1)) {
      fail("'" + object + "' claims to be larger than the file");
    }
    return count;
  }

  void require_number(hid_t type, const std::string& object) const {
    const H5T_class_t kind = H5Tget_class(type);
    if (kind != H5T_INTEGER && kind != H5T_FLOAT) {
      fail("'" + object + "' holds no numbers (allowed: integer and float types)");
    }
  }

  void require_text(hid_t type, const std::string& object) const {
    if (H5Tget_class(type) != H5T_STRING) fail("'" + object + "' holds no text");
  }

  /// Reads every element of a text data set or attribute through `read(memory type, buffer)`.
  template <class Read>
  std::vector<std::string> texts(hid_t type, hid_t space, const std::string& object, Read read) const {
    require_text(type, object);
    std::vector<std::string> result;
    if (H5Tis_variable_str(type) > 0) {
      std::vector<char*> pointers(elements(space, sizeof(char*), object), nullptr);
      if (!pointers.empty() && read(type, static_cast<void*>(pointers.data())) < 0) {
        fail("'" + object + "' cannot be read");
      }
      for (const char* pointer : pointers) result.emplace_back(pointer != nullptr ? pointer : "");
      if (!pointers.empty()) H5Dvlen_reclaim(type, space, H5P_DEFAULT, pointers.data());
      return result;
    }
    const std::size_t width = H5Tget_size(type);
    std::vector<char> bytes(elements(space, width, object) * width);
    if (!bytes.empty() && read(type, static_cast<void*>(bytes.data())) < 0) {
      fail("'" + object + "' cannot be read");
    }
    for (std::size_t at = 0; at < bytes.size(); at += width) {
      const char* begin = bytes.data() + at;
      result.emplace_back(begin, ::strnlen(begin, width));
    }
    return result;
  }

  Hdf5Handle attribute(const std::string& object, const std::string& name) const {
    Hdf5Handle opened(has_attribute(object, name) ? H5Aopen(owner.get(), name.c_str(), H5P_DEFAULT) : -1,
                      H5Aclose);
    if (!opened.valid()) fail("'" + object + "' has no attribute '" + name + "'");
    return opened;
  }

  bool has_attribute(const std::string& object, const std::string& name) const {
    if (!owner.valid() || owner_name != object) {
      owner = Hdf5Handle(H5Oopen(file.get(), object.c_str(), H5P_DEFAULT), H5Oclose);
      owner_name = object;
    }
    return owner.valid() && H5Aexists(owner.get(), name.c_str()) > 0;
  }

  template <class T>
  T attribute_value(const std::string& object, const std::string& name) const {
    const Hdf5Handle opened = attribute(object, name);
    const Hdf5Handle type(H5Aget_type(opened.get()), H5Tclose);
    const Hdf5Handle space(H5Aget_space(opened.get()), H5Sclose);
    require_number(type.get(), object + "@" + name);
    T value{};
    if (elements(space.get(), sizeof(T), object) != 1 ||
        H5Aread(opened.get(), hdf5_native_type<T>(), &value) < 0) {
      fail("attribute '" + name + "' of '" + object + "' is not one readable number");
    }
    return value;
  }

  Hdf5Column table_column(hid_t dataset, hid_t space, hid_t type, unsigned member,
                          const std::string& object) const {
    char* raw_name = H5Tget_member_name(type, member);
    if (raw_name == nullptr) fail("'" + object + "' has a column without a name");
    Hdf5Column column{raw_name, {}};
    H5free_memory(raw_name);
    const Hdf5Handle stored(H5Tget_member_type(type, member), H5Tclose);
    const auto read_as = [&](hid_t cell, std::size_t cell_bytes, void* values) {
      const Hdf5Handle memory(H5Tcreate(H5T_COMPOUND, cell_bytes), H5Tclose);
      H5Tinsert(memory.get(), column.name.c_str(), 0, cell);
      return H5Dread(dataset, memory.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
    };
    const auto numbers = [&]<class T>(std::vector<T> values) {
      values.resize(elements(space, sizeof(T), object));
      if (!values.empty() && read_as(hdf5_native_type<T>(), sizeof(T), values.data()) < 0) {
        fail("column '" + column.name + "' of '" + object + "' cannot be read");
      }
      column.values = std::move(values);
    };
    switch (H5Tget_class(stored.get())) {
      case H5T_STRING:
        column.values = texts(stored.get(), space, object, [&](hid_t cell, void* values) {
          return read_as(cell, H5Tget_size(cell), values);
        });
        break;
      case H5T_FLOAT:
        numbers(std::vector<double>());
        break;
      case H5T_INTEGER:
        numbers(std::vector<std::uint64_t>());
        break;
      default:
        fail("column '" + column.name + "' of '" + object + "' has an unexpected type");
    }
    return column;
  }
};

Hdf5Reader::Hdf5Reader(std::filesystem::path path) : state_(std::make_unique<State>()) {
  const Hdf5Lock lock;
  state_->path = std::move(path);
  std::error_code error;
  state_->file_bytes = std::filesystem::file_size(state_->path, error);
  if (error) state_->fail("cannot be read: " + error.message());
  state_->file = Hdf5Handle(H5Fopen(state_->path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!state_->file.valid())
    state_->fail("is not a readable HDF5 file (damaged, truncated or of another kind)");
}

Hdf5Reader::Hdf5Reader(std::filesystem::path path, std::span<const std::byte> image)
    : state_(std::make_unique<State>()) {
  const Hdf5Lock lock;
  state_->path = std::move(path);
  state_->file_bytes = image.size();
  state_->file = hdf5_open_image(image);
  if (!state_->file.valid()) state_->fail("is not a readable HDF5 file (of another kind)");
}

Hdf5Reader::~Hdf5Reader() {
  const Hdf5Lock lock;
  state_.reset();
}
Hdf5Reader::Hdf5Reader(Hdf5Reader&&) noexcept = default;
Hdf5Reader& Hdf5Reader::operator=(Hdf5Reader&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

const std::filesystem::path& Hdf5Reader::path() const { return state_->path; }

bool Hdf5Reader::has(const std::string& object) const {
  const Hdf5Lock lock;
  return state_->has(object);
}

bool Hdf5Reader::has_attribute(const std::string& object, const std::string& name) const {
  const Hdf5Lock lock;
  return state_->has_attribute(object, name);
}

std::vector<std::string> Hdf5Reader::children(const std::string& group) const {
  const Hdf5Lock lock;
  const Hdf5Handle opened(state_->has(group) ? H5Gopen2(state_->file.get(), group.c_str(), H5P_DEFAULT) : -1,
                          H5Gclose);
  if (!opened.valid()) state_->fail("there is no group '" + group + "'");
  std::vector<std::string> names;
  const auto collect = [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
    static_cast<std::vector<std::string>*>(out)->emplace_back(name);
    return 0;
  };
  if (H5Literate(opened.get(), H5_INDEX_NAME, H5_ITER_INC, nullptr, collect, &names) < 0) {
    state_->fail("the members of '" + group + "' cannot be read");
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::vector<std::size_t> Hdf5Reader::shape(const std::string& object) const {
  const Hdf5Lock lock;
  const Hdf5Handle opened = state_->dataset(object);
  const Hdf5Handle space(H5Dget_space(opened.get()), H5Sclose);
  state_->elements(space.get(), 1, object);
  const std::vector<hsize_t> extents = state_->extents(space.get(), object);
  return {extents.begin(), extents.end()};
}

std::vector<std::string> Hdf5Reader::texts(const std::string& object) const {
  const Hdf5Lock lock;
  const Hdf5Handle opened = state_->dataset(object);
  const Hdf5Handle type(H5Dget_type(opened.get()), H5Tclose);
  const Hdf5Handle space(H5Dget_space(opened.get()), H5Sclose);
  return state_->texts(type.get(), space.get(), object, [&](hid_t memory, void* values) {
    return H5Dread(opened.get(), memory, H5S_ALL, H5S_ALL, H5P_DEFAULT, values);
  });
}

std::string Hdf5Reader::text(const std::string& object) const {
  const std::vector<std::string> all = texts(object);
  if (all.size() != 1) state_->fail("'" + object + "' is not one text");
  return all.front();
}

std::string Hdf5Reader::attribute_text(const std::string& object, const std::string& name) const {
  const Hdf5Lock lock;
  const Hdf5Handle opened = state_->attribute(object, name);
  const Hdf5Handle type(H5Aget_type(opened.get()), H5Tclose);
  const Hdf5Handle space(H5Aget_space(opened.get()), H5Sclose);
  const std::vector<std::string> all =
      state_->texts(type.get(), space.get(), object + "@" + name,
                    [&](hid_t memory, void* values) { return H5Aread(opened.get(), memory, values); });
  if (all.size() != 1) state_->fail("attribute '" + name + "' of '" + object + "' is not one text");
  return all.front();
}

double Hdf5Reader::attribute_number(const std::string& object, const std::string& name) const {
  const Hdf5Lock lock;
  return state_->attribute_value<double>(object, name);
}
std::int64_t Hdf5Reader::attribute_integer(const std::string& object, const std::string& name) const {
  const Hdf5Lock lock;
  return state_->attribute_value<std::int64_t>(object, name);
}
std::uint64_t Hdf5Reader::attribute_unsigned(const std::string& object, const std::string& name) const {
  const Hdf5Lock lock;
  return state_->attribute_value<std::uint64_t>(object, name);
}

template <class T>
std::vector<T> Hdf5Reader::read(const std::string& object) const {
  const Hdf5Lock lock;
  const Hdf5Handle opened = state_->dataset(object);
  const Hdf5Handle type(H5Dget_type(opened.get()), H5Tclose);
  const Hdf5Handle space(H5Dget_space(opened.get()), H5Sclose);
  state_->require_number(type.get(), object);
  std::vector<T> values(state_->elements(space.get(), sizeof(T), object));
  if (!values.empty() &&
      H5Dread(opened.get(), hdf5_native_type<T>(), H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0) {
    state_->fail("'" + object + "' cannot be read (damaged or truncated)");
  }
  return values;
}

template <class T>
void Hdf5Reader::read_rows(const std::string& object, std::size_t first, std::size_t count,
                           std::span<T> out) const {
  const Hdf5Lock lock;
  const Hdf5Handle opened = state_->dataset(object);
  const Hdf5Handle type(H5Dget_type(opened.get()), H5Tclose);
  const Hdf5Handle space(H5Dget_space(opened.get()), H5Sclose);
  state_->require_number(type.get(), object);
  const std::vector<hsize_t> shape = state_->extents(space.get(), object);
  if (shape.empty() || shape.size() > 2) state_->fail("'" + object + "' is neither a vector nor a matrix");
  if (first > shape[0] || count > shape[0] - first) {
    state_->fail("'" + object + "' has " + std::to_string(shape[0]) + " rows, rows up to " +
                 std::to_string(first + count) + " were asked for");
  }
  std::vector<hsize_t> offset(shape.size(), 0), block = shape;
  offset[0] = first;
  block[0] = count;
  if (out.size() != count * (shape.size() == 2 ? shape[1] : 1)) {
    throw std::logic_error("Hdf5Reader::read_rows: wrong size of the result");
  }
  if (out.empty()) return;
  const Hdf5Handle memory(H5Screate_simple(static_cast<int>(block.size()), block.data(), nullptr), H5Sclose);
  if (H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, offset.data(), nullptr, block.data(), nullptr) < 0 ||
      H5Dread(opened.get(), hdf5_native_type<T>(), memory.get(), space.get(), H5P_DEFAULT, out.data()) < 0) {
    state_->fail("'" + object + "' cannot be read (damaged or truncated)");
  }
}

std::vector<Hdf5Column> Hdf5Reader::table(const std::string& object) const {
  const Hdf5Lock lock;
  const Hdf5Handle opened = state_->dataset(object);
  const Hdf5Handle type(H5Dget_type(opened.get()), H5Tclose);
  const Hdf5Handle space(H5Dget_space(opened.get()), H5Sclose);
  if (H5Tget_class(type.get()) != H5T_COMPOUND) state_->fail("'" + object + "' is not a table");
  const int members = H5Tget_nmembers(type.get());
  std::vector<Hdf5Column> columns;
  for (int m = 0; m < members; ++m) {
    columns.push_back(
        state_->table_column(opened.get(), space.get(), type.get(), static_cast<unsigned>(m), object));
  }
  return columns;
}

#define ZIPML_INSTANTIATE(T)                                             \
  template std::vector<T> Hdf5Reader::read<T>(const std::string&) const; \
  template void Hdf5Reader::read_rows<T>(const std::string&, std::size_t, std::size_t, std::span<T>) const;
ZIPML_INSTANTIATE(float)
ZIPML_INSTANTIATE(double)
ZIPML_INSTANTIATE(std::int32_t)
ZIPML_INSTANTIATE(std::int64_t)
ZIPML_INSTANTIATE(std::uint32_t)
ZIPML_INSTANTIATE(std::uint64_t)
ZIPML_INSTANTIATE(std::uint8_t)
#undef ZIPML_INSTANTIATE

}  // namespace zipml
