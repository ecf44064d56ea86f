#include "engine/data/csv_reader.h"

#include <algorithm>
#include <charconv>
#include <limits>
#include <string_view>
#include <vector>

#include "engine/core/error.h"
#include "engine/data/line_reader.h"
#include "engine/data/number_text.h"

namespace zipml {
namespace {

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

char detect_separator(std::string_view line) {
  for (const char candidate : {'\t', ';'}) {
    bool quoted = false;
    for (const char c : line) {
      if (c == '"') quoted = !quoted;
      if (c == candidate && !quoted) return candidate;
    }
  }
  return ',';
}

std::string_view separator_name(char separator) {
  return separator == '\t' ? "tab" : separator == ';' ? "semicolon" : separator == ',' ? "comma" : "given";
}

/// The fields of one line; quoted ones are unescaped into storage that lives until the next line.
class FieldSplitter {
 public:
  FieldSplitter(const LineReader& lines, char separator) : lines_(lines), separator_(separator) {}

  const std::vector<std::string_view>& split(std::string_view line) {
    fields_.clear();
    unescaped_.clear();
    // Views point into it, so it must not move while the line is split.
    unescaped_.reserve(line.size());
    for (;;) {
      std::size_t end = 0;
      const std::size_t quote = line.find_first_not_of(' ');
      if (quote != std::string_view::npos && line[quote] == '"') {
        end = quoted_field(line, quote);
      } else {
        end = std::min(line.find(separator_), line.size());
        fields_.push_back(trimmed(line.substr(0, end)));
      }
      if (end == line.size()) return fields_;
      line.remove_prefix(end + 1);
    }
  }

 private:
  /// Takes the field whose opening quote is at `quote`; returns where its separator (or the line's end) is.
  std::size_t quoted_field(std::string_view line, std::size_t quote) {
    const std::size_t start = unescaped_.size();
    std::size_t at = quote + 1;
    for (;; ++at) {
      if (at >= line.size()) fail("the quote is not closed on this line");
      if (line[at] == '"') {
        if (at + 1 >= line.size() || line[at + 1] != '"') break;
        ++at;
      }
      unescaped_ += line[at];
    }
    const std::size_t end = std::min(line.find(separator_, at), line.size());
    if (!trimmed(line.substr(at + 1, end - at - 1)).empty()) fail("there is text after the closing quote");
    fields_.push_back(trimmed(std::string_view(unescaped_).substr(start)));
    return end;
  }

  [[noreturn]] void fail(const char* fault) const {
    throw InputError(lines_.place() + ": column " + std::to_string(fields_.size() + 1) + ": " + fault);
  }

  const LineReader& lines_;
  char separator_;
  std::string unescaped_;
  std::vector<std::string_view> fields_;
};

class CsvReader final : public TableReader {
 public:
  CsvReader(const std::filesystem::path& path, const CsvFormat& format, const ReadLimits& limits,
            LabelClasses& classes)
      : lines_(path), format_(format), limits_(limits), classes_(classes) {}

  void read(std::size_t rows, RowTable& table) override {
    table_ = &table;
    std::string_view line;
    for (const std::size_t wanted = table.rows() + rows; table.rows() < wanted && lines_.next(line);)
      parse(line);
  }

 private:
  void parse(std::string_view line) {
    if (line.find_first_not_of(" \t") == std::string_view::npos) return;
    if (!splitter_) {
      separator_ = format_.separator.value_or(detect_separator(line));
      splitter_.emplace(lines_, separator_);
    }
    const std::vector<std::string_view>& fields = splitter_->split(line);
    if (columns_ == 0 && begin(fields)) return;
    if (fields.size() != columns_) {
      throw InputError(lines_.place() + ": " + std::to_string(fields.size()) +
                       " fields; the first line has " + std::to_string(columns_) +
                       " (separator: " + std::string(separator_name(separator_)) + ")");
    }
    const float label = number(fields, label_column_);
    classes_.see(label, [this] { return lines_.place(); });
    table_->add_row(label);
    // Last column first: the row gets its full width at once.
    for (std::size_t c = columns_; c-- > 0;) {
      if (c != label_column_) table_->set(c - (c > label_column_ ? 1 : 0), number(fields, c));
    }
  }

