#pragma once

#include <algorithm>
#include <cstddef>
#include <functional>

#include "engine/core/matrix.h"

namespace zipml {

/// The rows of a float32 matrix in their order, a block at a time: a matrix in memory, or rows that are read
/// or made anew whenever they are asked for. Immutable; any thread may call any member.
class RowSource {
 public:
  /// Blocks begin at multiples of it, so that a sum whose parts are 1,024 rows, or a whole fraction of them,
  /// has the same bits whatever the blocks.
  static constexpr std::size_t kGrain = 1024;

  /// Row i of `block` is row first + i.
  using Use = std::function<void(std::size_t first, const Matrix& block)>;

  virtual ~RowSource() = default;
  virtual std::size_t rows() const = 0;
  virtual std::size_t cols() const = 0;

  /// Calls `use` for all rows, block after block; the same values every time. A block lives as long as the
  /// call. Throws what `use` throws, and InputError where a file can no longer be read as before.
  virtual void visit(const Use& use) const = 0;

 protected:
  /// Rows of a block of a source that keeps none: about 16 MiB of them.
  static std::size_t block_rows(std::size_t cols) {
    constexpr std::size_t kValues = std::size_t{1} << 22;
    return std::max<std::size_t>(1, kValues / std::max<std::size_t>(1, cols) / kGrain) * kGrain;
  }
};

/// A matrix, which must outlive this, as one block.
class MatrixRows final : public RowSource {
 public:
  explicit MatrixRows(const Matrix& matrix) : matrix_(matrix) {}
  std::size_t rows() const override { return matrix_.rows(); }
  std::size_t cols() const override { return matrix_.cols(); }
  void visit(const Use& use) const override { use(0, matrix_); }

 private:
  const Matrix& matrix_;
};

}  // namespace zipml
