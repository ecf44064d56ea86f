#include <catch2/catch.hpp>
#include <cmath>
#include <numeric>

#include "engine/data/dataset.h"
#include "engine/data/normals.h"
#include "engine/data/tabular.h"

using namespace zipml;

namespace {

using Given = std::vector<std::pair<std::string, ParameterValue>>;

std::int64_t operator""_i(unsigned long long value) { return static_cast<std::int64_t>(value); }

Dataset make(const std::string& kind, Given given) {
  return load_dataset(choose(datasets().family(), kind, std::move(given)), {});
}

std::vector<double> column(const Matrix& matrix, std::size_t c) {
  std::vector<double> values;
  for (std::size_t r = 0; r < matrix.rows(); ++r) values.push_back(static_cast<double>(matrix(r, c)));
  return values;
}

struct Moments {
  double mean = 0, deviation = 0, skewness = 0;
};

Moments moments(const std::vector<double>& values) {
  const double n = static_cast<double>(values.size());
  Moments m;
  m.mean = std::accumulate(values.begin(), values.end(), 0.0) / n;
  for (const double v : values) m.deviation += (v - m.mean) * (v - m.mean) / n;
  m.deviation = std::sqrt(m.deviation);
  for (const double v : values) m.skewness += std::pow((v - m.mean) / m.deviation, 3) / n;
  return m;
}

double correlation(const std::vector<double>& a, const std::vector<double>& b) {
  const Moments ma = moments(a), mb = moments(b);
  double sum = 0.0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += (a[i] - ma.mean) * (b[i] - mb.mean);
  return sum / (static_cast<double>(a.size()) * ma.deviation * mb.deviation);
}

std::vector<double> labels(const Split& split) { return {split.labels.begin(), split.labels.end()}; }

/// The first rows of `longer` are the rows of `shorter`.
bool is_prefix(const Split& shorter, const Split& longer) {
  for (std::size_t r = 0; r < shorter.labels.size(); ++r) {
    const auto a = shorter.features.row(r), b = longer.features.row(r);
    if (shorter.labels[r] != longer.labels[r] || !std::equal(a.begin(), a.end(), b.begin())) return false;
  }
  return shorter.labels.size() < longer.labels.size();
}

}  // namespace

TEST_CASE("normals in bulk are the normals one by one", "[data]") {
  const DrawAddress address{7, Stream::generate_features, 3};
  std::vector<double> bulk(23);
  fill_normals(address, 8, 2, bulk);
  for (std::size_t i = 0; i < bulk.size(); ++i) CHECK(bulk[i] == draw_normal(address, 8 + i, 2));
}

TEST_CASE("synthetic: standard normal features, uniform model, unit noise", "[data]") {
  const Dataset data = make("synthetic", {{"features", 10_i}});
  CHECK(data.name == "synthetic-10");
  CHECK(data.title == "Synthetic 10");
  CHECK(data.train.labels.size() == 10000);
  CHECK(data.test.labels.size() == 10000);
  const std::vector<double> b = labels(data.train);
  double explained = 0.0;
  for (std::size_t c = 0; c < 10; ++c) {
    const std::vector<double> a = column(data.train.features, c);
    const Moments m = moments(a);
    CHECK(std::fabs(m.mean) < 0.05);
    CHECK(std::fabs(m.deviation - 1.0) < 0.05);
    CHECK(std::fabs(m.skewness) < 0.12);
    const double weight = correlation(a, b) * moments(b).deviation;
    CHECK(std::fabs(weight) < 1.08);
    explained += weight * weight;
  }
  const double variance = moments(b).deviation * moments(b).deviation;
  CHECK(std::fabs(variance - explained - 1.0) < 0.15);
}

TEST_CASE("synthetic: noise and seed do what they say", "[data]") {
  const Given small = {{"features", 3_i}, {"train_rows", 50_i}, {"test_rows", 20_i}};
  const auto with = [&](const char* key, ParameterValue value) {
    Given given = small;
    given.emplace_back(key, std::move(value));
    return make("synthetic", given);
  };
  CHECK(content_checksum(make("synthetic", small)) == content_checksum(with("seed", 1_i)));
  CHECK(content_checksum(with("seed", 2_i)) != content_checksum(with("seed", 1_i)));
  const Dataset quiet = with("noise", 0.0), loud = with("noise", 2.0);
  CHECK(quiet.train.features(7, 2) == loud.train.features(7, 2));
  CHECK(quiet.train.labels != loud.train.labels);
  CHECK(quiet.train.features(0, 0) != quiet.test.features(0, 0));
}