  /// Learns the layout from the first line; true if that line is a header.
  bool begin(const std::vector<std::string_view>& fields) {
    if (fields.size() < 2 && !limits_.allow_gaps) {
      throw InputError(lines_.place() +
                       ": one field only; a label and at least one feature are needed (separator: " +
                       std::string(separator_name(separator_)) + ")");
    }
    columns_ = fields.size();
    if (columns_ - 1 > kMaxFeatures || (limits_.features != 0 && columns_ - 1 != limits_.features)) {
      throw InputError(lines_.place() + ": " + std::to_string(columns_ - 1) + " features; " +
                       (limits_.features != 0 ? std::to_string(limits_.features) + " are expected"
                                              : "at most " + std::to_string(kMaxFeatures) + " are allowed"));
    }
    const auto is_number = [this](std::string_view field) {
      if (field.empty()) return limits_.allow_gaps;
      const char* at = field.data();
      float value = 0.0f;
      return parse_number(at, field.data() + field.size(), value) != NumberFault::not_a_number &&
             at == field.data() + field.size();
    };
    const bool header = format_.header.value_or(!std::all_of(fields.begin(), fields.end(), is_number));
    label_column_ = find_label(fields, header);
    return header;
  }

  std::size_t find_label(const std::vector<std::string_view>& fields, bool header) const {
    if (header) {
      const auto named = std::find(fields.begin(), fields.end(), format_.label);
      if (named != fields.end()) return static_cast<std::size_t>(named - fields.begin());
    }
    if (format_.label == "last") return columns_ - 1;
    if (format_.label == "first") return 0;
    std::size_t column = 0;
    const char* end = format_.label.data() + format_.label.size();
    const auto [stop, error] = std::from_chars(format_.label.data(), end, column);
    if (error == std::errc() && stop == end && column >= 1 && column <= columns_) return column - 1;
    throw InputError(lines_.place() + ": no column '" + format_.label +
                     "' for the label; allowed are first, last, 1 to " + std::to_string(columns_) +
                     (header ? " and the names in this line" : " (there is no header)"));
  }

  float number(const std::vector<std::string_view>& fields, std::size_t column) const {
    const std::string_view field = fields[column];
    if (field.empty() && limits_.allow_gaps) return std::numeric_limits<float>::quiet_NaN();
    const char* at = field.data();
    const char* end = at + field.size();
    float value = 0.0f;
    NumberFault fault = parse_number(at, end, value);
    if (fault == NumberFault::none && at != end) fault = NumberFault::not_a_number;
    if (fault == NumberFault::none) return value;
    if (fault == NumberFault::not_finite && at == end && limits_.allow_gaps) return value;
    constexpr std::size_t kShownCharacters = 40;
    throw InputError(lines_.place() + ": column " + std::to_string(column + 1) + ": " +
                     (field.empty() ? std::string("the field is empty; every field needs a number")
                                    : "'" + std::string(field.substr(0, kShownCharacters)) + "' " +
                                          std::string(fault_text(fault))));
  }

  LineReader lines_;
  CsvFormat format_;
  ReadLimits limits_;
  LabelClasses& classes_;
  std::optional<FieldSplitter> splitter_;
  char separator_ = ',';
  std::size_t columns_ = 0, label_column_ = 0;
  RowTable* table_ = nullptr;
};

}  // namespace

RowTable read_csv(const std::filesystem::path& path, const CsvFormat& format, const ReadLimits& limits,
                  LabelClasses& classes) {
  RowTable table(limits.memory, path.string());
  CsvReader(path, format, limits, classes).read(limits.rows == 0 ? kAllRows : limits.rows, table);
  return table;
}

std::unique_ptr<TableReader> open_csv(const std::filesystem::path& path, const CsvFormat& format,
                                      const ReadLimits& limits, LabelClasses& classes) {
  return std::make_unique<CsvReader>(path, format, limits, classes);
}

}  // namespace zipml
