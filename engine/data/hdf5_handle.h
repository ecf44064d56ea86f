#pragma once

#include <hdf5.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <span>
#include <string>
#include <utility>

namespace zipml {

/// The one lock around libhdf5; also keeps the library from printing its error stack.
class Hdf5Lock {
 public:
  Hdf5Lock() : guard_(mutex()) { H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr); }

 private:
  static std::recursive_mutex& mutex() {
    static std::recursive_mutex the_mutex;
    return the_mutex;
  }
  std::lock_guard<std::recursive_mutex> guard_;
};

/// Owns one HDF5 identifier; negative means that making it failed. Closing needs the lock to be held.
class Hdf5Handle {
 public:
  using Close = herr_t (*)(hid_t);

  Hdf5Handle() = default;
  Hdf5Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept
      : id_(std::exchange(other.id_, H5I_INVALID_HID)), close_(other.close_) {}
  Hdf5Handle& operator=(Hdf5Handle&& other) noexcept {
    std::swap(id_, other.id_);
    std::swap(close_, other.close_);
    return *this;
  }
  ~Hdf5Handle() {
    if (id_ >= 0) close_(id_);
  }

  hid_t get() const { return id_; }
  bool valid() const { return id_ >= 0; }

 private:
  hid_t id_ = H5I_INVALID_HID;
  Close close_ = nullptr;
};

/// Memory type of an element type, as the HDF5 library names it.
template <class T>
hid_t hdf5_native_type();
template <>
inline hid_t hdf5_native_type<float>() {
  return H5T_NATIVE_FLOAT;
}
template <>
inline hid_t hdf5_native_type<double>() {
  return H5T_NATIVE_DOUBLE;
}
template <>
inline hid_t hdf5_native_type<std::int32_t>() {
  return H5T_NATIVE_INT32;
}
template <>
inline hid_t hdf5_native_type<std::int64_t>() {
  return H5T_NATIVE_INT64;
}
template <>
inline hid_t hdf5_native_type<std::uint32_t>() {
  return H5T_NATIVE_UINT32;
}
template <>
inline hid_t hdf5_native_type<std::uint64_t>() {
  return H5T_NATIVE_UINT64;
}
template <>
inline hid_t hdf5_native_type<std::uint8_t>() {
  return H5T_NATIVE_UINT8;
}

/// Opens a file that is in memory, which HDF5 copies; invalid where that is no HDF5 file.
inline Hdf5Handle hdf5_open_image(std::span<const std::byte> image) {
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  constexpr std::size_t kGrowth = std::size_t{1} << 16;
  H5Pset_fapl_core(access.get(), kGrowth, false);
  // HDF5 takes a pointer to what it might write to, and writes nothing in this mode.
  H5Pset_file_image(access.get(), const_cast<std::byte*>(image.data()), image.size());
  // The core driver takes files of one name that are open at once for the same, and refuses the name of a
  // file that is there; below /dev/null none can be.
  static std::atomic<std::uint64_t> count{0};
  const std::string name = "/dev/null/image-" + std::to_string(count.fetch_add(1));
  return {H5Fopen(name.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose};
}

/// Variable-length UTF-8 text.
inline Hdf5Handle hdf5_text_type() {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  if (type.valid()) {
    H5Tset_size(type.get(), H5T_VARIABLE);
    H5Tset_cset(type.get(), H5T_CSET_UTF8);
  }
  return type;
}

}  // namespace zipml