TEST_CASE("row limits cut, they do not change rows", "[data]") {
  for (const char* kind : {"synthetic", "year-like", "cadata-like", "cpusmall-like", "cod-rna-like"}) {
    INFO(kind);
    const Dataset shorter = make(kind, {{"train_rows", 300_i}, {"test_rows", 5_i}});
    const Dataset longer = make(kind, {{"train_rows", 700_i}, {"test_rows", 400_i}});
    CHECK(is_prefix(shorter.train, longer.train));
    CHECK(is_prefix(shorter.test, longer.test));
  }
  const Given generated = {{"source", std::string("generated")}, {"test_rows", 5_i}};
  Given few = generated, more = generated;
  few.emplace_back("train_rows", 30_i);
  more.emplace_back("train_rows", 60_i);
  CHECK(is_prefix(make("gisette-like", few).train, make("gisette-like", more).train));
}

TEST_CASE("generated tables do not depend on the number of threads", "[data]") {
  for (const auto recipe : {year_like, cod_rna_like}) {
    const std::string expected = content_checksum(generate(recipe(), 5, 1000, 300, 1));
    for (const int threads : {2, 3, 8})
      CHECK(content_checksum(generate(recipe(), 5, 1000, 300, threads)) == expected);
  }
}

TEST_CASE("generated data are the same on every machine", "[data][golden]") {
  const Given rows = {{"train_rows", 200_i}, {"test_rows", 50_i}};
  const auto checksum = [&](const std::string& kind, Given given = {}) {
    given.insert(given.end(), rows.begin(), rows.end());
    return content_checksum(make(kind, given)).substr(0, 16);
  };
  CHECK(checksum("synthetic") == "0775143659ef0d4f");
  CHECK(checksum("year-like") == "0f8b1598aa2289c8");
  CHECK(checksum("cadata-like") == "446ee7659fbbf487");
  CHECK(checksum("cpusmall-like") == "10774330c307e2ba");
  CHECK(checksum("cod-rna-like") == "ff5ca2f7d431d0fc");
  CHECK(checksum("gisette-like", {{"source", std::string("generated")}}) == "14257a47bcef7420");
}

TEST_CASE("stand-ins are skewed and correlated, and their labels are those of their kind", "[data]") {
  const Dataset year = make("year-like", {{"train_rows", 5000_i}, {"test_rows", 10_i}});
  int skewed = 0, correlated = 0;
  for (std::size_t c = 0; c < 90; ++c) {
    const std::vector<double> values = column(year.train.features, c);
    skewed += std::fabs(moments(values).skewness) > 0.5 ? 1 : 0;
    correlated += std::fabs(correlation(values, column(year.train.features, (c + 1) % 90))) > 0.1 ? 1 : 0;
  }
  CHECK(skewed > 40);
  CHECK(correlated > 40);
  const std::vector<double> years = labels(year.train);
  CHECK(*std::min_element(years.begin(), years.end()) >= 1922);
  CHECK(*std::max_element(years.begin(), years.end()) <= 2011);
  CHECK(moments(years).skewness < -1.0);
  CHECK(std::fabs(moments(years).mean - 1998.4) < 2.0);
  CHECK(std::all_of(years.begin(), years.end(), [](double y) { return y == std::floor(y); }));

  const Dataset rna = make("cod-rna-like", {{"train_rows", 9000_i}, {"test_rows", 10_i}});
  CHECK(rna.task == Task::classification);
  CHECK(std::fabs(moments(labels(rna.train)).mean + 1.0 / 3.0) < 0.05);
  CHECK(correlation(column(rna.train.features, 0), labels(rna.train)) < -0.4);

  const Dataset houses = make("cadata-like", {});
  CHECK(houses.train.labels.size() == 10000);
  CHECK(houses.test.labels.size() == 10640);
  CHECK(correlation(column(houses.train.features, 0), labels(houses.train)) > 0.5);
  CHECK(correlation(column(houses.train.features, 3), column(houses.train.features, 5)) > 0.8);
}

TEST_CASE("gisette-like: half of the features know the class, the probes do not", "[data]") {
  const Dataset data = make("gisette-like", {{"source", std::string("generated")}});
  REQUIRE(data.features() == 5000);
  REQUIRE(data.train.labels.size() == 6000);
  REQUIRE(data.test.labels.size() == 1000);
  const std::vector<double> classes = labels(data.train);
  CHECK(moments(classes).mean == 0.0);
  CHECK(moments(labels(data.test)).mean == 0.0);
  std::size_t informative = 0, silent = 0;
  float low = 1.0f, high = -1.0f;
  for (std::size_t c = 0; c < 5000; ++c) {
    const std::vector<double> values = column(data.train.features, c);
    const double r = std::fabs(correlation(values, classes));
    informative += r > 0.06 ? 1 : 0;
    silent += r < 0.06 ? 1 : 0;  // 4.6 standard errors of an uncorrelated column
    low = std::min(low, static_cast<float>(*std::min_element(values.begin(), values.end())));
    high = std::max(high, static_cast<float>(*std::max_element(values.begin(), values.end())));
  }
  CHECK(informative > 1000);
  CHECK(silent >= 2500);
  CHECK(low == -1.0f);
  CHECK(high == 1.0f);
}
