#include "engine/data/libsvm_reader.h"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>

#include "engine/core/error.h"
#include "engine/data/line_reader.h"
#include "engine/data/number_text.h"

namespace zipml {
namespace {

bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\r'; }

class LibsvmReader final : public TableReader {
 public:
  LibsvmReader(const std::filesystem::path& path, const ReadLimits& limits, LabelClasses& classes)
      : lines_(path),
        limit_(limits.features != 0 ? limits.features : kMaxFeatures),
        allow_gaps_(limits.allow_gaps),
        classes_(classes) {}

  void read(std::size_t rows, RowTable& table) override {
    table_ = &table;
    std::string_view line;
    for (const std::size_t wanted = table.rows() + rows; table.rows() < wanted && lines_.next(line);)
      parse(line);
  }

 private:
  void parse(std::string_view line) {
    at_ = line.data();
    const char* comment = static_cast<const char*>(std::memchr(line.data(), '#', line.size()));
    end_ = comment != nullptr ? comment : line.data() + line.size();
    if (!skip_blanks()) return;
    const char* start = at_;
    float label = 0.0f;
    check(parse_number(at_, end_, label), "label", start);
    if (at_ != end_ && !is_blank(*at_)) fail("label", start, "is not a number");
    classes_.see(label, [this] { return lines_.place(); });
    table_->add_row(label);
    std::size_t last_index = 0;
    while (skip_blanks()) last_index = parse_feature(last_index);
  }

  bool skip_blanks() {
    while (at_ != end_ && is_blank(*at_)) ++at_;
    return at_ != end_;
  }

  std::size_t parse_feature(std::size_t last_index) {
    const char* start = at_;
    std::size_t index = 0;
    while (at_ != end_ && *at_ >= '0' && *at_ <= '9') {
      index = std::min(index * 10 + static_cast<std::size_t>(*at_ - '0'), kHugeIndex);
      ++at_;
    }
    if (at_ == start || at_ == end_ || *at_ != ':') fail("", start, "is not INDEX:VALUE");
    if (index <= last_index) {
      fail("", start,
           index == 0 ? "has index 0; indices start at 1"
                      : "has an index that is not above the one before, " + std::to_string(last_index) +
                            "; indices must ascend");
    }
    if (index > limit_)
      fail("", start, "has an index above " + std::to_string(limit_) + ", the largest allowed");
    ++at_;
    const char* value_start = at_;
    float value = 0.0f;
    const NumberFault fault = parse_number(at_, end_, value);
    if (fault != NumberFault::not_finite || !allow_gaps_) check(fault, "value of", start);
    if (at_ == value_start || (at_ != end_ && !is_blank(*at_))) fail("value of", start, "is not a number");
    table_->set(index - 1, value);
    return index;
  }

  void check(NumberFault fault, const char* what, const char* token) const {
    if (fault != NumberFault::none) fail(what, token, std::string(fault_text(fault)));
  }

  [[noreturn]] void fail(const char* what, const char* token, const std::string& fault) const {
    const char* stop = std::find_if(token, end_, is_blank);
    std::string text(token, std::min<std::ptrdiff_t>(stop - token, kShownCharacters));
    throw InputError(lines_.place() + ": " + what + (*what != '\0' ? " '" : "'") + text + "' " + fault);
  }

  static constexpr std::size_t kHugeIndex = std::size_t{1} << 40;
  static constexpr std::ptrdiff_t kShownCharacters = 40;

  LineReader lines_;
  std::size_t limit_;
  bool allow_gaps_;
  LabelClasses& classes_;
  RowTable* table_ = nullptr;
  const char* at_ = nullptr;
  const char* end_ = nullptr;
};

}  // namespace

RowTable read_libsvm(const std::filesystem::path& path, const ReadLimits& limits, LabelClasses& classes) {
  RowTable table(limits.memory, path.string());
  LibsvmReader(path, limits, classes).read(limits.rows == 0 ? kAllRows : limits.rows, table);
  return table;
}

std::unique_ptr<TableReader> open_libsvm(const std::filesystem::path& path, const ReadLimits& limits,
                                         LabelClasses& classes) {
  return std::make_unique<LibsvmReader>(path, limits, classes);
}

}  // namespace zipml
