#include "experiments/report/report_format.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "experiments/report/finding.h"

namespace zipml {
namespace {

using Cells = std::vector<std::string>;

// Characters, not bytes: titles of data sets may hold any UTF-8.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

std::string value_cell(const ClaimResult& result) {
  const Finding& finding = result.finding;
  if (!finding.value_text.empty()) return finding.value_text;
  if (finding.runs.empty()) return "-";
  const std::string unit =
      result.claim.unit.empty() || result.claim.unit == "loss" || result.claim.unit == "rows"
          ? ""
          : " " + result.claim.unit;
  return format_value(finding.interval.value) + unit;
}

std::string interval_cell(const Finding& finding) {
  if (!finding.value_text.empty() || finding.runs.empty() || std::isnan(finding.interval.low)) return "-";
  std::string cell = "[";
  cell.append(format_value(finding.interval.low)).append(", ").append(format_value(finding.interval.high));
  return cell + "]";
}

std::string dataset_cell(const ClaimResult& result) {
  return result.finding.dataset.empty() ? result.claim.dataset : result.finding.dataset;
}

const Cells kHeader = {"figure",   "verdict", "claim",     "paper",  "value",
                       "interval", "seeds",   "to decide", "dataset"};
const char* const kIntervals =
    "Intervals: 95% bootstrap of the median over seeds, paired by seed. To decide: seeds that would lead to "
    "a "
    "verdict in 4 of 5 repetitions, by the spread of those there are.";

Cells cells_of(const ClaimResult& result) {
  const Finding& finding = result.finding;
  return {result.claim.figure,
          std::string(verdict_name(finding.verdict)),
          result.claim.claim,
          result.claim.paper,
          value_cell(result),
          interval_cell(finding),
          std::to_string(finding.seeds),
          format_seeds(finding.to_decide),
          dataset_cell(result)};
}

std::string padded_line(const Cells& cells, const std::vector<std::size_t>& widths) {
  std::string line;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    line += cells[i];
    if (i + 1 < cells.size()) line.append(widths[i] - width(cells[i]) + 2, ' ');
  }
  return line + "\n";
}

std::string summary(const std::vector<ClaimResult>& results) {
  std::map<Verdict, std::size_t> counts;
  for (const ClaimResult& result : results) ++counts[result.finding.verdict];
  std::string line = std::to_string(results.size()) + " claims:";
  for (const Verdict verdict : {Verdict::holds, Verdict::fails, Verdict::undecided, Verdict::not_run}) {
    line += (verdict == Verdict::holds ? " " : ", ") + std::to_string(counts[verdict]) + " " +
            std::string(verdict_name(verdict));
  }
  return line + "\n";
}

// A cell of a Markdown table ends at '|' and at the end of a line.
std::string markdown_cell(const std::string& text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '|' || c == '\\') escaped += '\\';
    escaped += c == '\n' || c == '\r' ? ' ' : c;
  }
  return escaped;
}

std::string markdown_row(const Cells& cells) {
  std::string row = "|";
  for (const std::string& cell : cells) row.append(" ").append(markdown_cell(cell)).append(" |");
  return row + "\n";
}

nlohmann::ordered_json number_or_null(double value) {
  if (!std::isfinite(value)) return nullptr;
  return value;
}

nlohmann::ordered_json json_of(const ClaimResult& result) {
  const Finding& finding = result.finding;
  nlohmann::ordered_json json;
  json["figure"] = result.claim.figure;
  json["claim"] = result.claim.claim;
  json["paper"] = result.claim.paper;
  if (finding.value_text.empty()) {
    json["value"] = number_or_null(finding.interval.value);
  } else {
    json["value"] = finding.value_text;
  }
  json["low"] = number_or_null(finding.interval.low);
  json["high"] = number_or_null(finding.interval.high);
  json["verdict"] = verdict_name(finding.verdict);
  json["dataset"] = dataset_cell(result);
  json["seeds"] = finding.seeds;
  json["seeds_to_decide"] = nullptr;
  if (finding.to_decide) json["seeds_to_decide"] = finding.to_decide->count;
  json["seeds_to_decide_is_least"] = finding.to_decide && finding.to_decide->at_least;
  json["level"] = kIntervalLevel;
  json["runs"] = finding.runs;
  json["unit"] = result.claim.unit;
  json["note"] = finding.note;
  return json;
}

}  // namespace

std::string report_text(const std::vector<ClaimResult>& results) {
  std::vector<Cells> rows = {kHeader};
  rows[0].push_back("note");
  // Most claims share their note with others: each is printed once, under a number.
  std::vector<std::string> notes;
  for (const ClaimResult& result : results) {
    rows.push_back(cells_of(result));
    const auto known = std::find(notes.begin(), notes.end(), result.finding.note);
    rows.back().push_back(result.finding.note.empty() ? "" : std::to_string(known - notes.begin() + 1));
    if (known == notes.end() && !result.finding.note.empty()) notes.push_back(result.finding.note);
  }
  std::vector<std::size_t> widths(rows[0].size(), 0);
  for (const Cells& row : rows) {
    for (std::size_t i = 0; i < row.size(); ++i) widths[i] = std::max(widths[i], width(row[i]));
  }
  std::string text;
  for (const Cells& row : rows) text += padded_line(row, widths);
  text += "\nNotes\n";
  for (std::size_t i = 0; i < notes.size(); ++i) {
    text.append("  ").append(std::to_string(i + 1)).append(": ").append(notes[i]).append("\n");
  }
  return text.append("\n").append(kIntervals).append("\n").append(summary(results));
}

std::string report_markdown(const std::vector<ClaimResult>& results) {
  std::string text, figure;
  for (const ClaimResult& result : results) {
    if (result.claim.figure != figure) {
      figure = result.claim.figure;
      Cells header(kHeader.begin() + 1, kHeader.end());
      header.push_back("note");
      if (!text.empty()) text += "\n";
      text.append("## ").append(figure).append("\n\n").append(markdown_row(header));
      text += markdown_row(Cells(header.size(), "---"));
    }
    Cells cells = cells_of(result);
    cells.erase(cells.begin());
    cells.push_back(result.finding.note);
    text += markdown_row(cells);
  }
  return text.append("\n").append(kIntervals).append("\n\n").append(summary(results));
}

std::string report_json(const std::vector<ClaimResult>& results) {
  nlohmann::ordered_json json = nlohmann::ordered_json::array();
  for (const ClaimResult& result : results) json.push_back(json_of(result));
  return json.dump(2, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace zipml
