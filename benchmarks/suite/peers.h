#pragma once

#include <memory>
#include <string>
#include <vector>

#include "benchmarks/suite/problem.h"

namespace zipml::bench {

/// A way to minimise a problem's least squares. What it needs is made before it is timed.
class Peer {
 public:
  virtual ~Peer() = default;
  virtual std::string name() const = 0;
  virtual std::size_t batch() const = 0;  ///< rows of a mini-batch, to say which float32 it is compared with
  virtual int threads() const = 0;
  /// Settings that are worth a try when the same loss is to be reached; `train` takes their number.
  virtual std::size_t settings() const { return 1; }
  /// Passes over the rows with a setting, from x = 0.
  virtual double train(std::size_t setting, int epochs) = 0;
  /// Mean loss of what the last training left.
  virtual double loss() = 0;
  /// Whether `epochs` means something; otherwise a training ends where its setting's tolerance says.
  virtual bool counts_epochs() const { return true; }
  /// Whether setting 0 and one epoch read every row once.
  virtual bool has_single_epoch() const { return true; }
  /// Whether `train` returns the seconds it took.
  virtual bool has_own_clock() const { return false; }
};

/// Our own solver, epoch e with step size alpha / e. Time includes drawing the order of the rows. replicas:
/// as a Trainer's.
std::unique_ptr<Peer> own_solver(const Problem& problem, const SampleStore& store, std::size_t batch,
                                 int threads, int model_bits, double alpha, int replicas = 1);

/// OpenBLAS, with the steps of our own solver: mini-batches of contiguous rows by sgemv, blocks in random
/// order; and sdot + saxpy, row by row.
std::unique_ptr<Peer> openblas_batches(const Problem& problem, std::size_t batch, int threads, double alpha);
std::unique_ptr<Peer> openblas_rows(const Problem& problem, double alpha);

/// liblinear's dual coordinate descent and its Newton method on the squared loss; none where this program was
/// built without it. A training is a setting: only its tolerance can be given.
std::vector<std::unique_ptr<Peer>> liblinear_peers(const Problem& problem);

/// scikit-learn's SGDRegressor in a Python of its own, timing only `fit`; nullptr, and why on standard error,
/// where it cannot be had.
std::unique_ptr<Peer> sklearn_sgd(const Problem& problem, const std::string& python);

}  // namespace zipml::bench
