#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "engine/core/error.h"
#include "engine/data/hdf5_file.h"
#include "engine/data/hdf5_handle.h"

namespace zipml {

struct Hdf5Writer::State {
  std::filesystem::path path;
  Hdf5Handle file;

  void check(bool ok, const std::string& what) const {
    if (!ok) throw IoError(path.string() + ": HDF5 could not write " + what);
  }

  void group(const std::string& object) const {
    for (std::size_t end = object.find('/', 1); object.size() > 1; end = object.find('/', end + 1)) {
      make_one_group(object.substr(0, end));
      if (end == std::string::npos) break;
    }
  }

  void parents_of(const std::string& object) const {
    const std::size_t slash = object.rfind('/');
    if (slash != std::string::npos && slash > 0) group(object.substr(0, slash));
  }

  Hdf5Handle dataset(const std::string& object, hid_t type, hid_t space) const {
    parents_of(object);
    const Hdf5Handle properties(H5Pcreate(H5P_DATASET_CREATE), H5Pclose);
    H5Pset_obj_track_times(properties.get(), false);
    Hdf5Handle made(
        H5Dcreate2(file.get(), object.c_str(), type, space, H5P_DEFAULT, properties.get(), H5P_DEFAULT),
        H5Dclose);
    check(made.valid(), object);
    return made;
  }

  void write(const std::string& object, hid_t type, hid_t space, const void* values) const {
    const Hdf5Handle made = dataset(object, type, space);
    if (H5Sget_simple_extent_npoints(space) == 0) return;
    check(H5Dwrite(made.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) >= 0, object);
  }

  void write_simple(const std::string& object, hid_t type, const std::vector<hsize_t>& shape,
                    const void* values) const {
    const Hdf5Handle space(H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr), H5Sclose);
    write(object, type, space.get(), values);
  }

  void attribute(const std::string& object, const std::string& name, hid_t type, const void* value) const {
    const Hdf5Handle owner(H5Oopen(file.get(), object.c_str(), H5P_DEFAULT), H5Oclose);
    check(owner.valid(), "an attribute of " + object + ", which does not exist");
    const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
    const Hdf5Handle made(H5Acreate2(owner.get(), name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT),
                          H5Aclose);
    check(made.valid() && H5Awrite(made.get(), type, value) >= 0, "attribute " + object + "@" + name);
  }

 private:
  void make_one_group(const std::string& object) const {
    if (H5Lexists(file.get(), object.c_str(), H5P_DEFAULT) > 0) return;
    const Hdf5Handle properties(H5Pcreate(H5P_GROUP_CREATE), H5Pclose);
    H5Pset_obj_track_times(properties.get(), false);
    const Hdf5Handle made(H5Gcreate2(file.get(), object.c_str(), H5P_DEFAULT, properties.get(), H5P_DEFAULT),
                          H5Gclose);
    check(made.valid(), object);
  }
};

