#include "benchmarks/suite/contest.h"

#include <chrono>
#include <cmath>
#include <cstdio>
#include <iostream>
#include <limits>
#include <map>

#include "benchmarks/suite/checks.h"
#include "benchmarks/suite/peers.h"
#include "benchmarks/suite/rounds.h"
#include "engine/core/parallel.h"

namespace zipml::bench {
namespace {

constexpr int kFullEpochs = 10;  // of float32: its last loss is what the others have to reach
constexpr double kWithin = 1.01;
constexpr std::size_t kRowsPerColumn = 32;   // fewer, and a loss on the training rows says little
constexpr std::chrono::seconds kSearch{60};  // after this no further setting is tried
const double kInfinity = std::numeric_limits<double>::infinity();

struct Contender {
  std::unique_ptr<Peer> peer;
  const SampleStore* store = nullptr;  // of our own
  int replicas = 1;                    // of our own
  std::size_t setting = 0;             // with which it reaches the loss
  int epochs = 0;                      // until then; 0: it does not
  double best_loss = kInfinity;        // where it does not
  std::optional<std::size_t> epoch_case, loss_case;

  bool is_float() const { return store != nullptr && store->kind.is_float(); }
};

class Contest {
 public:
  Contest(const Options& options, std::size_t n)
      : options_(options), problem_(Problem::rows_for(options.megabytes, n), n) {
    for (const SampleKind& kind : sample_kinds()) {
      if (!kind.is_decoded()) stores_.emplace_back(problem_, kind);
    }
  }

  nlohmann::json measure(bool& all_right) {
    std::cerr << "zipml_bench: tuning float32's step sizes\n";
    tune();
    add_own();
    add_peers();
    for (Contender& contender : contenders_) find_way(contender);
    const std::vector<Case> cases = make_cases();
    const std::vector<Timing> timings = time_in_rounds(cases, options_.rounds);
    measure_preparation();
    nlohmann::json lines = nlohmann::json::array();
    print_head();
    for (const Contender& contender : contenders_) {
      lines.push_back(evaluate(contender, timings));
      print(lines.back());
      if (lines.back().contains("incorrect")) all_right = false;
    }
    nlohmann::json result{{"columns", problem_.cols()},
                          {"rows", problem_.rows()},
                          {"target_loss", target_},
                          {"order_seconds", order_seconds_},
                          {"contenders", lines}};
    print_summary(result);
    return result;
  }

 private:
  // Float32's step size of every mini-batch, and what it leads to: the paper's protocol.
  void tune() {
    target_ = kInfinity;
    for (const std::size_t batch : options_.batches) {
      const auto b = static_cast<double>(batch), n = static_cast<double>(problem_.cols());
      double least = kInfinity;
      for (const double factor : {0.0625, 0.125, 0.25, 0.5, 1.0}) {
        const double alpha = factor * b / (b + n);
        const auto solver = own_solver(problem_, stores_[0], batch, available_threads(), 16, alpha);
        solver->train(0, kFullEpochs);
        const double loss = solver->loss();
        if (loss < least) {
          least = loss;
          alpha_[batch] = alpha;
        }
      }
      target_ = std::min(target_, kWithin * least);
    }
  }

  void add(std::unique_ptr<Peer> peer, const SampleStore* store = nullptr, int replicas = 1) {
    const std::string threads =
        std::to_string(peer->threads()) + (peer->threads() == 1 ? " thread" : " threads");
    const std::string name = peer->name() + ", batch " + std::to_string(peer->batch()) + ", " + threads;
    if ((store != nullptr && store->kind.is_float()) || options_.wants(name))
      contenders_.push_back({std::move(peer), store, replicas, 0, 0, kInfinity, {}, {}});
  }

  void add_own() {
    for (const int threads : options_.threads) {
      for (const std::size_t batch : options_.batches) {
        add_own(batch, threads, 1);
        if (threads > 1) add_own(batch, threads, threads);
      }
    }
  }

  void add_own(std::size_t batch, int threads, int replicas) {
    for (const SampleStore& store : stores_) {
      add(own_solver(problem_, store, batch, threads, options_.model_bits, alpha_.at(batch), replicas),
          &store, replicas);
    }
  }

  void add_peers() {
    for (const auto& [batch, alpha] : alpha_) {
      if (batch == 1) add(openblas_rows(problem_, alpha));
      for (const int threads : options_.threads) {
        if (batch > 1) add(openblas_batches(problem_, batch, threads, alpha));
      }
    }
    auto liblinear = liblinear_peers(problem_);
    if (liblinear.empty()) std::cerr << "zipml_bench: liblinear is left out: not found when this was built\n";
    for (auto& peer : liblinear) add(std::move(peer));
    if (auto peer = sklearn_sgd(problem_, options_.python)) add(std::move(peer));
  }

