#include "engine/data/npy_reader.h"

#include <array>
#include <cctype>
#include <charconv>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "engine/core/error.h"
#include "engine/data/npy_layout.h"
#include "engine/data/row_table.h"

namespace zipml {
namespace {

struct NpyHeader {
  std::optional<RawType> type;
  std::optional<bool> fortran_order;
  std::optional<std::vector<std::size_t>> shape;
};

/// The header's text: a Python dict of exactly the keys descr, fortran_order and shape.
class NpyHeaderParser {
 public:
  NpyHeaderParser(std::string_view text, const std::filesystem::path& path) : text_(text), path_(path) {}

  NpyHeader parse() {
    expect('{');
    while (!accept('}')) {
      const std::string key = quoted();
      expect(':');
      member(key);
      if (!accept(',')) {
        expect('}');
        break;
      }
    }
    skip_blanks();
    if (at_ != text_.size()) fail("has something after its dictionary");
    if (!header_.type || !header_.fortran_order || !header_.shape) {
      fail("needs the keys 'descr', 'fortran_order' and 'shape'");
    }
    return header_;
  }

 private:
  void member(const std::string& key) {
    if (key == "descr" && !header_.type) {
      header_.type = element_type(quoted());
    } else if (key == "fortran_order" && !header_.fortran_order) {
      header_.fortran_order = truth();
    } else if (key == "shape" && !header_.shape) {
      header_.shape = shape();
    } else {
      fail("has the key '" + key.substr(0, kShownCharacters) + "' twice or should not have it");
    }
  }

  RawType element_type(const std::string& name) const {
    if (name == "<f4") return RawType::float32;
    if (name == "<f8") return RawType::float64;
    fail("has elements of type '" + name.substr(0, kShownCharacters) +
         "'; allowed: '<f4' and '<f8' (little-endian float32 and float64)");
  }

  bool truth() {
    skip_blanks();
    for (const std::string_view word : {"True", "False"}) {
      if (text_.substr(at_, word.size()) == word) {
        at_ += word.size();
        return word == "True";
      }
    }
    fail("has a 'fortran_order' that is neither True nor False");
  }

  std::vector<std::size_t> shape() {
    std::vector<std::size_t> extents;
    expect('(');
    while (!accept(')')) {
      extents.push_back(extent());
      if (!accept(',')) {
        expect(')');
        break;
      }
    }
    if (extents.empty() || extents.size() > 2) {
      fail("has " + std::to_string(extents.size()) + " dimensions; allowed: 1 or 2");
    }
    return extents;
  }

  std::size_t extent() {
    skip_blanks();
    std::uint64_t value = 0;
    const char* end = text_.data() + text_.size();
    const auto [stop, error] = std::from_chars(text_.data() + at_, end, value);
    if (error != std::errc()) fail("has a 'shape' that is no tuple of sizes");
    at_ = static_cast<std::size_t>(stop - text_.data());
    return value;
  }

  std::string quoted() {
    skip_blanks();
    const char quote = at_ < text_.size() ? text_[at_] : '\0';
    const std::size_t end =
        quote == '\'' || quote == '"' ? text_.find(quote, at_ + 1) : std::string_view::npos;
    if (end == std::string_view::npos) fail("is damaged (a quoted word is expected)");
    const std::string word(text_.substr(at_ + 1, end - at_ - 1));
    at_ = end + 1;
    return word;
  }

  void skip_blanks() {
    while (at_ < text_.size() && (text_[at_] == ' ' || text_[at_] == '\n')) ++at_;
  }
  bool accept(char c) {
    skip_blanks();
    if (at_ == text_.size() || text_[at_] != c) return false;
    ++at_;
    return true;
  }
  void expect(char c) {
    if (!accept(c)) fail(std::string("is damaged ('") + c + "' is expected)");
  }
  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(path_.string() + ": the .npy header " + what);
  }

  static constexpr std::size_t kShownCharacters = 40;
  std::string_view text_;
  const std::filesystem::path& path_;
  std::size_t at_ = 0;
  NpyHeader header_;
};

constexpr std::size_t kLongestHeader = std::size_t{1} << 16;

[[noreturn]] void refuse(const ByteSource& source, const std::string& what) {
  throw InputError(source.path().string() + ": " + what);
}

void read_exactly(ByteSource& source, std::span<char> out) {
  if (source.read(out) != out.size()) refuse(source, "ends within its .npy header (truncated)");
}

std::string header_text(ByteSource& source) {
  std::array<char, 8> start{};
  constexpr std::string_view kMagic = "\x93NUMPY";
  if (source.read(start) != start.size() || std::string_view(start.data(), kMagic.size()) != kMagic) {
    refuse(source, "is not a .npy file (it must begin with the byte 0x93 and NUMPY)");
  }
  const int version = start[6];
  if (version < 1 || version > 3 || start[7] != 0) {
    refuse(source, "has a .npy format version that is not known; allowed: 1.0, 2.0, 3.0");
  }
  std::array<char, 4> length_bytes{};
  read_exactly(source, std::span(length_bytes).first(version == 1 ? 2 : 4));
  std::size_t length = 0;
  for (std::size_t i = 0; i < length_bytes.size(); ++i) {
    length |= static_cast<std::size_t>(static_cast<unsigned char>(length_bytes[i])) << (8 * i);
  }
  if (length > kLongestHeader) {
    refuse(source, "has a .npy header of " + std::to_string(length) + " bytes; allowed: up to " +
                       std::to_string(kLongestHeader));
  }
  std::string text(length, '\0');
  read_exactly(source, text);
  return text;
}

std::vector<float> transposed(const NumberArray& array, std::size_t rows) {
  std::vector<float> values(rows * array.cols);
  for (std::size_t c = 0; c < array.cols; ++c) {
    for (std::size_t r = 0; r < rows; ++r) values[r * array.cols + c] = array.values[c * array.rows + r];
  }
  return values;
}

}  // namespace

NpyLayout read_npy_layout(ByteSource& source) {
  const std::string text = header_text(source);
  const NpyHeader header = NpyHeaderParser(text, source.path()).parse();
  NpyLayout layout;
  layout.type = *header.type;
  layout.rows = (*header.shape)[0];
  layout.cols = header.shape->size() == 2 ? (*header.shape)[1] : 1;
  layout.by_columns = *header.fortran_order && layout.cols > 1;
  constexpr std::uint64_t kMostElements = std::uint64_t{1} << 36;
  if (layout.cols == 0 || layout.cols > kMaxFeatures) {
    refuse(source,
           "has " + std::to_string(layout.cols) + " columns; allowed: 1 to " + std::to_string(kMaxFeatures));
  }
  if (layout.rows > kMostElements / layout.cols) refuse(source, "announces more elements than can be read");
  return layout;
}

NumberArray read_npy(const std::filesystem::path& path, std::size_t rows) {
  ByteSource source(path);
  const NpyLayout layout = read_npy_layout(source);
  NumberArray array;
  array.rows = layout.rows;
  array.cols = layout.cols;
  const bool cut = rows != 0 && rows < array.rows;
  const std::size_t read_rows = cut && !layout.by_columns ? rows : array.rows;
  const std::size_t count = read_rows * array.cols;
  append_numbers(source, layout.type, count, array.values);
  if (array.values.size() != count) refuse(source, "ends before what its header announces (truncated)");
  char extra = 0;
  if (read_rows == array.rows && source.read({&extra, 1}) != 0) {
    refuse(source, "has bytes after the end that its header announces");
  }
  if (layout.by_columns) array.values = transposed(array, cut ? rows : array.rows);
  if (cut) array.rows = rows;
  return array;
}

}  // namespace zipml
