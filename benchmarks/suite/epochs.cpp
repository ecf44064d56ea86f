#include "benchmarks/suite/epochs.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>

#include "benchmarks/suite/checks.h"
#include "benchmarks/suite/problem.h"
#include "benchmarks/suite/read_stream.h"
#include "benchmarks/suite/rounds.h"

namespace zipml::bench {
namespace {

// Rows are decoded so slowly that an eighth of an epoch at a time is timed, each time the next one.
constexpr std::size_t kPieces = 8;

// A trainer going round an epoch, whole or in pieces.
struct Lap {
  Lap(const Problem& problem, const SampleStore& store, std::size_t batch, int threads, int model_bits,
      int replicas)
      : trainer(problem, store, batch, threads, model_bits, replicas) {}

  Trainer trainer;
  std::vector<std::pair<std::size_t, std::size_t>> pieces;  // first row, rows
  std::size_t next = 0;

  void cut(std::size_t rows, std::size_t batch, std::size_t count) {
    const std::size_t piece = round_up((rows + count - 1) / count, batch);
    for (std::size_t first = 0; first + piece <= rows || first == 0; first += piece)
      pieces.push_back({first, std::min(piece, rows - first)});
  }
};

// All cases that share columns and mini-batch.
class Group {
 public:
  Group(const Options& options, const Problem& problem, const std::vector<SampleStore>& stores,
        std::span<const std::uint32_t> order, std::size_t batch)
      : options_(options), problem_(problem), order_(order), batch_(std::min(batch, problem.rows())) {
    for (const int threads : options.threads) {
      cases_.push_back(reading_case(problem, threads, options.seconds));
      streams_[threads] = cases_.size() - 1;
      for (const SampleStore& store : stores) add(store, threads, 1);
      for (const SampleStore& store : stores)
        if (threads > 1 && !store.kind.is_decoded()) add(store, threads, threads);
    }
  }

  bool is_empty() const {
    return std::none_of(lines_.begin(), lines_.end(), [&](const Line& line) { return is_wanted(line); });
  }

  nlohmann::json measure(bool& all_right) {
    const std::vector<Timing> timings = time_in_rounds(cases_, options_.rounds);
    nlohmann::json lines = nlohmann::json::array();
    for (const auto& [threads, at] : streams_) {
      if (timings[at].is_valid()) continue;
      std::printf("%s: INCORRECT: %s\n", cases_[at].name.c_str(), timings[at].wrong.c_str());
      all_right = false;
    }
    for (const Line& line : lines_) {
      lines.push_back(evaluate(line, timings));
      print(lines.back());
      if (lines.back().contains("incorrect")) all_right = false;
    }
    return lines;
  }

 private:
  struct Line {
    std::size_t at;  // case
    int threads, replicas;
    const SampleStore* store;
    std::unique_ptr<Lap> lap;
  };

  std::string name(const SampleKind& kind, int threads, int replicas) const {
    return "n " + std::to_string(problem_.cols()) + ", batch " + std::to_string(batch_) + ", " +
           std::to_string(threads) + (threads == 1 ? " thread: " : " threads: ") +
           samples_name(kind, replicas);
  }

  bool is_wanted(const Line& line) const { return options_.wants(cases_[line.at].name); }

  void add(const SampleStore& store, int threads, int replicas) {
    const std::string of = name(store.kind, threads, replicas);
    if (!store.kind.is_float() && !options_.wants(of)) return;
    lines_.push_back(
        {cases_.size(), threads, replicas, &store,
         std::make_unique<Lap>(problem_, store, batch_, threads, options_.model_bits, replicas)});
    Lap& lap = *lines_.back().lap;
    lap.cut(problem_.rows(), batch_, !store.kind.is_decoded() ? 1 : kPieces);
    const auto run = [this, &lap] {
      const auto [first, rows] = lap.pieces[lap.next];
      lap.next = (lap.next + 1) % lap.pieces.size();
      lap.trainer.run(order_.subspan(first, rows), safe_step(problem_));
    };
    const auto check = [this, &store, threads, replicas] {
      return wrong_training(problem_, store, batch_, threads, options_.model_bits, replicas);
    };
    cases_.push_back({of, check, run, options_.seconds, {}});
  }