  // The setting and the fewest epochs with which the loss is reached. Threads change neither for our own.
  void find_way(Contender& contender) {
    Peer& peer = *contender.peer;
    for (const Contender& other : contenders_) {
      if (&other == &contender) break;
      if (contender.store != nullptr && other.store == contender.store &&
          other.replicas == contender.replicas && other.peer->batch() == peer.batch()) {
        contender.epochs = other.epochs;
        contender.best_loss = other.best_loss;
        return;
      }
    }
    std::cerr << "zipml_bench: epochs to the loss: " << peer.name() << ", batch " << peer.batch() << '\n';
    int most = peer.counts_epochs() ? kFullEpochs : 1;
    const auto reaches = [&](std::size_t setting, int epochs) {
      peer.train(setting, epochs);
      const double loss = peer.loss();
      contender.best_loss = std::min(contender.best_loss, loss);
      return loss <= target_;
    };
    const auto start = std::chrono::steady_clock::now();
    const auto has_time = [&] { return std::chrono::steady_clock::now() - start < kSearch; };
    for (std::size_t setting = 0; setting < peer.settings() && most > 0 && has_time(); ++setting) {
      if (!reaches(setting, most)) continue;  // the most first: what cannot get there costs one training
      int epochs = 1;
      while (epochs < most && !reaches(setting, epochs)) ++epochs;
      contender.setting = setting;
      contender.epochs = epochs;
      most = epochs - 1;
    }
  }

  std::string wrong(const Contender& contender, int epochs) const {
    if (contender.store != nullptr) {
      const std::string problem =
          wrong_training(problem_, *contender.store, contender.peer->batch(), contender.peer->threads(),
                         options_.model_bits, contender.replicas);
      if (!problem.empty()) return problem;
    }
    contender.peer->train(contender.setting, epochs);
    const double loss = contender.peer->loss();
    if (epochs > 0 && epochs == contender.epochs && loss > target_) return "does not reach the loss again";
    // A step tuned for float32 may be too long for few bits; that is no mistake of the arithmetic.
    const double start = mean_loss(problem_, std::vector<float>(problem_.cols(), 0.0f), 1);
    if (contender.store == nullptr && !(loss < start)) return "the loss does not fall";
    return {};
  }

  std::vector<Case> make_cases() {
    std::vector<Case> cases;
    const auto add_case = [&](Contender& contender, std::size_t setting, int epochs) {
      Case one{contender.peer->name(),
               [this, &contender, epochs] { return wrong(contender, epochs); },
               [&contender, setting, epochs] { contender.peer->train(setting, epochs); },
               options_.seconds,
               {}};
      if (contender.peer->has_own_clock())
        one.own_clock = [&contender, setting, epochs] { return contender.peer->train(setting, epochs); };
      cases.push_back(std::move(one));
      return cases.size() - 1;
    };
    for (Contender& contender : contenders_) {
      const bool counts = contender.peer->counts_epochs();
      if (contender.peer->has_single_epoch())
        contender.epoch_case = add_case(contender, counts ? contender.setting : 0, 1);
      if (contender.epochs > 0)
        contender.loss_case = add_case(contender, contender.setting, contender.epochs);
    }
    return cases;
  }

  void measure_preparation() {
    std::vector<Case> cases{{"order", {}, [this] { permuted_rows(problem_.rows()); }, options_.seconds, {}}};
    for (const SampleStore& store : stores_)
      cases.push_back({store.kind.name, {}, [this, &store] { SampleStore(problem_, store.kind); }, 0, {}});
    const std::vector<Timing> timings = time_in_rounds(cases, std::min(options_.rounds, 3));
    order_seconds_ = timings[0].median();
    for (std::size_t i = 0; i < stores_.size(); ++i) pack_seconds_[&stores_[i]] = timings[i + 1].median();
  }

  // The synchronous float32 of the same mini-batch and threads.
  const Contender* base_of(const Contender& contender) const {
    for (const Contender& other : contenders_) {
      if (other.is_float() && other.replicas == 1 && other.peer->batch() == contender.peer->batch() &&
          other.peer->threads() == contender.peer->threads())
        return &other;
    }
    return nullptr;
  }

  nlohmann::json evaluate(const Contender& contender, const std::vector<Timing>& timings) const {
    const Peer& peer = *contender.peer;
    nlohmann::json out{{"name", peer.name()},
                       {"batch", peer.batch()},
                       {"threads", peer.threads()},
                       {"own", contender.store != nullptr},
                       {"float32", contender.is_float()}};
    for (const auto& at : {contender.epoch_case, contender.loss_case}) {
      if (at && !timings[*at].is_valid()) out["incorrect"] = timings[*at].wrong;
    }
    if (out.contains("incorrect")) return out;
    const auto values = static_cast<double>(problem_.rows() * problem_.cols());
    if (contender.epoch_case) {
      const Timing& timing = timings[*contender.epoch_case];
      out["epoch_seconds"] = timing.median();
      out["values_per_second"] = values / timing.median();
      const Contender* base = base_of(contender);
      if (base != nullptr && timings[*base->epoch_case].is_valid())
        out["ratio_to_float32"] = median_ratio(timing, 1.0, timings[*base->epoch_case], 1.0);
    }
    if (contender.store != nullptr && !contender.is_float())
      out["pack_seconds"] = pack_seconds_.at(contender.store);
    if (contender.loss_case) {
      if (peer.counts_epochs()) out["epochs_to_loss"] = contender.epochs;
      out["seconds_to_loss"] = timings[*contender.loss_case].median();
    } else {
      out["best_loss_above_target"] = contender.best_loss / target_ - 1.0;
    }
    return out;
  }

