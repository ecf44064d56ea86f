#include "benchmarks/suite/peers.h"

namespace zipml::bench {
namespace {

class OwnSolver final : public Peer {
 public:
  OwnSolver(const Problem& problem, const SampleStore& store, std::size_t batch, int threads, int model_bits,
            double alpha, int replicas)
      : problem_(problem),
        store_(store),
        batch_(batch),
        threads_(threads),
        replicas_(replicas),
        alpha_(alpha),
        trainer_(problem, store, batch, threads, model_bits, replicas) {}

  std::string name() const override { return "zipml, " + samples_name(store_.kind, replicas_); }
  std::size_t batch() const override { return batch_; }
  int threads() const override { return threads_; }
  double loss() override { return mean_loss(problem_, trainer_.x(), threads_); }

  double train(std::size_t, int epochs) override {
    trainer_.reset();
    for (int epoch = 1; epoch <= epochs; ++epoch) {
      const auto number = static_cast<std::uint32_t>(epoch);
      trainer_.run(permuted_rows(problem_.rows(), number), static_cast<float>(alpha_ / epoch), number);
    }
    return 0.0;
  }

 private:
  const Problem& problem_;
  const SampleStore& store_;
  std::size_t batch_;
  int threads_, replicas_;
  double alpha_;
  Trainer trainer_;
};

}  // namespace

std::unique_ptr<Peer> own_solver(const Problem& problem, const SampleStore& store, std::size_t batch,
                                 int threads, int model_bits, double alpha, int replicas) {
  return std::make_unique<OwnSolver>(problem, store, batch, threads, model_bits, alpha, replicas);
}

}  // namespace zipml::bench