  double values(const Line& line) const {
    return static_cast<double>(line.lap->pieces[0].second * problem_.cols());
  }

  nlohmann::json evaluate(const Line& line, const std::vector<Timing>& timings) const {
    const SampleKind& kind = line.store->kind;
    const Timing& timing = timings[line.at];
    nlohmann::json out{{"name", cases_[line.at].name},
                       {"columns", problem_.cols()},
                       {"rows", problem_.rows()},
                       {"batch", batch_},
                       {"threads", line.threads},
                       {"samples", samples_name(kind, line.replicas)},
                       {"replicas", line.replicas},
                       {"bits", kind.bits},
                       {"draws", kind.draws},
                       {"engine", kind.engine},
                       {"symmetrized", kind.symmetrized},
                       {"shared_levels", kind.shared},
                       {"bytes_per_row", line.store->estimator->bytes_per_row()}};
    if (!timing.is_valid()) {
      out["incorrect"] = timing.wrong;
      return out;
    }
    const double bytes =
        line.store->estimator->bytes_per_row() * static_cast<double>(line.lap->pieces[0].second);
    const auto stream = timings[streams_.at(line.threads)];
    out["seconds"] = timing.seconds;
    out["values_per_second"] = values(line) / timing.median();
    out["share_of_bandwidth"] = median_ratio(timing, bytes, stream, stream_bytes(problem_));
    out["bandwidth_bytes_per_second"] = stream_bytes(problem_) / stream.median();
    const Line& float_line = float_beside(line, timings);
    const Timing& base = timings[float_line.at];
    if (base.is_valid())
      out["ratio_to_float32"] = median_ratio(timing, values(line), base, values(float_line));
    if (options_.has_goals()) add_goals(out, goal_of(problem_.cols(), batch_, line.threads, kind.name));
    return out;
  }

  // What a line is compared with: the float32 of one model; for replicas, the faster of that and of float32
  // on as many replicas.
  const Line& float_beside(const Line& line, const std::vector<Timing>& timings) const {
    const Line* beside = nullptr;
    for (const Line& other : lines_) {
      if (!other.store->kind.is_float() || other.threads != line.threads || other.replicas > line.replicas)
        continue;
      if (beside == nullptr || !timings[beside->at].is_valid() ||
          (timings[other.at].is_valid() && timings[other.at].median() < timings[beside->at].median() &&
           !line.store->kind.is_float()))
        beside = &other;
    }
    return *beside;
  }

  static void add_goals(nlohmann::json& out, const Goal& goal) {
    if (goal.ratio) out["goal_ratio"] = *goal.ratio;
    if (goal.share) out["goal_share"] = *goal.share;
    bool reached = true;
    if (goal.ratio && out.contains("ratio_to_float32")) reached &= out["ratio_to_float32"] >= *goal.ratio;
    if (goal.share) reached &= out["share_of_bandwidth"] >= *goal.share;
    if (goal.ratio || goal.share) out["goal_reached"] = reached;
  }

  static std::string goal_text(const nlohmann::json& line) {
    if (!line.contains("goal_reached")) return "";
    char ratio[32] = "", share[32] = "";
    if (line.contains("goal_ratio"))
      std::snprintf(ratio, sizeof ratio, " %.1f x", line["goal_ratio"].get<double>());
    if (line.contains("goal_share"))
      std::snprintf(share, sizeof share, " %.2f of bandwidth", line["goal_share"].get<double>());
    return std::string(line["goal_reached"] ? "reached:" : "NOT REACHED:") + ratio + share;
  }

