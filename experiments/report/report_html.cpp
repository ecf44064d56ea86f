#include <algorithm>
#include <cmath>
#include <limits>

#include "experiments/report/finding.h"
#include "experiments/report/report_cells.h"
#include "experiments/report/report_format.h"
#include "experiments/report/report_html_parts.h"
#include "experiments/report/report_page.h"

namespace zipml {
namespace {

constexpr Verdict kVerdicts[] = {Verdict::holds, Verdict::fails, Verdict::undecided, Verdict::not_run};
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();

std::string css_class(Verdict verdict) {
  std::string name(verdict_name(verdict));
  std::replace(name.begin(), name.end(), ' ', '-');
  return name;
}

std::size_t count(const ReportData& report, Verdict verdict) {
  return static_cast<std::size_t>(
      std::count_if(report.claims.begin(), report.claims.end(),
                    [&](const ReportedClaim& claim) { return claim.result.finding.verdict == verdict; }));
}

void page_head(HtmlWriter& html) {
  html.raw("<!doctype html>\n").open("html", {{"lang", "en"}}).open("head");
  html.empty("meta", {{"charset", "utf-8"}});
  html.empty("meta", {{"name", "viewport"}, {"content", "width=device-width, initial-scale=1"}});
  // Nothing is fetched, whatever a result's texts say.
  html.empty("meta", {{"http-equiv", "Content-Security-Policy"},
                      {"content",
                       "default-src 'none'; img-src data:; style-src 'unsafe-inline'; "
                       "script-src 'unsafe-inline'"}});
  html.element("title", "zipml report").open("style").raw(kReportStyle).close().close();
}

void overview(HtmlWriter& html, const ReportData& report) {
  html.element("h1", "zipml: the paper's claims against our results");
  html.open("p")
      .text("Every claim of Zhang et al., ")
      .element("i", "The ZipML Framework for Training Models with End-to-End Low Precision")
      .text(" (arXiv:1611.05402), held against " + std::to_string(report.runs) + " runs. " +
            statistics_line() +
            " With up to 5 seeds an interval is the range over them; docs/claims.md defines every value.")
      .close();
  html.open("ul", {{"class", "counts"}});
  for (const Verdict verdict : kVerdicts) {
    html.open("li", {{"class", css_class(verdict)}});
    html.element("b", std::to_string(count(report, verdict))).text(verdict_name(verdict)).close();
  }
  html.close();
}

void navigation(HtmlWriter& html, const ReportData& report, const PageAnchors& anchors) {
  html.open("nav", {{"aria-label", "sections"}}).open("ul");
  const auto link = [&](const std::string& text, const std::string& anchor) {
    html.open("li").element("a", text, {{"href", "#" + anchor}}).close();
  };
  link("claims", "claims");
  for (std::size_t i = 0; i < report.figures.size(); ++i) {
    if (!report.figures[i].rows.empty()) link(report.figures[i].name, anchors.figure(i));
  }
  link("environment", "environment");
  link("data", "data");
  html.close().close();
}

void filter_buttons(HtmlWriter& html, const ReportData& report) {
  html.open("div", {{"class", "filter"}, {"role", "group"}, {"aria-label", "claims shown"}});
  html.element("button", "all " + std::to_string(report.claims.size()),
               {{"type", "button"}, {"data-verdict", ""}, {"aria-pressed", "true"}});
  for (const Verdict verdict : kVerdicts) {
    html.element("button", std::string(verdict_name(verdict)) + " " + std::to_string(count(report, verdict)),
                 {{"type", "button"},
                  {"data-verdict", std::string(verdict_name(verdict))},
                  {"aria-pressed", "false"}});
  }
  html.close();
}

void runs_used(HtmlWriter& html, const Finding& finding, const PageAnchors& anchors) {
  html.open("td");
  if (!finding.runs.empty()) {
    html.open("details").element("summary", std::to_string(finding.runs.size()));
    html.open("div", {{"class", "runs"}});
    for (const std::string& id : finding.runs) {
      if (id != finding.runs.front()) html.text(" ");
      html.open("code");
      if (anchors.run(id).empty()) {
        html.text(id);
      } else {
        html.element("a", id, {{"href", "#" + anchors.run(id)}});
      }
      html.close();
    }
    html.close().close();
  }
  html.close();
}

// Broken between words only: "--" and the option's name stay together.
void command_line(HtmlWriter& html, const std::string& command) {
  html.open("div").open("code");
  for (std::size_t begin = 0; begin < command.size();) {
    const std::size_t end = std::min(command.find(' ', begin), command.size());
    if (begin > 0) html.text(" ");
    html.element("span", command.substr(begin, end - begin), {{"class", "word"}});
    begin = end + 1;
  }
  html.close().close();
}

void claim_row(HtmlWriter& html, const ReportedClaim& reported, std::size_t number,
               const std::string& figure_anchor, const PageAnchors& anchors) {
  const Claim& claim = reported.result.claim;
  const Finding& finding = reported.result.finding;
  const std::string verdict(verdict_name(finding.verdict));
  html.open("tr", {{"id", "claim-" + std::to_string(number)}, {"data-verdict", verdict}});
  html.open("td").element("a", claim.figure, {{"href", "#" + figure_anchor}}).close();
  html.open("td", {{"class", "claim"}}).text(claim.claim);
  if (!finding.note.empty()) html.element("div", finding.note, {{"class", "soft small"}});
  html.close();
  html.open("td", {{"class", "verdict " + css_class(finding.verdict)}}).text(verdict).close();
  html.element("td", claim.paper, {{"class", "paper"}});
  const bool has_number = finding.value_text.empty() && !finding.runs.empty();
  const std::string range = interval_cell(finding);
  number_cell(html, value_cell(reported.result), has_number ? finding.interval.value : kNan,
              range == "-" ? "" : range);
  number_cell(html, std::to_string(finding.seeds), static_cast<double>(finding.seeds), reported.scale);
  number_cell(html, format_seeds(finding.to_decide),
              finding.to_decide ? static_cast<double>(finding.to_decide->count) : kNan);
  html.open("td", {{"class", "name"}}).text(dataset_cell(reported.result));
  if (reported.stand_in) html.element("div", "stand-in for " + claim.dataset, {{"class", "undecided small"}});
  html.close();
  html.open("td", {{"class", "command"}});
  for (const std::string& command : reported.commands) command_line(html, command);
  html.close();
  runs_used(html, finding, anchors);
  html.close();
}

void claims_table(HtmlWriter& html, const ReportData& report, const PageAnchors& anchors) {
  html.open("section", {{"id", "claims"}}).element("h2", "Claims");
  filter_buttons(html, report);
  begin_table(html, "All claims; ours: the median over seeds and its 95% interval",
              {{"figure"},
               {"claim"},
               {"verdict"},
               {"paper"},
               {"ours", true},
               {"seeds", true},
               {"to decide", true},
               {"data set"},
               {"to run it again"},
               {"runs"}},
              "claims-table");
  for (std::size_t f = 0; f < report.figures.size(); ++f) {
    for (const std::size_t i : report.figures[f].claims)
      claim_row(html, report.claims[i], i + 1, anchors.figure(f), anchors);
  }
  end_table(html);
  html.close();
}

void environments(HtmlWriter& html, const ReportData& report) {
  html.open("section", {{"id", "environment"}}).element("h2", "Environment");
  begin_table(html, "Where and with what the runs were computed",
              {{"number", true},
               {"runs", true},
               {"zipml"},
               {"commit"},
               {"compiler"},
               {"flags"},
               {"libraries"},
               {"CPU"},
               {"instruction set"},
               {"CPUs", true}});
  for (std::size_t i = 0; i < report.environments.size(); ++i) {
    const Environment& one = report.environments[i];
    const std::string number = std::to_string(i + 1);
    html.open("tr", {{"id", "environment-" + number}});
    number_cell(html, number, static_cast<double>(i + 1));
    number_cell(html, std::to_string(one.runs), static_cast<double>(one.runs));
    for (const std::string* text : {&one.zipml_version, &one.git_commit, &one.compiler, &one.flags,
                                    &one.libraries, &one.cpu_model, &one.instruction_set})
      html.element("td", *text);
    number_cell(html, one.cpus == 0 ? "-" : std::to_string(one.cpus), static_cast<double>(one.cpus));
    html.close();
  }
  end_table(html);
  html.close();
}

void data_sets(HtmlWriter& html, const ReportData& report) {
  html.open("section", {{"id", "data"}}).element("h2", "Data");
  begin_table(html, "Data as it was read; the checksum is that of its content before preprocessing",
              {{"data set"},
               {"stand-in for"},
               {"training rows", true},
               {"test rows", true},
               {"features", true},
               {"runs", true},
               {"checksum"},
               {"files and their sha256"}});
  for (const DataUsed& one : report.data) {
    html.open("tr").element("td", one.title, {{"class", "name"}}).element("td", one.stand_in_for);
    for (const std::uint64_t number : {one.train_rows, one.test_rows, one.features, std::uint64_t{one.runs}})
      number_cell(html, std::to_string(number), static_cast<double>(number));
    html.open("td", {{"class", "command"}}).element("code", one.checksum).close();
    html.open("td", {{"class", "command"}});
    if (one.source_files.empty()) html.text("generated");
    for (const std::string& file : one.source_files) html.open("div").element("code", file).close();
    html.close().close();
  }
  end_table(html);
  html.close();
}

void problems(HtmlWriter& html, const ReportData& report) {
  if (report.problems.empty()) return;
  html.open("section", {{"id", "problems"}}).element("h2", "Files that could not be used").open("ul");
  for (const std::string& problem : report.problems) html.element("li", problem);
  html.close().close();
}

}  // namespace

std::string report_html(const ReportData& report,
                        const std::map<std::string, std::vector<FigureImage>>& figures) {
  const PageAnchors anchors(report);
  const auto images_of = [&](const std::string& name) {
    const auto found = figures.find(name);
    return found == figures.end() ? std::vector<FigureImage>() : found->second;
  };
  HtmlWriter html;
  page_head(html);
  html.open("body");
  overview(html, report);
  navigation(html, report, anchors);
  claims_table(html, report, anchors);
  for (const FigureImage& image : images_of("")) image_figure(html, image);
  for (std::size_t i = 0; i < report.figures.size(); ++i)
    figure_section(html, report, i, images_of(report.figures[i].name), anchors);
  environments(html, report);
  data_sets(html, report);
  problems(html, report);
  html.open("script").raw(kReportScript).close().close().close();
  return html.html();
}

}  // namespace zipml
