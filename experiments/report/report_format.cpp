#include "experiments/report/report_format.h"

#include <algorithm>

#include "experiments/report/finding.h"
#include "experiments/report/report_cells.h"

namespace zipml {
namespace {

using Cells = std::vector<std::string>;

// Characters, not bytes: titles of data sets may hold any UTF-8.
std::size_t width(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0u) != 0x80u; }));
}

const Cells kHeader = {"figure",   "verdict", "claim",     "paper", "value",
                       "interval", "seeds",   "to decide", "scale", "dataset"};
Cells cells_of(const ReportedClaim& claim) {
  const ClaimResult& result = claim.result;
  const Finding& finding = result.finding;
  return {result.claim.figure,
          std::string(verdict_name(finding.verdict)),
          result.claim.claim,
          result.claim.paper,
          value_cell(result),
          interval_cell(finding),
          std::to_string(finding.seeds),
          format_seeds(finding.to_decide),
          claim.scale.empty() ? "-" : claim.scale,
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

void add_claims(std::string& text, const ReportData& report, const FigureReport& figure) {
  if (figure.claims.empty()) {
    text += "No claim of the paper.\n";
    return;
  }
  Cells header(kHeader.begin() + 1, kHeader.end());
  header.push_back("note");
  text.append(markdown_row(header)).append(markdown_row(Cells(header.size(), "---")));
  for (const std::size_t index : figure.claims) {
    Cells cells = cells_of(report.claims[index]);
    cells.erase(cells.begin());
    cells.push_back(report.claims[index].result.finding.note);
    text += markdown_row(cells);
  }
}

// Lists that are too long for a line of a table stay whole: a reader may search for an id.
std::string joined(const std::vector<std::string>& texts) {
  std::string all;
  for (const std::string& text : texts) all += (all.empty() ? "" : " ") + text;
  return all;
}

void add_data(std::string& text, const FigureReport& figure) {
  if (figure.rows.empty()) return;
  Cells header = {"panel", "series", "setting", "data set", "seeds", "diverged"};
  for (const Quantity& quantity : figure.quantities) header.push_back(quantity.name);
  header.insert(header.end(), {"bytes moved", "runs"});
  text.append("\n").append(markdown_row(header)).append(markdown_row(Cells(header.size(), "---")));
  for (const DataRow& row : figure.rows) {
    Cells cells = {row.panel,
                   row.series,
                   row.setting,
                   row.dataset,
                   std::to_string(row.seeds.size()),
                   std::to_string(row.diverged)};
    for (std::size_t q = 0; q < row.values.size(); ++q) {
      const std::string range = quantity_interval(figure.quantities[q], row.values[q]);
      cells.push_back(quantity_cell(figure.quantities[q], row.values[q].value) +
                      (range.empty() ? "" : " " + range));
    }
    cells.push_back(moved_cell(row.bytes_moved));
    cells.push_back(joined(row.runs));
    text += markdown_row(cells);
  }
  text += "\nBytes moved: " + format_bytes(static_cast<double>(figure.bytes_moved)) + "\n";
  for (const std::string& command : figure.commands) text += "\n    " + command + "\n";
  text += "\nThe part of the config that all runs share:\n\n    " +
          figure.common.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

void add_environments(std::string& text, const ReportData& report) {
  Cells header = {"zipml", "commit",          "compiler", "flags", "libraries",
                  "CPU",   "instruction set", "CPUs",     "runs"};
  text.append("\n## Environment\n\n").append(markdown_row(header));
  text += markdown_row(Cells(header.size(), "---"));
  for (const Environment& one : report.environments) {
    text += markdown_row({one.zipml_version, one.git_commit, one.compiler, one.flags, one.libraries,
                          one.cpu_model, one.instruction_set, one.cpus == 0 ? "-" : std::to_string(one.cpus),
                          std::to_string(one.runs)});
  }
  header = {"data set", "stand-in for", "training rows", "test rows",
            "features", "checksum",     "files",         "runs"};
  text.append("\n## Data\n\n").append(markdown_row(header)).append(markdown_row(Cells(header.size(), "---")));
  for (const DataUsed& one : report.data) {
    text += markdown_row({one.title, one.stand_in_for, std::to_string(one.train_rows),
                          std::to_string(one.test_rows), std::to_string(one.features), one.checksum,
                          joined(one.source_files), std::to_string(one.runs)});
  }
}

}  // namespace

std::string report_text(const ReportData& report) {
  std::vector<Cells> rows = {kHeader};
  rows[0].push_back("note");
  // Most claims share their note with others: each is printed once, under a number.
  std::vector<std::string> notes;
  for (const ReportedClaim& claim : report.claims) {
    const ClaimResult& result = claim.result;
    rows.push_back(cells_of(claim));
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
  return text.append("\n").append(statistics_line()).append("\n").append(summary_line(report)).append("\n");
}

std::string report_markdown(const ReportData& report) {
  std::string text;
  for (const FigureReport& figure : report.figures) {
    if (!text.empty()) text += "\n";
    text.append("## ").append(markdown_cell(figure.name)).append("\n\n");
    add_claims(text, report, figure);
    add_data(text, figure);
  }
  add_environments(text, report);
  text.append("\n").append(statistics_line()).append("\n\n").append(summary_line(report)).append("\n");
  return text;
}

}  // namespace zipml