Hdf5Writer::Hdf5Writer(std::filesystem::path path) : state_(std::make_unique<State>()) {
  const Hdf5Lock lock;
  state_->path = std::move(path);
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  constexpr std::size_t kGrowth = std::size_t{1} << 16;
  H5Pset_fapl_core(access.get(), kGrowth, false);
  const Hdf5Handle creation(H5Pcreate(H5P_FILE_CREATE), H5Pclose);
  H5Pset_obj_track_times(creation.get(), false);
  // The core driver never touches the disk; the name only has to be one that HDF5 does not hold open.
  const std::string name =
      "zipml-in-memory-" + std::to_string(reinterpret_cast<std::uintptr_t>(state_.get()));
  state_->file = Hdf5Handle(H5Fcreate(name.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose);
  state_->check(state_->file.valid(), "a new file");
}

Hdf5Writer::~Hdf5Writer() {
  const Hdf5Lock lock;
  state_.reset();
}
Hdf5Writer::Hdf5Writer(Hdf5Writer&&) noexcept = default;
Hdf5Writer& Hdf5Writer::operator=(Hdf5Writer&& other) noexcept {
  std::swap(state_, other.state_);
  return *this;
}

const std::filesystem::path& Hdf5Writer::path() const { return state_->path; }

void Hdf5Writer::group(const std::string& object) {
  const Hdf5Lock lock;
  state_->group(object);
}

void Hdf5Writer::attribute(const std::string& object, const std::string& name, std::string_view value) {
  const Hdf5Lock lock;
  const std::string terminated(value);
  const char* pointer = terminated.c_str();
  state_->attribute(object, name, hdf5_text_type().get(), &pointer);
}
void Hdf5Writer::attribute(const std::string& object, const std::string& name, double value) {
  const Hdf5Lock lock;
  state_->attribute(object, name, H5T_NATIVE_DOUBLE, &value);
}
void Hdf5Writer::attribute(const std::string& object, const std::string& name, std::int64_t value) {
  const Hdf5Lock lock;
  state_->attribute(object, name, H5T_NATIVE_INT64, &value);
}
void Hdf5Writer::attribute(const std::string& object, const std::string& name, std::uint64_t value) {
  const Hdf5Lock lock;
  state_->attribute(object, name, H5T_NATIVE_UINT64, &value);
}

void Hdf5Writer::text(const std::string& object, std::string_view value) {
  const Hdf5Lock lock;
  const std::string terminated(value);
  const char* pointer = terminated.c_str();
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  state_->write(object, hdf5_text_type().get(), space.get(), &pointer);
}

void Hdf5Writer::texts(const std::string& object, std::span<const std::string> values) {
  const Hdf5Lock lock;
  std::vector<const char*> pointers;
  for (const std::string& value : values) pointers.push_back(value.c_str());
  state_->write_simple(object, hdf5_text_type().get(), {values.size()}, pointers.data());
}

template <class T>
void Hdf5Writer::scalar(const std::string& object, T value) {
  const Hdf5Lock lock;
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  state_->write(object, hdf5_native_type<T>(), space.get(), &value);
}

template <class T>
void Hdf5Writer::array(const std::string& object, std::span<const T> values) {
  const Hdf5Lock lock;
  state_->write_simple(object, hdf5_native_type<T>(), {values.size()}, values.data());
}

template <class T>
void Hdf5Writer::matrix(const std::string& object, std::size_t rows, std::size_t cols,
                        std::span<const T> values) {
  if (values.size() != rows * cols) throw std::logic_error("Hdf5Writer::matrix: size is not rows x cols");
  const Hdf5Lock lock;
  state_->write_simple(object, hdf5_native_type<T>(), {rows, cols}, values.data());
}

void Hdf5Writer::table(const std::string& object, const std::vector<Hdf5Column>& columns) {
  constexpr std::size_t kCell = 8;  // a uint64, a double or a pointer to text
  static_assert(sizeof(const char*) == kCell);
  if (columns.empty()) throw std::logic_error("Hdf5Writer::table: no columns");
  const Hdf5Lock lock;
  const auto length = [](const auto& values) { return values.size(); };
  const std::size_t rows = std::visit(length, columns.front().values);
  const std::size_t row_bytes = kCell * columns.size();
  std::vector<std::byte> cells(rows * row_bytes);
  const Hdf5Handle type(H5Tcreate(H5T_COMPOUND, row_bytes), H5Tclose);
  const Hdf5Handle text_type = hdf5_text_type();
  for (std::size_t c = 0; c < columns.size(); ++c) {
    if (std::visit(length, columns[c].values) != rows) {
      throw std::logic_error("Hdf5Writer::table: columns of different lengths");
    }
    std::byte* cell = cells.data() + c * kCell;
    hid_t cell_type = H5T_NATIVE_UINT64;
    if (const auto* texts = std::get_if<std::vector<std::string>>(&columns[c].values)) {
      cell_type = text_type.get();
      for (std::size_t r = 0; r < rows; ++r, cell += row_bytes) {
        const char* pointer = (*texts)[r].c_str();
        std::memcpy(cell, &pointer, kCell);
      }
    } else if (const auto* reals = std::get_if<std::vector<double>>(&columns[c].values)) {
      cell_type = H5T_NATIVE_DOUBLE;
      for (std::size_t r = 0; r < rows; ++r, cell += row_bytes) std::memcpy(cell, &(*reals)[r], kCell);
    } else {
      const auto& counts = std::get<std::vector<std::uint64_t>>(columns[c].values);
      for (std::size_t r = 0; r < rows; ++r, cell += row_bytes) std::memcpy(cell, &counts[r], kCell);
    }
    state_->check(H5Tinsert(type.get(), columns[c].name.c_str(), c * kCell, cell_type) >= 0, object);
  }
  state_->write_simple(object, type.get(), {rows}, cells.data());
}

std::vector<std::byte> Hdf5Writer::image() {
  const Hdf5Lock lock;
  state_->check(H5Fflush(state_->file.get(), H5F_SCOPE_GLOBAL) >= 0, "the file");
  const ssize_t size = H5Fget_file_image(state_->file.get(), nullptr, 0);
  state_->check(size > 0, "the file");
  std::vector<std::byte> bytes(static_cast<std::size_t>(size));
  state_->check(H5Fget_file_image(state_->file.get(), bytes.data(), bytes.size()) == size, "the file");
  return bytes;
}

void Hdf5Writer::save() {
  const std::vector<std::byte> bytes = image();
  const auto fail = [this](const char* what) {
    throw IoError(state_->path.string() + ": cannot " + what + ": " + std::strerror(errno));
  };
  const int file = ::open(state_->path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
  if (file < 0) fail("create the file");
  struct Closer {
    int descriptor;
    ~Closer() {
      if (descriptor >= 0) ::close(descriptor);
    }
  } closer{file};
  for (std::size_t done = 0; done < bytes.size();) {
    const ssize_t written = ::write(file, bytes.data() + done, bytes.size() - done);
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) fail("write the file");
    done += static_cast<std::size_t>(written);
  }
  if (::fsync(file) != 0) fail("sync the file to the disk");
  closer.descriptor = -1;
  if (::close(file) != 0) fail("close the file");
}

#define ZIPML_INSTANTIATE(T)                                                  \
  template void Hdf5Writer::scalar<T>(const std::string&, T);                 \
  template void Hdf5Writer::array<T>(const std::string&, std::span<const T>); \
  template void Hdf5Writer::matrix<T>(const std::string&, std::size_t, std::size_t, std::span<const T>);
ZIPML_INSTANTIATE(float)
ZIPML_INSTANTIATE(double)
ZIPML_INSTANTIATE(std::int32_t)
ZIPML_INSTANTIATE(std::int64_t)
ZIPML_INSTANTIATE(std::uint32_t)
ZIPML_INSTANTIATE(std::uint64_t)
ZIPML_INSTANTIATE(std::uint8_t)
#undef ZIPML_INSTANTIATE

}  // namespace zipml