  void print_head() const {
    std::printf(
        "\nThe same least squares, %zu rows of %zu columns. Time to loss: until it is within 1%% of the one "
        "at "
        "which\nfloat32 ends after %d epochs, %.6g. Drawing the order of the rows is part of the time: %.4f "
        "s an "
        "epoch by itself.\nPacking: levels, quantizing and packing, once.\n%-32s %5s %3s %9s %9s %9s %7s %9s "
        "%9s\n",
        problem_.rows(), problem_.cols(), kFullEpochs, target_, order_seconds_, "", "batch", "thr", "epoch s",
        "Gvalues/s", "x float32", "epochs", "to loss s", "packing s");
  }

  static void print(const nlohmann::json& line) {
    std::printf("%-32s %5zu %3d", line["name"].get<std::string>().c_str(), line["batch"].get<std::size_t>(),
                line["threads"].get<int>());
    if (line.contains("incorrect")) {
      std::printf(" INCORRECT: %s\n", line["incorrect"].get<std::string>().c_str());
      return;
    }
    const auto number = [&](const char* key, double unit, const char* format) {
      char text[32] = "-";
      if (line.contains(key)) std::snprintf(text, sizeof text, format, line[key].get<double>() * unit);
      return std::string(text);
    };
    std::printf(" %9s %9s %9s %7s %9s %9s", number("epoch_seconds", 1, "%.4f").c_str(),
                number("values_per_second", 1e-9, "%.2f").c_str(),
                number("ratio_to_float32", 1, "%.2f").c_str(), number("epochs_to_loss", 1, "%.0f").c_str(),
                number("seconds_to_loss", 1, "%.4f").c_str(), number("pack_seconds", 1, "%.3f").c_str());
    if (line.contains("best_loss_above_target"))
      std::printf("  not reached: %.3g%% above at best", 100 * line["best_loss_above_target"].get<double>());
    std::printf("\n");
  }

  // Fastest to the loss of a set of contenders.
  template <class Belongs>
  static const nlohmann::json* fastest(const nlohmann::json& lines, Belongs belongs) {
    const nlohmann::json* best = nullptr;
    for (const nlohmann::json& line : lines) {
      if (!line.contains("seconds_to_loss") || !belongs(line)) continue;
      if (best == nullptr || line["seconds_to_loss"] < (*best)["seconds_to_loss"]) best = &line;
    }
    return best;
  }

  static std::string title(const nlohmann::json& line) {
    return line["name"].get<std::string>() + " (batch " + line["batch"].dump() + ", " +
           line["threads"].dump() + " thr)";
  }

  void print_summary(nlohmann::json& result) const {
    const nlohmann::json& lines = result["contenders"];
    const auto* low = fastest(lines, [](const auto& l) { return l["own"] && !l["float32"]; });
    const auto* full = fastest(lines, [](const auto& l) { return l["float32"].template get<bool>(); });
    const auto* peer = fastest(lines, [](const auto& l) { return !l["own"]; });
    const auto say = [&](const char* key, const char* whose, const nlohmann::json* other, double goal) {
      if (low == nullptr || other == nullptr) return;
      const double ratio =
          (*other)["seconds_to_loss"].get<double>() / (*low)["seconds_to_loss"].get<double>();
      result[key] = ratio;
      std::printf("To the loss: %s is %.2f x as fast as the best of %s, %s", title(*low).c_str(), ratio,
                  whose, title(*other).c_str());
      if (options_.has_goals())
        std::printf("; goal %.0f x: %s", goal, ratio >= goal ? "reached" : "NOT REACHED");
      std::printf("\n");
    };
    say("best_over_float32", "float32", full, 4.0);
    say("best_over_peers", "the others", peer, 1.0);
  }

  const Options& options_;
  Problem problem_;
  std::vector<SampleStore> stores_;
  std::map<std::size_t, double> alpha_;  // of every mini-batch
  double target_ = 0.0, order_seconds_ = 0.0;
  std::map<const SampleStore*, double> pack_seconds_;
  std::vector<Contender> contenders_;
};

}  // namespace

nlohmann::json measure_contest(const Options& options, bool& all_right) {
  std::size_t n = 0;
  for (const std::size_t columns : options.features) {
    if (Problem::rows_for(options.megabytes, columns) >= kRowsPerColumn * columns) n = std::max(n, columns);
  }
  if (n == 0) {
    std::cerr << "zipml_bench: peers: left out: needs " << kRowsPerColumn
              << " rows a column; more --megabytes or fewer --features\n";
    return {};
  }
  return Contest(options, n).measure(all_right);
}

}  // namespace zipml::bench
