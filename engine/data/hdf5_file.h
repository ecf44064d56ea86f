#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace zipml {

// The part of HDF5 that this project needs, with errors as exceptions. Objects are named by their path in the
// file ("/trace"); missing parent groups are made. libhdf5 is not thread safe, so every call takes one lock
// of the whole process: any thread may use these classes, each object by one thread at a time.

/// One column of a table.
struct Hdf5Column {
  std::string name;
  std::variant<std::vector<std::uint64_t>, std::vector<double>, std::vector<std::string>> values;
};

/// Builds an HDF5 file in memory and writes it in one go: a full disk or a crash can then never leave libhdf5
/// with a half-written file. Equal calls give equal bytes (no time stamps). Elements T: float, double,
/// std::int32_t, std::int64_t, std::uint32_t, std::uint64_t, std::uint8_t. Failures throw IoError naming the
/// path.
class Hdf5Writer {
 public:
  /// Nothing is written before save(path()).
  explicit Hdf5Writer(std::filesystem::path path);
  ~Hdf5Writer();
  Hdf5Writer(Hdf5Writer&&) noexcept;
  Hdf5Writer& operator=(Hdf5Writer&&) noexcept;

  const std::filesystem::path& path() const;

  /// A group; no error if it is there.
  void group(const std::string& object);

  /// Attribute of an existing object ("/" is the file's root). Text is stored as variable-length UTF-8.
  void attribute(const std::string& object, const std::string& name, std::string_view value);
  void attribute(const std::string& object, const std::string& name, double value);
  void attribute(const std::string& object, const std::string& name, std::int64_t value);
  void attribute(const std::string& object, const std::string& name, std::uint64_t value);

  /// Scalar text data set, any length.
  void text(const std::string& object, std::string_view value);
  /// 1-D text data set.
  void texts(const std::string& object, std::span<const std::string> values);

  /// Scalar number.
  template <class T>
  void scalar(const std::string& object, T value);
  /// 1-D array; may be empty.
  template <class T>
  void array(const std::string& object, std::span<const T> values);
  template <class T>
  void array(const std::string& object, const std::vector<T>& values) {
    array(object, std::span<const T>(values));
  }
  /// 2-D array, rows x cols, row-major; values.size() == rows * cols.
  template <class T>
  void matrix(const std::string& object, std::size_t rows, std::size_t cols, std::span<const T> values);

  /// One compound data set, a row an entry; all columns have the same length.
  void table(const std::string& object, const std::vector<Hdf5Column>& columns);

  /// The bytes of the file as it stands.
  std::vector<std::byte> image();

  /// Writes the file to path() and syncs it to the disk. Throws IoError (no space, no permission, a directory
  /// in the way); a part of the file may then be left there.
  void save();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

/// Reads an HDF5 file. Failures (missing, not HDF5, truncated, no such object, wrong type or rank) throw
/// InputError naming the file and the object.
class Hdf5Reader {
 public:
  explicit Hdf5Reader(std::filesystem::path path);
  /// The same for a file that is in memory already; the path is only a name for messages.
  Hdf5Reader(std::filesystem::path path, std::span<const std::byte> image);
  ~Hdf5Reader();
  Hdf5Reader(Hdf5Reader&&) noexcept;
  Hdf5Reader& operator=(Hdf5Reader&&) noexcept;

  const std::filesystem::path& path() const;

  bool has(const std::string& object) const;
  bool has_attribute(const std::string& object, const std::string& name) const;
  /// Names of a group's members, sorted.
  std::vector<std::string> children(const std::string& group) const;
  /// Extents of a data set; a scalar has none.
  std::vector<std::size_t> shape(const std::string& object) const;

  std::string text(const std::string& object) const;
  std::vector<std::string> texts(const std::string& object) const;
  std::string attribute_text(const std::string& object, const std::string& name) const;
  /// A number attribute of any integer or float type.
  double attribute_number(const std::string& object, const std::string& name) const;
  std::int64_t attribute_integer(const std::string& object, const std::string& name) const;
  std::uint64_t attribute_unsigned(const std::string& object, const std::string& name) const;

  /// All elements, row-major, whatever the rank, converted from the stored integer or float type.
  template <class T>
  std::vector<T> read(const std::string& object) const;
  /// Rows [first, first + count) of a 1-D or 2-D data set into out, which has exactly their size.
  template <class T>
  void read_rows(const std::string& object, std::size_t first, std::size_t count, std::span<T> out) const;

  /// A compound data set written by Hdf5Writer::table. Integer members come as uint64, floats as double.
  std::vector<Hdf5Column> table(const std::string& object) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace zipml
