#pragma once

#include <cstddef>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "experiments/report/figure_files.h"
#include "experiments/report/html_writer.h"
#include "experiments/report/report_data.h"

namespace zipml {

/// Ids of elements, from names of any characters.
class PageAnchors {
 public:
  explicit PageAnchors(const ReportData& report);
  const std::string& figure(std::size_t index) const { return figures_.at(index); }
  /// "" for a run that no data table has.
  std::string run(const std::string& id) const;

 private:
  std::string unique(const std::string& prefix, const std::string& name);
  std::set<std::string> used_;
  std::vector<std::string> figures_;
  std::map<std::string, std::string> runs_;
};

/// The head of a table that readers can sort, in a box of its own that scrolls; close it with end_table().
struct TableColumn {
  std::string title;
  bool number = false;
};
void begin_table(HtmlWriter& html, const std::string& caption, const std::vector<TableColumn>& columns,
                 const std::string& id = "");
void end_table(HtmlWriter& html);

/// A cell of a number: what is shown, what it is sorted by, and the interval below it if there is one.
void number_cell(HtmlWriter& html, const std::string& shown, double sort, const std::string& range = "");

/// Everything about one config's runs.
void figure_section(HtmlWriter& html, const ReportData& report, std::size_t index,
                    const std::vector<FigureImage>& images, const PageAnchors& anchors);

/// One drawn figure, embedded.
void image_figure(HtmlWriter& html, const FigureImage& image);

}  // namespace zipml
