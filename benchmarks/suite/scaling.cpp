#include "benchmarks/suite/scaling.h"

#include <cmath>
#include <cstdio>
#include <limits>
#include <list>

#include "benchmarks/suite/checks.h"
#include "benchmarks/suite/problem.h"
#include "benchmarks/suite/rounds.h"

namespace zipml::bench {
namespace {

constexpr std::size_t kBatch = 256, kColumns = 1024, kMostColumns = 4096;

struct Point {
  std::string what;
  std::string samples;
  std::size_t size;
  std::size_t at;  // case
};

class Scaling {
 public:
  explicit Scaling(const Options& options) : options_(options) {}

  void add_rows() {
    const Problem& problem = make(Problem::rows_for(options_.megabytes, kColumns), kColumns);
    for (const std::size_t part : {8, 4, 2, 1})
      add("rows", problem.rows() / part, problem, problem.rows() / part, 1);
    for (const int threads : options_.threads)
      add("threads", static_cast<std::size_t>(threads), problem, problem.rows(), threads);
  }

  void add_columns() {
    const std::size_t rows = Problem::rows_for(options_.megabytes, kMostColumns);
    for (std::size_t n = kMostColumns / 16; n <= kMostColumns; n *= 2)
      add("columns", n, make(rows, n), rows, 1);
  }

  nlohmann::json measure(bool& all_right) {
    std::printf(
        "\nScaling of an epoch's time, batch %zu: exponents of log-log fits; 1 is proportional, -1 a perfect "
        "gain from threads.\n%-8s %-12s %9s   %s\n",
        kBatch, "in", "samples", "exponent", "size: seconds");
    const std::vector<Timing> timings = time_in_rounds(cases_, options_.rounds);
    nlohmann::json lines = nlohmann::json::array();
    for (const char* what : {"rows", "columns", "threads"}) {
      for (const SampleKind* kind : kinds()) {
        nlohmann::json line = fit(what, kind->name, timings);
        if (line["sizes"].size() < 2 && !line.contains("incorrect")) continue;
        print(line);
        if (line.contains("incorrect")) all_right = false;
        lines.push_back(std::move(line));
      }
    }
    return lines;
  }

 private:
  struct Data {
    Data(std::size_t rows, std::size_t cols) : problem(rows, cols), order(permuted_rows(rows)) {
      for (const SampleKind* kind : kinds()) stores.emplace_back(problem, *kind);
    }
    Problem problem;
    std::vector<SampleStore> stores;
    std::vector<std::uint32_t> order;
  };

  static std::vector<const SampleKind*> kinds() {
    std::vector<const SampleKind*> chosen;
    for (const SampleKind& kind : sample_kinds()) {
      if (kind.name == "float32" || kind.name == "4 bits" || kind.name == "4 + 2 bits")
        chosen.push_back(&kind);
    }
    return chosen;
  }

  const Problem& make(std::size_t rows, std::size_t cols) { return data_.emplace_back(rows, cols).problem; }

  // An epoch over the first rows of the order of the data made last.
  void add(const char* what, std::size_t size, const Problem& problem, std::size_t rows, int threads) {
    Data& data = data_.back();
    for (const SampleStore& store : data.stores) {
      const std::string name = std::string("scaling in ") + what + ": " + store.kind.name;
      if (!options_.wants(name)) continue;
      Trainer& trainer = trainers_.emplace_back(problem, store, kBatch, threads, options_.model_bits);
      points_.push_back({what, store.kind.name, size, cases_.size()});
      cases_.push_back({name,
                        [this, &problem, &store, threads] {
                          return wrong_training(problem, store, kBatch, threads, options_.model_bits);
                        },
                        [&trainer, &problem, &data, rows] {
                          trainer.run(std::span(data.order).first(rows), safe_step(problem));
                        },
                        options_.seconds,
                        {}});
    }
  }

  nlohmann::json fit(const std::string& what, const std::string& samples,
                     const std::vector<Timing>& timings) const {
    std::vector<double> sizes, seconds;
    nlohmann::json line{{"in", what}, {"samples", samples}};
    for (const Point& point : points_) {
      if (point.what != what || point.samples != samples) continue;
      if (!timings[point.at].is_valid()) {
        line["incorrect"] = timings[point.at].wrong;
        continue;
      }
      sizes.push_back(static_cast<double>(point.size));
      seconds.push_back(timings[point.at].median());
    }
    line["sizes"] = sizes;
    line["seconds"] = seconds;
    if (sizes.size() > 1) line["exponent"] = fitted_exponent(sizes, seconds);
    return line;
  }

  static void print(const nlohmann::json& line) {
    std::printf("%-8s %-12s", line["in"].get<std::string>().c_str(),
                line["samples"].get<std::string>().c_str());
    if (line.contains("incorrect")) {
      std::printf(" INCORRECT: %s\n", line["incorrect"].get<std::string>().c_str());
      return;
    }
    std::printf(" %9.2f  ", line["exponent"].get<double>());
    for (std::size_t i = 0; i < line["sizes"].size(); ++i)
      std::printf(" %.0f: %.3g", line["sizes"][i].get<double>(), line["seconds"][i].get<double>());
    std::printf("\n");
  }

  const Options& options_;
  std::list<Data> data_;  // lists: what is added stays where it is
  std::list<Trainer> trainers_;
  std::vector<Case> cases_;
  std::vector<Point> points_;
};

}  // namespace

double fitted_exponent(const std::vector<double>& x, const std::vector<double>& y) {
  double mean_x = 0.0, mean_y = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    mean_x += std::log(x[i]) / static_cast<double>(x.size());
    mean_y += std::log(y[i]) / static_cast<double>(x.size());
  }
  double products = 0.0, squares = 0.0;
  for (std::size_t i = 0; i < x.size(); ++i) {
    products += (std::log(x[i]) - mean_x) * (std::log(y[i]) - mean_y);
    squares += std::pow(std::log(x[i]) - mean_x, 2);
  }
  return squares > 0.0 ? products / squares : std::numeric_limits<double>::quiet_NaN();
}

nlohmann::json measure_scaling(const Options& options, bool& all_right) {
  Scaling scaling(options);
  scaling.add_rows();
  scaling.add_columns();
  return scaling.measure(all_right);
}

}  // namespace zipml::bench