  static void print(const nlohmann::json& line) {
    std::printf("%6zu %5zu %3d  %-30s", line["columns"].get<std::size_t>(), line["batch"].get<std::size_t>(),
                line["threads"].get<int>(), line["samples"].get<std::string>().c_str());
    if (line.contains("incorrect")) {
      std::printf(" INCORRECT: %s\n", line["incorrect"].get<std::string>().c_str());
    } else {
      std::printf(" %9.2f %9.2f %10.2f %8.1f   %s\n", line["values_per_second"].get<double>() * 1e-9,
                  line.value("ratio_to_float32", 0.0), line["share_of_bandwidth"].get<double>(),
                  line["bytes_per_row"].get<double>() * line["rows"].get<double>() * 0x1p-20,
                  goal_text(line).c_str());
    }
    std::fflush(stdout);
  }

  const Options& options_;
  const Problem& problem_;
  std::span<const std::uint32_t> order_;
  std::size_t batch_;
  std::vector<Case> cases_;
  std::vector<Line> lines_;
  std::map<int, std::size_t> streams_;  // case of every number of threads
};

void print_head() {
  std::printf(
      "\nEpochs of the solver. G values/s: sample values multiplied, 10^9 a second. x float32: times as fast "
      "as "
      "float32\nwith the same columns, mini-batch and threads. Share: bytes as stored / time, of a plain "
      "reading loop's.\n%6s %5s %3s  %-30s %9s %9s %10s %8s   %s\n",
      "n", "batch", "thr", "samples", "Gvalues/s", "x float32", "share", "MiB", "goal");
}

}  // namespace

Goal goal_of(std::size_t n, std::size_t batch, int threads, const std::string& samples) {
  struct Entry {
    const char* samples;
    std::array<std::optional<double>, 2> ratio;  // 1 and 2 threads
    std::optional<double> share;                 // 2 threads
  };
  static const std::array<Entry, 8> at_256{{{"float32", {}, .90},
                                            {"8 bits", {3.0, 3.5}, .90},
                                            {"4 bits", {5.8, 6.5}, .85},
                                            {"2 bits", {7.0, 10.0}, {}},
                                            {"1 bit", {7.5, 11.0}, {}},
                                            {"8 + 2 bits", {2.1, 2.5}, .80},
                                            {"4 + 2 bits", {4.1, 4.6}, .88},
                                            {"2 + 2 bits", {5.4, 6.8}, .88}}};
  if (threads > 2) return {};
  const bool two = threads == 2;
  if (batch == 1 && n >= 1000) {
    if (samples == "4 bits, table" || samples == "2 + 2 bits, table") return {two ? 2.8 : 1.8, {}};
    if (samples == "4 bits, int16 model") return {two ? 4.0 : 2.6, {}};
  }
  if (samples == "4 bits, int16 model" && n == 90 && !two && batch == 1) return {1.6, {}};
  if (samples == "4 bits" && n == 90 && !two && batch == 256) return {3.0, {}};
  if (batch != 256 || n < 1000) return {};
  for (const Entry& entry : at_256) {
    if (entry.samples == samples) return {entry.ratio[two ? 1 : 0], two ? entry.share : std::nullopt};
  }
  return {};
}

nlohmann::json measure_epochs(const Options& options, bool& all_right) {
  nlohmann::json lines = nlohmann::json::array();
  print_head();
  for (const std::size_t n : options.features) {
    const Problem problem(Problem::rows_for(options.megabytes, n), n);
    std::vector<SampleStore> stores;
    for (const SampleKind& kind : sample_kinds()) stores.emplace_back(problem, kind);
    const std::vector<std::uint32_t> order = permuted_rows(problem.rows());
    for (const std::size_t batch : options.batches) {
      Group group(options, problem, stores, order, batch);
      if (group.is_empty()) continue;
      for (nlohmann::json& line : group.measure(all_right)) lines.push_back(std::move(line));
    }
  }
  return lines;
}

}  // namespace zipml::bench
