#include "engine/solve/hogwild.h"

#include <algorithm>
#include <atomic>

#include "engine/core/matrix.h"
#include "engine/core/parallel.h"
#include "engine/kernels/kernels.h"

namespace zipml {
namespace {

float load(float& shared) { return std::atomic_ref(shared).load(std::memory_order_relaxed); }

struct Worker {
  AlignedVector<float> x, read, sum, sent;
  EstimatorScratch scratch;
};

void update_batch(const EpochInput& input, std::size_t index, std::span<float> shared, Worker& worker) {
  const std::size_t n = input.columns, first = index * input.batch;
  const auto rows = input.order.subspan(first, std::min(input.batch, input.order.size() - first));
  for (AlignedVector<float>* buffer : {&worker.x, &worker.read, &worker.sum, &worker.sent}) {
    buffer->assign(shared.size(), 0.0f);
  }
  for (std::size_t i = 0; i < n; ++i) worker.x[i] = load(shared[i]);
  input.model_channel.transmit(std::span(worker.x).first(n), std::span(worker.read).first(n),
                               {input.seed, Stream::model_rounding, input.epoch}, index);
  input.estimator.accumulate(worker.read, rows, worker.sum, worker.scratch);
  input.gradient_channel.transmit(std::span(worker.sum).first(n), std::span(worker.sent).first(n),
                                  {input.seed, Stream::gradient_rounding, input.epoch}, index);
  // The proximal step is taken on this thread's copy; what it changed is then added to the shared model.
  std::copy(worker.x.begin(), worker.x.end(), worker.read.begin());
  kernels::axpy(-input.gamma / static_cast<float>(rows.size()), worker.sent.data(), worker.read.data(), n);
  input.regularizer.prox(std::span(worker.read).first(n), input.gamma);
  for (std::size_t i = 0; i < n; ++i) {
    std::atomic_ref(shared[i]).store(load(shared[i]) + (worker.read[i] - worker.x[i]),
                                     std::memory_order_relaxed);
  }
}

class Hogwild final : public Engine {
 public:
  explicit Hogwild(int threads) : threads_(threads) {}

  bool is_reproducible() const override { return false; }

  void run_epoch(const EpochInput& input, std::span<float> x) override {
    const std::size_t batches = (input.order.size() + input.batch - 1) / input.batch;
    parallel_blocks(batches, threads_, [&](std::size_t index) {
      static thread_local Worker worker;
      update_batch(input, index, x, worker);
    });
  }

 private:
  int threads_;
};

}  // namespace

std::unique_ptr<Engine> make_hogwild(const Parameters& parameters, int) {
  return std::make_unique<Hogwild>(static_cast<int>(parameters.integer("threads")));
}

ComponentInfo hogwild_info() {
  return {"hogwild",
          "threads update one shared model without locks; not reproducible, and marked so in the result",
          {{.key = "threads",
            .type = ParameterType::integer,
            .doc = "threads that update the model",
            .min = 2,
            .max = 1024}}};
}

}  // namespace zipml
