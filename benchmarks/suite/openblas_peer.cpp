#include <cblas.h>

#include <algorithm>

#include "benchmarks/suite/peers.h"

namespace zipml::bench {
namespace {

class OpenBlas : public Peer {
 public:
  OpenBlas(const Problem& problem, std::size_t batch, int threads, double alpha)
      : problem_(problem), batch_(batch), threads_(threads), alpha_(alpha), x_(problem.cols(), 0.0f) {}

  std::size_t batch() const override { return batch_; }
  int threads() const override { return threads_; }
  double loss() override { return mean_loss(problem_, x_, threads_); }

  double train(std::size_t, int epochs) override {
    openblas_set_num_threads(threads_);
    std::fill(x_.begin(), x_.end(), 0.0f);
    for (int epoch = 1; epoch <= epochs; ++epoch)
      run_epoch(static_cast<std::uint32_t>(epoch), static_cast<float>(alpha_ / epoch));
    return 0.0;
  }

 protected:
  virtual void run_epoch(std::uint32_t epoch, float gamma) = 0;
  int cols() const { return static_cast<int>(problem_.cols()); }

  const Problem& problem_;
  std::size_t batch_;
  int threads_;
  double alpha_;
  std::vector<float> x_;
};

class Batches final : public OpenBlas {
 public:
  Batches(const Problem& problem, std::size_t batch, int threads, double alpha)
      : OpenBlas(problem, batch, threads, alpha), residuals_(batch) {}
  std::string name() const override { return "OpenBLAS sgemv"; }

 private:
  void run_epoch(std::uint32_t epoch, float gamma) override {
    const auto stride = static_cast<int>(problem_.features.stride());
    for (const std::uint32_t block : permuted_rows((problem_.rows() + batch_ - 1) / batch_, epoch)) {
      const std::size_t first = block * batch_, count = std::min(batch_, problem_.rows() - first);
      const float* rows = problem_.features.padded_row(first).data();
      const auto m = static_cast<int>(count);
      std::copy_n(problem_.labels.begin() + static_cast<std::ptrdiff_t>(first), count, residuals_.begin());
      cblas_sgemv(CblasRowMajor, CblasNoTrans, m, cols(), 1.0f, rows, stride, x_.data(), 1, -1.0f,
                  residuals_.data(), 1);
      cblas_sgemv(CblasRowMajor, CblasTrans, m, cols(), -gamma / static_cast<float>(count), rows, stride,
                  residuals_.data(), 1, 1.0f, x_.data(), 1);
    }
  }

  std::vector<float> residuals_;
};

class Rows final : public OpenBlas {
 public:
  Rows(const Problem& problem, double alpha) : OpenBlas(problem, 1, 1, alpha) {}
  std::string name() const override { return "OpenBLAS sdot + saxpy"; }

 private:
  void run_epoch(std::uint32_t epoch, float gamma) override {
    for (const std::uint32_t r : permuted_rows(problem_.rows(), epoch)) {
      const float* row = problem_.features.padded_row(r).data();
      const float residual = cblas_sdot(cols(), row, 1, x_.data(), 1) - problem_.labels[r];
      cblas_saxpy(cols(), -gamma * residual, row, 1, x_.data(), 1);
    }
  }
};

}  // namespace

std::unique_ptr<Peer> openblas_batches(const Problem& problem, std::size_t batch, int threads, double alpha) {
  return std::make_unique<Batches>(problem, batch, threads, alpha);
}

std::unique_ptr<Peer> openblas_rows(const Problem& problem, double alpha) {
  return std::make_unique<Rows>(problem, alpha);
}

}  // namespace zipml::bench
