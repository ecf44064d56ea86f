#pragma once

#include <cstdint>
#include <memory>

#include "engine/core/component.h"
#include "engine/core/matrix.h"

namespace zipml {

/// Labels in the precision in which they are stored. A gradient a (a'x - b) is linear in b, so one draw of a
/// stochastically rounded label keeps it unbiased.
class LabelStore {
 public:
  virtual ~LabelStore() = default;
  /// Called before epoch 1, 2, ...: fresh draws, where the store makes them.
  virtual void begin_epoch(std::uint32_t epoch) = 0;
  /// The labels as read in this epoch, in the shape of those that were stored.
  virtual const Matrix& read() const = 0;
  virtual double bytes_per_row() const = 0;  ///< as stored, padding included
};

/// labels: one row a sample, one column a target; borrowed, must outlive the store.
using LabelStoreFactory = std::unique_ptr<LabelStore> (*)(const Parameters&, const Matrix& labels,
                                                          std::uint64_t seed, int threads);

/// full (float32) and quantized (levels of each column), as a config's `precision.labels`.
const Registry<LabelStoreFactory>& label_stores();

}  // namespace zipml
