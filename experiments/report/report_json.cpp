#include <cmath>
#include <nlohmann/json.hpp>

#include "experiments/report/report_cells.h"
#include "experiments/report/report_format.h"

namespace zipml {
namespace {

using OrderedJson = nlohmann::ordered_json;

OrderedJson number_or_null(double value) {
  if (!std::isfinite(value)) return nullptr;
  return value;
}

OrderedJson json_of(const ReportedClaim& claim) {
  const Finding& finding = claim.result.finding;
  OrderedJson json;
  json["figure"] = claim.result.claim.figure;
  json["claim"] = claim.result.claim.claim;
  json["paper"] = claim.result.claim.paper;
  if (finding.value_text.empty()) {
    json["value"] = number_or_null(finding.interval.value);
  } else {
    json["value"] = finding.value_text;
  }
  json["low"] = number_or_null(finding.interval.low);
  json["high"] = number_or_null(finding.interval.high);
  json["value_text"] = value_cell(claim.result);
  json["interval_text"] = interval_cell(finding);
  json["verdict"] = verdict_name(finding.verdict);
  json["dataset"] = dataset_cell(claim.result);
  json["paper_dataset"] = claim.result.claim.dataset;
  json["stand_in"] = claim.stand_in;
  json["scale"] = claim.scale;
  json["seeds"] = finding.seeds;
  json["seeds_to_decide"] = nullptr;
  if (finding.to_decide) json["seeds_to_decide"] = finding.to_decide->count;
  json["seeds_to_decide_is_least"] = finding.to_decide && finding.to_decide->at_least;
  json["level"] = kIntervalLevel;
  json["runs"] = finding.runs;
  json["unit"] = claim.result.claim.unit;
  json["note"] = finding.note;
  json["bytes_moved"] = claim.bytes_moved;
  json["commands"] = claim.commands;
  json["commits"] = claim.commits;
  return json;
}

OrderedJson json_of(const FigureReport& figure, const DataRow& row) {
  OrderedJson json;
  json["panel"] = row.panel;
  json["series"] = row.series;
  json["setting"] = row.setting;
  json["dataset"] = row.dataset;
  json["seeds"] = row.seeds;
  json["diverged"] = row.diverged;
  for (std::size_t q = 0; q < row.values.size(); ++q) {
    const Interval& interval = row.values[q];
    if (std::isnan(interval.value)) continue;
    json["values"][figure.quantities[q].name] = {{"unit", figure.quantities[q].unit},
                                                 {"value", number_or_null(interval.value)},
                                                 {"low", number_or_null(interval.low)},
                                                 {"high", number_or_null(interval.high)}};
  }
  json["bytes_moved"] = row.bytes_moved;
  json["runs"] = row.runs;
  return json;
}

OrderedJson json_of(const FigureReport& figure) {
  OrderedJson json;
  json["name"] = figure.name;
  json["commands"] = figure.commands;
  json["bytes_moved"] = figure.bytes_moved;
  json["environments"] = figure.environments;
  json["config"] = OrderedJson::parse(figure.common.dump(-1, ' ', false, Json::error_handler_t::replace));
  json["rows"] = OrderedJson::array();
  for (const DataRow& row : figure.rows) json["rows"].push_back(json_of(figure, row));
  return json;
}

OrderedJson json_of(const Environment& one) {
  return {{"zipml_version", one.zipml_version},
          {"git_commit", one.git_commit},
          {"compiler", one.compiler},
          {"flags", one.flags},
          {"libraries", one.libraries},
          {"cpu_model", one.cpu_model},
          {"instruction_set", one.instruction_set},
          {"cpus", one.cpus},
          {"runs", one.runs}};
}

OrderedJson json_of(const DataUsed& one) {
  return {{"title", one.title},
          {"stand_in_for", one.stand_in_for},
          {"train_rows", one.train_rows},
          {"test_rows", one.test_rows},
          {"features", one.features},
          {"checksum", one.checksum},
          {"source_files", one.source_files},
          {"runs", one.runs}};
}

template <class T>
OrderedJson array_of(const std::vector<T>& all) {
  OrderedJson json = OrderedJson::array();
  for (const T& one : all) json.push_back(json_of(one));
  return json;
}

std::string dump(const OrderedJson& json) {
  return json.dump(2, ' ', false, OrderedJson::error_handler_t::replace) + "\n";
}

}  // namespace

std::string report_json(const ReportData& report) { return dump(array_of(report.claims)); }

std::string report_json_full(const ReportData& report) {
  OrderedJson json;
  json["claims"] = array_of(report.claims);
  json["figures"] = array_of(report.figures);
  json["environments"] = array_of(report.environments);
  json["data"] = array_of(report.data);
  json["runs"] = report.runs;
  json["problems"] = report.problems;
  return dump(json);
}

}  // namespace zipml
