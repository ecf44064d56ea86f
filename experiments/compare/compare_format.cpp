#include "experiments/compare/compare_format.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "engine/data/number_text.h"

namespace zipml {
namespace {

using OrderedJson = nlohmann::ordered_json;

struct NumberMember {
  const char* name;
  std::optional<double> Comparison::*value;
};

constexpr NumberMember kNumbers[] = {
    {"mean_variance", &Comparison::mean_variance},       {"vnmse", &Comparison::vnmse},
    {"ratio_to_optimal", &Comparison::ratio_to_optimal}, {"max_error", &Comparison::max_error},
    {"seconds_levels", &Comparison::seconds_levels},     {"seconds_quantize", &Comparison::seconds_quantize}};

std::string shortest(double value) {
  std::array<char, 32> buffer{};
  return {buffer.data(), std::to_chars(buffer.data(), buffer.data() + buffer.size(), value).ptr};
}

std::string column_text(std::int64_t column) { return column == 0 ? "pooled" : std::to_string(column); }

OrderedJson column_json(std::int64_t column) {
  return column == 0 ? OrderedJson("pooled") : OrderedJson(column);
}

OrderedJson lines_json(const std::vector<Comparison>& lines) {
  OrderedJson all = OrderedJson::array();
  for (const Comparison& line : lines) {
    OrderedJson object = {{"column", column_json(line.column)},
                          {"levels", line.levels},
                          {"bits", line.bits},
                          {"rounding", line.rounding}};
    for (const NumberMember& number : kNumbers) {
      const std::optional<double>& value = line.*number.value;
      object[number.name] = value ? OrderedJson(*value) : OrderedJson(nullptr);
    }
    OrderedJson& levels = object["level_values"] = OrderedJson::array();
    for (const float level : line.level_values) levels.push_back(short_double(level));
    all.push_back(std::move(object));
  }
  return all;
}

/// A CSV field, in quotes where it must be.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string four_digits(const std::optional<double>& value) {
  if (!value) return "-";
  std::array<char, 32> buffer{};
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), *value, std::chars_format::general, 4);
  return {buffer.data(), end};
}

OrderedJson histogram_json(const CompareColumn& column) {
  constexpr std::size_t kBins = 200;
  OrderedJson object = {{"column", column_json(column.number)}, {"low", nullptr}, {"high", nullptr}};
  std::vector<std::uint64_t> counts(kBins);
  if (!column.values.empty()) {
    const auto [least, largest] = std::minmax_element(column.values.begin(), column.values.end());
    const double low = *least, high = *largest;
    const double scale = high > low ? static_cast<double>(kBins) / (high - low) : 0.0;
    for (const float value : column.values) {
      ++counts[std::min(kBins - 1, static_cast<std::size_t>((static_cast<double>(value) - low) * scale))];
    }
    object["low"] = low;
    object["high"] = high;
  }
  object["counts"] = counts;
  return object;
}

}  // namespace

std::string compare_json(const std::vector<Comparison>& lines) { return lines_json(lines).dump(2) + "\n"; }

std::string compare_csv(const std::vector<Comparison>& lines) {
  std::string text = "column,levels,bits,rounding";
  for (const NumberMember& number : kNumbers) text += std::string(",") + number.name;
  text += ",level_values\n";
  for (const Comparison& line : lines) {
    text += column_text(line.column) + "," + csv_field(line.levels) + "," + std::to_string(line.bits) + "," +
            line.rounding;
    for (const NumberMember& number : kNumbers) {
      const std::optional<double>& value = line.*number.value;
      text += "," + (value ? shortest(*value) : std::string());
    }
    text += ",";
    for (std::size_t i = 0; i < line.level_values.size(); ++i) {
      text += (i == 0 ? "" : " ") + number_text(line.level_values[i]);
    }
    text += "\n";
  }
  return text;
}

std::string compare_table(const std::vector<Comparison>& lines) {
  std::vector<std::vector<std::string>> cells = {{"column", "levels", "bits", "rounding"}};
  for (const NumberMember& number : kNumbers) cells[0].emplace_back(number.name);
  for (const Comparison& line : lines) {
    cells.push_back({column_text(line.column), line.levels, std::to_string(line.bits), line.rounding});
    for (const NumberMember& number : kNumbers) cells.back().push_back(four_digits(line.*number.value));
  }
  std::vector<std::size_t> widths(cells[0].size());
  for (const auto& row : cells) {
    for (std::size_t c = 0; c < row.size(); ++c) widths[c] = std::max(widths[c], row[c].size());
  }
  std::string text;
  for (const auto& row : cells) {
    for (std::size_t c = 0; c < row.size(); ++c) {
      text += row[c];
      text += c + 1 < row.size() ? std::string(widths[c] - row[c].size() + 2, ' ') : "\n";
    }
  }
  return text;
}

std::string compare_plot_data(const std::string& title, const std::vector<CompareColumn>& columns,
                              const std::vector<Comparison>& lines) {
  OrderedJson data = {{"title", title}, {"lines", lines_json(lines)}};
  OrderedJson& histograms = data["histograms"] = OrderedJson::array();
  for (const CompareColumn& column : columns) histograms.push_back(histogram_json(column));
  return data.dump(-1, ' ', true, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace zipml
