#include "experiments/report/report_html_parts.h"

#include <array>
#include <cmath>
#include <cstdio>

#include "experiments/report/report_cells.h"

namespace zipml {
namespace {

// For Number() of JavaScript; "" sorts last.
std::string sort_key(double value) {
  if (std::isnan(value)) return "";
  if (std::isinf(value)) return value > 0 ? "Infinity" : "-Infinity";
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.17g", value);
  return text.data();
}

void run_list(HtmlWriter& html, const DataRow& row, const PageAnchors& anchors) {
  html.open("td").open("details").element(
      "summary", std::to_string(row.runs.size()) + (row.runs.size() == 1 ? " run" : " runs"));
  html.open("div", {{"class", "runs"}});
  for (std::size_t i = 0; i < row.runs.size(); ++i) {
    html.element("code", row.runs[i], {{"id", anchors.run(row.runs[i])}});
    html.text(" seed " + std::to_string(row.seeds[i])).empty("br");
  }
  html.close().close().close();
}

void data_row(HtmlWriter& html, const FigureReport& figure, const DataRow& row, const PageAnchors& anchors) {
  html.open("tr");
  html.element("td", row.panel, {{"class", "name"}}).element("td", row.series, {{"class", "name"}});
  html.element("td", row.setting, {{"class", "setting"}}).element("td", row.dataset, {{"class", "name"}});
  number_cell(html, std::to_string(row.seeds.size()), static_cast<double>(row.seeds.size()));
  number_cell(html, std::to_string(row.diverged), static_cast<double>(row.diverged));
  for (std::size_t q = 0; q < row.values.size(); ++q) {
    const Quantity& quantity = figure.quantities[q];
    number_cell(html, quantity_cell(quantity, row.values[q].value), row.values[q].value,
                quantity_interval(quantity, row.values[q]));
  }
  number_cell(html, moved_cell(row.bytes_moved), static_cast<double>(row.bytes_moved));
  run_list(html, row, anchors);
  html.close();
}

void data_table(HtmlWriter& html, const FigureReport& figure, const PageAnchors& anchors) {
  std::vector<TableColumn> columns = {{"panel"},    {"series"},      {"setting"},
                                      {"data set"}, {"seeds", true}, {"diverged", true}};
  for (const Quantity& quantity : figure.quantities) columns.push_back({quantity.name, true});
  columns.insert(columns.end(), {{"bytes moved", true}, {"runs"}});
  begin_table(html, figure.name + ": medians over seeds, [95% intervals]; bytes moved: all seeds", columns);
  for (const DataRow& row : figure.rows) data_row(html, figure, row, anchors);
  end_table(html);
}

void claim_links(HtmlWriter& html, const ReportData& report, const FigureReport& figure) {
  if (figure.claims.empty()) {
    html.element("p", "No claim of the paper.", {{"class", "soft"}});
    return;
  }
  html.open("details").element(
      "summary", std::to_string(figure.claims.size()) + (figure.claims.size() == 1 ? " claim" : " claims"));
  html.open("ul");
  for (const std::size_t index : figure.claims) {
    const ClaimResult& result = report.claims[index].result;
    html.open("li").element("a", result.claim.claim, {{"href", "#claim-" + std::to_string(index + 1)}});
    html.text(": ").element("b", verdict_name(result.finding.verdict)).close();
  }
  html.close().close();
}

void provenance_lines(HtmlWriter& html, const FigureReport& figure) {
  html.open("p")
      .text("Bytes moved by all runs: ")
      .element("b", format_bytes(static_cast<double>(figure.bytes_moved)))
      .text(". Environment:");
  for (const std::size_t one : figure.environments) {
    const std::string number = std::to_string(one + 1);
    html.text(" ").element("a", number, {{"href", "#environment-" + number}});
  }
  html.close();
  html.element("p", "To run it again:");
  for (const std::string& command : figure.commands) html.element("pre", command, {{"tabindex", "0"}});
  html.open("details").element("summary", "config: the part that all runs share");
  html.element("pre", figure.common.dump(2, ' ', false, Json::error_handler_t::replace), {{"tabindex", "0"}});
  html.close();
}

}  // namespace

PageAnchors::PageAnchors(const ReportData& report) {
  for (const FigureReport& figure : report.figures) figures_.push_back(unique("figure-", figure.name));
  for (const FigureReport& figure : report.figures) {
    for (const DataRow& row : figure.rows) {
      for (const std::string& id : row.runs) runs_.emplace(id, unique("run-", id));
    }
  }
}

std::string PageAnchors::run(const std::string& id) const {
  const auto found = runs_.find(id);
  return found == runs_.end() ? "" : found->second;
}

std::string PageAnchors::unique(const std::string& prefix, const std::string& name) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-";
  std::string anchor = prefix;
  for (const char c : name) anchor += kPlain.find(c) == std::string_view::npos ? '_' : c;
  for (int i = 2; used_.contains(anchor); ++i)
    anchor = prefix + std::to_string(i) + "-" + anchor.substr(prefix.size());
  used_.insert(anchor);
  return anchor;
}

void begin_table(HtmlWriter& html, const std::string& caption, const std::vector<TableColumn>& columns,
                 const std::string& id) {
  // A box that scrolls must be reachable by the keyboard.
  html.open("div", {{"class", "wide"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", caption}});
  HtmlWriter::Attributes attributes = {{"class", "sortable"}};
  if (!id.empty()) attributes.emplace_back("id", id);
  html.open("table", attributes).element("caption", caption).open("thead").open("tr");
  for (const TableColumn& column : columns) {
    HtmlWriter::Attributes cell = {{"scope", "col"}};
    if (column.number) cell.emplace_back("class", "number");
    html.element("th", column.title, cell);
  }
  html.close().close().open("tbody");
}

void end_table(HtmlWriter& html) { html.close().close().close(); }

void number_cell(HtmlWriter& html, const std::string& shown, double sort, const std::string& range) {
  html.open("td", {{"class", "number"}, {"data-sort", sort_key(sort)}}).text(shown);
  if (!range.empty()) html.element("span", range, {{"class", "range"}});
  html.close();
}

void image_figure(HtmlWriter& html, const FigureImage& image) {
  html.open("figure");
  html.empty("img", {{"src", "data:" + image.media_type + ";base64," + base64(image.bytes)},
                     {"alt", "figure " + image.name + "; its numbers are in the tables"}});
  html.element("figcaption", image.name).close();
}

void figure_section(HtmlWriter& html, const ReportData& report, std::size_t index,
                    const std::vector<FigureImage>& images, const PageAnchors& anchors) {
  const FigureReport& figure = report.figures.at(index);
  html.open("section", {{"id", anchors.figure(index)}}).element("h2", figure.name);
  claim_links(html, report, figure);
  for (const FigureImage& image : images) image_figure(html, image);
  if (images.empty())
    html.element("p", figure.rows.empty() ? "No results." : "No figure was drawn of these results.",
                 {{"class", "soft"}});
  if (!figure.rows.empty()) {
    data_table(html, figure, anchors);
    provenance_lines(html, figure);
  }
  html.close();
}

}  // namespace zipml
