#include "engine/solve/local_sgd.h"

#include <algorithm>
#include <vector>

#include "engine/core/matrix.h"
#include "engine/core/parallel.h"
#include "engine/kernels/kernels.h"
#include "engine/solve/fixed_point_engine.h"
#include "engine/solve/integer_engine.h"
#include "engine/solve/synchronous.h"

namespace zipml {
namespace {

const Registry<EngineFactory>& replica_registry() {
  static const Registry<EngineFactory> registry("replica engines", "what trains one replica of the model",
                                                replica_engine_entries());
  return registry;
}

const ComponentFamily& replica_engines() { return replica_registry().family(); }

struct alignas(kThreadsApart) Replica {
  std::unique_ptr<Engine> engine;
  AlignedVector<float> x;
  std::size_t rows = 0;  // of this round
};

class LocalSgd final : public Engine {
 public:
  LocalSgd(const Parameters& parameters, int threads)
      : threads_(threads),
        average_every_(static_cast<std::size_t>(parameters.integer("average_every"))),
        replicas_(static_cast<std::size_t>(parameters.integer("replicas"))) {
    const ComponentChoice& choice = parameters.component("replica");
    for (Replica& replica : replicas_) replica.engine = replica_registry()[choice.kind](choice.parameters, 1);
  }

  bool is_reproducible() const override { return replicas_[0].engine->is_reproducible(); }
  RowLayout layout() const override { return replicas_[0].engine->layout(); }
  std::uint64_t model_bytes(const Channel& channel, std::size_t n) const override {
    return replicas_[0].engine->model_bytes(channel, n);
  }

  void run_epoch(const EpochInput& input, std::span<float> x) override {
    const std::size_t per_replica = (average_every_ + input.batch - 1) / input.batch;  // mini-batches
    const std::size_t batches = (input.order.size() + input.batch - 1) / input.batch;
    parallel_team(std::min(threads_, static_cast<int>(replicas_.size())), [&](Team& team, int index) {
      const auto [begin, end] = team.part(index, replicas_.size());
      for (std::size_t done = 0; done < batches;) {
        const std::size_t round = std::min(per_replica * replicas_.size(), batches - done);
        for (std::size_t i = begin; i < end; ++i) {
          const std::size_t first = round * i / replicas_.size(), last = round * (i + 1) / replicas_.size();
          train(replicas_[i], input, done + first, done + last, x);
        }
        team.meet();
        if (index == 0) average(x);
        team.meet();
        done += round;
      }
    });
  }

 private:
  static void train(Replica& replica, const EpochInput& input, std::size_t first_batch,
                    std::size_t last_batch, std::span<const float> x) {
    const std::size_t first = first_batch * input.batch,
                      last = std::min(last_batch * input.batch, input.order.size());
    replica.rows = last - first;
    if (replica.rows == 0) return;
    replica.x.assign(x.begin(), x.end());
    EpochInput part = input;
    part.order = input.order.subspan(first, replica.rows);
    part.first_batch = input.first_batch + first_batch;
    replica.engine->run_epoch(part, replica.x);
  }

  void average(std::span<float> x) const {
    std::size_t rows = 0;
    for (const Replica& replica : replicas_) rows += replica.rows;
    std::fill(x.begin(), x.end(), 0.0f);
    for (const Replica& replica : replicas_) {
      if (replica.rows == 0) continue;
      kernels::axpy(static_cast<float>(replica.rows) / static_cast<float>(rows), replica.x.data(), x.data(),
                    x.size());
    }
  }

  int threads_;
  std::size_t average_every_;
  std::vector<Replica> replicas_;
};

}  // namespace

std::vector<Registry<EngineFactory>::Entry> replica_engine_entries() {
  return {{synchronous_info(), make_synchronous},
          {fused_info(), make_fused},
          {integer_info(), make_integer},
          {fixed_point_info(), make_fixed_point}};
}

std::unique_ptr<Engine> make_local_sgd(const Parameters& parameters, int threads) {
  return std::make_unique<LocalSgd>(parameters, threads);
}

ComponentInfo local_sgd_info() {
  return {"local_sgd",
          "replicas of the model train side by side and are averaged now and then; same bits for any number "
          "of threads, other ones for another number of replicas",
          {{.key = "replicas",
            .type = ParameterType::integer,
            .doc = "models that train side by side, each on one thread",
            .fallback = std::int64_t{2},
            .min = 1,
            .max = 1024},
           {.key = "average_every",
            .type = ParameterType::integer,
            .doc = "rows that each replica visits between two averages, rounded up to whole mini-batches",
            .fallback = std::int64_t{8192},
            .min = 1,
            .max = 1e9},
           {.key = "replica",
            .type = ParameterType::component,
            .doc = "the engine that trains a replica",
            .fallback = component_default(replica_engines(), "synchronous"),
            .family = replica_engines}}};
}

}  // namespace zipml
